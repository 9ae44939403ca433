package io.weir.core.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a route asks of a host's metadata: these keys with these values, in the name space {@code envoy.lb}. Made when
 * the configuration is read; its hash is computed once, so that a look-up costs no more than one of a text. Immutable
 * but for a memory of its parts; any thread.
 */
public final class Criteria {
    /** The name space of the metadata that balancing goes by. */
    public static final String SPACE = "envoy.lb";
    /** Key of a list of further criteria, tried in order: Envoy's {@code FALLBACK_LIST}. */
    public static final String FALLBACK_LIST = "fallback_list";
    /** Parts remembered of one criteria: no more than there are selectors that fall back to fewer keys. */
    private static final int PARTS_MAX = 64;
    /** Stands for any value. */
    private static final List<Object> KEY_ONLY = List.of();

    private final Map<String, Object> values;
    /** Each key and its value, in order of the keys: maps compare themselves through iterators, arrays do not. */
    private final Object[] flat;
    private final int hash;
    private final Criteria shape;
    private final List<Criteria> fallbacks;
    private final Map<Set<String>, Criteria> parts = new ConcurrentHashMap<>();

    private Criteria(Map<String, Object> values, List<Criteria> fallbacks) {
        this.values = values;
        this.flat = new Object[2 * values.size()];
        int at = 0;
        boolean onlyKeys = true;
        for (Map.Entry<String, Object> entry : values.entrySet()) {
            flat[at++] = entry.getKey();
            flat[at++] = entry.getValue();
            onlyKeys &= entry.getValue().equals(KEY_ONLY);
        }
        this.hash = Arrays.hashCode(flat);
        this.fallbacks = fallbacks;
        this.shape = onlyKeys ? this : shape(values.keySet());
    }

    /** These keys, whatever their values: what {@link #shape()} gives. */
    public static Criteria shape(Set<String> keys) {
        Map<String, Object> values = new TreeMap<>();
        keys.forEach(key -> values.put(key, KEY_ONLY));
        return new Criteria(values, List.of());
    }

    /** These keys and values: strings, doubles, booleans, lists, maps. */
    public static Criteria of(Map<String, Object> values) {
        return new Criteria(new TreeMap<>(values), fallbacks(values));
    }

    private static List<Criteria> fallbacks(Map<String, Object> values) {
        if (!(values.get(FALLBACK_LIST) instanceof List<?> list)) {
            return List.of();
        }
        List<Criteria> fallbacks = new ArrayList<>();
        for (Object one : list) {
            if (one instanceof Map<?, ?> map) {
                Map<String, Object> merged = new TreeMap<>(values);
                merged.remove(FALLBACK_LIST);
                map.forEach((key, value) -> merged.put(String.valueOf(key), value));
                fallbacks.add(new Criteria(merged, List.of()));
            }
        }
        return List.copyOf(fallbacks);
    }

    /** These criteria, and others that win where both have a key: a weighted cluster's over its route's. */
    public Criteria with(Map<String, Object> others) {
        Map<String, Object> merged = new TreeMap<>(values);
        merged.putAll(others);
        return of(merged);
    }

    /** Its keys alone, so that criteria of the same keys have the same. */
    public Criteria shape() {
        return shape;
    }

    /** Nothing is asked. */
    public boolean isEmpty() {
        return flat.length == 0;
    }

    /** The criteria of its {@link #FALLBACK_LIST} in order, each with the rest of these. */
    public List<Criteria> fallbacks() {
        return fallbacks;
    }

    /** What is asked of these keys alone; remembered, so that asking again makes nothing. */
    public Criteria only(Set<String> some) {
        Criteria part = parts.get(some);
        if (part == null) {
            Map<String, Object> kept = new TreeMap<>(values);
            kept.keySet().retainAll(some);
            part = new Criteria(kept, List.of());
            if (parts.size() < PARTS_MAX) {
                parts.put(some, part);
            }
        }
        return part;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Criteria criteria && hash == criteria.hash && Arrays.equals(flat, criteria.flat);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
