package io.weir.core.hedge;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What is left for backup requests: every request pays its share in, every backup takes one out, and no more than
 * {@link #SAVED_MAX} are kept for later. At no moment have there been more backups than the share of all requests so
 * far; nothing is given in advance. Any thread, lock-free; allocates nothing.
 */
final class ExtraLoad {
    /** So many backups may be saved up: a quiet hour is no licence to double a busy second. */
    static final int SAVED_MAX = 10;
    private static final long ONE = 1_000_000_000L;

    private final long share;
    private final AtomicLong balance = new AtomicLong();

    /**
     * @param share
     *            of a backup that each request pays, 0 to 1
     */
    ExtraLoad(double share) {
        this.share = (long) (share * ONE);
    }

    /** A request has begun. */
    void pay() {
        long now = balance.get();
        while (now < SAVED_MAX * ONE) {
            long seen = balance.compareAndExchange(now, Math.min(now + share, SAVED_MAX * ONE));
            if (seen == now) {
                return;
            }
            now = seen;
        }
    }

    /** Whether one is paid for, which is taken out then. */
    boolean take() {
        long now = balance.get();
        while (now >= ONE) {
            long seen = balance.compareAndExchange(now, now - ONE);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }
}
