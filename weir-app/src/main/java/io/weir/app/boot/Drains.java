package io.weir.app.boot;

import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.core.time.NanoClock;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How long drains take, by the options of the run, and what happens when their time is over. The conductor's.
 */
final class Drains {
    /**
     * How long a process that is to end takes connections at most, and asks those it has: what supervisors wait before
     * they kill is seconds (10 with docker, 30 with Kubernetes), the drain time is Envoy's 600 unless told otherwise.
     */
    static final long ACCEPT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    /** How often it is looked whose turn has come: so often in all, that few have theirs between two looks. */
    private static final int STEPS = 1_000;
    private static final long STEP_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);

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

    /** Who has streams that have to end. */
    @FunctionalInterface
    interface Streams {
        /** Ends those whose turn has come. */
        void end(Turns turns, long nowNanos);
    }

    /**
     * Ends streams one after another in the later half of a time that begins now, whatever the strategy, and in its
     * last tenth answers that may have no end: when it is over, whatever is left is cut.
     *
     * @param lasting
     *            whether there may be some; asked again and again, so that nothing is kept for nobody
     */
    void endAll(Streams streams, long timeNanos, BooleanSupplier lasting) {
        step(streams, Turns.untilTheEnd(clock.nanos(), timeNanos), stepNanos(timeNanos), lasting);
    }

    /** The same for the time of a drain of listeners. */
    void endAll(Streams streams, BooleanSupplier lasting) {
        endAll(streams, options.drainNanos(), lasting);
    }

    /** The same of streams alone, where nothing is cut when the time is over. */
    void endStreams(Streams streams, BooleanSupplier lasting) {
        long timeNanos = options.drainNanos();
        step(streams, Turns.ofStreams(Turns.streamsIn(clock.nanos(), timeNanos)), stepNanos(timeNanos), lasting);
    }

    private static long stepNanos(long timeNanos) {
        return Math.max(STEP_NANOS_MIN, timeNanos / STEPS);
    }

    private void step(Streams streams, Turns turns, long stepNanos, BooleanSupplier lasting) {
        if (!lasting.getAsBoolean()) {
            return;
        }
        long nowNanos = clock.nanos();
        if (turns.begun(nowNanos)) {
            streams.end(turns, nowNanos);
        }
        if (!turns.over(nowNanos)) {
            conductor.after(stepNanos, () -> step(streams, turns, stepNanos, lasting));
        }
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
