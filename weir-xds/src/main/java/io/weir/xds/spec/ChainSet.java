package io.weir.xds.spec;

import io.weir.core.chain.TraitTree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a listener's connections. Immutable.
 *
 * @param chains
 *            each of which a connection fits, or none; there is at least one, or the other
 * @param otherwise
 *            what is done to connections that fit no chain; null: they are closed
 * @param tree
 *            finds chains by their names, in the place of what they match; null: there is none
 */
public record ChainSet(List<FilterChainSpec> chains, @Nullable FilterChainSpec otherwise, @Nullable TraitTree tree) {
    public ChainSet {
        chains = List.copyOf(chains);
    }
}
