package io.weir.app.boot;

import io.weir.core.drain.Drain;
import io.weir.core.time.NanoClock;
import java.util.concurrent.TimeUnit;

/**
 * How long drains take, by the options of the run, and what happens when their time is over. The conductor's.
 */
final class Drains {
    /**
     * How long a process that is to end takes connections at most, and asks those it has: what supervisors wait before
     * they kill is seconds (10 with docker, 30 with Kubernetes), the drain time is Envoy's 600 unless told otherwise.
     */
    static final long ACCEPT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final RunOptions options;
    private final Conductor conductor;
    private final NanoClock clock;

    Drains(RunOptions options, Conductor conductor, NanoClock clock) {
        this.options = options;
        this.conductor = conductor;
        this.clock = clock;
    }

    /** A drain that may take all its time: of listeners and filter chains that go while the process stays. */
    Drain ofListeners() {
        return begin(options.drainNanos());
    }

    /** The drain of a process that ends. Half of the time is left to what those who are asked last have under way. */
    Drain ofTheProcess() {
        return begin(acceptNanos());
    }

    /** How long a process that is to end goes on taking connections, whatever the strategy. */
    long acceptNanos() {
        return Math.min(options.drainNanos() / 2, ACCEPT_NANOS_MAX);
    }

    private Drain begin(long spreadNanos) {
        return new Drain(clock.nanos(), switch (options.strategy()) {
            case GRADUAL -> spreadNanos;
            case IMMEDIATE -> 0;
        });
    }

    /** Runs a task when a drain that begins now is over. */
    void whenOver(Runnable task) {
        conductor.after(options.drainNanos(), task);
    }
}
