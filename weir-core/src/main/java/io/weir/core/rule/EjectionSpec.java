package io.weir.core.rule;

import java.util.concurrent.TimeUnit;

/**
 * When a host that cannot be reached is left out for a while.
 *
 * @param consecutiveUnreachable
 *            failed connects in a row that eject a host; 0 never ejects
 * @param baseNanos
 *            how long the first ejection lasts; each further one without a success between lasts twice as long
 * @param maxNanos
 *            how long an ejection lasts at most
 */
public record EjectionSpec(int consecutiveUnreachable, long baseNanos, long maxNanos) {
    /**
     * One failed connect ejects for 250 ms, then 500 ms ... up to 4 s: a host that is back has its share within 5 s.
     */
    public static final EjectionSpec DEFAULT = new EjectionSpec(1, TimeUnit.MILLISECONDS.toNanos(250),
            TimeUnit.SECONDS.toNanos(4));
    /** No host is ever ejected. */
    public static final EjectionSpec NEVER = new EjectionSpec(0, 1, 1);

    public EjectionSpec {
        if (consecutiveUnreachable < 0 || baseNanos < 1 || maxNanos < baseNanos) {
            throw new IllegalArgumentException("not a valid ejection: " + consecutiveUnreachable + " failures, "
                    + baseNanos + " ns to " + maxNanos + " ns");
        }
    }

    /** How long the ejection after {@code earlier} ones in a row lasts. */
    public long lastsNanos(int earlier) {
        long nanos = baseNanos;
        for (int i = 0; i < earlier && nanos < maxNanos; i++) {
            nanos = nanos > maxNanos / 2 ? maxNanos : nanos * 2;
        }
        return nanos;
    }
}
