package io.weir.http.config;

import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.weir.core.model.Criteria;
import io.weir.core.model.RoutingPriority;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.ClusterChoice.Share;
import io.weir.http.route.Forward;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Target;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.xds.compile.HashKeyReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads a route's action that goes to a cluster. */
final class ForwardReader {
    private static final long WEIGHTS_MAX = 0xffff_ffffL;

    private final RouteScope scope;
    private final PathMatch path;
    private final ReadContext context;

    /**
     * @param scope
     *            with the route's own edits
     */
    ForwardReader(RouteScope scope, PathMatch path, ReadContext context) {
        this.scope = scope;
        this.path = path;
        this.context = context;
    }

    /** The action, or null after a problem with its cluster. */
    @Nullable
    Forward read(RouteAction message) {
        var choice = choice(message);
        long timeout = message.hasTimeout() ? Plain.nanos(message.getTimeout()) : Forward.TIMEOUT_NANOS;
        long idle = message.hasIdleTimeout() ? Plain.nanos(message.getIdleTimeout()) : Forward.INHERIT_NANOS;
        long duration = message.getMaxStreamDuration().hasMaxStreamDuration()
                ? Plain.nanos(message.getMaxStreamDuration().getMaxStreamDuration())
                : Forward.INHERIT_NANOS;
        var rewrites = new RewriteReader(path, context);
        var pathRewrite = rewrites.path(message);
        var hostRewrite = rewrites.host(message);
        var retry = retry(message);
        int notFound = switch (message.getClusterNotFoundResponseCode()) {
            case SERVICE_UNAVAILABLE, UNRECOGNIZED -> 503;
            case NOT_FOUND -> 404;
            case INTERNAL_SERVER_ERROR -> 500;
        };
        return choice == null
                ? null
                : new Forward(choice, timeout, idle, duration, retry, pathRewrite, hostRewrite,
                        message.getAppendXForwardedHost(), notFound, scope.attemptCountUpstream(),
                        scope.attemptCountDownstream(), priority(message),
                        HashKeyReader.keys(message.getHashPolicyList(), context));
    }

    private static RoutingPriority priority(RouteAction message) {
        return switch (message.getPriority()) {
            case DEFAULT, UNRECOGNIZED -> RoutingPriority.DEFAULT;
            case HIGH -> RoutingPriority.HIGH;
        };
    }

    private RetrySpec retry(RouteAction message) {
        if (message.hasRetryPolicy()) {
            return RetryReader.retry(message.getRetryPolicy(), context.at("retry_policy"));
        }
        var inherited = scope.retry();
        return inherited == null ? RetrySpec.builtIn() : inherited;
    }

    // ---- which cluster ----

    private @Nullable ClusterChoice choice(RouteAction message) {
        return switch (message.getClusterSpecifierCase()) {
            case CLUSTER -> {
                reference("cluster", message.getCluster());
                yield new ClusterChoice.Single(target(message.getCluster(), message));
            }
            case CLUSTER_HEADER -> {
                var header = TextReader.name(message.getClusterHeader(), "cluster_header", context);
                yield header == null ? null : new ClusterChoice.ByHeader(header, target("", message));
            }
            case WEIGHTED_CLUSTERS ->
                weighted(message.getWeightedClusters(), Plain.criteria(message.getMetadataMatch(), null),
                        message.getHashPolicyCount() > 0, context.at("weighted_clusters"));
            case CLUSTER_SPECIFIER_PLUGIN, INLINE_CLUSTER_SPECIFIER_PLUGIN -> {
                context.problem("", "", "Weir knows no cluster specifier plugins",
                        "use cluster, weighted_clusters or cluster_header");
                yield null;
            }
            case CLUSTERSPECIFIER_NOT_SET -> null; // the API's rules tell
        };
    }

    private void reference(String place, String cluster) {
        if (scope.clustersMustExist() && !cluster.isEmpty()) {
            context.clusterReferenced(place, cluster);
        }
    }

    private Target target(String cluster, RouteAction message) {
        return new Target(cluster, 1, scope.requestEdits(), scope.responseEdits(), HostRewrite.KEEP,
                Plain.criteria(message.getMetadataMatch(), null), scope.filters().bufferBytesMax(),
                scope.filters().chain());
    }

    private @Nullable ClusterChoice weighted(WeightedCluster message, @Nullable Criteria outer, boolean hashes,
            ReadContext at) {
        var shares = new ArrayList<Share>();
        for (int i = 0; i < message.getClustersCount(); i++) {
            shares.add(share(message.getClusters(i), outer, at.at("clusters", i)));
        }
        long total = shares.stream().mapToLong(share -> share.target().weight()).sum();
        if (total < 1 || total > WEIGHTS_MAX) {
            at.problem("", String.valueOf(total), "the weights' sum must be from 1 to " + WEIGHTS_MAX,
                    "give at least one cluster a weight");
            return null;
        }
        boolean byHash = message.getUseHashPolicy().getValue();
        if (byHash && !hashes) {
            at.warning("use_hash_policy", "true", "the route hashes nothing, so the dice decide",
                    "add a hash_policy to the route, or remove it");
        }
        var dice = message.getHeaderName().isEmpty()
                ? null
                : TextReader.name(message.getHeaderName(), "header_name", at);
        return new ClusterChoice.Weighted(shares, total, dice, byHash);
    }

    private Share share(WeightedCluster.ClusterWeight cluster, @Nullable Criteria outer, ReadContext at) {
        var edits = EditsReader.both(cluster.getRequestHeadersToAddList(), cluster.getRequestHeadersToRemoveList(),
                cluster.getResponseHeadersToAddList(), cluster.getResponseHeadersToRemoveList(), at);
        var inner = scope.with(edits)
                .with(PerFilterReader.inside(scope.filters(), cluster.getTypedPerFilterConfigMap(), at));
        String host = cluster.getHostRewriteLiteral();
        TextReader.checkHost(host, "host_rewrite_literal", at);
        String byHeader = cluster.getClusterHeader();
        if (cluster.getName().isEmpty() == byHeader.isEmpty()) {
            at.problem("name", cluster.getName(), "a weighted cluster needs a name, or a header that names it",
                    "write one of name and cluster_header");
        }
        if (scope.clustersMustExist() && !cluster.getName().isEmpty()) {
            at.clusterReferenced("name", cluster.getName());
        }
        var target = new Target(cluster.getName(), Integer.toUnsignedLong(cluster.getWeight().getValue()),
                inner.requestEdits(), inner.responseEdits(),
                host.isEmpty() ? HostRewrite.KEEP : new HostRewrite.Literal(host),
                Plain.criteria(cluster.getMetadataMatch(), outer), inner.filters().bufferBytesMax(),
                inner.filters().chain());
        return new Share(target, byHeader.isEmpty() ? null : TextReader.name(byHeader, "cluster_header", at));
    }
}
