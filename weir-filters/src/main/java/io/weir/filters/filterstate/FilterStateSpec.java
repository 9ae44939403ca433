package io.weir.filters.filterstate;

import io.weir.core.value.FilterState;
import io.weir.core.value.FilterState.Kind;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.filter.LayeredSpec;
import io.weir.http.route.tree.Network;
import io.weir.observe.log.AccessLogFormat;
import io.weir.observe.log.LogBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Leaves objects for a request, made by formats. Source: Envoy's {@code set_filter_state}.
 *
 * @param entries
 *            in order; those of the levels further out first
 */
public record FilterStateSpec(List<Entry> entries) implements LayeredSpec {
    public FilterStateSpec {
        entries = List.copyOf(entries);
    }

    /**
     * One object.
     *
     * @param locked
     *            whether nobody may leave another in its place
     * @param skipIfEmpty
     *            whether an empty text leaves what is there
     */
    public record Entry(String key, Kind kind, AccessLogFormat format, boolean locked, boolean skipIfEmpty) {
        void apply(FilterExchange exchange, LogBuffer out) {
            out.truncate(0);
            format.write(exchange.formats(), out);
            String text = out.toString();
            boolean skipped = (text.isEmpty() && skipIfEmpty)
                    || (kind == Kind.ADDRESS && Network.parse(text) == null); // no address, no object
            if (!skipped) {
                exchange.state().put(key, new FilterState.Value(text, kind, locked));
            }
        }
    }

    @Override
    public HttpFilterSpec inside(Object outer) {
        if (!(outer instanceof FilterStateSpec(List<Entry> before))) {
            return this;
        }
        var all = new ArrayList<>(before);
        all.addAll(entries);
        return new FilterStateSpec(all);
    }

    @Override
    public HttpFilter open(FilterContext context) {
        return exchange -> {
            var out = new LogBuffer();
            return (HttpHead _) -> {
                for (int i = 0; i < entries.size(); i++) {
                    entries.get(i).apply(exchange, out);
                }
                return Flow.NEXT;
            };
        };
    }
}
