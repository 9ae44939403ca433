package io.weir.stream.tcp;

import java.util.random.RandomGenerator;

/**
 * How often and when hosts are tried for one connection. Immutable. Source: Envoy's {@code max_connect_attempts} and
 * {@code backoff_options}.
 *
 * @param max
 *            hosts to try before the client is turned away, at least 1
 * @param firstPauseNanos
 *            the longest pause after the first host that could not be connected to; 0: the next is tried at once
 * @param pauseNanosMax
 *            no pause is longer
 */
public record Tries(int max, long firstPauseNanos, long pauseNanosMax) {
    /** One host. */
    public static final Tries ONCE = new Tries(1, 0, 0);

    public Tries {
        if (max < 1 || firstPauseNanos < 0 || pauseNanosMax < firstPauseNanos) {
            throw new IllegalArgumentException(max + " tries, " + firstPauseNanos + " to " + pauseNanosMax + " ns");
        }
    }

    /** The same, so many. */
    Tries times(int other) {
        return new Tries(other, firstPauseNanos, pauseNanosMax);
    }

    /**
     * A pause after this many failures, 1 or more: any length up to one that doubles with each failure, so that clients
     * that lost a host together do not come again together ("full jitter": M. Brooker, Exponential Backoff And Jitter,
     * AWS Architecture Blog, 2015).
     */
    long pauseNanos(int failures, RandomGenerator dice) {
        if (firstPauseNanos == 0) {
            return 0;
        }
        int doublings = Math.min(failures - 1, Long.numberOfLeadingZeros(firstPauseNanos) - 1);
        long longest = Math.min(pauseNanosMax, firstPauseNanos << doublings);
        return dice.nextLong(longest);
    }
}
