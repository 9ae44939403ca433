package io.weir.app.boot;

import io.weir.app.admin.Administered.State;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where a Weir is in its life, and who waits for its end. Any thread.
 */
final class Life {
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile State state = State.PRE_INITIALIZING;
    private volatile boolean healthy = true;

    /** What the admin tells: told to look unhealthy is told as draining, as Envoy does. */
    State shown() {
        return state == State.LIVE && !healthy ? State.DRAINING : state;
    }

    void initializing() {
        state = State.INITIALIZING;
    }

    void live() {
        state = State.LIVE;
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
