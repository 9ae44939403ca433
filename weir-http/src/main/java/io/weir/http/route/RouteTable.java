package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.Peers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All virtual hosts of a connection manager: Envoy's {@code RouteConfiguration}. Immutable, any thread; matching
 * allocates nothing but what patterns need.
 */
public final class RouteTable {
    private final String name;
    private final List<VirtualHost> hosts;
    private final DomainIndex domains;

    /**
     * @param hosts
     *            no domain twice
     * @param ignorePort
     *            whether a port in the request's authority is left out of account
     */
    public RouteTable(String name, List<VirtualHost> hosts, boolean ignorePort) {
        this.name = name;
        this.hosts = List.copyOf(hosts);
        this.domains = new DomainIndex(this.hosts, ignorePort);
    }

    /** Everything to one action. */
    public static RouteTable of(RouteAction action) {
        var route = Route.of(new PathMatch.Prefix("/", false), action);
        return new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(route))), false);
    }

    public String name() {
        return name;
    }

    public List<VirtualHost> hosts() {
        return hosts;
    }

    /**
     * The route for a request, or null where no virtual host or none of its routes applies (which is answered with
     * 404).
     *
     * @param head
     *            the request, normalised
     * @param random
     *            any 64 random bits, the same for all questions about one request
     * @param peers
     *            the request's connection
     */
    public @Nullable Route match(HttpHead head, long random, Peers peers) {
        var routes = domains.find(head);
        return routes == null ? null : routes.match(head, random, peers);
    }

    /** The virtual host for a request, or null. */
    public @Nullable VirtualHost virtualHost(HttpHead head) {
        var routes = domains.find(head);
        return routes == null ? null : routes.host();
    }
}
