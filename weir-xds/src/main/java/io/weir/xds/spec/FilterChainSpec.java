package io.weir.xds.spec;

import java.util.List;

/**
 * What is done to the connections of a listener.
 *
 * @param name
 *            as configured; may be empty
 * @param filters
 *            in the order they see a connection; the last one is terminal
 */
public record FilterChainSpec(String name, List<FilterSpec> filters) {

    public FilterChainSpec {
        filters = List.copyOf(filters);
    }
}
