package io.weir.stream.state;

import io.weir.core.value.FilterState.Kind;
import io.weir.observe.log.AccessLogFormat;
import io.weir.xds.spec.ConnectionFilter;
import java.util.List;

/**
 * Leaves objects for a connection, made by formats. Immutable. Source: Envoy's network filter {@code set_filter_state}.
 *
 * @param entries
 *            in the order in which they are left
 */
public record StateSpec(List<Entry> entries) implements ConnectionFilter {
    public StateSpec {
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
    }
}
