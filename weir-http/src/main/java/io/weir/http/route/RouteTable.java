package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.RequestFacts;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All virtual hosts of a connection manager: Envoy's {@code RouteConfiguration}, or several of them, each for the
 * requests of one scope: {@code ScopedRoutes}. Immutable, any thread; matching allocates nothing but what patterns and
 * scopes need.
 */
public final class RouteTable {
    private final String name;
    private final List<VirtualHost> hosts;
    private final DomainIndex domains;
    private final @Nullable Scopes scopes;
    private final boolean saidByFilters;

    /** Tables by the key of their scope. */
    private record Scopes(ScopeKey key, Map<List<String>, RouteTable> tables) {
        @Nullable
        RouteTable find(HttpHead head) {
            var found = key.of(head);
            return found == null ? null : tables.get(found);
        }
    }

    /**
     * @param hosts
     *            no domain twice
     * @param ignorePort
     *            whether a port in the request's authority is left out of account
     */
    public RouteTable(String name, List<VirtualHost> hosts, boolean ignorePort) {
        this(name, hosts, new DomainIndex(hosts, ignorePort), null);
    }

    private RouteTable(String name, List<VirtualHost> hosts, DomainIndex domains, @Nullable Scopes scopes) {
        this.name = name;
        this.hosts = List.copyOf(hosts);
        this.domains = domains;
        this.scopes = scopes;
        this.saidByFilters = hosts.stream().anyMatch(VirtualHost::saidByFilters);
    }

    /**
     * Several tables, of which each serves the requests that have its key; others are served by none.
     *
     * @param tables
     *            by keys of as many fragments as {@code key} makes, one character a byte
     */
    public static RouteTable scoped(String name, ScopeKey key, Map<List<String>, RouteTable> tables) {
        var hosts = tables.values().stream().flatMap(table -> table.hosts.stream()).toList();
        return new RouteTable(name, hosts, new DomainIndex(List.of(), false), new Scopes(key, Map.copyOf(tables)));
    }

    /** Everything to one action. */
    public static RouteTable of(RouteAction action) {
        var route = Route.of(new PathMatch.Prefix("/", false), action);
        return new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(route))), false);
    }

    public String name() {
        return name;
    }

    /** Of all scopes. */
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
     * @param facts
     *            what is known beside the head
     */
    public @Nullable Route match(HttpHead head, long random, RequestFacts facts) {
        var table = scopes == null ? this : scopes.find(head);
        var routes = table == null ? null : table.domains.find(head);
        return routes == null ? null : routes.match(head, random, facts);
    }

    /** What all routes say for the sake of this kind. */
    public <N extends Route.Note> List<N> notes(Class<N> kind) {
        return hosts.stream().flatMap(host -> host.all().stream()).map(route -> route.note(kind))
                .filter(Objects::nonNull).toList();
    }

    /** Whether filters can change which route is found, by what they say. */
    public boolean saidByFilters() {
        return saidByFilters;
    }

    /** The virtual host for a request, or null. */
    public @Nullable VirtualHost virtualHost(HttpHead head) {
        var table = scopes == null ? this : scopes.find(head);
        var routes = table == null ? null : table.domains.find(head);
        return routes == null ? null : routes.host();
    }
}
