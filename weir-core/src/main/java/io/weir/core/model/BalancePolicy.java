package io.weir.core.model;

/** How a cluster chooses its hosts. A closed set: each has its chooser in {@code io.weir.core.balance}. */
public sealed interface BalancePolicy {
    /** In turns, each host as often as its weight says. */
    record RoundRobin() implements BalancePolicy {
    }

    /** At random, each host as often as its weight says. */
    record Random() implements BalancePolicy {
    }

    /**
     * The host with the fewest requests in flight, of some looked at (Mitzenmacher, "The Power of Two Choices in
     * Randomized Load Balancing", 1996). Where weights differ, hosts are chosen in proportion to
     * {@code weight / (active + 1) ^ activeRequestBias}, as in Envoy.
     *
     * @param choices
     *            how many hosts a pick looks at, at least 1; Envoy's {@code choice_count}, 2 by default
     * @param activeRequestBias
     *            how much requests in flight count where weights differ; 0 ignores them, 1 by default
     * @param fullScan
     *            look at all hosts: Envoy's {@code FULL_SCAN}
     */
    record LeastRequest(int choices, double activeRequestBias, boolean fullScan) implements BalancePolicy {
        /** Envoy's defaults. */
        public static final LeastRequest DEFAULT = new LeastRequest(2, 1.0, false);

        public LeastRequest {
            if (choices < 1) {
                throw new IllegalArgumentException("choices must be at least 1: " + choices);
            }
            if (!(activeRequestBias >= 0)) {
                throw new IllegalArgumentException("activeRequestBias must be at least 0: " + activeRequestBias);
            }
        }
    }
}
