package io.weir.http.filter;

import io.weir.core.value.FilterState;
import java.util.IdentityHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What filters keep of one client connection for as long as it lives, beside what their steps remember of an exchange:
 * steps come and go with the routes that the client walks over, this stays. Holds one thing at most for each place that
 * configures a filter. Belongs to the connection's worker.
 */
public final class ConnectionMemory {
    private @Nullable IdentityHashMap<Object, Object> kept;
    private @Nullable FilterState state;
    private @Nullable Object owner;

    /** Of a connection for which nobody has left anything. */
    public ConnectionMemory() {
        this(null);
    }

    /**
     * Of a connection.
     *
     * @param left
     *            what was left for it before it was served, which is added to; null: nothing
     */
    public ConnectionMemory(@Nullable FilterState left) {
        this.state = left;
    }

    /**
     * These filters see the connection from now on. What other ones have kept goes: nobody asks for it any more, and a
     * connection may outlive many. What is left under keys stays.
     */
    public void seenBy(Object filters) {
        if (!filters.equals(owner)) {
            owner = filters;
            kept = null;
        }
    }

    /** What filters leave under keys for all exchanges of the connection. */
    public FilterState state() {
        var made = state;
        if (made == null) {
            made = new FilterState(null);
            state = made;
        }
        return made;
    }

    /** What is left under a key; null: nothing. */
    FilterState.@Nullable Value left(String key) {
        return state == null ? null : state.get(key);
    }

    /**
     * What was kept under a key, or is from now on.
     *
     * @param key
     *            the place that configures the filter; compared by identity
     * @param type
     *            of what is kept
     */
    public <T> T of(Object key, Class<T> type, Supplier<T> first) {
        var all = kept;
        if (all == null) {
            all = new IdentityHashMap<>(2);
            kept = all;
        }
        return type.cast(all.computeIfAbsent(key, _ -> first.get()));
    }
}
