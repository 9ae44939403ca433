package io.weir.core.model;

import io.weir.core.rule.EjectionSpec;
import io.weir.core.rule.HealthRules;
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
        long connectTimeoutNanos, Balancing balancing, Admission admission, HealthRules health, DnsOptions dns,
        @Nullable KeepAlive tcpKeepAlive, Map<String, Object> extensions) {
    /** Envoy's default: 5 s. */
    public static final long CONNECT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    public ClusterSpec {
        endpoints = List.copyOf(endpoints);
        extensions = Map.copyOf(extensions);
    }

    /** A STATIC round-robin cluster of these endpoints with all defaults. */
    public static ClusterSpec of(String name, List<Endpoint> endpoints) {
        return new ClusterSpec(name, name, DiscoveryType.STATIC, endpoints, CONNECT_TIMEOUT_NANOS, Balancing.DEFAULT,
                Admission.DEFAULT, HealthRules.DEFAULT, DnsOptions.DEFAULT, null, Map.of());
    }

    /** The same with another way to find hosts. */
    public ClusterSpec withType(DiscoveryType other) {
        return new ClusterSpec(name, statName, other, endpoints, connectTimeoutNanos, balancing, admission, health,
                dns, tcpKeepAlive, extensions);
    }

    /** The same with other endpoints. */
    public ClusterSpec withEndpoints(List<Endpoint> other) {
        return new ClusterSpec(name, statName, type, other, connectTimeoutNanos, balancing, admission, health, dns,
                tcpKeepAlive, extensions);
    }

    /** The same with another connect timeout. */
    public ClusterSpec withConnectTimeoutNanos(long other) {
        return new ClusterSpec(name, statName, type, endpoints, other, balancing, admission, health, dns,
                tcpKeepAlive, extensions);
    }

    /** The same with another way to choose. */
    public ClusterSpec withBalancing(Balancing other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, other, admission, health, dns,
                tcpKeepAlive, extensions);
    }

    /** The same with another policy. */
    public ClusterSpec withPolicy(BalancePolicy other) {
        return withBalancing(balancing.withPolicy(other));
    }

    /** The same with other rules of admission. */
    public ClusterSpec withAdmission(Admission other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balancing, other, health, dns,
                tcpKeepAlive, extensions);
    }

    /** The same with other limits. */
    public ClusterSpec withLimits(CircuitLimits other) {
        return withAdmission(admission.withLimits(other));
    }

    /** The same with other rules of health. */
    public ClusterSpec withHealth(HealthRules other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balancing, admission, other, dns,
                tcpKeepAlive, extensions);
    }

    /** The same with another rule of ejection. */
    public ClusterSpec withEjection(EjectionSpec other) {
        return withHealth(health.withEjection(other));
    }

    /** The same with another way to resolve names. */
    public ClusterSpec withDns(DnsOptions other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balancing, admission, health,
                other, tcpKeepAlive, extensions);
    }

    /** The same with other extensions. */
    public ClusterSpec withExtensions(Map<String, Object> other) {
        return new ClusterSpec(name, statName, type, endpoints, connectTimeoutNanos, balancing, admission, health, dns,
                tcpKeepAlive, other);
    }
}
