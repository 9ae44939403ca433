package io.weir.xds.compile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink;
import io.weir.core.rule.CheckProtocol;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.CheckSpec.Events;
import io.weir.core.rule.CheckSpec.Handling;
import io.weir.core.rule.CheckSpec.Timing;
import io.weir.core.rule.CheckSpec.Way;
import io.weir.xds.shortform.HealthMessage;

import org.jspecify.annotations.Nullable;

/**
 * Reads how the hosts of a cluster are checked. What a check says in its protocol is read by the module that speaks it,
 * as an extension of that message's type.
 */
record CheckReader() implements ExtensionReader<HealthCheckEventFileSink, CheckReader.Sink> {

    /** RFC 7301 section 3.1. */
    private static final int PROTOCOL_BYTES_MAX = 255;

    /** A file that events are written to. */
    record Sink(String path) {
    }

    /** The checks of a cluster; null: none, or a problem. */
    static @Nullable CheckSpec read(ReadContext cluster, Cluster message, Map<String, Object> extensions) {
        if (message.getHealthChecksCount() == 0) {
            return null;
        }
        if (message.getHealthChecksCount() > 1) {
            cluster.problem("health_checks[1]", "", "a cluster has one health check, as in Envoy", "keep one");
            return null;
        }
        ReadContext context = cluster.at("health_checks", 0);
        HealthCheck check = message.getHealthChecks(0);
        CheckProtocol protocol = protocol(check, context);
        long freshNanos = extensions.get(HealthMessage.TYPE) instanceof OutlierReader.Own own ? own.freshNanos() : 0;
        Timing timing = timing(check, freshNanos);
        Events events = events(check, context);
        if (protocol == null || timing == null) {
            return null;
        }
        return new CheckSpec(protocol, timing, threshold(check.getUnhealthyThreshold().getValue()),
                threshold(check.getHealthyThreshold().getValue()),
                !check.hasReuseConnection() || check.getReuseConnection().getValue(), handling(message), events,
                way(check, context));
    }

    private static Way way(HealthCheck check, ReadContext context) {
        List<String> protocols = check.getTlsOptions().getAlpnProtocolsList();
        for (int i = 0; i < protocols.size(); i++) {
            int bytes = protocols.get(i).getBytes(StandardCharsets.UTF_8).length;
            if (bytes == 0 || bytes > PROTOCOL_BYTES_MAX) {
                context.problem("tls_options.alpn_protocols[" + i + "]", protocols.get(i),
                        "the name of a protocol has from 1 to 255 bytes", "write one such as h2, or remove it");
            }
        }
        return new Way(check.hasTransportSocketMatchCriteria()
                ? Plain.map(check.getTransportSocketMatchCriteria())
                : null, protocols);
    }

    private static int threshold(int given) {
        return Math.max(1, Plain.limit(given));
    }

    private static @Nullable CheckProtocol protocol(HealthCheck check, ReadContext context) {
        return switch (check.getHealthCheckerCase()) {
            case HTTP_HEALTH_CHECK ->
                context.extension("http_health_check", Any.pack(check.getHttpHealthCheck()), CheckProtocol.class);
            case TCP_HEALTH_CHECK ->
                context.extension("tcp_health_check", Any.pack(check.getTcpHealthCheck()), CheckProtocol.class);
            case GRPC_HEALTH_CHECK ->
                context.extension("grpc_health_check", Any.pack(check.getGrpcHealthCheck()), CheckProtocol.class);
            case CUSTOM_HEALTH_CHECK, HEALTHCHECKER_NOT_SET -> null; // told by who checks what is honoured
        };
    }

    /** Null where a rule of the API is broken, which is told elsewhere. */
    private static @Nullable Timing timing(HealthCheck check, long freshNanos) {
        long timeout = Plain.nanos(check.getTimeout());
        long interval = Plain.nanos(check.getInterval());
        long unhealthy = or(check.hasUnhealthyInterval(), check.getUnhealthyInterval(), interval);
        long unhealthyEdge = or(check.hasUnhealthyEdgeInterval(), check.getUnhealthyEdgeInterval(), unhealthy);
        long healthyEdge = or(check.hasHealthyEdgeInterval(), check.getHealthyEdgeInterval(), interval);
        long noTraffic = or(check.hasNoTrafficInterval(), check.getNoTrafficInterval(), Timing.NO_TRAFFIC_NANOS);
        long noTrafficHealthy = or(check.hasNoTrafficHealthyInterval(), check.getNoTrafficHealthyInterval(), noTraffic);
        long initialJitter = Plain.nanos(check.getInitialJitter());
        long intervalJitter = Plain.nanos(check.getIntervalJitter());
        for (long positive : new long[]{timeout, interval, unhealthy, unhealthyEdge, healthyEdge, noTraffic,
                noTrafficHealthy}) {
            if (positive < 1) {
                return null;
            }
        }
        return new Timing(timeout, interval, Math.max(0, initialJitter), Math.max(0, intervalJitter),
                Plain.limit(check.getIntervalJitterPercent()), unhealthy, unhealthyEdge, healthyEdge, noTraffic,
                noTrafficHealthy, freshNanos);
    }

    private static long or(boolean has, Duration given, long otherwise) {
        return has ? Plain.nanos(given) : otherwise;
    }

    private static Handling handling(Cluster cluster) {
        return new Handling(cluster.getCommonLbConfig().getIgnoreNewHostsUntilFirstHc(),
                !cluster.getIgnoreHealthOnHostRemoval());
    }

    @SuppressWarnings("deprecation") // the older path is what many files still say
    private static Events events(HealthCheck check, ReadContext context) {
        List<String> paths = new ArrayList<>();
        if (!check.getEventLogPath().isEmpty()) {
            paths.add(check.getEventLogPath());
        }
        for (int i = 0; i < check.getEventLoggerCount(); i++) {
            TypedExtensionConfig logger = check.getEventLogger(i);
            Sink sink = context.extension("event_logger[" + i + "].typed_config", logger.getTypedConfig(), Sink.class);
            if (sink != null) {
                paths.add(sink.path());
            }
        }
        return new Events(paths, check.getAlwaysLogHealthCheckFailures(), check.getAlwaysLogHealthCheckSuccess());
    }

    @Override
    public HealthCheckEventFileSink prototype() {
        return HealthCheckEventFileSink.getDefaultInstance();
    }

    @Override
    public Class<Sink> kind() {
        return Sink.class;
    }

    @Override
    public Sink read(HealthCheckEventFileSink config, ReadContext context) {
        return new Sink(config.getEventLogPath());
    }
}
