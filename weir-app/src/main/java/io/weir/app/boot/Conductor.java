package io.weir.app.boot;

import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Stats;
import io.weir.core.time.NanoClock;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns configuration, membership and health: everything that publishes a new view runs here. Also
 * an Executor, for sources that find something elsewhere and bring it here.
 */
final class Conductor implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);
    private static final long TICK_MILLIS = 100;
    /** Envoy's default of {@code stats_flush_interval}: the length of a histogram's interval. */
    private static final long FLUSH_MILLIS = 5_000;
    /** How long the end waits for a task under way. */
    private static final long CLOSE_SECONDS_MAX = 10;

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().daemon().name("weir-conductor").factory());

    private volatile boolean closing;

    Conductor() {
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Begins to tick the clusters, and to end the intervals of histograms. */
    void conduct(Clusters clusters, Stats stats, NanoClock clock) {
        every(TICK_MILLIS, () -> clusters.tick(clock.nanos()));
        every(FLUSH_MILLIS, stats::flush);
    }

    /** Runs a task again and again; one that fails is logged and runs again. */
    void every(long millis, Runnable task) {
        thread.scheduleWithFixedDelay(guarded(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Runs a task later. After the end it is dropped. */
    void after(long nanos, Runnable task) {
        try {
            thread.schedule(guarded(task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("dropped after the end: {}", task);
        }
    }

    /** Runs a task soon. After the end it is dropped. */
    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("dropped after the end: {}", task);
        }
    }

    /** Runs a task here and waits for it; for a start and for tests, never from a worker or from here. */
    <T> T call(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Throwable e) { // a class that cannot be loaded too: somebody waits
                result.completeExceptionally(e);
            }
        });
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the conductor", e);
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a task of the conductor failed", e);
            }
        };
    }

    /** Whether the end has come, and all that had not begun is dropped. */
    boolean closing() {
        return closing;
    }

    /**
     * Waits for what is under way: half of it would be neither the one thing nor the other. What has not begun is
     * dropped.
     */
    @Override
    public void close() {
        thread.shutdown();
        thread.getQueue().clear();
        closing = true;
        try {
            if (thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                return;
            }
            LOG.warn("the conductor is busy for more than {} s: it is not waited for", CLOSE_SECONDS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }
}
