package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.memory.LoadLatencyMemory;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
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
    /** As many hosts are looked at for the quantile, and the answer stands for so long. */
    private static final int SAMPLE = 64;
    private static final long SAMPLE_NANOS = 5_000_000;

    private final Group group;
    private final Draw draw;
    private final LoadLatencyMemory[] memories;
    private final int choices;
    private final double quantile;
    private final AtomicBoolean sampling = new AtomicBoolean();
    /** Belongs to whoever has set {@link #sampling}. */
    private final float[] sample;
    private volatile float hotAbove;
    private volatile long sampledNanos;
    private volatile boolean sampled;

    private HotCold(Group group, BalancePolicy.HotCold policy) {
        this.group = group;
        this.draw = new Draw(group);
        this.choices = Math.min(policy.choices(), group.size());
        this.quantile = policy.hotQuantile();
        this.sample = new float[Math.min(SAMPLE, group.size())];
        this.memories = new LoadLatencyMemory[group.size()];
        for (int i = 0; i < memories.length; i++) {
            memories[i] = LoadLatencyMemory.of(group.at(i).host(), policy.decayNanos());
        }
    }

    static Chooser build(Group group, BalancePolicy.HotCold policy, long seed) {
        return group.size() == 1 ? new Single(group) : new HotCold(group, policy);
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        RandomGenerator random = context.random();
        long now = context.nowNanos();
        if (!sampled || now - sampledNanos >= SAMPLE_NANOS) {
            sample(random, now);
        }
        float hot = hotAbove;
        for (int tries = 0; tries < Group.TRIES_MAX; tries++) {
            int best = look(context, random, hot, now);
            if (best >= 0) {
                return group.at(best);
            }
        }
        return group.scan(context, group.any(random));
    }

    private int look(PickContext context, RandomGenerator random, float hot, long now) {
        long bits = random.nextLong();
        int at = draw.first(bits);
        int best = -1;
        boolean cold = false;
        float least = 0;
        for (int n = 0; n < choices; n++) {
            Host host = group.at(at).host();
            if (group.usable(host, context)) {
                int active = Math.max(host.requestsActive(), 0);
                float load = active / draw.capacity(at);
                boolean isCold = load <= hot;
                if (isCold || !cold) {
                    float value = isCold ? memories[at].latencyNanos(active + 1, now) : load;
                    if (best < 0 || isCold != cold || value < least) {
                        best = at;
                        cold = isCold;
                        least = value;
                    }
                }
            }
            if (choices == group.size()) {
                at = at + 1 == choices ? 0 : at + 1;
            } else if (n + 1 < choices) {
                bits = n == 0 ? bits : random.nextLong();
                at = draw.next(at, bits, random);
            }
        }
        return best;
    }

    /** Finds the quantile anew, unless another worker is at it. */
    private void sample(RandomGenerator random, long now) {
        if (!sampling.compareAndSet(false, true)) {
            return;
        }
        boolean all = sample.length == group.size();
        for (int n = 0; n < sample.length; n++) {
            int i = all ? n : group.any(random);
            insert(Math.max(group.at(i).host().requestsActive(), 0) / draw.capacity(i), n);
        }
        int rank = (int) Math.ceil(quantile * sample.length) - 1;
        hotAbove = rank < 0 ? -1 : sample[rank];
        sampledNanos = now;
        sampled = true;
        sampling.set(false);
    }

    /** Puts a load in its place among the first {@code count}: the JDK's sort makes objects for as few as these. */
    private void insert(float load, int count) {
        int at = count;
        for (; at > 0 && sample[at - 1] > load; at--) {
            sample[at] = sample[at - 1];
        }
        sample[at] = load;
    }
}
