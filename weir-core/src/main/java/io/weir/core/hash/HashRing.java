package io.weir.core.hash;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A ring of hashes (Karger et al., "Consistent Hashing and Random Trees", 1997; ketama): each key has points on it in
 * proportion to its weight, and a hash belongs to the first point at or after it. The points and their number are
 * Envoy's: point i of a key is the hash of {@code key_i}.
 */
public final class HashRing implements HashTable {
    /** Envoy's {@code minimum_ring_size}. */
    public static final long SIZE_MIN_DEFAULT = 1024;
    /** The largest ring, Envoy's {@code maximum_ring_size} and its bound. */
    public static final long SIZE_MAX = 8 * 1024 * 1024;

    private static final int INDEX_DIGITS_MAX = 8;

    private final long[] points;
    private final int[] owners;
    /** For each range of hashes, by their first bits, the first point at or after its start. */
    private final int[] starts;
    private final int shift;
    private final int[] entries;

    private HashRing(long[] points, int[] owners, int[] starts, int shift, int[] entries) {
        this.points = points;
        this.owners = owners;
        this.starts = starts;
        this.shift = shift;
        this.entries = entries;
    }

    /**
     * Makes a ring.
     *
     * @param weights
     *            one for each key, each at least 1
     * @param sizeMin
     *            at least so many points where there is room for them
     * @param sizeMax
     *            at most so many points, at least 1; where it is less than there are keys, some keys have none
     */
    public static HashRing of(List<String> keys, int[] weights, long sizeMin, long sizeMax, HashFunction function) {
        double sum = Arrays.stream(weights).asLongStream().sum();
        double least = 1;
        for (int weight : weights) {
            least = Math.min(least, weight / sum);
        }
        // the lightest key gets a whole number of points, and the others as many as follow from that
        double scale = Math.min(Math.ceil(least * sizeMin) / least, (double) Math.min(sizeMax, SIZE_MAX));
        long[] hashes = new long[(int) Math.ceil(scale) + 1];
        int[] keyOf = new int[hashes.length];
        int[] entries = new int[weights.length];
        int size = 0;
        double target = 0;
        for (int k = 0; k < weights.length; k++) {
            byte[] text = withRoom(keys.get(k));
            target += scale * (weights[k] / sum);
            for (int i = 0; size < target && size < hashes.length; i++) {
                hashes[size] = function.of(text, number(text, i));
                keyOf[size++] = k;
                entries[k]++;
            }
        }
        return sorted(hashes, keyOf, size, entries);
    }

    /** The key, a low line, and room for a number. */
    private static byte[] withRoom(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        byte[] room = Arrays.copyOf(bytes, bytes.length + 1 + INDEX_DIGITS_MAX);
        room[bytes.length] = '_';
        return room;
    }

    /** Writes the digits into the room at the end; how many bytes are used then. */
    private static int number(byte[] text, int number) {
        int at = text.length - INDEX_DIGITS_MAX;
        int digits = 1;
        for (int n = number; n >= 10; n /= 10) {
            digits++;
        }
        for (int n = number, i = at + digits - 1; i >= at; n /= 10, i--) {
            text[i] = (byte) ('0' + n % 10);
        }
        return at + digits;
    }

    /**
     * Hashes are evenly spread, so their first bits nearly sort them: a counting sort by these, then the few of one
     * range among themselves. The same ranges find a point later without a search.
     */
    private static HashRing sorted(long[] hashes, int[] keyOf, int size, int[] entries) {
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(size));
        int shift = Long.SIZE - bits;
        int[] starts = new int[(1 << bits) + 1];
        for (int i = 0; i < size; i++) {
            starts[(int) (hashes[i] >>> shift) + 1]++;
        }
        for (int i = 1; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        int[] next = starts.clone();
        long[] points = new long[size];
        int[] owners = new int[size];
        for (int i = 0; i < size; i++) {
            int range = (int) (hashes[i] >>> shift);
            int at = next[range]++;
            for (; at > starts[range] && Long.compareUnsigned(points[at - 1], hashes[i]) > 0; at--) {
                points[at] = points[at - 1];
                owners[at] = owners[at - 1];
            }
            points[at] = hashes[i];
            owners[at] = keyOf[i];
        }
        return new HashRing(points, owners, starts, shift, entries);
    }

    @Override
    public int at(long hash, int attempt) {
        int size = points.length;
        int at = starts[(int) (hash >>> shift)];
        while (at < size && Long.compareUnsigned(points[at], hash) < 0) {
            at++;
        }
        // beyond the last point the ring begins again; another attempt is as many points on
        at += attempt;
        return owners[at < size ? at : at % size];
    }

    /** How many points there are. */
    public int size() {
        return points.length;
    }

    @Override
    public int[] entries() {
        return entries.clone();
    }
}
