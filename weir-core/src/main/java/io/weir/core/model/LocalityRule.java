package io.weir.core.model;

import java.util.concurrent.TimeUnit;

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
     * Traffic goes where capacity is left, as hosts report it (ORCA), and stays in the own locality while that is not
     * much busier than the others: Envoy's {@code load_aware_locality}.
     *
     * @param updateNanos
     *            how often the shares are computed
     * @param smoothingNanos
     *            time constant of the exponentially weighted mean of a locality's utilisation
     * @param variance
     *            all traffic stays local while the local utilisation is at most so much above the others' mean
     * @param probeShare
     *            share of the traffic that other localities get at least, so that they go on reporting; below 1
     * @param staleNanos
     *            a locality without a report for so long counts by its hosts alone
     */
    record LoadAware(long updateNanos, long smoothingNanos, double variance, double probeShare, long staleNanos)
            implements
                LocalityRule {
        /** Envoy's defaults: every second, 5 s, 0.1, 3 %, 3 minutes. */
        public static final LoadAware DEFAULT = new LoadAware(TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(5), 0.1, 0.03, TimeUnit.MINUTES.toNanos(3));

        public LoadAware {
            if (updateNanos < 1 || smoothingNanos < 0 || !(variance >= 0) || !(probeShare >= 0 && probeShare < 1)
                    || staleNanos < 1) {
                throw new IllegalArgumentException("not a load aware rule: every " + updateNanos + " ns over "
                        + smoothingNanos + " ns, variance " + variance + ", probe " + probeShare + ", stale after "
                        + staleNanos + " ns");
            }
        }
    }
}
