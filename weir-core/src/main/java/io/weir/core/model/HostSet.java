package io.weir.core.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * The hosts of a cluster at one moment, sorted into who may be picked first. Immutable; any thread. Whether a host is
 * ejected is its state when the set was built: pickers look at the live flag too.
 */
public final class HostSet {
    /** No hosts at all. */
    public static final HostSet EMPTY = HostSet.of(List.of());

    /** Hosts that are equally good: same priority, same tier. Never empty. */
    public record Group(int priority, Tier tier, List<Host> hosts) {
    }

    /** How good the hosts of a group are. */
    public enum Tier {
        /** Announced as healthy and not ejected. */
        HEALTHY,
        /** Announced as degraded and not ejected. */
        DEGRADED
    }

    private final List<Host> all;
    private final List<Group> groups;
    private final List<Host> lastResort;
    private final int healthy;
    private final int degraded;
    private final int excluded;

    private HostSet(List<Host> all, List<Group> groups, List<Host> lastResort, int healthy, int degraded,
            int excluded) {
        this.all = all;
        this.groups = groups;
        this.lastResort = lastResort;
        this.healthy = healthy;
        this.degraded = degraded;
        this.excluded = excluded;
    }

    /** Sorts these hosts by what is announced of them and whether they are ejected. */
    public static HostSet of(Collection<Host> hosts) {
        TreeMap<Integer, List<Host>> healthy = new TreeMap<>();
        TreeMap<Integer, List<Host>> degraded = new TreeMap<>();
        TreeMap<Integer, List<Host>> usable = new TreeMap<>();
        int healthyCount = 0;
        int degradedCount = 0;
        int excludedCount = 0;
        for (Host host : hosts) {
            Endpoint endpoint = host.endpoint();
            Announced announced = endpoint.announced();
            if (!announced.usable()) {
                excludedCount++;
                continue;
            }
            usable.computeIfAbsent(endpoint.priority(), p -> new ArrayList<>()).add(host);
            if (host.down()) {
                continue;
            }
            if (announced.healthy()) {
                healthyCount++;
                healthy.computeIfAbsent(endpoint.priority(), p -> new ArrayList<>()).add(host);
            } else {
                degradedCount++;
                degraded.computeIfAbsent(endpoint.priority(), p -> new ArrayList<>()).add(host);
            }
        }
        List<Group> groups = new ArrayList<>();
        healthy.forEach((priority, list) -> groups.add(new Group(priority, Tier.HEALTHY, List.copyOf(list))));
        degraded.forEach((priority, list) -> groups.add(new Group(priority, Tier.DEGRADED, List.copyOf(list))));
        List<Host> lastResort = usable.isEmpty() ? List.of() : List.copyOf(usable.firstEntry().getValue());
        return new HostSet(List.copyOf(hosts), List.copyOf(groups), lastResort, healthyCount, degradedCount,
                excludedCount);
    }

    /** Every host, in the order announced. */
    public List<Host> all() {
        return all;
    }

    /** Who may be picked, the best first: healthy hosts by priority, then degraded ones by priority. */
    public List<Group> groups() {
        return groups;
    }

    /**
     * Whom to try when no group has a host that is not ejected: every usable host of the first priority that has one,
     * as all of them unreachable is likelier our mistake than theirs. Empty only when no host is usable.
     */
    public List<Host> lastResort() {
        return lastResort;
    }

    /** How many are healthy and not ejected. */
    public int healthyCount() {
        return healthy;
    }

    /** How many are degraded and not ejected. */
    public int degradedCount() {
        return degraded;
    }

    /** How many were announced as not to be used. */
    public int excludedCount() {
        return excluded;
    }
}
