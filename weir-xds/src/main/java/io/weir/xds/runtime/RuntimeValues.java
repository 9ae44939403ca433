package io.weir.xds.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a bootstrap's runtime says, as far as Weir reads it. Immutable.
 *
 * @param connections
 *            how many connections of clients there may be, of all listeners together; null: no limit
 * @param listeners
 *            how many there may be of one listener, by its name
 * @param panicPercent
 *            the threshold of panic of all clusters, whatever they say themselves; {@link #UNSET}: theirs
 */
public record RuntimeValues(@Nullable Limit connections, Map<String, Limit> listeners, int panicPercent) {
    /** No number is written. */
    public static final int UNSET = -1;

    /**
     * So many at once.
     *
     * @param path
     *            where it is written, within the layered runtime
     * @param max
     *            0: none
     */
    public record Limit(String path, long max) {
    }

    public RuntimeValues {
        listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
    }
}
