package io.weir.core.chain;

import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds chains by a tree of questions. Immutable; any thread.
 *
 * @param <T>
 *            what stands for a chain
 * @param named
 *            the chains by their names
 * @param otherwise
 *            for connections of which the tree finds nothing; null: there is none
 */
public record ChainTree<T>(TraitTree tree, Map<String, T> named, @Nullable T otherwise) implements ChainFinder<T> {
    public ChainTree {
        named = Map.copyOf(named);
    }

    @Override
    public @Nullable T find(Traits traits) {
        String name = tree.find(traits);
        return name == null ? otherwise : named.get(name);
    }

    /** The same everywhere: where a tree goes nobody knows before it is asked. */
    @Override
    public Needs needs(@Nullable InetAddress destination, int port) {
        return new Needs(tree.asks(EnumSet.of(Trait.SERVER_NAME, Trait.TRANSPORT_PROTOCOL, Trait.APPLICATION_PROTOCOL)),
                tree.asks(EnumSet.of(Trait.APPLICATION_PROTOCOL)));
    }
}
