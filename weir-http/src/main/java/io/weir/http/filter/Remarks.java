package io.weir.http.filter;

import io.weir.core.value.FilterState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that filters say of the exchange at hand to others. Made of nothing until a filter says something. Serves one
 * exchange after another; belongs to one worker.
 */
public final class Remarks {
    private final ConnectionMemory connection;
    private @Nullable DynamicMetadata metadata;
    private @Nullable FilterState state;

    /** Of the exchanges of one connection. */
    public Remarks(ConnectionMemory connection) {
        this.connection = connection;
    }

    /** What is written down by namespace and key. */
    public DynamicMetadata metadata() {
        var made = metadata;
        if (made == null) {
            made = new DynamicMetadata();
            metadata = made;
        }
        return made;
    }

    /** What is left under keys. */
    public FilterState state() {
        var made = state;
        if (made == null) {
            made = new FilterState(connection.state());
            state = made;
        }
        return made;
    }

    /** What is written down under a namespace; to be looked at. */
    public Map<String, Object> namespace(String name) {
        return metadata == null ? Map.of() : metadata.namespace(name);
    }

    /** What is left under a key, for this exchange or its whole connection; null: nothing. */
    public FilterState.@Nullable Value left(String key) {
        return state == null ? connection.left(key) : state.get(key);
    }

    /** What is left under a key for the whole connection; null: nothing. */
    public FilterState.@Nullable Value kept(String key) {
        return connection.left(key);
    }

    /** Another number after each change. */
    public int changes() {
        return (metadata == null ? 0 : metadata.changes()) + (state == null ? 0 : state.changes());
    }

    /** Nothing is said of the exchange that begins. */
    public void clear() {
        if (metadata != null) {
            metadata.clear();
        }
        if (state != null) {
            state.clear();
        }
    }
}
