package io.weir.core.value;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What filters leave for others under a key: Envoy's filter state. That of a request looks into that of its connection
 * where it has nothing itself. Belongs to one worker.
 */
public final class FilterState {
    private final @Nullable FilterState outer;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private int changes;

    /** What an object can do beside being read as text. */
    public enum Kind {
        /** Nothing: {@code envoy.string}. */
        STRING,
        /** It can be hashed: {@code envoy.hashable_string}. */
        HASHABLE_STRING,
        /** It is an IP address: {@code envoy.network.ip}. */
        ADDRESS,
        /** Its text is JSON, and it is no text beside that: Envoy's objects that have the form of a message alone. */
        MESSAGE
    }

    /**
     * An object.
     *
     * @param text
     *            as which it is read
     * @param locked
     *            whether it stays as it is, whoever comes
     */
    public record Value(String text, Kind kind, boolean locked) {
    }

    /**
     * An empty one.
     *
     * @param outer
     *            that of the connection; null: there is none
     */
    public FilterState(@Nullable FilterState outer) {
        this.outer = outer;
    }

    /** Leaves an object; false where the one that is there is locked, and stays. */
    public boolean put(String key, Value value) {
        Value before = get(key);
        if (before != null && before.locked()) {
            return false;
        }
        values.put(key, value);
        changes++;
        return true;
    }

    /** The object, or null. */
    public @Nullable Value get(String key) {
        Value own = values.get(key);
        return own != null || outer == null ? own : outer.get(key);
    }

    /** Another number after each change, of its own or of the connection's. */
    public int changes() {
        return outer == null ? changes : changes + outer.changes();
    }

    /** Nothing has been left of what begins now. */
    public void clear() {
        if (!values.isEmpty()) {
            values.clear();
            changes++;
        }
    }
}
