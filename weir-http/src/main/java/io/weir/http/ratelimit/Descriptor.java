package io.weir.http.ratelimit;

import io.weir.core.admit.KeyedBuckets;
import io.weir.http.codec.HttpHead;
import java.util.Arrays;

/**
 * What is made of one request by a list of actions: keys and values, in order. Values are spans of others' bytes.
 * Serves one request after another; belongs to one worker.
 */
public final class Descriptor {
    private static final int ENTRIES_FIRST = 4;

    private String[] keys = new String[ENTRIES_FIRST];
    private byte[][] sources = new byte[ENTRIES_FIRST][];
    private int[] spans = new int[2 * ENTRIES_FIRST];
    private int size;

    /** Empties it. */
    public void clear() {
        size = 0;
    }

    /** Adds an entry; the bytes must stay as they are until the descriptor has been used. */
    public void add(String key, byte[] source, int from, int to) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            sources = Arrays.copyOf(sources, 2 * size);
            spans = Arrays.copyOf(spans, 4 * size);
        }
        keys[size] = key;
        sources[size] = source;
        spans[2 * size] = from;
        spans[2 * size + 1] = to;
        size++;
    }

    /** Adds an entry whose value is a whole array. */
    void add(String key, byte[] value) {
        add(key, value, 0, value.length);
    }

    /** Adds an entry whose value stands in a head. */
    void add(String key, HttpHead head, int from, int to) {
        add(key, head.bytes(), from, to);
    }

    /** How many entries it has. */
    public int size() {
        return size;
    }

    /** Whether an entry has this key. */
    boolean has(int entry, String key) {
        return keys[entry].equals(key);
    }

    /** Adds the value of an entry to a key of buckets. */
    void addTo(KeyedBuckets.Key key, int entry) {
        key.add(sources[entry], spans[2 * entry], spans[2 * entry + 1]);
    }

    /** Whether an entry has this key and this value. */
    boolean has(int entry, String key, byte[] value) {
        return keys[entry].equals(key)
                && Arrays.equals(sources[entry], spans[2 * entry], spans[2 * entry + 1], value, 0, value.length);
    }
}
