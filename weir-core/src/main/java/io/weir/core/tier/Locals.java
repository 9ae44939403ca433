package io.weir.core.tier;

import io.weir.core.aperture.ApertureRule.Self;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.Locality;
import java.util.HashMap;
import java.util.Map;

/**
 * What a proxy knows of itself and its like: where it stands, and where the healthy proxies of its own cluster stand,
 * from whom as much traffic comes. Immutable; any thread.
 *
 * @param own
 *            where this proxy stands
 * @param healthy
 *            the healthy hosts of the local cluster by locality
 * @param known
 *            the local cluster has a host where this proxy stands; else it is not to be believed
 * @param panics
 *            too few of the local cluster's hosts are available to believe what is known of them
 * @param self
 *            who this proxy is among its like
 */
public record Locals(Locality own, Map<Locality, Presence> healthy, boolean known, boolean panics,
        Self self) {
    /** There is no local cluster. */
    public static final Locals NONE = new Locals(Locality.UNKNOWN, Map.of(), false, false, Self.UNKNOWN);

    /** How many hosts a locality has, and what they weigh together. */
    public record Presence(int hosts, long weight) {
        /** Nobody. */
        public static final Presence NOBODY = new Presence(0, 0);

        long size(boolean byWeight) {
            return byWeight ? weight : hosts;
        }
    }

    public Locals {
        healthy = Map.copyOf(healthy);
    }

    /** A proxy that stands here and knows of no local cluster. */
    public static Locals at(Locality own) {
        return own.isUnknown() ? NONE : new Locals(own, Map.of(), false, false, Self.UNKNOWN);
    }

    /**
     * A proxy that stands here and whose cluster has these hosts.
     *
     * @param panicPercent
     *            with less than this part of its hosts available the local cluster is in panic
     */
    public static Locals of(Locality own, HostSet cluster, int panicPercent) {
        if (cluster.priorities().isEmpty()) {
            return at(own);
        }
        HostSet.Priority first = cluster.priorities().getFirst();
        Map<Locality, Presence> healthy = new HashMap<>();
        for (Host host : first.healthy()) {
            healthy.merge(host.endpoint().locality(), new Presence(1, host.endpoint().weight()),
                    (a, b) -> new Presence(a.hosts + b.hosts, a.weight + b.weight));
        }
        boolean known = first.hosts().stream().anyMatch(host -> host.endpoint().locality().equals(own));
        return new Locals(own, healthy, known, first.availablePercent() < panicPercent,
                Self.UNKNOWN);
    }

    /** The same of a proxy that is this one among its like. */
    public Locals as(Self other) {
        return new Locals(own, healthy, known, panics, other);
    }

    Presence at(Place place) {
        return healthy.getOrDefault(place.locality(), Presence.NOBODY);
    }

    long size(boolean byWeight) {
        return healthy.values().stream().mapToLong(presence -> presence.size(byWeight)).sum();
    }
}
