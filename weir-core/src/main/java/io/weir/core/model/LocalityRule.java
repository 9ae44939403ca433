package io.weir.core.model;

import java.util.List;

/** What the localities of hosts matter to their choice. A closed set; immutable, any thread. */
public sealed interface LocalityRule {
    /** Nothing: hosts are chosen wherever they stand. */
    record Ignored() implements LocalityRule {
    }

    /**
     * Localities get traffic by their announced weights, as far as their hosts are available: Envoy's
     * {@code locality_weighted_lb_config} and {@code wrr_locality}.
     */
    record Weighted() implements LocalityRule {
    }

    /**
     * Traffic of a locality stays there as far as it has its share of the hosts: Envoy's {@code zone_aware_lb_config}.
     *
     * @param routingPercent
     *            what part of the traffic is treated so, 0 to 100
     * @param hostsMin
     *            with fewer healthy hosts localities are ignored: {@code min_cluster_size}
     * @param localHostsMin
     *            with at least so many healthy hosts in the own locality everything stays there; 0: never forced
     * @param byWeight
     *            localities are as large as their hosts' weights together, not as their number
     */
    record ZoneAware(double routingPercent, int hostsMin, int localHostsMin, boolean byWeight)
            implements
                LocalityRule {
        /** Envoy's defaults. */
        public static final ZoneAware DEFAULT = new ZoneAware(100, 6, 0, false);

        public ZoneAware {
            if (!(routingPercent >= 0 && routingPercent <= 100) || hostsMin < 0 || localHostsMin < 0) {
                throw new IllegalArgumentException("not a zone aware rule: " + routingPercent + " %, at least "
                        + hostsMin + " hosts, " + localHostsMin + " local");
            }
        }
    }

    /**
     * Localities get traffic by how much their hosts could still do, as far as they report it, the own one first:
     * Envoy's {@code load_aware_locality}.
     *
     * @param updateNanos
     *            how often shares are worked out anew; at least 100 ms, as in Envoy
     * @param utilizationMetrics
     *            the metrics whose greatest is the utilization; where none is told, what the application says, else the
     *            processor's
     * @param varianceThreshold
     *            as long as the own locality is at most so much busier than the mean of the others, all stays there
     * @param smoothingNanos
     *            the time constant over which utilization is smoothed; above 0
     * @param remoteProbeFraction
     *            so much goes elsewhere at least, so that reports keep coming from there; 0 to 1
     * @param expirationNanos
     *            reports that are older do not count; 0: none is too old
     * @param reportNanos
     *            how often hosts are to report on a stream beside the answers, which then say nothing; 0: they report
     *            in answers
     */
    record LoadAware(long updateNanos, List<String> utilizationMetrics, double varianceThreshold, long smoothingNanos,
            double remoteProbeFraction, long expirationNanos, long reportNanos) implements LocalityRule {
        private static final long UPDATE_NANOS_MIN = 100_000_000L;
        /** Envoy's defaults: 1 s, 0.1, 5 s, 3 %, 3 min. */
        public static final LoadAware DEFAULT = new LoadAware(1_000_000_000L, List.of(), 0.1, 5_000_000_000L, 0.03,
                180_000_000_000L);

        /** By the reports in answers. */
        public LoadAware(long updateNanos, List<String> utilizationMetrics, double varianceThreshold,
                long smoothingNanos, double remoteProbeFraction, long expirationNanos) {
            this(updateNanos, utilizationMetrics, varianceThreshold, smoothingNanos, remoteProbeFraction,
                    expirationNanos, 0);
        }

        public LoadAware {
            if (!(varianceThreshold >= 0 && varianceThreshold <= 1) || smoothingNanos < 1
                    || !(remoteProbeFraction >= 0 && remoteProbeFraction < 1) || expirationNanos < 0
                    || reportNanos < 0) {
                throw new IllegalArgumentException("not a load aware rule: threshold " + varianceThreshold
                        + ", smoothing " + smoothingNanos + " ns, probes " + remoteProbeFraction + ", expiration "
                        + expirationNanos + " ns, reports every " + reportNanos + " ns");
            }
            updateNanos = Math.max(updateNanos, UPDATE_NANOS_MIN);
            utilizationMetrics = List.copyOf(utilizationMetrics);
        }
    }
}
