package io.weir.core.health;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Latencies of one host in an interval, in buckets of at most an eighth of their value (a log-linear histogram as in
 * HdrHistogram). Adding is one atomic increment; any thread. Emptied by the conductor.
 */
final class Latencies {
    private static final int SUB_BITS = 3;
    private static final int SUBS = 1 << SUB_BITS;
    private static final int SIZE = (Long.SIZE - SUB_BITS) * SUBS;
    private static final long NANOS_PER_MICRO = 1_000;
    /** Longer ones count as this: 36 minutes. */
    private static final long MICROS_MAX = (1L << 31) - 1;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(index(MICROS_MAX) + 1);

    void add(long nanos) {
        counts.getAndIncrement(index(Math.clamp(nanos / NANOS_PER_MICRO, 0, MICROS_MAX)));
    }

    /** The latency below which this part of all lies, as the middle of its bucket; 0 when there are none. */
    long percentileNanos(double percentile) {
        long rank = (long) Math.ceil(total() * percentile / 100);
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank && seen > 0) {
                return (low(i) + low(i + 1)) / 2 * NANOS_PER_MICRO;
            }
        }
        return 0;
    }

    /** How many there are. */
    int total() {
        int total = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
        }
        return total;
    }

    void clear() {
        for (int i = 0; i < counts.length(); i++) {
            counts.set(i, 0);
        }
    }

    private static int index(long micros) {
        if (micros < SUBS) {
            return (int) micros;
        }
        int shift = Long.SIZE - Long.numberOfLeadingZeros(micros) - 1 - SUB_BITS;
        return Math.min(SIZE - 1, (shift + 1) * SUBS + (int) (micros >>> shift) - SUBS);
    }

    private static long low(int index) {
        int shift = index / SUBS - 1;
        return shift < 0 ? index : (long) (index % SUBS + SUBS) << shift;
    }
}
