package io.weir.xds.spec;

import io.weir.core.chain.ChainMatch;
import java.util.List;

/**
 * What is done to the connections of a listener.
 *
 * @param name
 *            as configured; may be empty
 * @param match
 *            which connections; of the default chain {@link ChainMatch#ALL}
 * @param filters
 *            in the order they see a connection; the last one is terminal
 */
public record FilterChainSpec(String name, ChainMatch match, List<FilterSpec> filters) {

    public FilterChainSpec {
        filters = List.copyOf(filters);
    }
}
