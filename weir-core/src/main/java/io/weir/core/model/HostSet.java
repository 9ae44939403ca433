package io.weir.core.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
     *            those that count neither as well nor as unwell
     * @param unreachable
     *            how many of all are left out because nobody answered a connect
     */
    public record Priority(int number, List<Host> hosts, List<Host> healthy, List<Host> degraded,
            List<Host> excluded, int unreachable) {
        public Priority {
            hosts = HostList.copyOf(hosts);
            healthy = HostList.copyOf(healthy);
            degraded = HostList.copyOf(degraded);
            excluded = HostList.copyOf(excluded);
        }

        /**
         * Which part of the hosts is available, healthy or degraded: what panic goes by. Those left out because they
         * could not be reached do not count, unless that is all of them: a host that refuses connects is not to be had,
         * however few others there are.
         */
        public double availablePercent() {
            int counted = hosts.size() - excluded.size() - unreachable;
            return counted <= 0 ? 0 : 100.0 * (healthy.size() + degraded.size()) / counted;
        }
    }

    /** More hosts than these at once, and the set is sorted anew. */
    private static final int TOUCHED_MAX = 16;

    private final HostList all;
    private final List<Sorted> sorted;
    private final List<Priority> priorities;
    private final Object mark = new Object();
    /** The mark of the set that this one was made from; null: sorted anew. */
    private final @Nullable Object from;
    private final List<Host> touched;

    private HostSet(HostList all, List<Sorted> sorted, @Nullable Object from, List<Host> touched) {
        this.all = all;
        this.sorted = sorted;
        List<Priority> made = new ArrayList<>(sorted.size());
        for (Sorted one : sorted) {
            made.add(one.priority());
        }
        this.priorities = List.copyOf(made);
        this.from = from;
        this.touched = touched;
    }

    /** Sorts these hosts by what is announced of them and whether they are down. */
    public static HostSet of(Collection<Host> hosts) {
        HostList all = HostList.copyOf(hosts);
        List<List<Host>> byPriority = new ArrayList<>();
        for (Host host : all) {
            int priority = host.endpoint().priority();
            while (byPriority.size() <= priority) {
                byPriority.add(new ArrayList<>());
            }
            byPriority.get(priority).add(host);
        }
        List<Sorted> sorted = new ArrayList<>();
        for (List<Host> some : byPriority) {
            sorted.add(Sorted.of(sorted.size(), byPriority.size() == 1 ? all : HostList.copyOf(some)));
        }
        return new HostSet(all, List.copyOf(sorted), null, List.of());
    }

    /**
     * The set of these hosts, of which all but a few stand as they stood in this one and in the same order: made
     * without a look at the others, in a few microseconds for each ten thousand of them. The same as {@link #of} would
     * make of them, but that what became of an untouched host since is left for later.
     *
     * @param some
     *            those that have come or gone, or of which something is known now that was not then
     */
    public HostSet after(HostList now, List<Host> some) {
        List<Host> touched = some.stream().distinct().toList();
        int last = sorted.size() - 1;
        if (last < 0 || touched.size() > TOUCHED_MAX
                || touched.stream().anyMatch(host -> host.endpoint().priority() > last)) {
            return of(now);
        }
        // how a host stands is looked at once: a worker may change it meanwhile, and it is not to be in two lists
        List<Standing> standings = touched.stream().map(Standing::of).toList();
        List<Sorted> next = new ArrayList<>();
        for (Sorted one : sorted) {
            HostList hosts = now;
            if (sorted.size() > 1) {
                int[] here = touched.stream().filter(host -> host.endpoint().priority() == one.number)
                        .mapToInt(now::indexOf).filter(at -> at >= 0).sorted().distinct().toArray();
                hosts = one.hosts.after(now, touched, here);
            }
            next.add(one.after(hosts, touched, standings));
        }
        // without hosts the last priority is none
        return next.getLast().hosts.isEmpty()
                ? of(now)
                : new HostSet(now, List.copyOf(next), mark, touched);
    }

    /** The hosts that this set was told have changed since the other; null where it was not made from the other. */
    public @Nullable List<Host> touchedSince(HostSet other) {
        return other.mark.equals(from) ? touched : null;
    }

    /** How a host stands. */
    private enum Standing {
        HEALTHY, DEGRADED, OUT;

        static Standing of(Host host) {
            return !host.endpoint().announced().usable() || host.excluded() || host.down()
                    ? OUT
                    : host.degraded() ? DEGRADED : HEALTHY;
        }
    }

    /** The hosts of one priority by how they stand; a list that has all of them is the same object. */
    private record Sorted(int number, HostList hosts, HostList healthy, HostList degraded, HostList out) {
        static Sorted of(int number, HostList hosts) {
            List<Host> healthy = new ArrayList<>();
            List<Host> degraded = new ArrayList<>();
            List<Host> out = new ArrayList<>();
            for (Host host : hosts) {
                switch (Standing.of(host)) {
                    case HEALTHY -> healthy.add(host);
                    case DEGRADED -> degraded.add(host);
                    case OUT -> out.add(host);
                }
            }
            return new Sorted(number, hosts, healthy.size() == hosts.size() ? hosts : HostList.copyOf(healthy),
                    HostList.copyOf(degraded), HostList.copyOf(out));
        }

        Sorted after(HostList now, List<Host> touched, List<Standing> standings) {
            if (healthy.size() == hosts.size() && standings.stream().allMatch(Standing.HEALTHY::equals)) {
                return new Sorted(number, now, now, degraded, out);
            }
            int[] places = touched.stream().mapToInt(now::indexOf).toArray();
            return new Sorted(number, now, healthy.after(now, touched, places(places, standings, Standing.HEALTHY)),
                    degraded.after(now, touched, places(places, standings, Standing.DEGRADED)),
                    out.after(now, touched, places(places, standings, Standing.OUT)));
        }

        private static int[] places(int[] places, List<Standing> standings, Standing standing) {
            return IntStream.range(0, places.length)
                    .filter(i -> places[i] >= 0 && standings.get(i) == standing)
                    .map(i -> places[i]).sorted().distinct().toArray();
        }

        Priority priority() {
            List<Host> excluded = new ArrayList<>();
            int unreachable = 0;
            for (Host host : out) {
                if (host.excluded()) {
                    excluded.add(host);
                } else if (host.endpoint().announced().usable() && host.ejected()
                        && !host.is(HealthFlag.FAILED_ACTIVE_HC) && !host.is(HealthFlag.FAILED_OUTLIER_CHECK)) {
                    unreachable++;
                }
            }
            return new Priority(number, hosts, healthy, degraded, excluded, unreachable);
        }
    }

    /** Every host, in the order announced. */
    public HostList all() {
        return all;
    }

    /** Those that were neither healthy nor degraded when the set was made, priority after priority. */
    public List<Host> out() {
        List<Host> out = new ArrayList<>();
        for (Sorted one : sorted) {
            out.addAll(one.out);
        }
        return out;
    }

    /** Those of the other set that are not in this one. */
    public Set<Host> goneFrom(HostSet other) {
        if (all.equals(other.all)) {
            return Set.of();
        }
        Set<Host> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Host> few = touchedSince(other);
        if (few != null) {
            few.stream().filter(host -> other.all.contains(host) && !all.contains(host)).forEach(gone::add);
        } else {
            gone.addAll(other.all);
            all.forEach(gone::remove);
        }
        return gone;
    }

    /** The priorities from 0 on, the first the best; one between others may have no host. */
    public List<Priority> priorities() {
        return priorities;
    }

    /** How many are healthy and not down. */
    public int healthyCount() {
        int sum = 0;
        for (Priority priority : priorities) {
            sum += priority.healthy().size();
        }
        return sum;
    }

    /** How many are degraded and not down. */
    public int degradedCount() {
        int sum = 0;
        for (Priority priority : priorities) {
            sum += priority.degraded().size();
        }
        return sum;
    }

    /** How many count neither as well nor as unwell. */
    public int excludedCount() {
        int sum = 0;
        for (Priority priority : priorities) {
            sum += priority.excluded().size();
        }
        return sum;
    }
}
