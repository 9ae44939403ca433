package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Chosen;
import io.weir.core.memory.ReportedWeight;
import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.follow.Overlap;
import org.jspecify.annotations.Nullable;

/**
 * Round robin by the weights that hosts' own reports give them (gRFC A58). Hosts without one get the mean of the
 * others; when no two have one, all are alike. What a host gets of its weight while it starts slowly holds here too;
 * its announced weight does not.
 */
final class Reported implements Chooser {
    /** The heaviest host's weight; so coarse that a schedule shows differences of a thousandth. */
    private static final int WEIGHT_MAX = 1000;
    private static final int WEIGHTS_MIN = 2;

    private final int[] weights;
    private final double mean;
    private final double most;
    private final boolean counts;
    private final RoundRobin turns;

    private Reported(int[] weights, double mean, double most, boolean counts, RoundRobin turns) {
        this.weights = weights;
        this.mean = mean;
        this.most = most;
        this.counts = counts;
        this.turns = turns;
    }

    static Chooser build(Group group, ClientSideWeightedRoundRobin policy, long seed, @Nullable Former former) {
        if (group.size() == 1) {
            ReportedWeight.of(group.host(0), policy);
            return new Single(group);
        }
        Reported last = Former.as(Reported.class, former);
        // between two looks at all reports the mean and the greatest weight stay as they were
        return last != null && former != null
                ? last.after(group, policy, seed, former.overlap())
                : anew(group, policy, seed);
    }

    private static Reported anew(Group group, ClientSideWeightedRoundRobin policy, long seed) {
        double[] reported = new double[group.size()];
        double sum = 0;
        int known = 0;
        for (int i = 0; i < reported.length; i++) {
            reported[i] = ReportedWeight.of(group.host(i), policy).weight();
            if (reported[i] > ReportedWeight.NONE) {
                sum += reported[i];
                known++;
            }
        }
        boolean counts = known >= WEIGHTS_MIN;
        double mean = counts ? sum / known : 1;
        double most = 0;
        for (int i = 0; i < reported.length; i++) {
            reported[i] = (counts && reported[i] > ReportedWeight.NONE ? reported[i] : mean)
                    * group.host(i).weightFactor();
            most = Math.max(most, reported[i]);
        }
        int[] weights = new int[reported.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = rounded(reported[i], most);
        }
        return new Reported(weights, mean, most, counts, new RoundRobin(group.weighing(weights), seed));
    }

    private Reported after(Group group, ClientSideWeightedRoundRobin policy, long seed, Overlap overlap) {
        int[] next = new int[group.size()];
        overlap.carry(weights, next);
        overlap.rest(i -> {
            double told = ReportedWeight.of(group.host(i), policy).weight();
            double weight = counts && told > ReportedWeight.NONE ? told : mean;
            next[i] = rounded(weight * group.host(i).weightFactor(), most);
        });
        return new Reported(next, mean, most, counts, new RoundRobin(group.weighing(next), seed, turns, overlap));
    }

    private static int rounded(double weight, double most) {
        // rounded to nothing it would never be asked again, and never report
        return (int) Math.clamp(Math.round(weight / most * WEIGHT_MAX), 1L, 1000L * WEIGHT_MAX);
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        return turns.choose(context);
    }
}
