package io.weir.core.model;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster is told to be. Immutable; any thread. Start from {@link #of} and change what differs.
 *
 * @param name
 *            what routes call it
 * @param statName
 *            what its statistics call it: {@code alt_stat_name}, or the name
 * @param endpoints
 *            for STATIC the hosts, else the names to resolve
 * @param tcpKeepAlive
 *            null: none
 * @param extensions
 *            {@code typed_extension_protocol_options} by full type name, already read to plain records
 */
public record ClusterSpec(String name, String statName, DiscoveryType type, List<Endpoint> endpoints,
        long connectTimeoutNanos, BalancePolicy balance, CircuitLimits limits, DnsOptions dns, EjectionSpec ejection,
        @Nullable KeepAlive tcpKeepAlive, Map<String, Object> extensions) {
    /** Envoy's default: 5 s. */
    public static final long CONNECT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    public ClusterSpec {
        endpoints = List.copyOf(endpoints);
        extensions = Map.copyOf(extensions);
    }

    /** A STATIC round-robin cluster of these endpoints with all defaults. */
    public static ClusterSpec of(String name, List<Endpoint> endpoints) {
        return new ClusterSpec(name, name, DiscoveryType.STATIC, endpoints, CONNECT_TIMEOUT_NANOS,
                new BalancePolicy.RoundRobin(), CircuitLimits.DEFAULT, DnsOptions.DEFAULT, EjectionSpec.DEFAULT, null,
                Map.of());
    }

    /** The same with another way to find hosts. */
    public ClusterSpec withType(DiscoveryType other) {
        return new ClusterSpec(name, statName, other, endpoints, connectTimeoutNanos, balance, limits, dns, ejection,
                tcpKeepAlive, extensions);
    }

    /** The same with other endpoints. */
    public ClusterSpec withEndpoints(List<Endpoint> other) {
        return new ClusterSpec(name, statName, type, other, connectTimeoutNanos, balance, limits, dns, ejection,
                tcpKeepAlive, extensions);
    }

    /** The same with another connect timeout. */
    public ClusterSpec withConnectTimeoutNanos(long other) {
        return new ClusterSpec(name, statName, type, endpoints, other, balance, limits, dns, ejection, tcpKeepAlive,
                extensions);
    }

    /** The same with another policy. */
    public ClusterSpec withBalance(BalancePolicy other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, other, limits, dns, ejection,
                tcpKeepAlive, extensions);
    }

    /** The same with other limits. */
    public ClusterSpec withLimits(CircuitLimits other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balance, other, dns, ejection,
                tcpKeepAlive, extensions);
    }

    /** The same with another way to resolve names. */
    public ClusterSpec withDns(DnsOptions other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balance, limits, other, ejection,
                tcpKeepAlive, extensions);
    }

    /** The same with another rule of ejection. */
    public ClusterSpec withEjection(EjectionSpec other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balance, limits, dns, other,
                tcpKeepAlive, extensions);
    }

    /** The same with other extensions. */
    public ClusterSpec withExtensions(Map<String, Object> other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balance, limits, dns, ejection,
                tcpKeepAlive, other);
    }
}
