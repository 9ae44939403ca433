package io.weir.xds.compile;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint.HealthCheckConfig;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.weir.core.model.AddressText;
import io.weir.core.model.Announced;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Locality;

import org.jspecify.annotations.Nullable;

/** Reads the endpoints of a cluster. */
final class Endpoints {

    private static final int PRIORITY_MAX = 128;

    private final ReadContext assignment;
    private final DiscoveryType type;
    private final Map<SocketAddress, String> seen = new HashMap<>();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private int written;

    private Endpoints(ReadContext assignment, DiscoveryType type) {
        this.assignment = assignment;
        this.type = type;
    }

    static List<Endpoint> read(ReadContext context, Cluster cluster, DiscoveryType type) {
        Endpoints reader = new Endpoints(context.at("load_assignment"), type);
        var localities = cluster.getLoadAssignment().getEndpointsList();
        for (int i = 0; i < localities.size(); i++) {
            reader.locality(reader.assignment.at("endpoints", i), localities.get(i));
        }
        if (type == DiscoveryType.LOGICAL_DNS && reader.written != 1) {
            context.problem("load_assignment", reader.written + " endpoints",
                    "a LOGICAL_DNS cluster has exactly one endpoint: the name that is resolved",
                    reader.written == 0 ? "add it" : "keep one, or set type: STRICT_DNS");
        } else if (reader.written == 0 && type != DiscoveryType.AGGREGATE && type != DiscoveryType.ORIGINAL_DST) {
            context.warning("load_assignment", "", "this cluster has no endpoints; what is sent to it fails",
                    "add load_assignment.endpoints");
        }
        return reader.endpoints;
    }

    private void locality(ReadContext context, LocalityLbEndpoints group) {
        var name = group.getLocality();
        var locality = new Locality(name.getRegion(), name.getZone(), name.getSubZone());
        for (int i = 0; i < group.getLbEndpointsCount(); i++) {
            written++;
            endpoint(context.at("lb_endpoints", i), group, group.getLbEndpoints(i), locality);
        }
    }

    private void endpoint(ReadContext context, LocalityLbEndpoints group, LbEndpoint message, Locality locality) {
        if (!message.hasEndpoint()) {
            context.problem("", "", "an endpoint needs an address",
                    "write endpoint: { address: { socket_address: { address: ..., port_value: ... } } }");
            return;
        }
        var inner = message.getEndpoint();
        boolean names = type != DiscoveryType.STATIC;
        SocketAddress address = Addresses.toConnectTo(context.at("endpoint.address"), inner.getAddress(), names);
        if (address == null) {
            return;
        }
        String earlier = seen.putIfAbsent(address, context.path());
        if (earlier != null) {
            context.warning("endpoint.address", AddressText.of(address),
                    "this address stands in the cluster twice and is used once", "remove one of them");
            return;
        }
        int weight = message.hasLoadBalancingWeight()
                ? Math.max(1, Plain.limit(message.getLoadBalancingWeight().getValue()))
                : 1;
        endpoints.add(new Endpoint(address, hostname(inner.getHostname(), address), weight,
                Math.clamp(group.getPriority(), 0, PRIORITY_MAX), locality,
                Plain.limit(group.getLoadBalancingWeight().getValue()), announced(message.getHealthStatus()),
                metadata(message.getMetadata()), check(context.at("endpoint.health_check_config"),
                        inner.getHealthCheckConfig())));
    }

    private static Endpoint.Check check(ReadContext context, HealthCheckConfig config) {
        InetAddress elsewhere = null;
        int port = config.getPortValue();
        if (config.hasAddress()
                && Addresses.toConnectTo(context.at("address"), config.getAddress(),
                        false) instanceof InetSocketAddress inet) {
            elsewhere = inet.getAddress();
            port = port == 0 ? inet.getPort() : port;
        }
        return new Endpoint.Check(elsewhere, port, config.getHostname(), config.getDisableActiveHealthCheck());
    }

    /** As in Envoy: what is configured, or else the name that is resolved. */
    private String hostname(String configured, SocketAddress address) {
        if (!configured.isEmpty() || type == DiscoveryType.STATIC) {
            return configured;
        }
        return address instanceof InetSocketAddress inet ? inet.getHostString() : "";
    }

    static Announced announced(HealthStatus status) {
        return switch (status) {
            case UNKNOWN, UNRECOGNIZED -> Announced.UNKNOWN;
            case HEALTHY -> Announced.HEALTHY;
            case UNHEALTHY -> Announced.UNHEALTHY;
            case DRAINING -> Announced.DRAINING;
            case TIMEOUT -> Announced.TIMEOUT;
            case DEGRADED -> Announced.DEGRADED;
        };
    }

    static Map<String, Object> metadata(@Nullable Metadata metadata) {
        return metadata == null ? Map.of() : Plain.spaces(metadata);
    }
}
