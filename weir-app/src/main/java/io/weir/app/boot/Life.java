package io.weir.app.boot;

import io.weir.app.admin.Administered.State;
import io.weir.xds.compile.Compiled;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Where a Weir is in its life, and who waits for its end. Any thread.
 */
final class Life {
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile State state = State.PRE_INITIALIZING;
    private volatile boolean healthy = true;
    private volatile Instant takenOver = Instant.now();
    private volatile Runnable taken = () -> {
    };
    private volatile UnaryOperator<Compiled> vet = UnaryOperator.identity();

    /** What the admin tells: told to look unhealthy is told as draining, as Envoy does. */
    State shown() {
        return state == State.LIVE && !healthy ? State.DRAINING : state;
    }

    void initializing() {
        state = State.INITIALIZING;
    }

    /** It serves, unless it was told to end already. */
    synchronized void live() {
        if (!leaving()) {
            state = State.LIVE;
        }
    }

    /** When the configuration was taken over that is served. */
    Instant takenOver() {
        return takenOver;
    }

    /** The first is called before another configuration is taken over, and may refuse it; the second after it. */
    void followed(UnaryOperator<Compiled> before, Runnable after) {
        vet = before;
        taken = after;
    }

    /** What whoever has a say in it makes of another configuration. */
    Compiled vetted(Compiled read) {
        return vet.apply(read);
    }

    void tookOver() {
        takenOver = Instant.now();
        taken.run();
    }

    void healthy(boolean now) {
        healthy = now;
    }

    /** Begins the drain; false when it had begun. */
    synchronized boolean draining() {
        if (state == State.DRAINING) {
            return false;
        }
        state = State.DRAINING;
        return true;
    }

    /** Whether the drain has begun, or the end. */
    boolean leaving() {
        return state == State.DRAINING;
    }

    /** It is over, now. */
    void end() {
        state = State.DRAINING;
        ended.countDown();
    }

    boolean over() {
        return ended.getCount() == 0;
    }

    /** Waits for the end, no longer than this; whether it has come. */
    boolean awaitEnd(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }
}
