package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weir.core.model.Admission;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.KeepAlive;
import io.weir.core.model.RetryLimit;
import io.weir.core.model.RoutingPriority;
import io.weir.core.socket.SourceRules;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.StartTls;
import io.weir.core.tls.SocketSpec;
import io.weir.xds.chain.SourceRulesReader;

import org.jspecify.annotations.Nullable;

/** Reads one cluster. */
final class ClusterReader {

    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private final ReadContext context;
    private final Cluster cluster;
    private final @Nullable SourceRules sources;

    private ClusterReader(ReadContext context, Cluster cluster, @Nullable SourceRules sources) {
        this.context = context;
        this.cluster = cluster;
        this.sources = sources;
    }

    /**
     * The cluster, or null after a problem that leaves nothing to go on with.
     *
     * @param sources
     *            where connections come from, where the cluster says nothing of that; null: from anywhere
     */
    static @Nullable ClusterSpec read(ReadContext context, Cluster cluster, @Nullable SourceRules sources) {
        return new ClusterReader(context, cluster, sources).read();
    }

    private @Nullable ClusterSpec read() {
        DnsClusters.Source source = DnsClusters.read(context, cluster);
        List<Endpoint> endpoints = source == null ? List.of() : Endpoints.read(context, cluster, source.type());
        var extensions = extensions();
        var balancing = BalancingReader.read(context, cluster);
        var admission = AdmissionRules.read(context, cluster);
        HostSockets sockets = sockets();
        if (cluster.hasTypedDnsResolverConfig()) {
            DnsClusters.checkResolver(context.at("typed_dns_resolver_config"), cluster.getTypedDnsResolverConfig());
        }
        if (source == null) {
            return null;
        }
        extensions.putAll(source.more());
        if (sockets != null) {
            extensions.put(HostSockets.KEY, sockets);
        }
        SourceRules from = cluster.hasUpstreamBindConfig()
                ? SourceRulesReader.read(cluster.getUpstreamBindConfig(), context.at("upstream_bind_config")::problem)
                : sources;
        if (from != null) {
            extensions.put(SourceRules.KEY, from);
        }
        if (cluster.getCommonLbConfig().getCloseConnectionsOnHostSetChange()) {
            extensions.put(ClusterSpec.DRAINS_ON_HOST_CHANGE, true);
        }
        if (cluster.getCloseConnectionsOnHostHealthFailure()) {
            extensions.put(ClusterSpec.CLOSE_ON_FAILURE, true);
        }
        if (cluster.getMetadata().getFilterMetadataCount() > 0) {
            extensions.put(ClusterSpec.METADATA, Plain.spaces(cluster.getMetadata()));
        }
        long connectTimeoutNanos = cluster.hasConnectTimeout()
                ? Math.max(1, Plain.nanos(cluster.getConnectTimeout()))
                : ClusterSpec.CONNECT_TIMEOUT_NANOS;
        String statName = cluster.getAltStatName().isEmpty() ? cluster.getName() : cluster.getAltStatName();
        return new ClusterSpec(cluster.getName(), statName, source.type(), endpoints, connectTimeoutNanos,
                balancing, admission, OutlierReader.rules(context, cluster, extensions), source.dns(), keepAlive(),
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

    private @Nullable KeepAlive keepAlive() {
        if (!cluster.getUpstreamConnectionOptions().hasTcpKeepalive()) {
            return null;
        }
        var keepAlive = cluster.getUpstreamConnectionOptions().getTcpKeepalive();
        return new KeepAlive(Plain.limit(keepAlive.getKeepaliveProbes().getValue()),
                Plain.limit(keepAlive.getKeepaliveTime().getValue()),
                Plain.limit(keepAlive.getKeepaliveInterval().getValue()));
    }

    /** What carries the bytes of connections; null where all is plain. */
    private @Nullable HostSockets sockets() {
        SocketSpec otherwise = cluster.hasTransportSocket()
                ? socket(context.at("transport_socket"), cluster.getTransportSocket())
                : new SocketSpec.Plain();
        var matches = new ArrayList<HostSockets.Match>();
        for (int i = 0; i < cluster.getTransportSocketMatchesCount(); i++) {
            var match = cluster.getTransportSocketMatches(i);
            matches.add(new HostSockets.Match(match.getName(), Plain.map(match.getMatch()),
                    socket(context.at("transport_socket_matches", i).at("transport_socket"),
                            match.getTransportSocket())));
        }
        return otherwise instanceof SocketSpec.Plain && matches.isEmpty()
                ? null
                : new HostSockets(otherwise, matches);
    }

    private static SocketSpec socket(ReadContext at, TransportSocket message) {
        SocketSpec socket = Transport.read(at, message);
        if (socket instanceof ServerTls || socket instanceof StartTls) {
            at.problem("typed_config", socket instanceof StartTls ? "StartTlsConfig" : "DownstreamTlsContext",
                    "this is TLS with clients, and here are hosts",
                    "use UpstreamTlsContext");
        }
        return socket == null ? new SocketSpec.Plain() : socket;
    }

    /** Reads how much a cluster is given to do at once: {@code circuit_breakers}, and what Weir's own metadata says. */
    private static final class AdmissionRules {

        private static final double BUDGET_PERCENT = 20;
        private static final int BUDGET_MIN = 3;

        /** The name space of what Weir adds to a cluster's limits. */
        private static final String METADATA = "weir.admission";
        private static final String QUEUE_TIMEOUT = "queue_timeout";

        private final ReadContext context;
        private final Map<RoutingPriority, CircuitLimits> limits = new EnumMap<>(RoutingPriority.class);

        private AdmissionRules(ReadContext context) {
            this.context = context;
        }

        static Admission read(ReadContext context, Cluster cluster) {
            var rules = new AdmissionRules(context.at("circuit_breakers"));
            rules.clusterWide(cluster.getCircuitBreakers().getThresholdsList());
            rules.perHost(cluster.getCircuitBreakers().getPerHostThresholdsList());
            return Admission.DEFAULT.withLimits(rules.of(RoutingPriority.DEFAULT))
                    .withHigh(rules.of(RoutingPriority.HIGH))
                    .withQueueNanos(queueNanos(context, cluster));
        }

        /** Envoy has no word for it; its metadata are where other products' words belong. */
        private static long queueNanos(ReadContext context, Cluster cluster) {
            Struct words = cluster.getMetadata().getFilterMetadataOrDefault(METADATA, Struct.getDefaultInstance());
            ReadContext at = context.at("metadata.filter_metadata[" + METADATA + "]");
            for (String key : words.getFieldsMap().keySet()) {
                if (!key.equals(QUEUE_TIMEOUT)) {
                    at.problem(key, "", "there is no such key here", "its keys: " + QUEUE_TIMEOUT);
                }
            }
            if (!words.containsFields(QUEUE_TIMEOUT)) {
                return Long.MAX_VALUE;
            }
            String text = words.getFieldsOrThrow(QUEUE_TIMEOUT).getStringValue();
            double seconds = text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?s")
                    ? Double.parseDouble(
                            text.substring(0, text.length() - 1))
                    : 0;
            if (seconds <= 0) {
                at.problem(QUEUE_TIMEOUT, text, "this is no length of time",
                        "write seconds such as 2s or 0.25s, or remove it: requests wait as long as their route allows");
                return Long.MAX_VALUE;
            }
            return (long) (seconds * 1e9);
        }

        private CircuitLimits of(RoutingPriority priority) {
            return limits.getOrDefault(priority, CircuitLimits.DEFAULT);
        }

        /** The first thresholds of a priority count, as in Envoy. */
        private void clusterWide(List<Thresholds> all) {
            for (int i = 0; i < all.size(); i++) {
                var priority = priority(all.get(i));
                if (limits.containsKey(priority)) {
                    twice("thresholds", i, priority);
                } else {
                    limits.put(priority, limits(all.get(i), context.at("thresholds", i)));
                }
            }
        }

        private void perHost(List<Thresholds> all) {
            var seen = new EnumMap<RoutingPriority, Integer>(RoutingPriority.class);
            for (int i = 0; i < all.size(); i++) {
                Thresholds thresholds = all.get(i);
                var priority = priority(thresholds);
                if (seen.putIfAbsent(priority, i) != null) {
                    twice("per_host_thresholds", i, priority);
                    continue;
                }
                if (thresholds.hasMaxPendingRequests() || thresholds.hasMaxRequests() || thresholds.hasMaxRetries()
                        || thresholds.hasRetryBudget() || thresholds.hasMaxConnectionPools()
                        || thresholds.getTrackRemaining()) {
                    context.at("per_host_thresholds", i).problem("", "", "a host has a limit of connections only",
                            "keep priority and max_connections here, and write the others into thresholds");
                }
                limits.put(priority, of(priority).withHostConnectionsMax(limit(thresholds.hasMaxConnections(),
                        thresholds.getMaxConnections(), Integer.MAX_VALUE)));
            }
        }

        private void twice(String list, int index, RoutingPriority priority) {
            context.warning(list + "[" + index + "]", "",
                    "thresholds of priority " + priority + " are given twice; the first count", "remove one of them");
        }

        private static RoutingPriority priority(Thresholds thresholds) {
            return switch (thresholds.getPriority()) {
                case DEFAULT, UNRECOGNIZED -> RoutingPriority.DEFAULT;
                case HIGH -> RoutingPriority.HIGH;
            };
        }

        private static CircuitLimits limits(Thresholds thresholds, ReadContext context) {
            var otherwise = CircuitLimits.DEFAULT;
            return new CircuitLimits(
                    limit(thresholds.hasMaxConnections(), thresholds.getMaxConnections(), otherwise.connectionsMax()),
                    limit(thresholds.hasMaxPendingRequests(), thresholds.getMaxPendingRequests(),
                            otherwise.pendingMax()),
                    limit(thresholds.hasMaxRequests(), thresholds.getMaxRequests(), otherwise.requestsMax()),
                    otherwise.hostConnectionsMax(), retries(thresholds, context), thresholds.getTrackRemaining());
        }

        /** As in Envoy a budget goes before a number. */
        private static RetryLimit retries(Thresholds thresholds, ReadContext context) {
            if (thresholds.hasRetryBudget()) {
                if (thresholds.hasMaxRetries()) {
                    context.warning("max_retries", String.valueOf(thresholds.getMaxRetries().getValue()),
                            "there is a retry_budget, which goes before it", "keep one of the two");
                }
                var budget = thresholds.getRetryBudget();
                double percent = budget.hasBudgetPercent() ? budget.getBudgetPercent().getValue() : BUDGET_PERCENT;
                return new RetryLimit.Share(Double.isNaN(percent) ? BUDGET_PERCENT : Math.clamp(percent, 0, 100),
                        limit(budget.hasMinRetryConcurrency(), budget.getMinRetryConcurrency(), BUDGET_MIN));
            }
            return thresholds.hasMaxRetries()
                    ? new RetryLimit.AtOnce(Plain.limit(thresholds.getMaxRetries().getValue()))
                    : RetryLimit.DEFAULT;
        }

        private static int limit(boolean has, UInt32Value value, int otherwise) {
            return has ? Plain.limit(value.getValue()) : otherwise;
        }
    }

    /** What carries the bytes of connections. */
    static final class Transport {

        private Transport() {}

        /** What the socket is; null after a problem. */
        static @Nullable SocketSpec read(ReadContext context, TransportSocket socket) {
            String type = TypedConfigs.type(socket.getTypedConfig());
            if (type.isEmpty() && socket.getName().equals("envoy.transport_sockets.raw_buffer")) {
                return new SocketSpec.Plain();
            }
            if (type.isEmpty() && !socket.getName().isEmpty()) {
                context.problem("name", socket.getName(), "a transport socket needs typed_config", "add typed_config");
                return null;
            }
            return context.extension("typed_config", socket.getTypedConfig(), SocketSpec.class);
        }
    }

    /** Plain TCP by its full name. */
    record RawBufferReader() implements ExtensionReader<RawBuffer, SocketSpec> {

        @Override
        public RawBuffer prototype() {
            return RawBuffer.getDefaultInstance();
        }

        @Override
        public Class<SocketSpec> kind() {
            return SocketSpec.class;
        }

        @Override
        public SocketSpec read(RawBuffer config, ReadContext context) {
            return new SocketSpec.Plain();
        }
    }

    /** The readers of extensions of clusters that belong to no other module. */
    static List<ExtensionReader<?, ?>> readers() {
        var readers = new ArrayList<>(BalancePolicies.readers());
        readers.addAll(BalancingReader.readers());
        readers.add(new DnsClusters.DnsClusterReader());
        readers.add(new RawBufferReader());
        readers.add(new OutlierReader());
        readers.add(new CheckReader());
        return readers;
    }
}
