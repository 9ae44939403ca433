package io.weir.core.aperture;

import io.weir.core.hash.XxHash64;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The arithmetic of {@link ApertureRule}. */
final class Shares {
    /** What is less than this of a share is the rounding of real numbers. */
    private static final double NOTHING = 1e-9;

    private Shares() {}

    static double[] all(int count) {
        double[] shares = new double[count];
        Arrays.fill(shares, 1);
        return shares;
    }

    /** Which hosts have the smallest hashes, with this seed. */
    static double[] rendezvous(List<String> names, int size, long seed) {
        if (names.size() <= size) {
            return all(names.size());
        }
        double[] shares = new double[names.size()];
        Arrays.stream(order(names, seed)).limit(size).forEach(i -> shares[i] = 1);
        return shares;
    }

    /** Indexes by their names' hashes: the same order for whoever knows the same names. */
    private static int[] order(List<String> names, long seed) {
        long[] hashes = names.stream().mapToLong(name -> XxHash64.of(name, seed)).toArray();
        return IntStream.range(0, hashes.length).boxed()
                .sorted((a, b) -> {
                    int byHash = Long.compareUnsigned(hashes[a], hashes[b]);
                    return byHash != 0 ? byHash : Comparator.<String>naturalOrder().compare(names.get(a), names.get(b));
                }).mapToInt(Integer::intValue).toArray();
    }

    /** How much of each host's arc is in that of proxy {@code index} of {@code count}. */
    static double[] arc(List<String> names, int hostsMin, int index, int count) {
        int size = names.size();
        if (size <= hostsMin) {
            return all(size);
        }
        // so many arcs of proxies, each 1 / count of the ring, are as wide as hostsMin hosts, each 1 / size of it
        long arcs = ((long) hostsMin * count + size - 1) / size;
        if (arcs >= count) {
            return all(size);
        }
        double from = (double) index / count * size;
        double width = (double) arcs / count * size;
        double[] shares = new double[size];
        int[] order = order(names, 0);
        for (int slot = (int) from; slot < from + width; slot++) {
            double part = Math.min(slot + 1, from + width) - Math.max(slot, from);
            shares[order[slot % size]] += part;
        }
        for (int i = 0; i < size; i++) {
            shares[i] = shares[i] < NOTHING ? 0 : shares[i] > 1 - NOTHING ? 1 : shares[i];
        }
        return shares;
    }
}
