package io.weir.core.stats;

/** The numbers of a cluster's subsets, {@code cluster.<name>.lb_subsets_*} under Envoy's names. Any thread. */
public final class SubsetStats {
    private final Gauge active;
    private final Counter created;
    private final Counter removed;
    private final Counter selected;
    private final Counter fallback;
    private final Counter fallbackPanic;
    private final Gauge singleHostDuplicate;

    /** Binds the numbers in the cluster's scope. */
    public SubsetStats(Scope cluster) {
        active = cluster.gauge("lb_subsets_active");
        created = cluster.counter("lb_subsets_created");
        removed = cluster.counter("lb_subsets_removed");
        selected = cluster.counter("lb_subsets_selected");
        fallback = cluster.counter("lb_subsets_fallback");
        fallbackPanic = cluster.counter("lb_subsets_fallback_panic");
        singleHostDuplicate = cluster.gauge("lb_subsets_single_host_per_subset_duplicate");
    }

    /** Subsets with a host. */
    public Gauge active() {
        return active;
    }

    /** Subsets that came. */
    public Counter created() {
        return created;
    }

    /** Subsets that went. */
    public Counter removed() {
        return removed;
    }

    /** Picks in the subset asked for. */
    public Counter selected() {
        return selected;
    }

    /** Picks by a fallback. */
    public Counter fallback() {
        return fallback;
    }

    /** Picks among all hosts, as the fallback had none. */
    public Counter fallbackPanic() {
        return fallbackPanic;
    }

    /** Hosts not used because their subset, which is to be one host, has one already. */
    public Gauge singleHostDuplicate() {
        return singleHostDuplicate;
    }
}
