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
    private @Nullable IdentityHashMap<Object, Kept> kept;
    /** What the filters just before have kept, and nobody has asked for since. */
    private @Nullable IdentityHashMap<Object, Kept> before;
    private @Nullable FilterState state;
    private @Nullable Object owner;

    /** What is kept, and what has made it as it is. */
    private record Kept(Record likeness, Object thing) {
    }

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
     * These filters see the connection from now on. What those just before have kept is there for filters that are like
     * them, so that who changes a route does not hand everybody a full bucket; what is older goes, as a connection may
     * outlive many. What is left under keys stays.
     */
    public void seenBy(Object filters) {
        if (!filters.equals(owner)) {
            owner = filters;
            before = kept;
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
     * What was kept under a key, or is from now on. Of several places of before that are alike each is taken over once.
     *
     * @param key
     *            the place that configures the filter; compared by identity
     * @param likeness
     *            what makes the state; a record of this filter's own kind, compared by its values with those of before
     * @param type
     *            of what is kept
     */
    public <T> T of(Object key, Record likeness, Class<T> type, Supplier<T> first) {
        var all = kept;
        if (all == null) {
            all = new IdentityHashMap<>(2);
            kept = all;
        }
        var found = all.get(key);
        if (found == null) {
            var former = former(key, likeness);
            found = former == null ? new Kept(likeness, first.get()) : former;
            all.put(key, found);
        }
        return type.cast(found.thing());
    }

    private @Nullable Kept former(Object key, Record likeness) {
        var all = before;
        if (all == null) {
            return null;
        }
        var same = all.remove(key);
        if (same != null) {
            return same;
        }
        for (var each = all.values().iterator(); each.hasNext();) {
            var one = each.next();
            if (one.likeness().equals(likeness)) {
                each.remove();
                return one;
            }
        }
        return null;
    }
}
