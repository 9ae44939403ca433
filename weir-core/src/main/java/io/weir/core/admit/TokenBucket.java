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
    /** The same as a fraction: who takes thousands at a time is not to bear the rounding of each. */
    private final double tokenUnitsExact;
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
        tokenUnitsExact = Math.scalb(tokenNanos, fine);
        tokenUnits = Math.max(1, Math.round(tokenUnitsExact));
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

    /** Takes as many tokens as there are, this many at most; says how many. */
    public long takeUpTo(long most, long nowNanos) {
        long now = units(nowNanos);
        long seen = fullAt.get();
        while (true) {
            long from = seen - now < 0 ? now : seen;
            long room = fullUnits - (from - now);
            long taken = room <= 0 ? 0 : Math.clamp((long) (room / tokenUnitsExact), 0, most);
            if (taken == 0) {
                return 0;
            }
            long found = fullAt.compareAndExchange(seen, from + Math.min(room, cost(taken)));
            if (found == seen) {
                return taken;
            }
            seen = found;
        }
    }

    /**
     * Takes tokens that may not be there yet: they come behind all that others have reserved, and nobody gets any
     * before. So those who wait are served in the order in which they came.
     *
     * @param tokens
     *            above 0
     * @return how long until they are there, in nanoseconds; what somebody gives back comes to those who ask later
     */
    public long reserve(long tokens, long nowNanos) {
        long now = units(nowNanos);
        long cost = cost(tokens);
        long seen = fullAt.get();
        while (true) {
            long from = seen - now < 0 ? now : seen;
            // a debt stays within what times can say: nobody lives to see one paid that does not
            long until = from + Math.min(cost, Math.max(0, (long) UNITS_MAX - (from - now - fullUnits)));
            long found = fullAt.compareAndExchange(seen, until);
            if (found == seen) {
                return nanos(until - now - fullUnits);
            }
            seen = found;
        }
    }

    /** Undoes {@link #reserve} of this many tokens. */
    public void giveBack(long tokens) {
        fullAt.addAndGet(-cost(tokens));
    }

    private long cost(long tokens) {
        return (long) Math.ceil(Math.min(UNITS_MAX, tokens * tokenUnitsExact));
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
        return nanos(fullAt.get() - units(nowNanos) - (fullUnits - tokenUnits));
    }

    /** The first whole nanosecond behind these units. */
    private long nanos(long units) {
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
