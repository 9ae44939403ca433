package io.weir.core.cluster;

import io.weir.core.health.OwnHealth;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The clusters of a proxy by name. Read by any thread; changed by one, the conductor, which replaces an immutable map.
 */
public final class Clusters {
    private record Index(Map<String, Cluster> byName, List<Cluster> all) {
    }

    private final OwnHealth own = new OwnHealth();
    private volatile Index index = new Index(Map.of(), List.of());

    /** What this proxy, which is not among them, says of its own health. */
    public OwnHealth own() {
        return own;
    }

    /** The cluster of this name, null when there is none. One volatile read and one look-up. */
    public @Nullable Cluster find(String name) {
        return index.byName.get(name);
    }

    /** Where what is to go to the cluster of this name goes; null when there is none. As {@link Choices#choose}. */
    public @Nullable Choice choose(String name, RandomGenerator random) {
        Cluster named = find(name);
        return named == null ? null : named.choices().choose(random);
    }

    /** All of them, in the order added. */
    public List<Cluster> all() {
        return index.all;
    }

    /** Adds a cluster, in the place of one of the same name. Conductor. */
    public void put(Cluster cluster) {
        putAll(List.of(cluster));
    }

    /** Adds many at once: adding ten thousand one by one would copy the map as often. Conductor. */
    public void putAll(List<Cluster> clusters) {
        Map<String, Cluster> next = new LinkedHashMap<>(index.byName);
        for (Cluster cluster : clusters) {
            next.put(cluster.name(), cluster);
        }
        publish(next);
    }

    /** Takes a cluster away; null when there was none. Requests under way keep theirs. Conductor. */
    public @Nullable Cluster remove(String name) {
        Map<String, Cluster> next = new LinkedHashMap<>(index.byName);
        Cluster removed = next.remove(name);
        publish(next);
        return removed;
    }

    /** Takes many away at once; those of them that there are. Conductor. */
    public void removeAll(Collection<String> names) {
        Map<String, Cluster> next = new LinkedHashMap<>(index.byName);
        names.forEach(next::remove);
        publish(next);
    }

    /** Calls every cluster's tick; one that fails keeps none of the others from theirs. Conductor. */
    public void tick(long nowNanos) {
        RuntimeException first = null;
        for (Cluster cluster : index.all) {
            try {
                cluster.tick(nowNanos);
            } catch (RuntimeException bug) {
                first = first == null ? bug : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void publish(Map<String, Cluster> next) {
        index = new Index(next, List.copyOf(next.values()));
    }
}
