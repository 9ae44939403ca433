package io.weir.core.memory;

import java.util.concurrent.TimeUnit;

/**
 * What a failure counts as where hosts are chosen by latency: else a host that fails fast would look like the best one.
 * As Linkerd has it: an answer of 5xx or 429, a reset or a time-out counts as {@value #SECONDS} seconds, or as what the
 * host asked for in {@code Retry-After}, up to {@value #RETRY_AFTER_SECONDS_MAX} seconds; never as less than it took.
 */
final class Penalty {
    private static final int SECONDS = 5;
    private static final int RETRY_AFTER_SECONDS_MAX = 300;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(SECONDS);
    private static final long RETRY_AFTER_NANOS_MAX = TimeUnit.SECONDS.toNanos(RETRY_AFTER_SECONDS_MAX);

    private Penalty() {}

    /** The latency that an answer counts as. */
    static long answered(int status, long latencyNanos) {
        return status >= 500 || status == 429 ? failed(latencyNanos) : latencyNanos;
    }

    /** The latency that no answer counts as. */
    static long failed(long latencyNanos) {
        return Math.max(latencyNanos, NANOS);
    }

    /** The latency that a wish to be left alone for so long counts as. */
    static long retryAfter(long delayNanos) {
        return Math.min(delayNanos, RETRY_AFTER_NANOS_MAX);
    }
}
