package io.weir.core.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The hosts of a cluster at one moment, sorted by priority into who may be picked. Immutable; any thread. Whether a
 * host is down is its state when the set was built: pickers look at the live flag too.
 */
public final class HostSet {
    /** No hosts at all. */
    public static final HostSet EMPTY = HostSet.of(List.of());

    /**
     * The hosts of one priority, each list in the order announced.
     *
     * @param hosts
     *            all of them, whatever is known of them
     * @param healthy
     *            those that may get full traffic
     * @param degraded
     *            those to be used only as far as healthy ones do not suffice
     * @param excluded
     *            how many of all count neither as well nor as unwell
     * @param unreachable
     *            how many of all are left out because nobody answered a connect
     */
    public record Priority(int number, List<Host> hosts, List<Host> healthy, List<Host> degraded, int excluded,
            int unreachable) {
        public Priority {
            hosts = List.copyOf(hosts);
            healthy = List.copyOf(healthy);
            degraded = List.copyOf(degraded);
        }

        /**
         * Which part of the hosts is available, healthy or degraded: what panic goes by. Those left out because they
         * could not be reached do not count, unless that is all of them: a host that refuses connects is not to be had,
         * however few others there are.
         */
        public double availablePercent() {
            int counted = hosts.size() - excluded - unreachable;
            return counted <= 0 ? 0 : 100.0 * (healthy.size() + degraded.size()) / counted;
        }
    }

    private final List<Host> all;
    private final List<Priority> priorities;
    private final int healthy;
    private final int degraded;
    private final int excluded;

    private HostSet(List<Host> all, List<Priority> priorities, int healthy, int degraded, int excluded) {
        this.all = all;
        this.priorities = priorities;
        this.healthy = healthy;
        this.degraded = degraded;
        this.excluded = excluded;
    }

    /** Sorts these hosts by what is announced of them and whether they are down. */
    public static HostSet of(Collection<Host> hosts) {
        return sorted(List.copyOf(hosts));
    }

    private static HostSet sorted(List<Host> all) {
        List<Sorting> sortings = new ArrayList<>();
        for (Host host : all) {
            int priority = host.endpoint().priority();
            while (sortings.size() <= priority) {
                sortings.add(new Sorting());
            }
            sortings.get(priority).add(host);
        }
        List<Priority> priorities = new ArrayList<>(sortings.size());
        int healthy = 0;
        int degraded = 0;
        int excluded = 0;
        for (int i = 0; i < sortings.size(); i++) {
            Priority priority = sortings.get(i).sorted(i);
            priorities.add(priority);
            healthy += priority.healthy().size();
            degraded += priority.degraded().size();
            excluded += priority.excluded();
        }
        return new HostSet(all, List.copyOf(priorities), healthy, degraded, excluded);
    }

    /** One priority while it is sorted. */
    private static final class Sorting {
        private final List<Host> hosts = new ArrayList<>();
        private final List<Host> healthy = new ArrayList<>();
        private final List<Host> degraded = new ArrayList<>();
        private int unreachable;
        private int excluded;

        void add(Host host) {
            hosts.add(host);
            Announced announced = host.endpoint().announced();
            if (announced.usable() && host.excluded()) {
                excluded++;
            } else if (announced.usable() && !host.down()) {
                (host.degraded() ? degraded : healthy).add(host);
            } else if (announced.usable() && host.ejected() && !host.is(HealthFlag.FAILED_ACTIVE_HC)
                    && !host.is(HealthFlag.FAILED_OUTLIER_CHECK)) {
                unreachable++;
            }
        }

        Priority sorted(int number) {
            return new Priority(number, hosts, healthy, degraded, excluded, unreachable);
        }
    }

    /** Every host, in the order announced. */
    public List<Host> all() {
        return all;
    }

    /** The priorities from 0 on, the first the best; one between others may have no host. */
    public List<Priority> priorities() {
        return priorities;
    }

    /** How many are healthy and not down. */
    public int healthyCount() {
        return healthy;
    }

    /** How many are degraded and not down. */
    public int degradedCount() {
        return degraded;
    }

    /** How many count neither as well nor as unwell. */
    public int excludedCount() {
        return excluded;
    }
}
