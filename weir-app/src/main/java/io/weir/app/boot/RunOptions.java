package io.weir.app.boot;

import io.weir.xds.resource.Problem;
import java.util.List;
import java.util.function.Function;

/**
 * What may be said about a run beside the configuration.
 *
 * @param concurrency
 *            worker threads, at least 1
 * @param drainNanos
 *            how long connections may take to end: after the first SIGTERM, and when their listener changes or goes
 * @param strategy
 *            how they are asked to
 * @param parentShutdownNanos
 *            after a handover to another process, when this one ends at the latest
 * @param follow
 *            whether changes of the configuration's file are taken over while it runs
 * @param last
 *            what is done when everything listens, before connections are taken and another process is told to leave;
 *            the problems that it meets, of which one ends the start
 */
public record RunOptions(int concurrency, long drainNanos, Strategy strategy, long parentShutdownNanos,
        boolean follow, Function<Running, List<Problem>> last) {
    /** As Envoy's {@code --drain-time-s}. */
    public static final int DRAIN_SECONDS_DEFAULT = 600;

    /** As Envoy's {@code --parent-shutdown-time-s}. */
    public static final int PARENT_SHUTDOWN_SECONDS_DEFAULT = 900;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Envoy's {@code --drain-strategy}. */
    public enum Strategy {
        /** One connection after another, over the drain time. */
        GRADUAL,
        /** All at once. */
        IMMEDIATE
    }

    public RunOptions {
        if (concurrency < 1 || drainNanos < 0 || parentShutdownNanos < 0) {
            throw new IllegalArgumentException("concurrency " + concurrency + ", drain " + drainNanos);
        }
    }

    /** One worker for each processor, Envoy's drain time and strategy, changes followed. */
    public static RunOptions defaults() {
        return of(Runtime.getRuntime().availableProcessors(), DRAIN_SECONDS_DEFAULT, true);
    }

    /** With the drain time in seconds. */
    public static RunOptions of(int concurrency, long drainSeconds, boolean follow) {
        return new RunOptions(concurrency, Math.multiplyExact(drainSeconds, NANOS_PER_SECOND), Strategy.GRADUAL,
                PARENT_SHUTDOWN_SECONDS_DEFAULT * NANOS_PER_SECOND, follow, RunOptions::nothing);
    }

    private static List<Problem> nothing(Running running) {
        return List.of();
    }

    public RunOptions withStrategy(Strategy how) {
        return new RunOptions(concurrency, drainNanos, how, parentShutdownNanos, follow, last);
    }

    public RunOptions withParentShutdown(long seconds) {
        return new RunOptions(concurrency, drainNanos, strategy, Math.multiplyExact(seconds, NANOS_PER_SECOND), follow,
                last);
    }

    public RunOptions withLast(Function<Running, List<Problem>> step) {
        return new RunOptions(concurrency, drainNanos, strategy, parentShutdownNanos, follow, step);
    }
}
