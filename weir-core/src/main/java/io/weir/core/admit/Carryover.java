package io.weir.core.admit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the limits of one configuration have counted so far, for the configuration after it: who changes a route does
 * not hand everybody a full bucket. A limit is the same one when what makes its state is equal; of several that are
 * equal each is carried over once, in their order. Used by one thread at a time; what it holds is any thread's.
 */
public final class Carryover {
    private final Map<Object, Deque<Object>> before;
    private final Map<Object, Deque<Object>> now = new HashMap<>();

    /** Nothing has been counted yet. */
    public Carryover() {
        this(new HashMap<>());
    }

    private Carryover(Map<Object, Deque<Object>> before) {
        this.before = before;
    }

    /** For the next configuration. This one may stay in force all the same: both then count together. */
    public Carryover next() {
        var copy = new HashMap<Object, Deque<Object>>();
        now.forEach((key, states) -> copy.put(key, new ArrayDeque<>(states)));
        return new Carryover(copy);
    }

    /**
     * The state of a limit: that of the configuration before, or else a fresh one.
     *
     * @param key
     *            what makes the state; a record of this limit's own kind, compared by its values
     */
    public <T> T of(Record key, Class<T> type, Supplier<T> fresh) {
        var left = before.get(key);
        Object state = left == null ? null : left.poll();
        T found = state == null ? fresh.get() : type.cast(state);
        now.computeIfAbsent(key, _ -> new ArrayDeque<>()).add(found);
        return found;
    }
}
