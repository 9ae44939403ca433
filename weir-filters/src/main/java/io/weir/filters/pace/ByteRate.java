package io.weir.filters.pace;

import io.weir.core.admit.TokenBucket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * So many bytes a second for all who share it, by a bucket that holds a second's worth and begins with that of one fill
 * interval, as Envoy's does: who has been idle may send a second's worth at once. Any thread, lock-free.
 *
 * <p>
 * Those who wait stand in a line: each reserves a share, and comes behind all who have reserved one before. A share is
 * what comes in an interval, divided by those who wait, so that a turn of all takes about an interval.
 */
public final class ByteRate {
    /** Envoy's fill interval where none is written. */
    public static final long INTERVAL_NANOS = 50_000_000;
    /** 4 GiB/s, in KiB/s. */
    public static final long KIB_MAX = 1L << 22;

    private static final long KIB_BYTES = 1024;
    private static final long SECOND_NANOS = 1_000_000_000;
    /** Smaller shares are more work than they are worth; where an interval brings less, that is the share. */
    private static final long SHARE_BYTES_MIN = 256;

    private final TokenBucket bucket;
    private final long intervalNanos;
    private final long intervalBytes;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * A rate that nobody has used yet.
     *
     * @param kibPerSecond
     *            1 to {@link #KIB_MAX}
     * @param intervalNanos
     *            how often those who wait are served, above 0 and at most a second
     */
    public ByteRate(long kibPerSecond, long intervalNanos, long nowNanos) {
        long perSecond = kibPerSecond * KIB_BYTES;
        this.intervalNanos = intervalNanos;
        this.intervalBytes = Math.max(1, (long) ((double) perSecond / SECOND_NANOS * intervalNanos));
        bucket = new TokenBucket(new TokenBucket.Rule(perSecond, perSecond, SECOND_NANOS), nowNanos);
        bucket.takeUpTo(perSecond - intervalBytes, nowNanos);
    }

    long intervalNanos() {
        return intervalNanos;
    }

    /** Takes what is there for anybody, this many bytes at most; 0 while others wait. */
    long take(long most, long nowNanos) {
        return bucket.takeUpTo(most, nowNanos);
    }

    /** What one who waits reserves at a time. */
    long share() {
        return Math.max(Math.min(SHARE_BYTES_MIN, intervalBytes), intervalBytes / Math.max(1, waiting.get()));
    }

    /** Stands in line for these bytes; says in how many nanoseconds they are there. */
    long reserve(long bytes, long nowNanos) {
        return bucket.reserve(bytes, nowNanos);
    }

    /** Nobody wants the bytes that were reserved. */
    void giveBack(long bytes) {
        bucket.giveBack(bytes);
    }

    /** How many wait; each says when it begins and when it ends. */
    void waiting(int more) {
        waiting.addAndGet(more);
    }
}
