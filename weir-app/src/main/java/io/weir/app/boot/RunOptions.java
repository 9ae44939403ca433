package io.weir.app.boot;

/**
 * What may be said about a run beside the configuration.
 *
 * @param concurrency
 *            worker threads, at least 1
 * @param drainNanos
 *            how long connections may take to end after the first SIGTERM
 * @param follow
 *            whether changes of the configuration's file are taken over while it runs
 */
public record RunOptions(int concurrency, long drainNanos, boolean follow) {
    /** As Envoy's {@code --drain-time-s}. */
    public static final int DRAIN_SECONDS_DEFAULT = 600;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    public RunOptions {
        if (concurrency < 1 || drainNanos < 0) {
            throw new IllegalArgumentException("concurrency " + concurrency + ", drain " + drainNanos);
        }
    }

    /** One worker for each processor, Envoy's drain time, changes followed. */
    public static RunOptions defaults() {
        return of(Runtime.getRuntime().availableProcessors(), DRAIN_SECONDS_DEFAULT, true);
    }

    /** With the drain time in seconds. */
    public static RunOptions of(int concurrency, long drainSeconds, boolean follow) {
        return new RunOptions(concurrency, Math.multiplyExact(drainSeconds, NANOS_PER_SECOND), follow);
    }
}
