package io.weir.app.boot;

import java.util.concurrent.atomic.AtomicInteger;

/** Those who hold something that is let go of when the last of them has left. Any thread. */
final class Holders {
    private final AtomicInteger count = new AtomicInteger(1);
    private final Runnable gone;

    /**
     * The first holder is whoever makes it.
     *
     * @param gone
     *            lets go; once
     */
    Holders(Runnable gone) {
        this.gone = gone;
    }

    /** One more; false: the last has left already, and there is nothing to hold any more. */
    boolean enter() {
        int now = count.get();
        while (now > 0) {
            int seen = count.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** One less. */
    void leave() {
        if (count.decrementAndGet() == 0) {
            gone.run();
        }
    }

    /** Whether somebody holds it. */
    boolean any() {
        return count.get() > 0;
    }
}
