package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Chosen;
import io.weir.core.memory.LatencyMemory;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
import io.weir.core.follow.Overlap;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Of two hosts the one whose latency of late times its requests in flight, and this one, is less: Finagle's and
 * Linkerd's Peak EWMA. Where weights differ, hosts are drawn by weight, and a heavy host's requests count less, so that
 * idle hosts share by weight.
 */
final class PeakEwma implements Chooser {
    private static final float NANOS_PER_MILLI = 1e6f;

    private final Group group;
    private final Draw draw;
    private final LatencyMemory[] memories;
    private final float defaultNanos;
    private final float penalty;

    private PeakEwma(Group group, BalancePolicy.PeakEwma policy, @Nullable Former former) {
        PeakEwma last = Former.as(PeakEwma.class, former);
        Overlap overlap = Former.overlapOf(former);
        this.group = group;
        this.draw = new Draw(group, last == null ? null : last.draw, overlap);
        this.memories = new LatencyMemory[group.size()];
        if (last != null && overlap != null) {
            overlap.carry(last.memories, memories);
            overlap.rest(i -> memories[i] = LatencyMemory.of(group.host(i), policy.decayNanos()));
        } else {
            Arrays.setAll(memories, i -> LatencyMemory.of(group.host(i), policy.decayNanos()));
        }
        this.defaultNanos = (float) policy.defaultNanos();
        this.penalty = (float) policy.penaltyMillis();
    }

    static Chooser build(Group group, BalancePolicy.PeakEwma policy, long seed, @Nullable Former former) {
        return group.size() == 1 ? new Single(group) : new PeakEwma(group, policy, former);
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        RandomGenerator random = context.random();
        long now = context.nowNanos();
        for (int tries = 0; tries < Group.TRIES_MAX; tries++) {
            long bits = random.nextLong();
            int first = draw.first(bits);
            int second = draw.next(first, bits, random);
            boolean firstUsable = group.usable(first, context);
            boolean secondUsable = group.usable(second, context);
            if (firstUsable && secondUsable) {
                int step = memories[first].step(now);
                return group.at(cost(first, step) <= cost(second, step) ? first : second);
            }
            if (firstUsable || secondUsable) {
                return group.at(firstUsable ? first : second);
            }
        }
        return group.scan(context, random.nextLong());
    }

    private float cost(int i, int step) {
        Host host = group.host(i);
        float active = Math.max(host.requestsActive(), 0) * draw.burden(i);
        float latency = memories[i].latencyNanosAt(step);
        if (latency < 0) {
            // busy, and has never answered: it may never do
            return active > 0 ? (penalty + active) * NANOS_PER_MILLI : defaultNanos;
        }
        return latency * (active + 1);
    }
}
