package io.weir.http.filter;

import io.weir.core.value.FilterState;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What filters keep of one client connection for as long as it lives, beside what their steps remember of an exchange:
 * steps come and go with the routes that the client walks over, this stays. Holds one thing at most for each place that
 * configures a filter. Belongs to the connection's worker.
 */
public final class ConnectionMemory {
    /** So much of what nobody has asked for under the filters just before is there for later ones. */
    static final int UNASKED_MAX = 16;

    private @Nullable IdentityHashMap<Object, Kept> kept;
    /** What filters of before have kept and nobody has asked for since; the latest first. */
    private List<Kept> before = List.of();
    private @Nullable FilterState state;
    private @Nullable Object owner;

    /** What is kept, where, and what has made it as it is. */
    private record Kept(Object key, Record likeness, Object thing) {
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
     * These filters see the connection from now on. What those before have kept is there for filters that are like
     * them, so that who changes a route does not hand everybody a full bucket, however often and whatever was asked for
     * meanwhile. What was kept and not asked for longest goes when it is too much, as a connection may outlive many
     * filters. What is left under keys stays.
     */
    public void seenBy(Object filters) {
        if (filters.equals(owner)) {
            return;
        }
        owner = filters;
        var latest = kept;
        if (latest != null) {
            List<Kept> all = new ArrayList<>(latest.values());
            all.addAll(before.subList(0, Math.min(before.size(), UNASKED_MAX)));
            before = all;
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
     * What was kept under a key, or is from now on. Of several places of before that are alike each is taken over once,
     * the latest first.
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
            found = new Kept(key, likeness, former == null ? first.get() : former.thing());
            all.put(key, found);
        }
        return type.cast(found.thing());
    }

    @SuppressWarnings("ReferenceEquality") // places that are alike are several
    private @Nullable Kept former(Object key, Record likeness) {
        int alike = -1;
        for (int i = 0; i < before.size(); i++) {
            if (before.get(i).key() == key) {
                return before.remove(i);
            }
            if (alike < 0 && before.get(i).likeness().equals(likeness)) {
                alike = i;
            }
        }
        return alike < 0 ? null : before.remove(alike);
    }
}
