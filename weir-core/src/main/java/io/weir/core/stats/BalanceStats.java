package io.weir.core.stats;

/** The numbers of how a cluster chose, {@code cluster.<name>.lb_*} under Envoy's names. Any thread. */
public final class BalanceStats {
    private final Counter healthyPanic;
    private final Counter zoneRoutingAllDirectly;
    private final Counter zoneRoutingSampled;
    private final Counter zoneRoutingCrossZone;
    private final Counter zoneClusterTooSmall;
    private final Counter zoneNoCapacityLeft;
    private final Counter localClusterNotOk;
    private final Counter recalculateZoneStructures;
    private final Counter dropOverload;

    /** Binds the numbers in the cluster's scope. */
    public BalanceStats(Scope cluster) {
        healthyPanic = cluster.counter("lb_healthy_panic");
        zoneRoutingAllDirectly = cluster.counter("lb_zone_routing_all_directly");
        zoneRoutingSampled = cluster.counter("lb_zone_routing_sampled");
        zoneRoutingCrossZone = cluster.counter("lb_zone_routing_cross_zone");
        zoneClusterTooSmall = cluster.counter("lb_zone_cluster_too_small");
        zoneNoCapacityLeft = cluster.counter("lb_zone_no_capacity_left");
        localClusterNotOk = cluster.counter("lb_local_cluster_not_ok");
        recalculateZoneStructures = cluster.counter("lb_recalculate_zone_structures");
        dropOverload = cluster.counter("upstream_rq_drop_overload");
    }

    /** Picks made among all hosts of a priority, because too few of them were available. */
    public Counter healthyPanic() {
        return healthyPanic;
    }

    /** Picks in the own locality, where everything may stay. */
    public Counter zoneRoutingAllDirectly() {
        return zoneRoutingAllDirectly;
    }

    /** Picks in the own locality, where a part may stay. */
    public Counter zoneRoutingSampled() {
        return zoneRoutingSampled;
    }

    /** Picks in another locality. */
    public Counter zoneRoutingCrossZone() {
        return zoneRoutingCrossZone;
    }

    /** Times the localities were ignored because there were too few hosts. */
    public Counter zoneClusterTooSmall() {
        return zoneClusterTooSmall;
    }

    /** Picks in any locality, as none had capacity left. */
    public Counter zoneNoCapacityLeft() {
        return zoneNoCapacityLeft;
    }

    /** Times the localities were ignored because the local cluster was not known, or in panic. */
    public Counter localClusterNotOk() {
        return localClusterNotOk;
    }

    /** Times the shares of localities were computed. */
    public Counter recalculateZoneStructures() {
        return recalculateZoneStructures;
    }

    /** Requests refused to lower the load. */
    public Counter dropOverload() {
        return dropOverload;
    }
}
