package io.weir.stream.tcp;

import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight;
import io.weir.stream.answer.DirectResponseReader;
import io.weir.stream.answer.EchoReader;
import io.weir.stream.access.AccessReader;
import io.weir.stream.ask.AuthorizeReader;
import io.weir.stream.ask.GlobalLimitReader;
import io.weir.stream.check.TcpCheckReader;
import io.weir.stream.gate.ConnectionLimitReader;
import io.weir.stream.gate.ConnectionRateReader;
import io.weir.stream.postgres.PostgresReader;
import io.weir.stream.state.StateReader;
import io.weir.stream.tcp.TcpProxySpec.Target;
import io.weir.stream.udp.UdpProxyReader;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.HashKeyReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads Envoy's TcpProxy filter. */
public final class TcpProxyReader implements ExtensionReader<TcpProxy, TcpProxySpec> {
    private static final String HONOURED = "/io/weir/stream/honoured.txt";
    private static final String DEFAULTS = "/io/weir/stream/defaults.yaml";

    /** These extensions, and what this module reads. */
    public static Extensions addTo(Extensions extensions) {
        return extensions
                .with(new TcpProxyReader(), new ConnectionRateReader(), new ConnectionLimitReader(), new EchoReader(),
                        new DirectResponseReader(), new SniClusterReader(), new AccessReader(), new StateReader(),
                        new AuthorizeReader(), new GlobalLimitReader(), new TcpCheckReader(), new UdpProxyReader(),
                        new PostgresReader())
                .withHonoured(TcpProxyReader.class, HONOURED)
                .withDefaults(TcpProxyReader.class, DEFAULTS);
    }

    @Override
    public TcpProxy prototype() {
        return TcpProxy.getDefaultInstance();
    }

    @Override
    public Class<TcpProxySpec> kind() {
        return TcpProxySpec.class;
    }

    @Override
    public @Nullable TcpProxySpec read(TcpProxy config, ReadContext context) {
        List<Target> targets = targets(config, context);
        Idle idle = idle(config, context);
        Tries tries = tries(config, context);
        var accessLogs = context.accessLogs("access_log", config.getAccessLogList());
        TunnelingSpec tunneling = config.hasTunnelingConfig()
                ? TunnelingReader.read(config.getTunnelingConfig(), context.at("tunneling_config"))
                : null;
        if (targets.isEmpty() || idle == null || tries == null
                || (tunneling == null && config.hasTunnelingConfig())) {
            return null;
        }
        long durationMaxNanos = config.hasMaxDownstreamConnectionDuration()
                ? Plain.nanos(config.getMaxDownstreamConnectionDuration())
                : 0;
        return new TcpProxySpec(config.getStatPrefix(), targets, idle, tries, durationMaxNanos, accessLogs,
                HashKeyReader.ofConnection(config.getHashPolicyList(), context), false,
                config.getMaxDownstreamConnectionDurationJitterPercentage().getValue(), logTimes(config),
                tunneling);
    }

    /** Null after a problem. */
    private static @Nullable Idle idle(TcpProxy config, ReadContext context) {
        long both = config.hasIdleTimeout()
                ? Plain.nanos(config.getIdleTimeout())
                : TcpProxySpec.IDLE_TIMEOUT_NANOS;
        long client = Plain.nanos(config.getDownstreamIdleTimeout());
        long host = Plain.nanos(config.getUpstreamIdleTimeout());
        // every problem is told, not only the first
        boolean fine = notNegative("idle_timeout", both, context);
        fine &= notNegative("downstream_idle_timeout", client, context);
        fine &= notNegative("upstream_idle_timeout", host, context);
        return fine ? new Idle(both, client, host) : null;
    }

    private static boolean notNegative(String field, long nanos, ReadContext context) {
        if (nanos < 0) {
            context.problem(field, nanos + " ns", "a time cannot be negative",
                    "write a time such as 3600s, or 0s for no timeout");
        }
        return nanos >= 0;
    }

    /** Null after a problem. */
    private static @Nullable Tries tries(TcpProxy config, ReadContext context) {
        int max = config.hasMaxConnectAttempts()
                ? Math.max(1, Plain.limit(config.getMaxConnectAttempts().getValue()))
                : 1;
        if (!config.hasBackoffOptions()) {
            return Tries.ONCE.times(max);
        }
        var pauses = config.getBackoffOptions();
        var backOff = Plain.backOff(pauses.getBaseInterval(), // at least 1 ms by a rule of the API
                pauses.hasMaxInterval() ? pauses.getMaxInterval() : null, context.at("backoff_options"));
        return backOff == null ? null : new Tries(max, backOff);
    }

    /** The older fields of the proxy itself, where nobody writes the newer ones. */
    @SuppressWarnings("deprecation")
    private static LogTimes logTimes(TcpProxy config) {
        var options = config.getAccessLogOptions();
        return config.hasAccessLogOptions()
                ? new LogTimes(options.getFlushAccessLogOnConnected(),
                        Math.max(0, Plain.nanos(options.getAccessLogFlushInterval())))
                : new LogTimes(config.getFlushAccessLogOnConnected(),
                        Math.max(0, Plain.nanos(config.getAccessLogFlushInterval())));
    }

    private static List<Target> targets(TcpProxy config, ReadContext context) {
        return switch (config.getClusterSpecifierCase()) {
            case CLUSTER -> {
                context.clusterReferenced("cluster", config.getCluster());
                yield List.of(new Target(config.getCluster(), 1, Plain.criteria(config.getMetadataMatch(), null)));
            }
            case WEIGHTED_CLUSTERS -> {
                var targets = new ArrayList<Target>();
                for (int i = 0; i < config.getWeightedClusters().getClustersCount(); i++) {
                    ClusterWeight weighted = config.getWeightedClusters().getClusters(i);
                    context.at("weighted_clusters").at("clusters", i).clusterReferenced("name", weighted.getName());
                    // uint32 in the message; a rule of the API says that it is at least 1
                    targets.add(new Target(weighted.getName(), Math.max(1, weighted.getWeight() & 0xffffffffL),
                            Plain.criteria(weighted.getMetadataMatch(),
                                    Plain.criteria(config.getMetadataMatch(), null))));
                }
                yield targets;
            }
            // a rule of the API says that it is required, and has been told
            case CLUSTERSPECIFIER_NOT_SET -> List.of();
        };
    }
}
