package io.weir.testkit.sim.engine;

import java.util.Arrays;

/**
 * Percentiles of latencies in nanoseconds: so many of a hundred requests had a good answer within this. A request that
 * failed never had one, so a percentile may be {@link #NEVER_NANOS}; else a policy that fails fast would look good. All
 * are 0 where there was no request. Immutable.
 */
public record Percentiles(long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {
    /** Stands for a good answer that never came. */
    public static final long NEVER_NANOS = Long.MAX_VALUE;

    private static final Percentiles NONE = new Percentiles(0, 0, 0, 0, 0);

    /** Of these, which are sorted in place: the smallest value that so many are not above (nearest rank). */
    static Percentiles of(long[] nanos) {
        if (nanos.length == 0) {
            return NONE;
        }
        Arrays.sort(nanos);
        return new Percentiles(rank(nanos, 0.5), rank(nanos, 0.9), rank(nanos, 0.99), rank(nanos, 0.999),
                nanos[nanos.length - 1]);
    }

    private static long rank(long[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
    }
}
