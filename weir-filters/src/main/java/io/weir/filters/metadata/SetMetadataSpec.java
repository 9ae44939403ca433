package io.weir.filters.metadata;

import io.weir.http.codec.HttpHead;
import io.weir.http.filter.DynamicMetadata;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.filter.Flow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what the configuration says as dynamic metadata. Source: Envoy's {@code set_metadata}.
 *
 * @param entries
 *            in order
 */
public record SetMetadataSpec(List<Entry> entries) implements HttpFilterSpec {
    public SetMetadataSpec {
        entries = List.copyOf(entries);
    }

    /**
     * What is written under one namespace.
     *
     * @param overwrites
     *            whether it is added to what is there: lists grow, maps are merged, other values replaced; else it is
     *            written only where nothing is there yet
     */
    public record Entry(String namespace, boolean overwrites, Map<String, Object> values) {
        public Entry {
            values = Map.copyOf(values);
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var denied = context.managerScope().child("set_metadata").counter("overwrite_denied");
        return exchange -> (HttpHead _) -> {
            for (var entry : entries) {
                if (!entry.overwrites && !exchange.metadata().namespace(entry.namespace).isEmpty()) {
                    denied.increment();
                } else {
                    write(entry, exchange.metadata());
                }
            }
            return Flow.NEXT;
        };
    }

    private static void write(Entry entry, DynamicMetadata metadata) {
        entry.values.forEach((key, value) -> metadata.put(entry.namespace, key,
                merged(metadata.get(entry.namespace, key), value)));
    }

    private static Object merged(@Nullable Object before, Object value) {
        if (before instanceof List<?> old && value instanceof List<?> more) {
            var all = new ArrayList<Object>(old);
            all.addAll(more);
            return all;
        }
        if (before instanceof Map<?, ?> old && value instanceof Map<?, ?> more) {
            var all = new LinkedHashMap<Object, Object>(old);
            more.forEach((key, inner) -> all.put(key, merged(all.get(key), inner)));
            return all;
        }
        return value;
    }
}
