package io.weir.http.route.match;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map from byte strings, asked with a slice of an array; the hash is made byte by byte, so that one walk over a path
 * serves for all of its prefixes. Immutable.
 */
public final class BytesIndex<V> {
    /** The hash of no bytes. */
    public static final int EMPTY_HASH = 0;

    private final byte[][] keys;
    private final int[] hashes;
    private final @Nullable Object[] values;
    private final int mask;
    private final int longest;

    /** As the entries stand now; keys are taken as UTF-8. */
    public BytesIndex(Map<String, V> entries) {
        int slots = Math.max(4, Integer.highestOneBit(Math.max(1, entries.size()) * 2 - 1) * 2);
        keys = new byte[slots][];
        hashes = new int[slots];
        values = new Object[slots];
        mask = slots - 1;
        int most = 0;
        for (var entry : entries.entrySet()) {
            byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
            int hash = EMPTY_HASH;
            for (byte b : key) {
                hash = mix(hash, b);
            }
            int slot = slot(hash);
            while (values[slot] != null) {
                slot = (slot + 1) & mask;
            }
            keys[slot] = key;
            hashes[slot] = hash;
            values[slot] = entry.getValue();
            most = Math.max(most, key.length);
        }
        longest = most;
    }

    /** The hash of a byte string and one more byte. */
    public static int mix(int hash, int b) {
        return hash * 31 + b;
    }

    /** The value for {@code bytes[from, to)} in ASCII lower case, or null. */
    public @Nullable V findLower(byte[] bytes, int from, int to) {
        int hash = EMPTY_HASH;
        for (int i = from; i < to; i++) {
            hash = mix(hash, lower(bytes[i]));
        }
        return findLower(hash, bytes, from, to);
    }

    /** The same, where the hash of the bytes in lower case is known. */
    public @Nullable V findLower(int hash, byte[] bytes, int from, int to) {
        for (int slot = slot(hash);; slot = (slot + 1) & mask) {
            @SuppressWarnings("unchecked") // only values of this type are put in
            var value = (V) values[slot];
            if (value == null) {
                return null;
            }
            if (hashes[slot] == hash && equalLower(bytes, from, to, keys[slot])) {
                return value;
            }
        }
    }

    private static boolean equalLower(byte[] bytes, int from, int to, byte[] key) {
        if (to - from != key.length) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            if (lower(bytes[from + i]) != key[i]) {
                return false;
            }
        }
        return true;
    }

    /** A byte in ASCII lower case. */
    public static int lower(int b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    /** The length of the longest key, in bytes. */
    public int longest() {
        return longest;
    }

    /** The value for {@code bytes[from, to)}, or null. */
    public @Nullable V find(byte[] bytes, int from, int to) {
        int hash = EMPTY_HASH;
        for (int i = from; i < to; i++) {
            hash = mix(hash, bytes[i]);
        }
        return find(hash, bytes, from, to);
    }

    /** The value for {@code bytes[from, to)}, whose hash is {@code hash}; or null. */
    public @Nullable V find(int hash, byte[] bytes, int from, int to) {
        for (int slot = slot(hash);; slot = (slot + 1) & mask) {
            @SuppressWarnings("unchecked") // only values of this type are put in
            var value = (V) values[slot];
            if (value == null) {
                return null;
            }
            byte[] key = keys[slot];
            if (hashes[slot] == hash && Arrays.equals(bytes, from, to, key, 0, key.length)) {
                return value;
            }
        }
    }

    /** Multiplying by the golden ratio spreads keys that differ in their last byte only. */
    private int slot(int hash) {
        return ((hash * 0x9E3779B9) >>> 8) & mask;
    }
}
