package io.weir.http.orca;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a host is tried again: longer each time it fails, and never quite the same, so that the many
 * who lost one host do not come back at one moment. gRPC's algorithm with its numbers, but for the longest wait, as a
 * host that is back should not go unheard for two minutes.
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md">gRPC connection back-off</a>
 */
final class BackOff {
    static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final double GROWTH = 1.6;
    static final double JITTER = 0.2;

    private double nextNanos = (double) FIRST_NANOS;

    /** The wait from a failure on. */
    long nanos(RandomGenerator dice) {
        double wait = nextNanos;
        nextNanos = Math.min((double) MAX_NANOS, wait * GROWTH);
        return (long) (wait * (1 + JITTER * (2 * dice.nextDouble() - 1)));
    }

    /** The host has been heard: the next failure is a first one. */
    void reset() {
        nextNanos = (double) FIRST_NANOS;
    }
}
