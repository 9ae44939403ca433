package io.weir.core.cluster;

import io.weir.core.balance.Pickers;
import io.weir.core.model.HostSet;
import io.weir.core.model.HostSet.Priority;
import io.weir.core.tier.PriorityLoads;
import io.weir.core.tier.PriorityLoads.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Several clusters as one, the first the best: Envoy's {@code envoy.clusters.aggregate}. Their priorities stand one
 * behind the other as if they were of one cluster, and traffic goes on to the next as far as the health of those before
 * it asks for. What chooses a host, and all limits and numbers, are those of the cluster that gets the request.
 *
 * <p>
 * A cluster that alone would be in panic is not while others carry what it cannot: its hosts that are well are enough.
 *
 * <p>
 * Threads: {@link #gather} is the conductor's; {@link #choose} is for any thread: one volatile read.
 */
final class Aggregate {
    private static final int WHOLE = 100;

    private final Cluster self;
    private volatile Choice[] byPercent = {};
    private volatile Choice[] available = {};

    Aggregate(Cluster self) {
        this.self = self;
    }

    /** Looks at its members as they are now: to be called when one of them has another view. Conductor. */
    void gather(Clusters all) {
        List<Cluster> members = members(all);
        List<Standing> standings = new ArrayList<>();
        List<Cluster> owners = new ArrayList<>();
        for (Cluster cluster : members) {
            ClusterView view = cluster.view();
            for (Priority priority : view.hosts().priorities()) {
                standings.add(Pickers.standing(priority, view.spec().balancing().tiers()));
                owners.add(cluster);
            }
        }
        Map<Cluster, Choice> calmly = new HashMap<>();
        members.stream().filter(Aggregate::carries)
                .forEach(cluster -> calmly.put(cluster, new Choice(cluster, cluster.calmly())));
        available = members.stream().filter(calmly::containsKey).map(calmly::get).toArray(Choice[]::new);
        if (standings.isEmpty()) {
            byPercent = new Choice[0];
            return;
        }
        PriorityLoads loads = PriorityLoads.of(standings,
                self.spec().balancing().tiers().panicPercent());
        boolean panics = false;
        for (int i = 0; i < owners.size(); i++) {
            panics |= loads.panics(i);
        }
        Map<Cluster, Choice> choices = new HashMap<>();
        Choice[] table = new Choice[WHOLE];
        int at = 0;
        for (int i = 0; i < owners.size(); i++) {
            Cluster cluster = owners.get(i);
            Choice choice = choices.get(cluster);
            if (choice == null) {
                Choice among = panics ? null : calmly.get(cluster);
                choice = among != null ? among : new Choice(cluster, null);
                choices.put(cluster, choice);
            }
            for (int n = loads.healthy(i) + loads.degraded(i); n > 0 && at < WHOLE; n--) {
                table[at++] = choice;
            }
        }
        // where nobody can carry anything, the first is to say so
        Choice first = new Choice(owners.getFirst(), null);
        while (at < WHOLE) {
            table[at++] = first;
        }
        byPercent = table;
    }

    /** The cluster that a request goes to; null where no member has a host. */
    @Nullable
    Choice choose(RandomGenerator random) {
        Choice[] table = byPercent;
        return table.length == 0 ? null : table[(int) (((random.nextLong() >>> 32) * WHOLE) >>> 32)];
    }

    /**
     * The first of its clusters that has a host that is well and is not this one; null: there is none.
     *
     * @param preferred
     *            where any of them is such a one, it is taken
     */
    @Nullable
    Choice other(Cluster tried, Predicate<Cluster> preferred) {
        Choice other = null;
        for (Choice choice : available) {
            if (choice.cluster() != tried) {
                if (preferred.test(choice.cluster())) {
                    return choice;
                }
                other = other == null ? choice : other;
            }
        }
        return other;
    }

    private static boolean carries(Cluster cluster) {
        HostSet hosts = cluster.view().hosts();
        return hosts.healthyCount() + hosts.degradedCount() > 0;
    }

    /** Those that exist, in order; of a member that is an aggregate its members in its place. */
    List<Cluster> members(Clusters all) {
        Set<Cluster> members = new LinkedHashSet<>();
        add(self.spec().members(), all, members, new LinkedHashSet<>(Set.of(self.name())));
        return List.copyOf(members);
    }

    private static void add(List<String> names, Clusters all, Set<Cluster> members, Set<String> seen) {
        for (String name : names) {
            Cluster cluster = all.find(name);
            // one that has come by already is not gone into again: circles end
            if (cluster != null && seen.add(name)) {
                if (cluster.spec().members().isEmpty()) {
                    members.add(cluster);
                } else {
                    add(cluster.spec().members(), all, members, seen);
                }
            }
        }
    }
}
