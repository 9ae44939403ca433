package io.weir.core.aperture;

import io.weir.core.aperture.ApertureRule.Arc;
import io.weir.core.hash.XxHash64;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The arithmetic of {@link ApertureRule}, and the order of hosts that it goes by. */
public final class Shares {
    /** What is less than this of a share is the rounding of real numbers. */
    static final double NOTHING = 1e-9;

    private Shares() {}

    /** How much of each host is on the arc. */
    static double[] of(List<String> names, long seed, @Nullable Arc arc) {
        double[] shares = new double[names.size()];
        if (arc == null) {
            Arrays.fill(shares, 1);
            return shares;
        }
        int[] order = order(names, seed);
        for (int place = (int) arc.from(); place < arc.from() + arc.width(); place++) {
            shares[order[place % order.length]] += arc.part(place);
        }
        return shares;
    }

    /** Indexes by their names' hashes: the same order for whoever knows the same names. */
    public static int[] order(List<String> names, long seed) {
        long[] hashes = names.stream().mapToLong(name -> XxHash64.of(name, seed)).toArray();
        return IntStream.range(0, hashes.length).boxed()
                .sorted((a, b) -> compare(hashes[a], names.get(a), hashes[b], names.get(b)))
                .mapToInt(Integer::intValue).toArray();
    }

    /** Which of two names comes first, by their hashes; of equal ones by themselves. */
    public static int compare(long hash, String name, long otherHash, String other) {
        int byHash = Long.compareUnsigned(hash, otherHash);
        return byHash != 0 ? byHash : Comparator.<String>naturalOrder().compare(name, other);
    }
}
