package io.weir.core.admit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So many at once, exact over all workers: at no moment are there more, and nobody is refused while there is room. Any
 * thread, lock-free, allocates nothing.
 */
public final class ConnectionLimit {
    private final long max;
    private final AtomicLong active = new AtomicLong();

    /**
     * @param max
     *            at least 1
     */
    public ConnectionLimit(long max) {
        if (max < 1) {
            throw new IllegalArgumentException("no limit of connections: " + max);
        }
        this.max = max;
    }

    /** Room for one more? Ends with {@link #ended}. */
    public boolean tryBegin() {
        long now = active.get();
        while (now < max) {
            long seen = active.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** One is gone. */
    public void ended() {
        active.getAndDecrement();
    }

    /** How many there are now. */
    public long active() {
        return active.get();
    }
}
