package io.weir.core.model;

import io.weir.core.rule.EjectionSpec;

/**
 * How a host stands: one state of the machine in {@code docs/health.md}, with the transitions to the next. Immutable:
 * the host replaces it whole by compare-and-set, so that workers and the conductor may change it at once and every
 * change keeps its reason and time. The usual state, nothing known against the host, is one shared object.
 */
final class Standing {
    static final Standing CLEAN = new Standing(0, 0, 0, 0, "", 0);
    private static final int DOWN = HealthFlag.downBits();
    private static final int EXCLUDED = HealthFlag.excludedBits();

    /** The {@link HealthFlag}s that are set. */
    final int flags;
    /** Any of the flags that keep a host from being picked. */
    final boolean down;
    /** Failed connects in a row. */
    final int failures;
    /** Ejections for failed connects since the last success. */
    final int ejections;
    /** When the ejection for failed connects is over. */
    final long untilNanos;
    /** Why the flags changed last; empty where they never did. */
    final String reason;
    /** When they changed last. */
    final long sinceNanos;

    private Standing(int flags, int failures, int ejections, long untilNanos, String reason, long sinceNanos) {
        this.flags = flags;
        this.down = (flags & DOWN) != 0;
        this.failures = failures;
        this.ejections = ejections;
        this.untilNanos = untilNanos;
        this.reason = reason;
        this.sinceNanos = sinceNanos;
    }

    boolean is(HealthFlag flag) {
        return (flags & flag.bit()) != 0;
    }

    boolean excluded() {
        return (flags & EXCLUDED) != 0;
    }

    /** The same with these bits set and those cleared; itself where they are so already. */
    Standing with(int on, int off, String why, long nowNanos) {
        int next = (flags | on) & ~off;
        return next == flags ? this : new Standing(next, failures, ejections, untilNanos, why, nowNanos);
    }

    /** The same for another reason. */
    Standing because(String why, long nowNanos) {
        return new Standing(flags, failures, ejections, untilNanos, why, nowNanos);
    }

    /** A connect failed. Of one begun before an ejection nothing is learned. */
    Standing unreachable(EjectionSpec rule, long nowNanos) {
        if (rule.consecutiveUnreachable() == 0 || is(HealthFlag.UNREACHABLE)) {
            return this;
        }
        int failed = failures + 1;
        if (failed < rule.consecutiveUnreachable()) {
            return new Standing(flags, failed, ejections, 0, reason, sinceNanos);
        }
        return new Standing(flags | HealthFlag.UNREACHABLE.bit(), failed, ejections + 1,
                nowNanos + rule.lastsNanos(ejections), otherwiseDown() ? reason : Host.UNREACHABLE_REASON,
                otherwiseDown() ? sinceNanos : nowNanos);
    }

    /** A connection was made, or it answered: failed connects are forgotten. Not while it is ejected for them. */
    Standing reached() {
        if ((failures | ejections) == 0 || is(HealthFlag.UNREACHABLE)) {
            return this;
        }
        String why = reason.equals(Host.TRIAL_REASON) ? Host.REACHED_REASON : reason;
        return flags == 0 && why.isEmpty() ? CLEAN : new Standing(flags, 0, 0, 0, why, sinceNanos);
    }

    /** Lets it back on trial when its time is over: its next failure ejects it at once, for twice as long. */
    Standing tick(EjectionSpec rule, long nowNanos) {
        if (!is(HealthFlag.UNREACHABLE) || (rule.consecutiveUnreachable() > 0 && nowNanos - untilNanos < 0)) {
            return this;
        }
        return new Standing(flags & ~HealthFlag.UNREACHABLE.bit(), Math.max(rule.consecutiveUnreachable() - 1, 0),
                ejections, 0, otherwiseDown() ? reason : Host.TRIAL_REASON,
                otherwiseDown() ? sinceNanos : nowNanos);
    }

    /** Whether it is out for more than failed connects: then that is what there is to tell. */
    private boolean otherwiseDown() {
        return (flags & DOWN & ~HealthFlag.UNREACHABLE.bit()) != 0;
    }
}
