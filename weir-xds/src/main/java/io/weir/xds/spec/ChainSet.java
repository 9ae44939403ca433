package io.weir.xds.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a listener's connections. Immutable.
 *
 * @param chains
 *            each of which a connection fits, or none; there is at least one, or the other
 * @param otherwise
 *            what is done to connections that fit no chain; null: they are closed
 */
public record ChainSet(List<FilterChainSpec> chains, @Nullable FilterChainSpec otherwise) {
    public ChainSet {
        chains = List.copyOf(chains);
    }
}
