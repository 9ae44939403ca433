package io.weir.net.transport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hashed timer wheel (G. Varghese, T. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987, scheme 6): arming
 * and cancelling take constant time and allocate nothing, because a timer is its own list node. A timer never fires
 * early, and at most one tick late as far as the wheel is concerned.
 *
 * <p>
 * One thread: the worker's. The wheel has no clock and no thread; whoever drives it calls {@link #advance}, and is told
 * by {@link Wakeup} when that must happen sooner than planned.
 */
public final class TimerWheel {
    private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);
    private static final int SLOTS = 512;
    private static final int MASK = SLOTS - 1;

    private final long tickNanos;
    private final long startNanos;
    private final Wakeup wakeup;
    private final Head[] slots = new Head[SLOTS];
    private final long[] occupied = new long[SLOTS / Long.SIZE];
    private final Head due = new Head();
    private long tick;
    /** The tick at which the driver has been told to call; {@link Long#MAX_VALUE} while it sleeps. */
    private long wakeTick = Long.MAX_VALUE;
    private int armed;
    private boolean advancing;

    /** Tells the driver when to call {@link #advance}; a later call replaces an earlier one. */
    interface Wakeup {
        void at(long nanos);
    }

    /**
     * Something that happens later unless it is cancelled. Belongs to one worker; may be armed again and again, also
     * from within {@link #expired}.
     */
    public abstract static class Timer {
        private @Nullable Timer previous;
        private @Nullable Timer next;
        private long deadlineTick;

        /** The time has come. The timer is no longer armed. Runs on the worker's thread. */
        protected abstract void expired(long nowNanos);

        public final boolean armed() {
            return previous != null;
        }
    }

    private static final class Head extends Timer {
        Head() {
            super.previous = this;
            super.next = this;
        }

        @Override
        protected void expired(long nowNanos) {
            throw new IllegalStateException("the head of a list never expires");
        }
    }

    /**
     * @param tickNanos
     *            how exact the wheel is, and how often it is visited while timers are about to fire
     * @param startNanos
     *            the time now; all times are on this clock
     */
    TimerWheel(long tickNanos, long startNanos, Wakeup wakeup) {
        this.tickNanos = tickNanos;
        this.startNanos = startNanos;
        this.wakeup = wakeup;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Head();
        }
    }

    /** Number of timers armed. */
    public int armed() {
        return armed;
    }

    /** How late a timer may fire, in nanoseconds. */
    public long tickNanos() {
        return tickNanos;
    }

    /** Fires the timer at this time, instead of any time it was armed for before. A past time means the next tick. */
    public void arm(Timer timer, long deadlineNanos) {
        long wanted = Math.max(tick + 1, Math.ceilDiv(deadlineNanos - startNanos, tickNanos));
        if (timer.armed()) {
            if (timer.deadlineTick == wanted) {
                return;
            }
            unlink(timer);
        }
        timer.deadlineTick = wanted;
        int slot = (int) wanted & MASK;
        append(slots[slot], timer);
        occupied[slot >>> 6] |= 1L << slot;
        armed++;
        if (wanted < wakeTick && !advancing) {
            wakeAt(wanted);
        }
    }

    /** The timer will not fire; no matter whether it was armed. */
    public void cancel(Timer timer) {
        if (timer.armed()) {
            unlink(timer);
        }
    }

    /** Fires every timer whose time has come, then asks for the next wake-up. */
    void advance(long nowNanos) {
        long now = Math.floorDiv(nowNanos - startNanos, tickNanos);
        advancing = true;
        wakeTick = Long.MAX_VALUE;
        try {
            if (now > tick) {
                collect(now);
                tick = now;
                fire(nowNanos);
            }
        } finally {
            advancing = false;
        }
        if (armed > 0) {
            wakeAt(nextOccupiedTick());
        }
    }

    private void wakeAt(long atTick) {
        wakeTick = atTick;
        wakeup.at(startNanos + atTick * tickNanos);
    }

    private void collect(long now) {
        long last = Math.min(now, tick + SLOTS);
        for (long visited = tick + 1; visited <= last; visited++) {
            int slot = (int) visited & MASK;
            if ((occupied[slot >>> 6] & (1L << slot)) == 0) {
                continue;
            }
            Head head = slots[slot];
            Timer timer = following(head);
            while (timer != head) {
                Timer after = following(timer);
                if (timer.deadlineTick <= now) {
                    detach(timer);
                    append(due, timer);
                }
                timer = after;
            }
            if (following(head) == head) {
                occupied[slot >>> 6] &= ~(1L << slot);
            }
        }
    }

    private void fire(long nowNanos) {
        // The list is asked anew each time: a timer may cancel or re-arm any other.
        for (Timer timer = following(due); timer != due; timer = following(due)) {
            unlink(timer);
            try {
                timer.expired(nowNanos);
            } catch (RuntimeException e) {
                LOG.error("a timer failed; the others go on", e);
            }
        }
    }

    /** The first tick after now whose slot holds a timer; that timer may be due rounds later, which is found then. */
    private long nextOccupiedTick() {
        for (long candidate = tick + 1; candidate <= tick + SLOTS;) {
            int slot = (int) candidate & MASK;
            long rest = occupied[slot >>> 6] >>> slot;
            if (rest != 0) {
                long found = candidate + Long.numberOfTrailingZeros(rest);
                Head head = slots[(int) found & MASK];
                if (following(head) != head) {
                    return found;
                }
                occupied[((int) found & MASK) >>> 6] &= ~(1L << found);
                continue;
            }
            candidate += Long.SIZE - (slot & (Long.SIZE - 1));
        }
        return tick + SLOTS;
    }

    private void unlink(Timer timer) {
        detach(timer);
        armed--;
    }

    private static void append(Head head, Timer timer) {
        Timer last = preceding(head);
        ((Timer) head).previous = timer;
        last.next = timer;
        timer.previous = last;
        timer.next = head;
    }

    private static void detach(Timer timer) {
        Timer before = timer.previous;
        Timer after = timer.next;
        if (before != null && after != null) {
            before.next = after;
            after.previous = before;
        }
        timer.previous = null;
        timer.next = null;
    }

    private static Timer preceding(Timer timer) {
        Timer before = timer.previous;
        if (before == null) {
            throw new IllegalStateException("a timer outside of any list");
        }
        return before;
    }

    private static Timer following(Timer timer) {
        Timer after = timer.next;
        if (after == null) {
            throw new IllegalStateException("a timer outside of any list");
        }
        return after;
    }
}
