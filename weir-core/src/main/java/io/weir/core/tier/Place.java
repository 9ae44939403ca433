package io.weir.core.tier;

import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.Locality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hosts of one priority that stand in one locality. Immutable; any thread.
 *
 * @param weight
 *            what was announced for the locality; 0: nothing
 * @param hosts
 *            all of them
 * @param excluded
 *            how many of all count neither as well nor as unwell
 */
public record Place(Locality locality, int weight, List<Host> hosts, List<Host> healthy, List<Host> degraded,
        int excluded) {
    public Place {
        hosts = List.copyOf(hosts);
        healthy = List.copyOf(healthy);
        degraded = List.copyOf(degraded);
    }

    /**
     * The places of a priority, in the order of their first hosts, but the own locality first.
     *
     * @param own
     *            where this proxy stands
     */
    public static List<Place> of(HostSet.Priority priority, Locality own) {
        Map<Locality, Place> places = new LinkedHashMap<>();
        Map<Locality, List<Host>> hosts = sorted(priority.hosts());
        Map<Locality, List<Host>> healthy = sorted(priority.healthy());
        Map<Locality, List<Host>> degraded = sorted(priority.degraded());
        Map<Locality, List<Host>> excluded = sorted(priority.excluded());
        List<Locality> order = new ArrayList<>(hosts.keySet());
        if (order.remove(own)) {
            order.addFirst(own);
        }
        for (Locality locality : order) {
            List<Host> here = hosts.getOrDefault(locality, List.of());
            places.put(locality, new Place(locality, here.getFirst().endpoint().localityWeight(), here,
                    healthy.getOrDefault(locality, List.of()), degraded.getOrDefault(locality, List.of()),
                    excluded.getOrDefault(locality, List.of()).size()));
        }
        return List.copyOf(places.values());
    }

    private static Map<Locality, List<Host>> sorted(List<Host> hosts) {
        Map<Locality, List<Host>> sorted = new LinkedHashMap<>();
        for (Host host : hosts) {
            sorted.computeIfAbsent(host.endpoint().locality(), locality -> new ArrayList<>()).add(host);
        }
        return sorted;
    }

    /**
     * What the locality weighs where so many of its hosts are available: its announced weight, less when more than the
     * spare capacity is missing. Source: Envoy's architecture overview, "Locality weighted load balancing".
     */
    public double effectiveWeight(int available, int overprovisioningPercent) {
        int counted = hosts.size() - excluded;
        return counted <= 0 ? 0 : weight * Math.min(1, overprovisioningPercent / 100.0 * available / counted);
    }
}
