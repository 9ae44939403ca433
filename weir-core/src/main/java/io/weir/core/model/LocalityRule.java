package io.weir.core.model;

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
}
