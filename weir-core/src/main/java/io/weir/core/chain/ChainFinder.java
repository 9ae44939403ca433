package io.weir.core.chain;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Finds the filter chain of a connection. Immutable; any thread.
 *
 * @param <T>
 *            what stands for a chain
 */
public sealed interface ChainFinder<T> permits ChainTable, ChainTree {
    /** The chain of a connection; null: it belongs to none. */
    @Nullable
    T find(Traits traits);

    /** What must be known of a connection to this place. */
    Needs needs(@Nullable InetAddress destination, int port);
}
