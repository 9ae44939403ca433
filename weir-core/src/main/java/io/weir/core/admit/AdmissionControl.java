package io.weir.core.admit;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Turns requests away in proportion to how many fail: the client-side throttling of Google's SRE book ("Handling
 * Overload", chapter 21) as Envoy's {@code admission_control} filter computes it. A request is rejected with
 * probability {@code ((total - success / threshold) / (total + 1)) ^ (1 / aggression)}, over a window that slides by
 * the second; requests that are rejected are not counted. Unlike Envoy's, which counts for each worker apart, the
 * counts are of all workers together. Any thread, lock-free; allocates once a second at most.
 */
public final class AdmissionControl {
    private static final long SLOT_NANOS = 1_000_000_000L;
    /** The longest window, in seconds. */
    public static final int SECONDS_MAX = 3600;

    /**
     * What to go by.
     *
     * @param windowSeconds
     *            1 to {@link #SECONDS_MAX}, the second under way included; 30 by default
     * @param aggression
     *            1 is proportional; more rejects sooner
     * @param successPercent
     *            of all requests above which none is rejected; 95 by default, 1 to 100
     * @param requestsPerSecond
     *            below which none is rejected, taken over the whole window
     * @param rejectionMaxPercent
     *            most that are rejected, so that recovery is seen; 80 by default
     */
    public record Rule(int windowSeconds, double aggression, double successPercent, double requestsPerSecond,
            double rejectionMaxPercent) {
        /** Envoy's defaults. */
        public static final Rule DEFAULT = new Rule(30, 1, 95, 0, 80);

        public Rule {
            if (windowSeconds < 1 || windowSeconds > SECONDS_MAX || !(aggression >= 1)
                    || !(successPercent >= 1 && successPercent <= 100) || !(requestsPerSecond >= 0)
                    || !(rejectionMaxPercent >= 0 && rejectionMaxPercent <= 100)) {
                throw new IllegalArgumentException("no rule of admission: " + windowSeconds + " s, " + aggression + ", "
                        + successPercent + " %, " + requestsPerSecond + "/s, " + rejectionMaxPercent + " %");
            }
        }
    }

    /** What happened in one second, and what had happened in the others of the window when it began. */
    private static final class Slot {
        final long second;
        final long totalBefore;
        final long successBefore;
        final LongAdder total = new LongAdder();
        final LongAdder success = new LongAdder();

        Slot(long second, long totalBefore, long successBefore) {
            this.second = second;
            this.totalBefore = totalBefore;
            this.successBefore = successBefore;
        }
    }

    private final Rule rule;
    /** The seconds of the window before the latest, each at its number modulo their count. */
    private final AtomicReferenceArray<@Nullable Slot> slots;
    private final AtomicReference<Slot> latest;

    /** Nothing has happened yet. */
    public AdmissionControl(Rule rule, long nowNanos) {
        this.rule = rule;
        slots = new AtomicReferenceArray<>(rule.windowSeconds());
        var first = new Slot(Math.floorDiv(nowNanos, SLOT_NANOS), 0, 0);
        latest = new AtomicReference<>(first);
    }

    /**
     * Whether this request is let in; tell of its end with {@link #ended} then, and only then.
     *
     * @param dice
     *            any 64 random bits
     */
    public boolean admits(long dice, long nowNanos) {
        Slot now = slot(nowNanos);
        // success first: what ends between the two reads then counts as a failure at worst
        long success = now.successBefore + now.success.sum();
        long total = now.totalBefore + now.total.sum();
        if (total < rule.requestsPerSecond() * rule.windowSeconds()) {
            return true;
        }
        return (dice >>> 11) * 0x1p-53 >= rejection(rule, total, success);
    }

    /**
     * The probability that a request is turned away after these, 0 to 1.
     *
     * @param total
     *            0 or more
     * @param success
     *            0 to {@code total}
     */
    public static double rejection(Rule rule, long total, long success) {
        double beyond = (total - success * 100 / rule.successPercent()) / (total + 1.0);
        double probability = beyond <= 0 ? 0 : Math.pow(beyond, 1 / rule.aggression());
        return Math.min(probability, rule.rejectionMaxPercent() / 100);
    }

    /** How many requests of the window are over. */
    long counted(long nowNanos) {
        Slot now = slot(nowNanos);
        return now.totalBefore + now.total.sum();
    }

    /** A request that was let in is over. */
    public void ended(boolean success, long nowNanos) {
        Slot slot = slot(nowNanos);
        slot.total.increment();
        if (success) {
            slot.success.increment();
        }
    }

    /** The second under way; the latest one for a thread whose clock is behind. */
    private Slot slot(long nowNanos) {
        long second = Math.floorDiv(nowNanos, SLOT_NANOS);
        Slot seen = latest.get();
        while (seen.second < second) {
            // whoever began the second before may not have come to this yet, and it is to be in the sum
            keep(seen);
            long total = 0;
            long success = 0;
            for (int i = 0; i < slots.length(); i++) {
                Slot old = slots.get(i);
                // what was counted late in an old second is in its sum from now on
                if (old != null && second - old.second < slots.length()) {
                    success += old.success.sum();
                    total += old.total.sum();
                }
            }
            var fresh = new Slot(second, total, success);
            Slot found = latest.compareAndExchange(seen, fresh);
            if (found == seen) {
                return fresh;
            }
            seen = found;
        }
        return seen;
    }

    /** Puts a second among the others, unless a later one has its place. */
    private void keep(Slot slot) {
        int place = place(slot.second);
        Slot there = slots.get(place);
        while (there == null || there.second < slot.second) {
            Slot found = slots.compareAndExchange(place, there, slot);
            if (found == there) {
                return;
            }
            there = found;
        }
    }

    private int place(long second) {
        return (int) Math.floorMod(second, (long) slots.length());
    }
}
