package io.weir.core.admit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So many at once, exact over all workers: at no moment are there more, and nobody is refused while there is room. The
 * most may change while some are under way; those beyond a lower one end in their own time. Any thread, lock-free,
 * allocates nothing.
 */
public final class ConnectionLimit {
    private final AtomicLong active = new AtomicLong();

    /** Room for one more where there may be {@code max}? Ends with {@link #ended}. */
    public boolean tryBegin(long max) {
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
