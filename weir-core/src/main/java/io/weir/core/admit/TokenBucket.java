package io.weir.core.admit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate limit: a bucket of tokens that fills evenly, one of which is taken for each request. Kept as one number, the
 * time at which the bucket would be full, which is the generic cell rate algorithm (ITU-T I.371, annex A; "leaky bucket
 * as a meter", Turner 1986): exact over all workers with one compare-and-set, and nothing to refill. Any thread,
 * lock-free, allocates nothing.
 *
 * <p>
 * Time is counted from the bucket's beginning in units as fine as its numbers allow, at best an eighth of a nanosecond,
 * so that a rate that is no whole number of nanoseconds a token is kept: at a million tokens a second to one in ten
 * thousand. Clocks that differ between threads do no harm: who is behind finds fewer tokens, never more.
 */
public final class TokenBucket {
    /**
     * What a bucket is like.
     *
     * @param tokensMax
     *            how many it holds, 1 to 2^32
     * @param tokensPerFill
     *            how many come in {@code fillNanos}, 1 to 2^32; spread evenly over that time
     * @param fillNanos
     *            above 0
     */
    public record Rule(long tokensMax, long tokensPerFill, long fillNanos) {
        public Rule {
            if (tokensMax < 1 || tokensMax > 1L << 32 || tokensPerFill < 1 || tokensPerFill > 1L << 32
                    || fillNanos < 1) {
                throw new IllegalArgumentException(
                        "no bucket: " + tokensMax + " tokens, " + tokensPerFill + " in " + fillNanos + " ns");
            }
        }

        /** Tokens a second. */
        public double perSecond() {
            return tokensPerFill * 1e9 / fillNanos;
        }
    }

    private static final int FINEST = 3;
    /** Differences of times stay far from where a long overflows. */
    private static final double UNITS_MAX = 0x1p61;

    private final long tokensMax;
    private final long originNanos;
    /** A nanosecond is two to this many units; below 0 for units longer than that. */
    private final int shift;
    private final long tokenUnits;
    private final long fullUnits;
    /** When the bucket is full again; in the past when it is full. */
    private final AtomicLong fullAt = new AtomicLong();

    /** A full bucket. */
    public TokenBucket(Rule rule, long nowNanos) {
        double tokenNanos = (double) rule.fillNanos() / rule.tokensPerFill();
        int fine = FINEST;
        while (Math.scalb(tokenNanos * rule.tokensMax(), fine) > UNITS_MAX) {
            fine--;
        }
        tokensMax = rule.tokensMax();
        originNanos = nowNanos;
        shift = fine;
        tokenUnits = Math.max(1, Math.round(Math.scalb(tokenNanos, fine)));
        fullUnits = tokensMax * tokenUnits;
    }

    /** Takes a token if there is one. */
    public boolean take(long nowNanos) {
        long now = units(nowNanos);
        long seen = fullAt.get();
        while (true) {
            long from = seen - now < 0 ? now : seen;
            if (from - now > fullUnits - tokenUnits) {
                return false;
            }
            long found = fullAt.compareAndExchange(seen, from + tokenUnits);
            if (found == seen) {
                return true;
            }
            seen = found;
        }
    }

    /** How many tokens it holds when it is full. */
    public long tokensMax() {
        return tokensMax;
    }

    /** Whole tokens in it. */
    public long tokens(long nowNanos) {
        long missing = Math.clamp(fullAt.get() - units(nowNanos), 0, fullUnits);
        return (fullUnits - missing) / tokenUnits;
    }

    /** How long until there is a token; 0 when there is one. */
    public long waitNanos(long nowNanos) {
        long units = fullAt.get() - units(nowNanos) - (fullUnits - tokenUnits);
        if (units <= 0) {
            return 0;
        }
        return shift >= 0 ? (units >> shift) + 1 : units << -shift;
    }

    private long units(long nowNanos) {
        long since = nowNanos - originNanos;
        return shift >= 0 ? since << shift : since >> -shift;
    }
}
