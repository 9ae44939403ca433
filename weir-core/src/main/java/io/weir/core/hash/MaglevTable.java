package io.weir.core.hash;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Maglev's look-up table (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016,
 * section 3.4): each key has a permutation of the slots, and keys in turns take their next free one. The permutations,
 * the order of the keys and the turns of weights are Envoy's, so that Envoy and Weir send a hash to the same key. An
 * entry has two bytes for up to 65,536 keys.
 */
public final class MaglevTable implements HashTable {
    /** Envoy's {@code table_size}. */
    public static final int SIZE_DEFAULT = 65537;
    /** The largest table, as Envoy's. */
    public static final int SIZE_MAX = 5_000_011;

    private static final int NARROW_KEYS_MAX = 1 << Character.SIZE;

    private final int size;
    /** The largest whole number not above 2^64 / size: a product instead of a division at each look-up. */
    private final long reciprocal;
    private final char[] narrow;
    private final int[] wide;
    private final int[] entries;

    private MaglevTable(int size, int[] owners, int[] entries) {
        this.size = size;
        this.reciprocal = Long.divideUnsigned(-1L, size);
        this.entries = entries;
        boolean fits = entries.length <= NARROW_KEYS_MAX;
        this.narrow = new char[fits ? size : 0];
        this.wide = fits ? new int[0] : owners;
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (char) owners[i];
        }
    }

    /** Whether a table may have this size: a prime from 2 to {@link #SIZE_MAX}. */
    public static boolean sizeAllowed(long size) {
        return size >= 2 && size <= SIZE_MAX
                && IntStream.rangeClosed(2, (int) Math.sqrt((double) size)).noneMatch(divisor -> size % divisor == 0);
    }

    /**
     * Makes a table.
     *
     * @param keys
     *            at least one; those with the smallest names come first where a table has fewer slots than keys, and
     *            the others then have none
     * @param weights
     *            one for each key, each at least 1
     * @param size
     *            a prime, {@link #sizeAllowed}
     */
    public static MaglevTable of(List<String> keys, int[] weights, int size) {
        if (keys.isEmpty() || !sizeAllowed(size)) {
            throw new IllegalArgumentException("no table of " + size + " slots for " + keys.size() + " keys");
        }
        int[] order = IntStream.range(0, weights.length).boxed().sorted(Comparator.comparing(keys::get))
                .mapToInt(Integer::intValue).toArray();
        int[] owners = new int[size];
        Arrays.fill(owners, -1);
        int[] entries = new int[weights.length];
        fill(new Turns(keys, weights, order, size), order, owners, entries);
        return new MaglevTable(size, owners, entries);
    }

    private static void fill(Turns turns, int[] order, int[] owners, int[] entries) {
        int free = owners.length;
        for (long round = 1; free > 0; round++) {
            for (int i = 0; i < order.length && free > 0; i++) {
                if (turns.has(i, round)) {
                    int slot = turns.slot(i);
                    while (owners[slot] >= 0) {
                        slot = turns.slot(i);
                    }
                    owners[slot] = order[i];
                    entries[order[i]]++;
                    free--;
                }
            }
        }
    }

    /** Where each key stands while a table is filled; keys by their place in the order. */
    private static final class Turns {
        private final int size;
        private final int[] next;
        private final int[] skip;
        private final double[] weight;
        private final double[] due;
        private final double heaviest;

        Turns(List<String> keys, int[] weights, int[] order, int size) {
            this.size = size;
            next = new int[order.length];
            skip = new int[order.length];
            weight = new double[order.length];
            due = new double[order.length];
            double sum = Arrays.stream(weights).asLongStream().sum();
            double most = 0;
            for (int i = 0; i < order.length; i++) {
                String key = keys.get(order[i]);
                next[i] = (int) Long.remainderUnsigned(XxHash64.of(key, 0), size);
                skip[i] = (int) Long.remainderUnsigned(XxHash64.of(key, 1), size - 1L) + 1;
                weight[i] = weights[order[i]] / sum;
                most = Math.max(most, weight[i]);
            }
            heaviest = most;
        }

        /** Its turn in this round: the heaviest has one in each, another as often as its weight says. */
        boolean has(int key, long round) {
            if (round * weight[key] < due[key]) {
                return false;
            }
            due[key] += heaviest;
            return true;
        }

        /** The next slot of its permutation. */
        int slot(int key) {
            int slot = next[key];
            int following = slot + skip[key];
            next[key] = following >= size ? following - size : following;
            return slot;
        }
    }

    @Override
    public int at(long hash, int attempt) {
        // attempt i turns over the first bits, so that it lands far from the others
        long h = attempt == 0 ? hash : hash ^ -attempt;
        long rest = h - Math.unsignedMultiplyHigh(h, reciprocal) * size;
        // the quotient is at most one too small
        int slot = (int) (rest >= size ? rest - size : rest);
        return narrow.length == 0 ? wide[slot] : narrow[slot];
    }

    /** How many slots there are. */
    public int size() {
        return size;
    }

    @Override
    public int[] entries() {
        return entries.clone();
    }
}
