package io.weir.http.tally;

import io.weir.http.route.Route;
import io.weir.http.route.match.HeaderMatch;
import java.util.List;

/**
 * Where the requests of a route count besides their cluster: in the first virtual cluster that they belong to, and in
 * the route's own numbers. Immutable. Source: Envoy's {@code virtual_clusters} and {@code stat_prefix}.
 *
 * @param virtualHost
 *            the name of the route's virtual host
 * @param clusters
 *            those of the virtual host, in order; where there are any, requests that belong to none count in
 *            {@link #OTHER}
 * @param statPrefix
 *            the route's; empty: it has no numbers of its own
 */
public record Counted(String virtualHost, List<VirtualCluster> clusters, String statPrefix) implements Route.Note {
    /** Where what belongs to no virtual cluster counts. */
    public static final String OTHER = "other";
    /** Of no virtual host. */
    public static final Counted NOWHERE = new Counted("", List.of(), "");

    public Counted {
        clusters = List.copyOf(clusters);
    }

    /**
     * Some requests of a virtual host.
     *
     * @param headers
     *            all of them must pass
     */
    public record VirtualCluster(String name, List<HeaderMatch> headers) {
        public VirtualCluster {
            headers = List.copyOf(headers);
        }
    }

    /** The same for a route. */
    public Counted of(String prefix) {
        return prefix.equals(statPrefix) ? this : new Counted(virtualHost, clusters, prefix);
    }

    /** Whether it counts anything. */
    public boolean counts() {
        return !clusters.isEmpty() || !statPrefix.isEmpty();
    }
}
