package io.weir.http.config;

import com.github.xds.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteList;
import io.weir.http.config.tree.MatchTreeReader;
import io.weir.http.config.tree.PackedReader;
import io.weir.http.config.tries.TryRulesReader;
import io.weir.http.control.TryRules;
import io.weir.http.route.RouteTable;
import io.weir.http.route.VirtualHost;
import io.weir.http.tally.Counted;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a route configuration. */
final class RouteTableReader {
    private static final int BODY_BYTES_MAX = 4096;
    private static final String ROUTE = "envoy.config.route.v3.Route";
    private static final String ROUTE_LIST = "envoy.config.route.v3.RouteList";

    private final ReadContext context;
    private final Map<String, String> domainOwners = new HashMap<>();

    private RouteTableReader(ReadContext context) {
        this.context = context;
    }

    /** The table; what has problems is left out of it. */
    static RouteTable table(RouteConfiguration message, FilterLevel filters, ReadContext context) {
        return new RouteTableReader(context).read(message, filters);
    }

    private RouteTable read(RouteConfiguration message, FilterLevel filters) {
        var edits = EditsReader.both(message.getRequestHeadersToAddList(), message.getRequestHeadersToRemoveList(),
                message.getResponseHeadersToAddList(), message.getResponseHeadersToRemoveList(), context);
        int bodyMax = message.hasMaxDirectResponseBodySizeBytes()
                ? message.getMaxDirectResponseBodySizeBytes().getValue()
                : BODY_BYTES_MAX;
        boolean mustExist = !message.hasValidateClusters() || message.getValidateClusters().getValue();
        var above = new RouteScope(List.of(edits), message.getMostSpecificHeaderMutationsWins(), null, false, false,
                bodyMax, mustExist, PerFilterReader.inside(filters, message.getTypedPerFilterConfigMap(), context),
                List.of(), ShadowReader.policies(message.getRequestMirrorPoliciesList(), mustExist, context),
                TryRules.DEFAULT, Map.of(), Counted.NOWHERE);
        var hosts = new ArrayList<VirtualHost>();
        for (int i = 0; i < message.getVirtualHostsCount(); i++) {
            hosts.add(host(message.getVirtualHosts(i), above, context.at("virtual_hosts", i)));
        }
        return new RouteTable(message.getName(), hosts, message.getIgnorePortInHostMatching());
    }

    private VirtualHost host(io.envoyproxy.envoy.config.route.v3.VirtualHost message, RouteScope above,
            ReadContext at) {
        var edits = EditsReader.both(message.getRequestHeadersToAddList(), message.getRequestHeadersToRemoveList(),
                message.getResponseHeadersToAddList(), message.getResponseHeadersToRemoveList(), at);
        var retry = message.hasRetryPolicy()
                ? RetryReader.retry(message.getRetryPolicy(), at.at("retry_policy"))
                : null;
        var scope = new RouteScope(above.levels(), above.mostSpecificWins(), retry,
                message.getIncludeRequestAttemptCount(), message.getIncludeAttemptCountInResponse(),
                above.bodyBytesMax(), above.clustersMustExist(),
                PerFilterReader.inside(above.filters(), message.getTypedPerFilterConfigMap(), at),
                DescriptorRulesReader.rules(message.getRateLimitsList(), at),
                message.getRequestMirrorPoliciesCount() == 0
                        ? above.shadows()
                        : ShadowReader.policies(message.getRequestMirrorPoliciesList(), above.clustersMustExist(), at),
                TryRulesReader.rules(message, at), Plain.spaces(message.getMetadata()),
                counted(message, at))
                .with(edits);
        switch (message.getRequireTls()) {
            case NONE -> {
                // nothing asked
            }
            case EXTERNAL_ONLY, ALL, UNRECOGNIZED -> at.problem("require_tls", message.getRequireTls().name(),
                    "Weir does not require TLS of single virtual hosts yet",
                    "add a route with a redirect of https_redirect: true, matching x-forwarded-proto http");
        }
        var routes = new ArrayList<io.weir.http.route.Route>();
        for (int i = 0; i < message.getRoutesCount(); i++) {
            var route = new RouteReader(scope, at.at("routes", i)).read(message.getRoutes(i));
            if (route != null) {
                routes.add(route);
            }
        }
        if (message.hasMatcher() && message.getRoutesCount() > 0) {
            at.problem("matcher", "", "there are routes too, and only one of them can find the route",
                    "move the routes into the matcher, or remove it");
        }
        var tree = message.hasMatcher()
                ? new MatchTreeReader<>((action, here) -> leaf(action, scope, here)).read(message.getMatcher(),
                        at.at("matcher"))
                : null;
        return new VirtualHost(message.getName(), domains(message.getName(), message.getDomainsList(), at), routes,
                tree);
    }

    private static Counted counted(io.envoyproxy.envoy.config.route.v3.VirtualHost message, ReadContext at) {
        var clusters = new ArrayList<Counted.VirtualCluster>();
        for (int i = 0; i < message.getVirtualClustersCount(); i++) {
            var cluster = message.getVirtualClusters(i);
            var here = at.at("virtual_clusters", i);
            var headers = MatchReader.headers("headers", cluster.getHeadersList(), here);
            if (cluster.getHeadersCount() == 0) {
                here.problem("headers", "", "a virtual cluster without conditions",
                        "write which requests belong to it; all that belong to none count in " + Counted.OTHER);
            } else if (headers.size() == cluster.getHeadersCount()) {
                clusters.add(new Counted.VirtualCluster(cluster.getName(), headers));
            }
        }
        return new Counted(message.getName(), clusters, "");
    }

    /** The routes at the end of a matcher's branch; null after a problem. */
    private static @Nullable List<io.weir.http.route.Route> leaf(TypedExtensionConfig action, RouteScope scope,
            ReadContext at) {
        var any = action.getTypedConfig();
        var here = at.at("typed_config");
        switch (PackedReader.type(any)) {
            case ROUTE -> {
                var message = PackedReader.unpack(any, Route.parser(), at);
                var route = message == null ? null : new RouteReader(scope, here).read(message);
                return route == null ? null : List.of(route);
            }
            case ROUTE_LIST -> {
                var message = PackedReader.unpack(any, RouteList.parser(), at);
                var routes = new ArrayList<io.weir.http.route.Route>();
                for (int i = 0; message != null && i < message.getRoutesCount(); i++) {
                    var route = new RouteReader(scope, here.at("routes", i)).read(message.getRoutes(i));
                    if (route != null) {
                        routes.add(route);
                    }
                }
                return routes;
            }
            default -> {
                at.problem("typed_config", PackedReader.type(any), "this is no action of a virtual host's matcher",
                        "use " + ROUTE + " or " + ROUTE_LIST);
                return null;
            }
        }
    }

    private List<String> domains(String host, List<String> domains, ReadContext at) {
        for (int i = 0; i < domains.size(); i++) {
            String domain = domains.get(i).toLowerCase(Locale.ROOT);
            String place = "domains[" + i + "]";
            String owner = domainOwners.putIfAbsent(domain, host);
            if (owner != null) {
                at.problem(place, domain, "this domain belongs to virtual host " + owner + " already",
                        "name every domain once");
            }
            String inside = domain.length() < 2
                    ? ""
                    : domain.substring(domain.startsWith("*") ? 1 : 0,
                            domain.startsWith("*") || !domain.endsWith("*") ? domain.length() : domain.length() - 1);
            if (inside.indexOf('*') >= 0) {
                at.warning(place, domain, "a star stands for anything at one end only, so this domain never matches",
                        "write *.suffix or prefix.*");
            }
        }
        return domains;
    }
}
