package io.weir.core.tier;

import io.weir.core.model.Host;
import io.weir.core.model.LocalityRule;
import java.util.List;

/**
 * How the traffic of one locality is routed so that hosts everywhere are equally loaded and as little of it as possible
 * leaves the locality. Every proxy decides alone, from where proxies and hosts stand. Source: Envoy's architecture
 * overview, "Zone aware routing"; shares are counted in ten-thousandths, as there. Immutable; any thread.
 */
public sealed interface ZoneRouting {
    /** What shares are parts of. */
    int WHOLE = 10_000;

    /** Localities are ignored. */
    record Off(Why why) implements ZoneRouting {
    }

    /** Why localities are ignored. */
    enum Why {
        /** All healthy hosts stand in one locality. */
        ONE_LOCALITY,
        /** The local cluster is not known, or this proxy is not of it. */
        LOCAL_CLUSTER_NOT_OK,
        /** There are too few healthy hosts. */
        CLUSTER_TOO_SMALL
    }

    /** Everything stays in the own locality. */
    record Direct() implements ZoneRouting {
    }

    /**
     * A part stays, the rest goes where hosts have less than their share from their own locality.
     *
     * @param localShare
     *            what stays, of {@link #WHOLE}
     * @param capacities
     *            of each place what it can take from elsewhere; all 0: nobody can, and any place is as good
     */
    record Residual(int localShare, List<Integer> capacities) implements ZoneRouting {
        public Residual {
            capacities = List.copyOf(capacities);
        }
    }

    /**
     * The routing to these places.
     *
     * @param places
     *            of the first priority, as {@link Place#of} gives them
     */
    static ZoneRouting of(List<Place> places, LocalityRule.ZoneAware rule, Locals locals) {
        long hosts = places.stream().mapToLong(place -> place.healthy().size()).sum();
        if (places.stream().filter(place -> !place.healthy().isEmpty()).count() < 2) {
            return new Off(Why.ONE_LOCALITY);
        }
        if (!locals.known()) {
            return new Off(Why.LOCAL_CLUSTER_NOT_OK);
        }
        if (hosts < rule.hostsMin()) {
            return new Off(Why.CLUSTER_TOO_SMALL);
        }
        boolean byWeight = rule.byWeight();
        long total = places.stream().mapToLong(place -> size(place, byWeight)).sum();
        long localTotal = locals.size(byWeight);
        int[] upstream = new int[places.size()];
        int[] local = new int[places.size()];
        for (int i = 0; i < upstream.length; i++) {
            upstream[i] = share(size(places.get(i), byWeight), total);
            local[i] = share(locals.at(places.get(i)).size(byWeight), localTotal);
        }
        boolean home = places.getFirst().locality().equals(locals.own());
        if (home && upstream[0] > 0) {
            boolean forced = rule.localHostsMin() > 0 && places.getFirst().healthy().size() >= rule.localHostsMin();
            if (upstream[0] >= local[0] || forced) {
                return new Direct();
            }
        }
        return residual(home, upstream, local);
    }

    private static Residual residual(boolean home, int[] upstream, int[] local) {
        Integer[] capacities = new Integer[upstream.length];
        for (int i = 0; i < upstream.length; i++) {
            // the own locality has been given all it can take already
            capacities[i] = home && i == 0 ? 0 : Math.max(0, upstream[i] - local[i]);
        }
        int stays = home && local[0] > 0 ? (int) ((long) upstream[0] * WHOLE / local[0]) : 0;
        return new Residual(stays, List.of(capacities));
    }

    private static long size(Place place, boolean byWeight) {
        return byWeight
                ? place.healthy().stream().map(Host::endpoint).mapToLong(endpoint -> endpoint.weight()).sum()
                : place.healthy().size();
    }

    private static int share(long part, long total) {
        return total == 0 ? 0 : (int) (WHOLE * part / total);
    }
}
