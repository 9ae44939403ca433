package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weir.core.model.Admission;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthRules;
import io.weir.core.model.KeepAlive;

import org.jspecify.annotations.Nullable;

/** Reads one cluster. */
final class ClusterReader {

    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private final ReadContext context;
    private final Cluster cluster;

    private ClusterReader(ReadContext context, Cluster cluster) {
        this.context = context;
        this.cluster = cluster;
    }

    /** The cluster, or null after a problem that leaves nothing to go on with. */
    static @Nullable ClusterSpec read(ReadContext context, Cluster cluster) {
        return new ClusterReader(context, cluster).read();
    }

    private @Nullable ClusterSpec read() {
        DnsClusters.Source source = DnsClusters.read(context, cluster);
        List<Endpoint> endpoints = source == null ? List.of() : Endpoints.read(context, cluster, source.type());
        var extensions = extensions();
        var balancing = BalancingReader.read(context, cluster);
        var limits = limits();
        transport();
        if (cluster.hasTypedDnsResolverConfig()) {
            DnsClusters.checkResolver(context.at("typed_dns_resolver_config"), cluster.getTypedDnsResolverConfig());
        }
        if (source == null) {
            return null;
        }
        long connectTimeoutNanos = cluster.hasConnectTimeout()
                ? Math.max(1, Plain.nanos(cluster.getConnectTimeout()))
                : ClusterSpec.CONNECT_TIMEOUT_NANOS;
        String statName = cluster.getAltStatName().isEmpty() ? cluster.getName() : cluster.getAltStatName();
        return new ClusterSpec(cluster.getName(), statName, source.type(), endpoints, connectTimeoutNanos,
                balancing, new Admission(limits), HealthRules.DEFAULT, source.dns(), keepAlive(),
                extensions);
    }

    private Map<String, Object> extensions() {
        var extensions = new TreeMap<String, Object>();
        cluster.getTypedExtensionProtocolOptionsMap().forEach((name, any) -> {
            Object read = context.extension("typed_extension_protocol_options[" + name + "]", any, Object.class);
            if (read != null) {
                extensions.put(TypedConfigs.type(any), read);
            }
        });
        HttpProtocolOptions older = olderHttpOptions();
        if (older != null) {
            if (extensions.containsKey(HTTP_OPTIONS)) {
                context.problem("typed_extension_protocol_options[" + HTTP_OPTIONS + "]", "",
                        "HTTP options are given here and in the older fields of the cluster too",
                        "keep them in typed_extension_protocol_options");
            } else {
                Object read = context.extension("", Any.pack(older), Object.class);
                if (read != null) {
                    extensions.put(HTTP_OPTIONS, read);
                }
            }
        }
        return extensions;
    }

    /** The HTTP options that older files give in the cluster itself, as the message that took their place. */
    @SuppressWarnings("deprecation")
    private @Nullable HttpProtocolOptions olderHttpOptions() {
        boolean any = cluster.hasHttpProtocolOptions() || cluster.hasHttp2ProtocolOptions()
                || cluster.hasCommonHttpProtocolOptions() || cluster.hasMaxRequestsPerConnection()
                || cluster.hasUpstreamHttpProtocolOptions();
        if (!any) {
            return null;
        }
        var options = HttpProtocolOptions.newBuilder();
        if (cluster.hasCommonHttpProtocolOptions()) {
            options.setCommonHttpProtocolOptions(cluster.getCommonHttpProtocolOptions());
        }
        if (cluster.hasMaxRequestsPerConnection()) {
            options.getCommonHttpProtocolOptionsBuilder()
                    .setMaxRequestsPerConnection(cluster.getMaxRequestsPerConnection());
        }
        if (cluster.hasUpstreamHttpProtocolOptions()) {
            options.setUpstreamHttpProtocolOptions(cluster.getUpstreamHttpProtocolOptions());
        }
        if (cluster.hasHttp2ProtocolOptions()) {
            options.getExplicitHttpConfigBuilder().setHttp2ProtocolOptions(cluster.getHttp2ProtocolOptions());
        } else {
            options.getExplicitHttpConfigBuilder().setHttpProtocolOptions(cluster.getHttpProtocolOptions());
        }
        return options.build();
    }

    private CircuitLimits limits() {
        var limits = CircuitLimits.DEFAULT;
        boolean found = false;
        List<CircuitBreakers.Thresholds> all = cluster.getCircuitBreakers().getThresholdsList();
        for (int i = 0; i < all.size(); i++) {
            CircuitBreakers.Thresholds thresholds = all.get(i);
            if (thresholds.getPriority() == RoutingPriority.DEFAULT && !found) {
                found = true; // the first counts, as in Envoy
                limits = limits(thresholds);
            } else if (thresholds.getPriority() == RoutingPriority.DEFAULT) {
                context.warning("circuit_breakers.thresholds[" + i + "]", "",
                        "thresholds of priority DEFAULT are given twice; the first count", "remove one of them");
            } else {
                context.warning("circuit_breakers.thresholds[" + i + "].priority", thresholds.getPriority().name(),
                        "Weir sends everything with priority DEFAULT; these thresholds are not used", "");
            }
        }
        return limits;
    }

    private static CircuitLimits limits(CircuitBreakers.Thresholds thresholds) {
        var otherwise = CircuitLimits.DEFAULT;
        return new CircuitLimits(
                limit(thresholds.hasMaxConnections(), thresholds.getMaxConnections(), otherwise.connectionsMax()),
                limit(thresholds.hasMaxPendingRequests(), thresholds.getMaxPendingRequests(), otherwise.pendingMax()),
                limit(thresholds.hasMaxRequests(), thresholds.getMaxRequests(), otherwise.requestsMax()),
                limit(thresholds.hasMaxRetries(), thresholds.getMaxRetries(), otherwise.retriesMax()));
    }

    private static int limit(boolean has, UInt32Value value, int otherwise) {
        return has ? Plain.limit(value.getValue()) : otherwise;
    }

    private @Nullable KeepAlive keepAlive() {
        if (!cluster.getUpstreamConnectionOptions().hasTcpKeepalive()) {
            return null;
        }
        var keepAlive = cluster.getUpstreamConnectionOptions().getTcpKeepalive();
        return new KeepAlive(Plain.limit(keepAlive.getKeepaliveProbes().getValue()),
                Plain.limit(keepAlive.getKeepaliveTime().getValue()),
                Plain.limit(keepAlive.getKeepaliveInterval().getValue()));
    }

    private void transport() {
        if (cluster.hasTransportSocket()) {
            Transport.check(context.at("transport_socket"), cluster.getTransportSocket());
        }
    }

    /** What carries the bytes of a connection: plain TCP, so far. */
    record Transport() {

        static void check(ReadContext context, TransportSocket socket) {
            String type = TypedConfigs.type(socket.getTypedConfig());
            if (type.isEmpty() && socket.getName().equals("envoy.transport_sockets.raw_buffer")) {
                return;
            }
            if (type.startsWith("envoy.extensions.transport_sockets.tls.")) {
                context.problem("typed_config", type, "Weir does not speak TLS yet",
                        "remove transport_socket to speak plain TCP");
                return;
            }
            if (type.isEmpty() && !socket.getName().isEmpty()) {
                context.problem("name", socket.getName(), "a transport socket needs typed_config", "add typed_config");
                return;
            }
            context.extension("typed_config", socket.getTypedConfig(), Transport.class);
        }
    }

    /** Plain TCP by its full name. */
    record RawBufferReader() implements ExtensionReader<RawBuffer, Transport> {

        @Override
        public RawBuffer prototype() {
            return RawBuffer.getDefaultInstance();
        }

        @Override
        public Class<Transport> kind() {
            return Transport.class;
        }

        @Override
        public @Nullable Transport read(RawBuffer config, ReadContext context) {
            return new Transport();
        }
    }

    /** The readers of extensions of clusters that belong to no other module. */
    static List<ExtensionReader<?, ?>> readers() {
        var readers = new ArrayList<>(BalancePolicies.readers());
        readers.addAll(BalancingReader.readers());
        readers.add(new DnsClusters.DnsClusterReader());
        readers.add(new RawBufferReader());
        return readers;
    }
}
