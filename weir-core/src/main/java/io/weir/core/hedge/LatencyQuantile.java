package io.weir.core.hedge;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The latency that so many of the last requests stayed below, learnt as they are answered. A log-linear histogram (as
 * HdrHistogram's) with buckets of a sixteenth of their value; what it answers is the upper end of a bucket, so that it
 * is late by up to 6 % rather than early. Now and then all counts are halved, so that the past fades; only as far as
 * what is left can still tell the quantile. Any thread, lock-free: two that add while the counts are halved lose
 * nothing.
 */
final class LatencyQuantile {
    /** Not enough requests have been answered. */
    static final long UNKNOWN = -1;
    /** The past weighs half as much after this long. */
    static final long HALF_LIFE_NANOS = 10_000_000_000L;
    /** It is worked out anew no more often than this. */
    static final long REFRESH_NANOS = 50_000_000L;

    /** No time yet: it is told with the first latency. */
    private static final long NEVER = Long.MIN_VALUE;
    private static final int SUB_BITS = 4;
    private static final int SUBS = 1 << SUB_BITS;
    private static final long NANOS_PER_MICRO = 1_000;
    /** Longer ones count as this: 36 minutes. */
    private static final long MICROS_MAX = (1L << 31) - 1;
    /** A quantile of fewer than this would be one of a handful. */
    private static final int SAMPLES_MIN = 20;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(index(MICROS_MAX) + 1);
    private final double quantile;
    private final long samplesMin;
    private final AtomicLong refreshNanos = new AtomicLong(NEVER);
    private final AtomicLong halveNanos = new AtomicLong(NEVER);
    private volatile long valueNanos = UNKNOWN;

    LatencyQuantile(double quantile) {
        this.quantile = quantile;
        // one above the quantile is to be expected among them
        this.samplesMin = Math.max(SAMPLES_MIN, (long) Math.ceil(1 / (1 - quantile)));
    }

    void add(long latencyNanos, long nowNanos) {
        counts.getAndIncrement(index(Math.clamp(latencyNanos / NANOS_PER_MICRO, 0, MICROS_MAX)));
        long due = refreshNanos.get();
        if ((due == NEVER || nowNanos - due >= 0) && refreshNanos.compareAndSet(due, nowNanos + REFRESH_NANOS)) {
            refresh(nowNanos);
        }
    }

    /** In nanoseconds; {@link #UNKNOWN} while too few have been answered. */
    long nanos() {
        return valueNanos;
    }

    private void refresh(long nowNanos) {
        long total = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
        }
        if (total < samplesMin) {
            return; // what was known before is better than nothing
        }
        long rank = (long) Math.ceil(total * quantile);
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank) {
                valueNanos = low(i + 1) * NANOS_PER_MICRO;
                break;
            }
        }
        long due = halveNanos.get();
        if (due == NEVER) {
            halveNanos.compareAndSet(NEVER, nowNanos + HALF_LIFE_NANOS);
        } else if (nowNanos - due >= 0 && total >= 2 * samplesMin
                && halveNanos.compareAndSet(due, nowNanos + HALF_LIFE_NANOS)) {
            for (int i = 0; i < counts.length(); i++) {
                counts.getAndAdd(i, -(counts.get(i) / 2));
            }
        }
    }

    private static int index(long micros) {
        if (micros < SUBS) {
            return (int) micros;
        }
        int shift = Long.SIZE - Long.numberOfLeadingZeros(micros) - 1 - SUB_BITS;
        return (shift + 1) * SUBS + (int) (micros >>> shift) - SUBS;
    }

    private static long low(int index) {
        int shift = index / SUBS - 1;
        return shift < 0 ? index : (long) (index % SUBS + SUBS) << shift;
    }
}
