package io.weir.core.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which aggregates stand for which clusters, kept by the clusters' names: of thousands of clusters each gets a new view
 * now and then, and only those that stand for it are to look. The conductor's.
 */
public final class Aggregates {
    private final Clusters clusters;
    private Map<String, List<Aggregate>> byMember = Map.of();

    /** Those among these clusters; none until {@link #gather}. */
    public Aggregates(Clusters clusters) {
        this.clusters = clusters;
    }

    /** The clusters are others, or are told to be something else: looks who stands for whom, and at all of those. */
    public void gather() {
        Map<String, List<Aggregate>> next = new HashMap<>();
        for (Cluster cluster : clusters.all()) {
            Aggregate aggregate = cluster.choices().aggregate();
            if (aggregate != null) {
                for (Cluster member : aggregate.members(clusters)) {
                    next.computeIfAbsent(member.name(), _ -> new ArrayList<>()).add(aggregate);
                }
                aggregate.gather(clusters);
            }
        }
        byMember = next;
    }

    /**
     * The cluster of this name has another view: tells those that stand for it.
     *
     * @return how many these are
     */
    public int changed(String name) {
        List<Aggregate> its = byMember.getOrDefault(name, List.of());
        for (Aggregate aggregate : its) {
            aggregate.gather(clusters);
        }
        return its.size();
    }
}
