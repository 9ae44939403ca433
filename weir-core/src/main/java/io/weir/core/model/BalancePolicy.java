package io.weir.core.model;

import io.weir.core.hash.HashFunction;
import io.weir.core.hash.HashRing;
import io.weir.core.hash.MaglevTable;
import java.util.List;

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

    /**
     * By the request's hash on a ring (ketama; Karger et al. 1997). Host i of a ring has points in proportion to its
     * weight, made as Envoy makes them.
     *
     * @param ringSizeMin
     *            at least so many points; Envoy's {@code minimum_ring_size}
     * @param ringSizeMax
     *            at most so many points, not below the minimum; Envoy's {@code maximum_ring_size}
     * @param function
     *            what the points are made with
     * @param useHostname
     *            a host is known by its name, not by its address
     * @param balanceFactorPercent
     *            at most so much of its fair share a host has in flight before it passes requests on; at least 100, or
     *            0: no bound. Envoy's {@code hash_balance_factor}
     */
    record RingHash(long ringSizeMin, long ringSizeMax, HashFunction function, boolean useHostname,
            int balanceFactorPercent) implements BalancePolicy {
        /** Envoy's defaults. */
        public static final RingHash DEFAULT = new RingHash(HashRing.SIZE_MIN_DEFAULT, HashRing.SIZE_MAX,
                HashFunction.XX_HASH, false, 0);

        public RingHash {
            if (ringSizeMin < 1 || ringSizeMax < ringSizeMin || ringSizeMax > HashRing.SIZE_MAX) {
                throw new IllegalArgumentException(
                        "no ring has from " + ringSizeMin + " to " + ringSizeMax + " points");
            }
            checkBalanceFactor(balanceFactorPercent);
        }
    }

    /**
     * By the request's hash in a table (Eisenbud et al., "Maglev", NSDI 2016, section 3.4), filled as Envoy fills it.
     *
     * @param tableSize
     *            a prime; Envoy's {@code table_size}
     * @param useHostname
     *            a host is known by its name, not by its address
     * @param balanceFactorPercent
     *            as of {@link RingHash}
     */
    record Maglev(int tableSize, boolean useHostname, int balanceFactorPercent) implements BalancePolicy {
        /** Envoy's defaults. */
        public static final Maglev DEFAULT = new Maglev(MaglevTable.SIZE_DEFAULT, false, 0);

        public Maglev {
            if (!MaglevTable.sizeAllowed(tableSize)) {
                throw new IllegalArgumentException("a table's size is a prime up to " + MaglevTable.SIZE_MAX + ": "
                        + tableSize);
            }
            checkBalanceFactor(balanceFactorPercent);
        }
    }

    /**
     * Of two hosts the one whose latency of late times its requests in flight is less: Peak EWMA, as in Finagle,
     * Linkerd and Envoy's {@code peak_ewma}.
     *
     * @param decayNanos
     *            within about this time a latency is forgotten, above 0
     * @param defaultNanos
     *            what an idle host counts as that has never answered, above 0
     * @param penaltyMillis
     *            what a busy host counts as that has never answered
     */
    record PeakEwma(long decayNanos, long defaultNanos, double penaltyMillis) implements BalancePolicy {
        /** Envoy's defaults: 10 s, 10 ms, a million. */
        public static final PeakEwma DEFAULT = new PeakEwma(10_000_000_000L, 10_000_000L, 1_000_000);

        public PeakEwma {
            checkDecay(decayNanos);
            if (defaultNanos < 1 || !(penaltyMillis >= 0)) {
                throw new IllegalArgumentException("not a latency: " + defaultNanos + " ns, " + penaltyMillis + " ms");
            }
        }
    }

    /**
     * Of some hosts the fastest that is not hot, or of hot ones the least busy: Prequal (Wydrowski et al., NSDI 2024).
     *
     * @param choices
     *            how many hosts a pick looks at, at least 2
     * @param hotQuantile
     *            a host is hot when it has more requests in flight than this part of all hosts, 0 ... 1: 0 goes by
     *            requests alone, 1 by latency alone
     * @param decayNanos
     *            within about this time a latency is forgotten, above 0
     */
    record HotCold(int choices, double hotQuantile, long decayNanos) implements BalancePolicy {
        /** Three hosts, as many as the paper probes for a request; its quantile of 0.84; 10 s. */
        public static final HotCold DEFAULT = new HotCold(3, 0.84, 10_000_000_000L);

        public HotCold {
            if (choices < 2 || !(hotQuantile >= 0 && hotQuantile <= 1)) {
                throw new IllegalArgumentException("choices " + choices + ", hotQuantile " + hotQuantile);
            }
            checkDecay(decayNanos);
        }
    }

    /**
     * In turns, each host as often as the weight says that follows from its own reports of load (gRFC A58, Envoy's
     * {@code client_side_weighted_round_robin}).
     *
     * @param blackoutNanos
     *            a host must have reported for so long before its weight counts
     * @param expirationNanos
     *            without reports for so long, it counts no more
     * @param updateNanos
     *            how often weights are taken over; at least 100 ms, as in Envoy
     * @param errorUtilizationPenalty
     *            how much errors count: an error for each request counts as this much utilization
     * @param utilizationMetrics
     *            the metrics whose greatest is the utilization, such as {@code named_metrics.queue}; where none is
     *            told, what the application says, else the processor's
     * @param reportNanos
     *            how often hosts are to report on a stream beside the answers, which then say nothing; 0: they report
     *            in answers. Envoy's {@code oob_reporting_period}
     */
    record ClientSideWeightedRoundRobin(long blackoutNanos, long expirationNanos, long updateNanos,
            double errorUtilizationPenalty, List<String> utilizationMetrics, long reportNanos)
            implements
                BalancePolicy {
        private static final long UPDATE_NANOS_MIN = 100_000_000L;
        /** The defaults of gRPC and Envoy: 10 s, 3 min, 1 s, 1. */
        public static final ClientSideWeightedRoundRobin DEFAULT = new ClientSideWeightedRoundRobin(10_000_000_000L,
                180_000_000_000L, 1_000_000_000L, 1, List.of());

        /** By the reports in answers. */
        public ClientSideWeightedRoundRobin(long blackoutNanos, long expirationNanos, long updateNanos,
                double errorUtilizationPenalty, List<String> utilizationMetrics) {
            this(blackoutNanos, expirationNanos, updateNanos, errorUtilizationPenalty, utilizationMetrics, 0);
        }

        public ClientSideWeightedRoundRobin {
            if (blackoutNanos < 0 || expirationNanos < 0 || !(errorUtilizationPenalty >= 0) || reportNanos < 0) {
                throw new IllegalArgumentException("negative: blackout " + blackoutNanos + " ns, expiration "
                        + expirationNanos + " ns, penalty " + errorUtilizationPenalty + ", reports every "
                        + reportNanos + " ns");
            }
            updateNanos = Math.max(updateNanos, UPDATE_NANOS_MIN);
            utilizationMetrics = List.copyOf(utilizationMetrics);
        }

        @Override
        public long refreshNanos() {
            return updateNanos;
        }
    }

    /** How often hosts are to report their load on a stream beside the answers; 0: they report in answers, or not. */
    default long reportNanos() {
        return 0;
    }

    /** How often what hosts are remembered by is to be taken over into a new view; 0: never. */
    default long refreshNanos() {
        return 0;
    }

    private static void checkDecay(long decayNanos) {
        if (decayNanos < 1) {
            throw new IllegalArgumentException("decayNanos must be positive: " + decayNanos);
        }
    }

    private static void checkBalanceFactor(int percent) {
        if (percent != 0 && percent < 100) {
            throw new IllegalArgumentException("a balance factor is 0 or at least 100: " + percent);
        }
    }
}
