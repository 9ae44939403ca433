package io.weir.core.balance;

import io.weir.core.memory.ReportedWeight;
import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;

/**
 * Round robin by the weights that hosts' own reports give them (gRFC A58). Hosts without one get the mean of the
 * others; when no two have one, all are alike. What a host gets of its weight while it starts slowly holds here too;
 * its announced weight does not.
 */
final class Reported {
    /** The heaviest host's weight; so coarse that a schedule shows differences of a thousandth. */
    private static final int WEIGHT_MAX = 1000;
    private static final int WEIGHTS_MIN = 2;

    private Reported() {}

    static Chooser build(Group group, ClientSideWeightedRoundRobin policy, long seed) {
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
        double mean = known < WEIGHTS_MIN ? 1 : sum / known;
        double most = 0;
        for (int i = 0; i < reported.length; i++) {
            boolean counts = known >= WEIGHTS_MIN && reported[i] > ReportedWeight.NONE;
            reported[i] = (counts ? reported[i] : mean) * group.host(i).weightFactor();
            most = Math.max(most, reported[i]);
        }
        int[] weights = new int[reported.length];
        for (int i = 0; i < weights.length; i++) {
            // rounded to nothing it would never be asked again, and never report
            weights[i] = (int) Math.max(1, Math.round(reported[i] / most * WEIGHT_MAX));
        }
        return group.size() == 1 ? new Single(group) : new RoundRobin(group.weighing(weights), seed);
    }
}
