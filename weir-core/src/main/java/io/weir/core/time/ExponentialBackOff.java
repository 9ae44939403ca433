package io.weir.core.time;

import java.util.random.RandomGenerator;

/**
 * How long to wait after failures in a row: the wait doubles with each, up to a longest one. Nanoseconds. Immutable.
 *
 * @param firstNanos
 *            after the first failure; 0: there is no wait
 * @param longestNanos
 *            no wait is longer; at least the first
 */
public record ExponentialBackOff(long firstNanos, long longestNanos) {
    /** There is no wait. */
    public static final ExponentialBackOff NONE = new ExponentialBackOff(0, 0);

    /** Envoy's default, wherever it has a longest interval: so many of the first one. */
    private static final int LONGEST = 10;

    public ExponentialBackOff {
        if (firstNanos < 0 || longestNanos < firstNanos) {
            throw new IllegalArgumentException("waits of " + firstNanos + " to " + longestNanos + " ns");
        }
    }

    /** Up to ten times the first. */
    public static ExponentialBackOff tenfold(long firstNanos) {
        return new ExponentialBackOff(firstNanos, longestNanos(firstNanos));
    }

    /** Ten times the first, or all that a long holds. */
    public static long longestNanos(long firstNanos) {
        return firstNanos > Long.MAX_VALUE / LONGEST ? Long.MAX_VALUE : firstNanos * LONGEST;
    }

    /**
     * The wait.
     *
     * @param failures
     *            in a row, 1 or more
     */
    public long nanos(int failures) {
        int doublings = Math.clamp(failures - 1L, 0, Long.numberOfLeadingZeros(firstNanos) - 1); // or it overflows
        return Math.min(longestNanos, firstNanos << doublings);
    }

    /**
     * Any length below the wait, so that clients that lost a host together do not come again together ("full jitter":
     * M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
     *
     * @param failures
     *            in a row, 1 or more
     */
    public long jitteredNanos(int failures, RandomGenerator dice) {
        return firstNanos == 0 ? 0 : dice.nextLong(nanos(failures));
    }
}
