package io.weir.core.admit;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit of requests under way that finds itself, from how long they take. Each interval it is scaled by how far
 * latency is from a floor, the latency without queueing, and given room for a short queue:
 * {@code limit * clamp(tolerance * floor / latency, 0.5, 2) + sqrt(limit)}, the gradient of Netflix's
 * concurrency-limits ("Performance Under Load", 2018) and of Envoy's {@code gradient_controller}, which comes from the
 * delay-based control of TCP Vegas (Brakmo and Peterson 1995). An interval that never used half of the limit says
 * nothing about it and leaves it alone.
 *
 * <p>
 * The floor is what such a control stands on: under lasting load every latency has some queueing in it, so that a floor
 * taken from them drifts upwards. Envoy therefore lets next to nothing through now and then. Here the limit is lowered
 * in steps, each to four fifths of the one before, for as long as that makes requests quicker, and goes on from the
 * last step that did: a queue is drained, but the server stays busy (the bandwidth-delay product that BBR drains to,
 * Cardwell et al. 2016, found by its knee). Only requests that began within a step count for it. Where the limit has
 * not been reached there is no queue of ours, and the latency of the moment is the floor without further ado. A limit
 * that has fallen to its minimum has a floor that no longer holds, and is measured anew at once.
 *
 * <p>
 * Latency is the geometric mean of a span, for latencies about their median: a few requests that take a hundred times
 * as long move it by some percent. Any thread, lock-free but for the arithmetic at an interval's end, which one thread
 * does and nobody waits for; allocates nothing.
 */
public final class AdaptiveConcurrency {
    /**
     * What to go by.
     *
     * @param min
     *            the limit is never below, at least 1
     * @param max
     *            the limit is never above
     * @param tolerance
     *            how many times the floor the latency may be before the limit shrinks, at least 1
     * @param intervalNanos
     *            how often the limit moves
     * @param floorIntervalNanos
     *            how often the floor is measured, not below {@code intervalNanos}
     * @param floorJitter
     *            the part of {@code floorIntervalNanos} by which it is longer at random, 0 to 1, so that many proxies
     *            do not measure at once
     * @param floorSamples
     *            how many requests a step of the measurement takes, at least 1
     * @param floorFixedNanos
     *            a floor that is known, and never measured; 0 for none
     */
    public record Rule(int min, int max, double tolerance, long intervalNanos, long floorIntervalNanos,
            double floorJitter, int floorSamples, long floorFixedNanos) {
        /** Envoy's defaults, with an interval of 100 ms and a measurement each minute. */
        public static final Rule DEFAULT = new Rule(3, 1000, 1.25, 100_000_000L, 60_000_000_000L, 0.15, 50, 0);

        public Rule {
            if (min < 1 || max < min || !(tolerance >= 1 && tolerance < Double.POSITIVE_INFINITY) || intervalNanos < 1
                    || floorIntervalNanos < intervalNanos || !(floorJitter >= 0 && floorJitter <= 1)
                    || floorSamples < 1 || floorFixedNanos < 0) {
                throw new IllegalArgumentException("no rule of concurrency: " + min + " to " + max + ", " + tolerance
                        + ", " + intervalNanos + " ns, " + floorIntervalNanos + " ns, " + floorJitter + ", "
                        + floorSamples + ", " + floorFixedNanos + " ns");
            }
        }
    }

    /** Where the limit begins; the first measurement takes it from there. */
    private static final int INITIAL = 20;
    /** An interval goes on until it has so many. */
    private static final int SAMPLES_MIN = 25;
    private static final double GRADIENT_MIN = 0.5;
    private static final double GRADIENT_MAX = 2;
    /** From one step of a measurement to the next. */
    private static final double STEP = 0.8;
    /** A step made requests quicker when their latency is below this part of what it was. */
    private static final double QUICKER = 0.95;
    /** Binary logarithms are summed in units of a thousandth, about, of which one of any time takes 16 bits. */
    private static final double LOG_SCALE = 1 << 10;
    private static final double LOG_2 = Math.log(2);
    /** One number holds both, so that nobody ever sees a request without its time: the sum in its lower bits. */
    private static final int SUM_BITS = 40;
    private static final long ONE = 1L << SUM_BITS;
    /** An interval takes no more, far below where either part would overflow. */
    private static final long SAMPLES_MAX = 1L << 23;

    private final Rule rule;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    /** The sum of the logarithms of an interval's latencies, and above it how many they are. */
    private final AtomicLong sampled = new AtomicLong();
    private final AtomicBoolean turn = new AtomicBoolean();
    private volatile int limit;
    private volatile boolean measuring;
    /** Requests count that began no sooner: all of them while nothing is measured. */
    private volatile long since;
    private volatile long ends;
    private volatile double floorNanos;
    private volatile double gradient = 1;
    private volatile double latestNanos;

    // What belongs to whoever has the turn.
    private double estimate;
    private double lastNanos;
    private double resume;
    private long measureAt;
    private long dice;

    /**
     * @param seed
     *            for the jitter
     */
    public AdaptiveConcurrency(Rule rule, long seed, long nowNanos) {
        this.rule = rule;
        this.dice = seed;
        this.limit = Math.clamp(INITIAL, rule.min(), rule.max());
        this.estimate = limit;
        this.resume = limit;
        this.since = nowNanos;
        this.floorNanos = rule.floorFixedNanos();
        this.measuring = rule.floorFixedNanos() == 0;
        this.lastNanos = Double.POSITIVE_INFINITY;
        this.ends = nowNanos + (measuring ? 0 : rule.intervalNanos());
    }

    /** Room for one more? Ends with {@link #ended} or {@link #dropped}. */
    public boolean tryBegin() {
        int now = active.get();
        while (now < limit) {
            int seen = active.compareAndExchange(now, now + 1);
            if (seen == now) {
                if (now + 1 > peak.get()) {
                    peak.accumulateAndGet(now + 1, Math::max);
                }
                return true;
            }
            now = seen;
        }
        return false;
    }

    /**
     * One is over; also one that was given up because its time was over.
     *
     * @param latencyNanos
     *            how long it took as far as the server is concerned, which may be less than until now
     */
    public void ended(long beganNanos, long latencyNanos, long nowNanos) {
        active.getAndDecrement();
        if (!measuring || beganNanos - since >= 0) {
            sample(ONE + Math.round(Math.log((double) Math.max(1, latencyNanos)) / LOG_2 * LOG_SCALE));
        }
        adjust(nowNanos);
    }

    /** One is over and says nothing about time: its client left, its host was not to be reached. */
    public void dropped() {
        active.getAndDecrement();
    }

    /** The limit now. */
    public int limit() {
        return limit;
    }

    /** Under way now. */
    public int active() {
        return active.get();
    }

    /** The latency without queueing, in nanoseconds; 0 before it is known. */
    public long floorNanos() {
        return (long) floorNanos;
    }

    /** The latency of the last interval, in nanoseconds; 0 before the first. */
    public long latencyNanos() {
        return (long) latestNanos;
    }

    /** By what the limit was scaled last. */
    public double gradient() {
        return gradient;
    }

    /** Whether the floor is being measured. */
    public boolean measuring() {
        return measuring;
    }

    private void sample(long one) {
        if (sampled.get() >>> SUM_BITS < SAMPLES_MAX) {
            sampled.getAndAdd(one);
        }
    }

    private boolean complete(long nowNanos) {
        return nowNanos - ends >= 0
                && sampled.get() >>> SUM_BITS >= Math.min(SAMPLES_MAX, measuring ? rule.floorSamples() : SAMPLES_MIN);
    }

    private void adjust(long nowNanos) {
        if (!complete(nowNanos) || !turn.compareAndSet(false, true)) {
            return;
        }
        try {
            if (complete(nowNanos)) { // again, since another may have had the turn meanwhile
                long taken = sampled.getAndSet(0);
                double nanos = Math.exp((taken & (ONE - 1)) / LOG_SCALE / (taken >>> SUM_BITS) * LOG_2);
                latestNanos = nanos;
                int used = peak.getAndSet(active.get());
                if (measuring) {
                    step(nanos, used, nowNanos);
                } else {
                    govern(nanos, used, nowNanos);
                }
            }
        } finally {
            turn.set(false);
        }
    }

    private void govern(double nanos, int used, long nowNanos) {
        ends = nowNanos + rule.intervalNanos();
        boolean due = rule.floorFixedNanos() == 0 && nowNanos - measureAt >= 0;
        if (used * 2 < limit) {
            if (due) {
                measured(nanos, nowNanos);
            }
            return;
        }
        gradient = Math.clamp(rule.tolerance() * floorNanos / nanos, GRADIENT_MIN, GRADIENT_MAX);
        double scaled = estimate * gradient;
        double next = Math.clamp(scaled + Math.sqrt(scaled), rule.min(), rule.max());
        boolean outdated = rule.floorFixedNanos() == 0 && next <= rule.min() && gradient < 1;
        if (due || outdated) {
            lastNanos = nanos;
            resume = outdated ? next : estimate;
            begin(outdated ? next : Math.max(rule.min(), estimate * STEP), nowNanos);
            return;
        }
        estimate = next;
        limit = (int) next;
    }

    /** A step of a measurement has its requests. */
    private void step(double nanos, int used, long nowNanos) {
        boolean quicker = nanos < lastNanos * QUICKER;
        if (quicker) {
            resume = limit;
        }
        if (quicker && used >= limit && limit > rule.min()) {
            lastNanos = nanos;
            begin(Math.max(rule.min(), limit * STEP), nowNanos);
        } else {
            estimate = resume;
            limit = (int) resume;
            // two steps that are as quick as each other have seen the same floor: their mean scatters less
            measured(quicker ? nanos : Math.sqrt(lastNanos * nanos), nowNanos);
        }
    }

    private void begin(double stepLimit, long nowNanos) {
        limit = (int) stepLimit;
        since = nowNanos;
        ends = nowNanos;
        measuring = true;
    }

    private void measured(double nanos, long nowNanos) {
        floorNanos = nanos;
        // SplitMix64 (Steele, Lea and Flood 2014), of which the upper bits will do
        dice += 0x9e3779b97f4a7c15L;
        long mixed = (dice ^ (dice >>> 30)) * 0xbf58476d1ce4e5b9L;
        double part = ((mixed ^ (mixed >>> 27)) >>> 11) * 0x1p-53;
        measureAt = nowNanos + (long) (rule.floorIntervalNanos() * (1 + rule.floorJitter() * part));
        ends = nowNanos + rule.intervalNanos();
        measuring = false;
    }
}
