package io.weir.http.config;

import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.weir.core.model.Criteria;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HeaderName;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Target;
import io.weir.xds.compile.HashKeyReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.nio.charset.StandardCharsets;
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
        var pathRewrite = pathRewrite(message);
        var hostRewrite = hostRewrite(message);
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
                weighted(message.getWeightedClusters(), Plain.criteria(message.getMetadataMatch(), null));
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

    private @Nullable ClusterChoice weighted(WeightedCluster message, @Nullable Criteria outer) {
        var targets = new ArrayList<Target>();
        for (int i = 0; i < message.getClustersCount(); i++) {
            var cluster = message.getClusters(i);
            var at = context.at("weighted_clusters").at("clusters", i);
            var edits = EditsReader.both(cluster.getRequestHeadersToAddList(), cluster.getRequestHeadersToRemoveList(),
                    cluster.getResponseHeadersToAddList(), cluster.getResponseHeadersToRemoveList(), at);
            var inner = scope.with(edits)
                    .with(PerFilterReader.inside(scope.filters(), cluster.getTypedPerFilterConfigMap(), at));
            String host = cluster.getHostRewriteLiteral();
            TextReader.checkHost(host, "host_rewrite_literal", at);
            if (cluster.getName().isEmpty()) {
                at.problem("name", "", "a weighted cluster needs a name", "name a cluster");
            }
            reference("weighted_clusters.clusters[" + i + "].name", cluster.getName());
            targets.add(new Target(cluster.getName(), Integer.toUnsignedLong(cluster.getWeight().getValue()),
                    inner.requestEdits(), inner.responseEdits(),
                    host.isEmpty() ? HostRewrite.KEEP : new HostRewrite.Literal(host),
                    Plain.criteria(cluster.getMetadataMatch(), outer), inner.filters().bufferBytesMax(),
                    inner.filters().chain()));
        }
        long total = targets.stream().mapToLong(Target::weight).sum();
        if (total < 1 || total > WEIGHTS_MAX) {
            context.problem("weighted_clusters", String.valueOf(total),
                    "the weights' sum must be from 1 to " + WEIGHTS_MAX, "give at least one cluster a weight");
            return null;
        }
        return new ClusterChoice.Weighted(targets, total);
    }

    // ---- rewrites ----

    private PathRewrite pathRewrite(RouteAction message) {
        String prefix = message.getPrefixRewrite();
        if (!prefix.isEmpty() && message.hasRegexRewrite()) {
            context.problem("prefix_rewrite", prefix, "there is a regex_rewrite too", "keep one of the two");
        }
        if (!prefix.isEmpty()) {
            TextReader.checkPath(prefix, "prefix_rewrite", context);
            return new PathRewrite.Prefix(path.matchedBytes(), prefix.getBytes(StandardCharsets.UTF_8));
        }
        if (message.hasRegexRewrite()) {
            var rewrite = regex(message.getRegexRewrite(), context.at("regex_rewrite"));
            return rewrite == null ? PathRewrite.KEEP : rewrite;
        }
        return PathRewrite.KEEP;
    }

    static PathRewrite.@Nullable Regex regex(RegexMatchAndSubstitute message, ReadContext context) {
        var pattern = TextReader.pattern(message.getPattern(), context.at("pattern"));
        return pattern == null || !groups(message, pattern.groupCount(), context)
                ? null
                : PathRewrite.Regex.of(pattern, message.getSubstitution());
    }

    /** Whether the substitution names only groups that the pattern has. */
    private static boolean groups(RegexMatchAndSubstitute message, int groups, ReadContext context) {
        String text = message.getSubstitution();
        for (int i = 0; i + 1 < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
                if (Character.digit(text.charAt(i), 10) > groups) {
                    context.problem("substitution", text, "the pattern has " + groups + " groups only",
                            "add the group to the pattern, or name another");
                    return false;
                }
            }
        }
        return true;
    }

    private HostRewrite hostRewrite(RouteAction message) {
        return switch (message.getHostRewriteSpecifierCase()) {
            case HOST_REWRITE_LITERAL -> {
                TextReader.checkHost(message.getHostRewriteLiteral(), "host_rewrite_literal", context);
                yield message.getHostRewriteLiteral().isEmpty()
                        ? HostRewrite.KEEP
                        : new HostRewrite.Literal(message.getHostRewriteLiteral());
            }
            case AUTO_HOST_REWRITE -> message.getAutoHostRewrite().getValue()
                    ? new HostRewrite.ToEndpoint()
                    : HostRewrite.KEEP;
            case HOST_REWRITE_HEADER -> {
                HeaderName name = TextReader.name(message.getHostRewriteHeader(), "host_rewrite_header", context);
                yield name == null ? HostRewrite.KEEP : new HostRewrite.FromHeader(name);
            }
            case HOST_REWRITE_PATH_REGEX -> {
                var at = context.at("host_rewrite_path_regex");
                var rewrite = regex(message.getHostRewritePathRegex(), at);
                yield rewrite == null
                        ? HostRewrite.KEEP
                        : new HostRewrite.FromPath(rewrite.pattern(), rewrite.substitution());
            }
            case HOSTREWRITESPECIFIER_NOT_SET -> HostRewrite.KEEP;
        };
    }
}
