package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Chosen;
import io.weir.core.memory.LoadLatencies;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
import io.weir.core.follow.Overlap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Prequal's rule (Wydrowski et al., "Load is not what you should balance: Introducing Prequal", NSDI 2024, section 4):
 * a host is hot when it has more requests in flight than a quantile of all hosts; of some hosts drawn, the cold one of
 * the least latency, or when all are hot, the one with the fewest requests. What its clients learn by probes is known
 * here without: requests in flight and latencies of all workers are shared.
 */
final class HotCold implements Chooser {
    /** Beyond the bits of any latency: a hot host comes after every cold one. */
    private static final long HOT = 1L << Integer.SIZE;
    private static final long UNUSABLE = Long.MAX_VALUE;

    private final Group group;
    private final Draw draw;
    private final LoadLatencies latencies;
    private final int choices;
    private final Quantile quantile;
    private final Loads loads = this::load;

    private HotCold(Group group, BalancePolicy.HotCold policy, @Nullable Former former) {
        HotCold last = Former.as(HotCold.class, former);
        Overlap overlap = Former.overlapOf(former);
        this.group = group;
        this.draw = new Draw(group, last == null ? null : last.draw, overlap);
        this.choices = Math.min(policy.choices(), group.size());
        this.quantile = new Quantile(group.size(), policy.hotQuantile());
        this.latencies = LoadLatencies.of(group.hosts(), policy.decayNanos(), last == null ? null : last.latencies,
                overlap);
    }

    static Chooser build(Group group, BalancePolicy.HotCold policy, long seed, @Nullable Former former) {
        return group.size() == 1 ? new Single(group) : new HotCold(group, policy, former);
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        RandomGenerator random = context.random();
        long now = context.nowNanos();
        float hot = quantile.above(loads, random, now);
        int step = latencies.step(now);
        for (int tries = 0; tries < Group.TRIES_MAX; tries++) {
            int best = look(context, random, hot, step);
            if (best >= 0) {
                return group.at(best);
            }
        }
        return group.scan(context, random.nextLong());
    }

    /** The best of some hosts; -1 where none may be chosen. */
    private int look(PickContext context, RandomGenerator random, float hot, int step) {
        long bits = random.nextLong();
        int first = draw.first(bits);
        int second = next(first, bits, random);
        long score = score(first, context, hot, step);
        long other = score(second, context, hot, step);
        int best = other < score ? second : first;
        long least = Math.min(score, other);
        for (int n = 2, at = second; n < choices; n++) {
            at = next(at, random.nextLong(), random);
            long next = score(at, context, hot, step);
            best = next < least ? at : best;
            least = Math.min(least, next);
        }
        return least == UNUSABLE ? -1 : best;
    }

    private int next(int last, long bits, RandomGenerator random) {
        if (choices < group.size()) {
            return draw.next(last, bits, random);
        }
        // every host once
        return last + 1 == choices ? 0 : last + 1;
    }

    /** The less, the better: cold hosts by their latency, then hot ones by their load. */
    private long score(int i, PickContext context, float hot, int step) {
        Host host = group.host(i);
        if (!group.usable(host, context)) {
            return UNUSABLE;
        }
        int active = Math.max(host.requestsActive(), 0);
        float load = active * draw.burden(i);
        // floats above 0 rise as their bits do; what is not known is below 0, and comes first
        long cold = Float.floatToRawIntBits(latencies.latencyNanos(i, active + 1, step));
        return load > hot ? HOT + Float.floatToRawIntBits(load) : cold;
    }

    private float load(int i) {
        return Math.max(group.host(i).requestsActive(), 0) * draw.burden(i);
    }

    /** The loads that the quantile is one of. */
    interface Loads {
        float load(int host);
    }

    /** Above which load a host is hot: found anew now and then, by one worker at a time. */
    static final class Quantile {
        /** As many hosts are looked at, and the answer stands for so long. */
        private static final int SAMPLE = 64;
        private static final long SAMPLE_NANOS = 5_000_000;

        private final int size;
        private final int looked;
        private final AtomicBoolean sampling = new AtomicBoolean();
        /**
         * The greatest loads of those looked at, the least of them first: that is the quantile. Belongs to whoever has
         * set {@link #sampling}.
         */
        private final float[] greatest;
        private volatile float above;
        private volatile long sampledNanos;
        private volatile boolean sampled;

        Quantile(int size, double quantile) {
            this.size = size;
            this.looked = Math.min(SAMPLE, size);
            // by quantile 0 one more than there are: whatever its load, a host is hot
            this.greatest = new float[looked + 1 - (int) Math.ceil(quantile * looked)];
        }

        float above(Loads loads, RandomGenerator random, long now) {
            if ((!sampled || now - sampledNanos >= SAMPLE_NANOS) && sampling.compareAndSet(false, true)) {
                above = sample(loads, random);
                sampledNanos = now;
                sampled = true;
                sampling.set(false);
            }
            return above;
        }

        private float sample(Loads loads, RandomGenerator random) {
            for (int n = 0; n < looked; n++) {
                float load = loads.load(looked == size ? n : Group.below(random.nextLong() >>> 32, size));
                if (n < greatest.length) {
                    add(load, n);
                } else if (load > greatest[0]) {
                    replaceLeast(load);
                }
            }
            return greatest.length > looked ? -1 : greatest[0];
        }

        private void add(float load, int count) {
            int at = count;
            for (; at > 0 && greatest[at - 1] > load; at--) {
                greatest[at] = greatest[at - 1];
            }
            greatest[at] = load;
        }

        private void replaceLeast(float load) {
            int at = 0;
            for (; at + 1 < greatest.length && greatest[at + 1] < load; at++) {
                greatest[at] = greatest[at + 1];
            }
            greatest[at] = load;
        }
    }
}
