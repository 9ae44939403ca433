package io.weir.core.model;

import io.weir.core.rule.EjectionSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.value.MetadataPath;
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
 *            {@code typed_extension_protocol_options} by full type name, already read to plain records; and
 *            {@link Members} or {@link OriginalDst} by their keys, where the type has them; and
 *            {@link #DRAINS_ON_HOST_CHANGE}
 */
public record ClusterSpec(String name, String statName, DiscoveryType type, List<Endpoint> endpoints,
        long connectTimeoutNanos, Balancing balancing, Admission admission, HealthRules health, DnsOptions dns,
        @Nullable KeepAlive tcpKeepAlive, Map<String, Object> extensions) {
    /**
     * The clusters that an aggregate stands for.
     *
     * @param clusters
     *            the best first
     */
    public record Members(List<String> clusters) {
        /** Where they stand among the extensions. */
        public static final String KEY = "envoy.clusters.aggregate";

        public Members {
            clusters = List.copyOf(clusters);
        }
    }

    /**
     * How it is known where requests to a cluster of type ORIGINAL_DST go.
     *
     * @param metadata
     *            where filters say it, which goes before the header; null: they do not
     * @param header
     *            the header that says it, in lower case; null: none. Where there is none, or it says nothing that is an
     *            address, a request goes where its connection was going before it was redirected to Weir
     * @param port
     *            to this port, whatever they say; 0: to theirs
     * @param cleanupNanos
     *            a host that nobody has gone to for so long is forgotten; above 0
     */
    public record OriginalDst(@Nullable MetadataPath metadata, @Nullable String header, int port, long cleanupNanos) {
        /** Where it stands among the extensions. */
        public static final String KEY = "envoy.clusters.original_dst";
        /** Envoy's defaults: no header, 5 s. */
        public static final OriginalDst DEFAULT = new OriginalDst(null, null, 0, TimeUnit.SECONDS.toNanos(5));

        public OriginalDst {
            if (port < 0 || port > 65_535 || cleanupNanos < 1) {
                throw new IllegalArgumentException("port " + port + ", cleanup " + cleanupNanos + " ns");
            }
        }
    }

    /**
     * Stands among the extensions where connections to all hosts end with what they carry when a host comes or goes:
     * Envoy's {@code close_connections_on_host_set_change}.
     */
    public static final String DRAINS_ON_HOST_CHANGE = "envoy.close_connections_on_host_set_change";
    /** Stands among the extensions where a host that fails loses its connections; Envoy's name for that. */
    public static final String CLOSE_ON_FAILURE = "close_connections_on_host_health_failure";

    /** Where the cluster's own metadata stand among the extensions: plain maps by name space; none: it has none. */
    public static final String METADATA = "metadata";

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

    /** Whether a host that fails, by its checks or as an outlier, loses its connections. */
    public boolean closesOnFailure() {
        return extensions.containsKey(CLOSE_ON_FAILURE);
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

    /** Whether connections to all hosts end with what they carry when a host comes or goes. */
    public boolean drainsOnHostChange() {
        return extensions.containsKey(DRAINS_ON_HOST_CHANGE);
    }

    /** The clusters that it stands for; none where it is no aggregate. */
    public List<String> members() {
        return extensions.get(Members.KEY) instanceof Members members ? members.clusters() : List.of();
    }

    /** How its requests say where they go; the defaults where nothing is said. */
    public OriginalDst originalDst() {
        return extensions.get(OriginalDst.KEY) instanceof OriginalDst rule ? rule : OriginalDst.DEFAULT;
    }
}
