package io.weir.core.drain;

/**
 * A drain under way: connections are asked to end one after another, spread evenly over a time. The chance that a
 * connection has been asked grows in a straight line from 0 to 1, as with Envoy's gradual strategy; but it is drawn
 * once for a connection and not for each response, so that busy connections are not all asked in the first moments, and
 * their clients do not all come back at once. Immutable; any thread.
 *
 * @param beginNanos
 *            when it began
 * @param spreadNanos
 *            after this all have been asked; 0 asks all at once
 */
public record Drain(long beginNanos, long spreadNanos) {

    public Drain {
        if (spreadNanos < 0) {
            throw new IllegalArgumentException("spread " + spreadNanos);
        }
    }

    /**
     * Whether a connection has been asked by now.
     *
     * @param connectionId
     *            any number of its own; numbers in a row are spread well
     */
    public boolean asks(long connectionId, long nowNanos) {
        return nowNanos - beginNanos >= Math.unsignedMultiplyHigh(mixed(connectionId), spreadNanos);
    }

    /**
     * The same of one that may have begun later than the drain: it is asked in what was left of the drain then, so that
     * who is asked and comes back is not asked at once; and never, when the drain was over.
     *
     * @param openedNanos
     *            when it began
     */
    public boolean asks(long connectionId, long openedNanos, long nowNanos) {
        long lateNanos = openedNanos - beginNanos;
        if (lateNanos <= 0) {
            return asks(connectionId, nowNanos);
        }
        return lateNanos < spreadNanos
                && nowNanos - openedNanos >= Math.unsignedMultiplyHigh(mixed(connectionId), spreadNanos - lateNanos);
    }

    /** Whether all have been asked by now. */
    public boolean asksAll(long nowNanos) {
        return nowNanos - beginNanos >= spreadNanos;
    }

    /** Which of two ends sooner; a drain that has begun is not slowed down by another. */
    public Drain sooner(Drain other) {
        return other.beginNanos + other.spreadNanos - (beginNanos + spreadNanos) < 0 ? other : this;
    }

    /** Spreads numbers over all 64 bits: the finalizer of Steele, Lea and Flood's SplitMix (OOPSLA 2014), figure 16. */
    private static long mixed(long number) {
        long z = number * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
