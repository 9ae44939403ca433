package io.weir.testkit;

import io.weir.core.time.ExponentialBackOff;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Waits for what others bring about: for a state, never for a time, and not for ever, so that a test that fails says
 * what did not come. A state that is gone again before it is looked at is missed. Any thread.
 */
public final class Await {
    /** Long beside all that a test waits for, on a machine with other work too. */
    private static final Duration MAX = Duration.ofSeconds(60);
    /** Short at first, as most states are about to come; then a look costs others less. */
    private static final ExponentialBackOff PAUSES = new ExponentialBackOff(1_000_000, 10_000_000);
    /** What has not moved for so long is taken to stand. */
    private static final Duration STILL = Duration.ofMillis(500);

    private Await() {}

    /** What is waited for. */
    @FunctionalInterface
    public interface State {
        /** Whether it is so now. */
        boolean holds() throws Exception;
    }

    /**
     * Returns when it is so.
     *
     * @param what
     *            what is waited for, as it would be said
     * @throws AssertionError
     *             when it is not within 60 s
     */
    public static void until(String what, State state) {
        until(() -> what, state);
    }

    /** The same with words that are looked for when it does not come: what there is instead. */
    public static void until(Callable<String> what, State state) {
        until(MAX, what, state);
    }

    /** The same within another time. */
    public static void until(Duration max, Callable<String> what, State state) {
        long begunNanos = System.nanoTime();
        for (int looks = 1; !holds(state); looks++) {
            if (System.nanoTime() - begunNanos > max.toNanos()) {
                throw new AssertionError("not within " + max.toSeconds() + " s: " + said(what));
            }
            if (Thread.currentThread().isInterrupted()) { // its test is over: parking would not wait any more
                throw new AssertionError("interrupted before: " + said(what));
            }
            LockSupport.parkNanos(PAUSES.nanos(looks));
        }
    }

    /** Returns when this number has moved from 0, and then not for half a second. */
    public static void standstill(String what, LongSupplier number) {
        long[] seen = {number.getAsLong(), System.nanoTime()};
        until(() -> what + " stands still, at " + seen[0], () -> {
            long now = number.getAsLong();
            long nowNanos = System.nanoTime();
            if (now == 0 || now != seen[0]) {
                seen[0] = now;
                seen[1] = nowNanos;
            }
            return nowNanos - seen[1] > STILL.toNanos();
        });
    }

    private static String said(Callable<String> what) {
        try {
            return what.call();
        } catch (Exception e) {
            return "what " + e + " hides";
        }
    }

    private static boolean holds(State state) {
        try {
            return state.holds();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
