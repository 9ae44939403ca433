package io.weir.http.filter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What filters say of the exchange at hand to other filters, routes and logs: Envoy's dynamic metadata. By namespace,
 * mostly a filter's name, and key; values are those of a JSON document: {@link String}, {@link Double},
 * {@link Boolean}, {@link java.util.List}, {@link Map}. Emptied for each exchange; belongs to one worker.
 */
public final class DynamicMetadata {
    private final Map<String, Map<String, Object>> namespaces = new LinkedHashMap<>();
    private int changes;

    /** Sets a value, in the place of one that is there. */
    public void put(String namespace, String key, Object value) {
        namespaces.computeIfAbsent(namespace, _ -> new LinkedHashMap<>()).put(key, value);
        changes++;
    }

    /** The value, or null. */
    public @Nullable Object get(String namespace, String key) {
        var values = namespaces.get(namespace);
        return values == null ? null : values.get(key);
    }

    /** All values of a namespace, empty where there are none; to be looked at. */
    public Map<String, Object> namespace(String namespace) {
        return Collections.unmodifiableMap(namespaces.getOrDefault(namespace, Map.of()));
    }

    /** Everything, by namespace; to be looked at. */
    public Map<String, Map<String, Object>> all() {
        return Collections.unmodifiableMap(namespaces);
    }

    /** Nothing is said of the exchange that begins. */
    public void clear() {
        if (!namespaces.isEmpty()) {
            namespaces.clear();
            changes++;
        }
    }

    /** Another number after each change. */
    int changes() {
        return changes;
    }
}
