package io.weir.xds.yaml;

import java.util.HashMap;
import java.util.Map;

import io.weir.xds.resource.Position;

import org.jspecify.annotations.Nullable;

/**
 * Where each field of a message was written. Paths are Envoy's field names as a message has them, joined with dots,
 * with {@code [index]} for the items of a list and {@code [key]} for those of a map; what is inside an {@code Any}
 * follows the field that holds it:
 * {@code static_resources.listeners[0].filter_chains[0].filters[0].typed_config.stat_prefix}. Filled by one thread,
 * then read by any.
 */
public final class Positions {
    private final Map<String, Position> places = new HashMap<>();

    /** Positions of nothing: for resources that came over the wire. */
    public static Positions none() {
        return new Positions();
    }

    /** Notes where the field at this path was written; a later note replaces an earlier one. */
    public void put(String path, Position at) {
        places.put(path, at);
    }

    /** Takes over all notes of another table. */
    public void putAll(Positions other) {
        places.putAll(other.places);
    }

    /**
     * Where the field was written; when it was not, where the nearest thing around it was, so that a missing field is
     * shown at its message. Null when nothing around it is known.
     */
    public @Nullable Position at(String path) {
        String here = path;
        while (true) {
            Position at = places.get(here);
            if (at != null || here.isEmpty()) {
                return at;
            }
            here = parent(here);
        }
    }

    /** Where exactly this field was written, or null when it was not. */
    public @Nullable Position exactly(String path) {
        return places.get(path);
    }

    private static String parent(String path) {
        int end = path.length() - 1;
        if (path.charAt(end) == ']') {
            int open = path.lastIndexOf('[');
            return open < 0 ? "" : path.substring(0, open);
        }
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }
}
