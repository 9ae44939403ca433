package io.weir.core.stats;

import java.util.Arrays;

/** What a histogram held at one moment, or between two. Immutable; any thread. */
public final class HistogramSnapshot {
    /** Nothing recorded. */
    public static final HistogramSnapshot EMPTY = new HistogramSnapshot(new int[0], new long[0], 0);

    private final int[] buckets;
    private final long[] counts;
    private final long count;
    private final long sum;

    private HistogramSnapshot(int[] buckets, long[] counts, long sum) {
        this.buckets = buckets;
        this.counts = counts;
        this.count = Arrays.stream(counts).sum();
        this.sum = sum;
    }

    static HistogramSnapshot of(int[] buckets, long[] counts, int filled, long sum) {
        return new HistogramSnapshot(Arrays.copyOf(buckets, filled), Arrays.copyOf(counts, filled), sum);
    }

    /** How many values. */
    public long count() {
        return count;
    }

    /** Their sum. */
    public long sum() {
        return sum;
    }

    /** How many values are at most {@code bound}; exact for whole bounds of two significant digits. */
    public long countUpTo(double bound) {
        long total = 0;
        for (int i = 0; i < buckets.length && Buckets.upper(buckets[i]) <= bound; i++) {
            total += counts[i];
        }
        return total;
    }

    /**
     * The value that a share of all values does not exceed; within a bucket as if its values were spread evenly.
     *
     * @param share
     *            0 (the smallest) to 1 (the largest)
     * @return NaN when there are no values
     */
    public double quantile(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        double rank = share * count;
        long before = 0;
        for (int i = 0; i < buckets.length; i++) {
            if (before + counts[i] >= rank) {
                double upper = Buckets.upper(buckets[i]);
                if (upper <= 100) {
                    return upper;
                }
                double lower = Buckets.lower(buckets[i]);
                return lower + (upper - lower) * Math.max(0, rank - before) / counts[i];
            }
            before += counts[i];
        }
        return Buckets.upper(buckets[buckets.length - 1]);
    }

    /** What came on top of an earlier snapshot of the same histogram. */
    HistogramSnapshot since(HistogramSnapshot earlier) {
        int[] keys = new int[buckets.length];
        long[] more = new long[buckets.length];
        int filled = 0;
        int e = 0;
        for (int i = 0; i < buckets.length; i++) {
            while (e < earlier.buckets.length && earlier.buckets[e] < buckets[i]) {
                e++;
            }
            boolean same = e < earlier.buckets.length && earlier.buckets[e] == buckets[i];
            long fresh = counts[i] - (same ? earlier.counts[e] : 0);
            if (fresh > 0) {
                keys[filled] = buckets[i];
                more[filled++] = fresh;
            }
        }
        return of(keys, more, filled, sum - earlier.sum);
    }
}
