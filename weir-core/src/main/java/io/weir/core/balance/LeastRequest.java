package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Host;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Of some hosts the one with the fewest requests in flight (Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing", 1996). The counts are of all workers together, requests that wait for a connection included: a count per
 * worker lets many workers herd onto one host. Equal weights only; {@link WeightedLeastRequest} is the other half.
 */
final class LeastRequest implements Chooser {
    private final Group group;
    private final int choices;

    LeastRequest(Group group, int choices) {
        this.group = group;
        this.choices = choices;
    }

    static Chooser build(Group group, BalancePolicy.LeastRequest policy, long seed, @Nullable Former former) {
        if (group.size() == 1) {
            return new Single(group);
        }
        boolean all = policy.fullScan() || policy.choices() >= group.size();
        if (group.weighted()) {
            return new WeightedLeastRequest(group, policy, all, former);
        }
        return all ? new LeastRequestScan(group) : new LeastRequest(group, policy.choices());
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        RandomGenerator random = context.random();
        for (int tries = 0; tries < Group.TRIES_MAX; tries++) {
            Chosen best = look(context, random);
            if (best != null) {
                return best;
            }
        }
        return group.scan(context, random.nextLong());
    }

    private @Nullable Chosen look(PickContext context, RandomGenerator random) {
        int size = group.size();
        long bits = random.nextLong();
        int at = Group.below(bits >>> 32, size);
        int best = -1;
        int fewest = Integer.MAX_VALUE;
        for (int n = 0; n < choices; n++) {
            Host host = group.host(at);
            int active = host.requestsActive();
            if (active < fewest && group.usable(host, context)) {
                best = at;
                fewest = active;
            }
            // another host than the last one: of two choices, two hosts are always seen
            bits = n == 0 ? bits << 32 : random.nextLong();
            at += 1 + Group.below(bits >>> 32, size - 1);
            at = at >= size ? at - size : at;
        }
        return best < 0 ? null : group.at(best);
    }
}
