package io.weir.xds.defaults;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.weir.xds.shortform.HealthMessage;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weir.core.model.CircuitLimits;
import io.weir.core.time.ExponentialBackOff;

/** Defaults that follow from other fields, or stand where a table cannot put them. Stateless. */
final class Derived {
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final String OUTLIERS = "/weir.health.v1.Outliers";
    private static final String TYPE_PREFIX = "type.googleapis.com";
    private static final int RESPONSE_HEADERS_KIB = 60;
    private static final Duration EJECTION_MAX = Durations.fromSeconds(300);

    private Derived() {}

    /** To be called when the tables have been applied to a message, and not yet to what is in it. */
    static void add(Message.Builder builder) {
        switch (builder) {
            case Cluster.Builder cluster -> cluster(cluster);
            case DnsCluster.Builder dns -> {
                if (!dns.hasDnsFailureRefreshRate()) {
                    dns.getDnsFailureRefreshRateBuilder().setBaseInterval(dns.getDnsRefreshRate());
                }
            }
            case HttpProtocolOptions.Builder upstream -> {
                var common = upstream.getCommonHttpProtocolOptionsBuilder();
                if (!common.hasMaxResponseHeadersKb()) {
                    common.setMaxResponseHeadersKb(UInt32Value.of(RESPONSE_HEADERS_KIB));
                }
            }
            case OutlierDetection.Builder outliers -> {
                if (!outliers.hasMaxEjectionTime()) {
                    Duration base = outliers.getBaseEjectionTime();
                    outliers.setMaxEjectionTime(
                            Durations.compare(base, EJECTION_MAX) > 0 ? base : EJECTION_MAX);
                }
            }
            case HealthCheck.Builder check -> check(check);
            case RetryPolicy.RetryBackOff.Builder backOff -> {
                if (!backOff.hasMaxInterval()) {
                    Duration base = backOff.getBaseInterval();
                    backOff.setMaxInterval(Durations.fromNanos(
                            ExponentialBackOff.longestNanos(Durations.toNanos(base))));
                }
            }
            default -> {
                // the tables have said it all
            }
        }
    }

    /** The intervals that follow from others. */
    private static void check(HealthCheck.Builder check) {
        if (!check.hasUnhealthyInterval()) {
            check.setUnhealthyInterval(check.getInterval());
        }
        if (!check.hasUnhealthyEdgeInterval()) {
            check.setUnhealthyEdgeInterval(check.getUnhealthyInterval());
        }
        if (!check.hasHealthyEdgeInterval()) {
            check.setHealthyEdgeInterval(check.getInterval());
        }
        if (!check.hasNoTrafficHealthyInterval()) {
            check.setNoTrafficHealthyInterval(check.getNoTrafficInterval());
        }
    }

    @SuppressWarnings("deprecation") // the older fields are still what most files use
    private static void cluster(Cluster.Builder cluster) {
        thresholds(cluster, RoutingPriority.DEFAULT);
        thresholds(cluster, RoutingPriority.HIGH);
        boolean dns = !cluster.hasClusterType() && (cluster.getType() == DiscoveryType.STRICT_DNS
                || cluster.getType() == DiscoveryType.LOGICAL_DNS);
        if (dns && !cluster.hasDnsFailureRefreshRate()) {
            cluster.getDnsFailureRefreshRateBuilder().setBaseInterval(cluster.getDnsRefreshRate());
        }
        if (cluster.getTypedExtensionProtocolOptionsMap().values().stream()
                .anyMatch(any -> any.getTypeUrl().endsWith(OUTLIERS) && HealthMessage.isOfOutliers(any.getValue()))
                && !cluster.hasOutlierDetection()) {
            cluster.setOutlierDetection(OutlierDetection.getDefaultInstance());
        }
        boolean older = cluster.hasHttpProtocolOptions() || cluster.hasHttp2ProtocolOptions()
                || cluster.hasCommonHttpProtocolOptions() || cluster.hasMaxRequestsPerConnection()
                || cluster.hasUpstreamHttpProtocolOptions();
        boolean newer = cluster.getTypedExtensionProtocolOptionsMap().values().stream()
                .anyMatch(any -> any.is(HttpProtocolOptions.class));
        if (!older && !newer) {
            var options = HttpProtocolOptions.newBuilder();
            options.getExplicitHttpConfigBuilder().setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
            cluster.putTypedExtensionProtocolOptions(HTTP_OPTIONS, Any.pack(options.build(), TYPE_PREFIX));
        }
    }

    /** Here and not in a table: the same message under {@code per_host_thresholds} has another meaning. */
    private static void thresholds(Cluster.Builder cluster, RoutingPriority priority) {
        var breakers = cluster.getCircuitBreakersBuilder();
        Thresholds.Builder found = null;
        for (Thresholds.Builder thresholds : breakers.getThresholdsBuilderList()) {
            found = found == null && thresholds.getPriority() == priority ? thresholds : found;
        }
        Thresholds.Builder filled = found == null ? breakers.addThresholdsBuilder().setPriority(priority) : found;
        CircuitLimits limits = CircuitLimits.DEFAULT;
        if (!filled.hasMaxConnections()) {
            filled.setMaxConnections(UInt32Value.of(limits.connectionsMax()));
        }
        if (!filled.hasMaxPendingRequests()) {
            filled.setMaxPendingRequests(UInt32Value.of(limits.pendingMax()));
        }
        if (!filled.hasMaxRequests()) {
            filled.setMaxRequests(UInt32Value.of(limits.requestsMax()));
        }
    }
}
