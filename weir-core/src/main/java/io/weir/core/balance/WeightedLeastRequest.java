package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.BalancePolicy;
import io.weir.core.odds.AliasTable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hosts in proportion to {@code weight / (active + 1) ^ bias}, Envoy's rule where weights differ. Envoy keeps a queue
 * of deadlines for it, which workers cannot share without a lock. Here a small group, or one to be scanned, is drawn
 * from exactly. Of a large one some hosts are drawn by weight, then one of these by {@code 1 / (active + 1) ^ bias}:
 * sampling importance resampling (Rubin 1987), which tends to the same distribution.
 */
final class WeightedLeastRequest implements Chooser {
    /** Groups up to this size are drawn from exactly: as many reads as a draw of two hosts costs in all. */
    static final int EXACT_MAX = 8;
    /** With two, a busy host of great weight is too often drawn twice; a fourth costs more than it gains. */
    private static final int DRAWN_MIN = 3;

    /** So many powers are kept ready: hosts rarely have more requests in flight, and a division takes as long. */
    private static final int EASES = 64;

    private final Group group;
    private final double bias;
    private final @Nullable AliasTable table;
    private final int drawn;
    private final double[] eases = new double[EASES];

    WeightedLeastRequest(Group group, BalancePolicy.LeastRequest policy, boolean all,
            @Nullable Former former) {
        WeightedLeastRequest last = Former.as(WeightedLeastRequest.class, former);
        this.group = group;
        this.bias = policy.activeRequestBias();
        this.table = all || group.size() <= EXACT_MAX
                ? null
                : AliasTable.of(group.weights(), last == null ? null : last.table, Former.overlapOf(former));
        this.drawn = Math.max(DRAWN_MIN, policy.choices());
        for (int active = 0; active < EASES; active++) {
            eases[active] = Math.pow(active + 1.0, -bias);
        }
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        RandomGenerator random = context.random();
        int best = table == null ? exact(context, random) : resampled(table, context, random);
        return best >= 0 ? group.at(best) : group.scan(context, random.nextLong());
    }

    private int exact(PickContext context, RandomGenerator random) {
        double sum = 0;
        for (int i = 0; i < group.size(); i++) {
            sum += usable(i, context) ? group.weight(i) * ease(i) : 0;
        }
        double at = random.nextDouble() * sum;
        int last = -1;
        for (int i = 0; i < group.size(); i++) {
            if (usable(i, context)) {
                last = i;
                at -= group.weight(i) * ease(i);
                if (at < 0) {
                    break;
                }
            }
        }
        // counts move while we look: past the end, the last usable host stands
        return last;
    }

    private int resampled(AliasTable weights, PickContext context, RandomGenerator random) {
        if (drawn == DRAWN_MIN) {
            // the usual case by itself: three looks that do not wait for each other, and one choice among them
            int a = weights.draw(random.nextLong());
            int b = weights.draw(random.nextLong());
            int c = weights.draw(random.nextLong());
            if (usable(a, context) && usable(b, context) && usable(c, context)) {
                return weighed(a, b, c, random.nextDouble());
            }
        }
        return oneByOne(weights, context, random);
    }

    private int weighed(int a, int b, int c, double at) {
        double first = ease(a);
        double two = first + ease(b);
        double reached = at * (two + ease(c));
        return reached < first ? a : reached < two ? b : c;
    }

    private int oneByOne(AliasTable weights, PickContext context, RandomGenerator random) {
        int best = -1;
        double sum = 0;
        int misses = 0;
        for (int n = 0; n < drawn;) {
            int i = weights.draw(random.nextLong());
            if (!usable(i, context)) {
                if (++misses == Group.TRIES_MAX) {
                    break;
                }
                continue;
            }
            n++;
            double ease = ease(i);
            sum += ease;
            // keeps each of those drawn so far with a chance of ease / sum
            if (best < 0 || random.nextDouble() * sum < ease) {
                best = i;
            }
        }
        return best;
    }

    private double ease(int i) {
        int active = group.host(i).requestsActive();
        return active >= 0 && active < EASES ? eases[active] : Math.pow(active + 1.0, -bias);
    }

    private boolean usable(int i, PickContext context) {
        return group.usable(i, context);
    }
}
