package io.weir.core.admit;

import io.weir.core.model.RetryLimit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What is left for retries: every request pays a share in, every retry takes one out, and what is not used fades away
 * (after Finagle's {@code RetryBudget}; Erb and Kallen, "Finagle", 2014, and the "retry ratio" of Google's SRE book,
 * chapter 21). Over any span of time there are at most so many retries as the share of its requests and what the window
 * before it left.
 *
 * <p>
 * Requests pay nothing when they come, which would be a shared line of memory more on every request's way: a retry that
 * asks says how many requests there have been, and those since the last question are taken as spread evenly. What is
 * left fades with a time constant of the window's length, so that the past weighs as in a window of that length.
 *
 * <p>
 * A request whose host broke off or could not be reached may overdraw, by as many as are under way: a dying host hands
 * back all that it had in hand at one moment, a third or a half of everything in a small cluster, and none of that is a
 * sign of a cluster that can't keep up. The debt is worked off like any other. Any thread, lock-free; allocates when a
 * retry asks, and only then.
 */
final class RetryBudget {
    private static final State FRESH = new State(0, 0, Long.MIN_VALUE);

    /**
     * @param balance
     *            how many retries are paid for; below 0 a debt
     * @param begun
     *            the number of requests when this was so, modulo 2^32
     * @param nanos
     *            when this was so; {@link Long#MIN_VALUE} before the first question
     */
    private record State(double balance, int begun, long nanos) {
    }

    private final AtomicReference<State> state = new AtomicReference<>(FRESH);

    /** From now on requests pay; a question before it finds nothing paid, and begins it. */
    void begin(int begun, long nowNanos) {
        if (state.get().nanos == Long.MIN_VALUE) {
            state.compareAndSet(FRESH, new State(0, begun, nowNanos));
        }
    }

    /**
     * Takes one out.
     *
     * @param begun
     *            how many requests there have been, modulo 2^32
     * @param overdraft
     *            how far the balance may go below 0
     * @return false when it is not to be had; nothing has been taken then
     */
    boolean take(RetryLimit.Window rule, int begun, int overdraft, long nowNanos) {
        State now = state.get();
        while (true) {
            double balance = balanceAt(rule, now, begun, nowNanos);
            if (balance - 1 < -overdraft) {
                return false;
            }
            if (state.compareAndSet(now, next(now, balance - 1, begun, nowNanos))) {
                return true;
            }
            now = state.get();
        }
    }

    /**
     * Writes down one that is made in any case; the debt stops at {@code debtMax}.
     */
    void charge(RetryLimit.Window rule, int begun, int debtMax, long nowNanos) {
        State now = state.get();
        while (true) {
            double balance = balanceAt(rule, now, begun, nowNanos);
            double after = Math.max(balance - 1, Math.min(balance, -debtMax));
            if (state.compareAndSet(now, next(now, after, begun, nowNanos))) {
                return;
            }
            now = state.get();
        }
    }

    /** How many were paid for when a retry last asked; below 0 a debt. */
    double balance() {
        return state.get().balance;
    }

    private static State next(State before, double balance, int begun, long nowNanos) {
        // workers read their clocks a moment apart: the latest counts, or a span would be paid for twice
        boolean late = before.nanos != Long.MIN_VALUE && nowNanos - before.nanos < 0;
        return late ? new State(balance, before.begun, before.nanos) : new State(balance, begun, nowNanos);
    }

    private static double balanceAt(RetryLimit.Window rule, State at, int begun, long nowNanos) {
        double share = rule.percent() / 100;
        if (at.nanos == Long.MIN_VALUE) {
            return 0; // nobody knows when those requests were
        }
        long elapsed = nowNanos - at.nanos;
        if (elapsed <= 0) {
            return at.balance;
        }
        double faded = -Math.expm1(-(double) elapsed / rule.windowNanos());
        double paid = share * Integer.toUnsignedLong(begun - at.begun);
        // paid evenly over the span, each part faded since: the mean of e^(-t/window) over [0, elapsed]
        double meanKept = faded * rule.windowNanos() / elapsed;
        return at.balance * (1 - faded) + paid * meanKept;
    }
}
