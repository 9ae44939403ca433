package io.weir.core.model;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint as its source announced it. Immutable; any thread.
 *
 * @param address
 *            a resolved {@code InetSocketAddress}, a {@code UnixDomainSocketAddress}, or an unresolved
 *            {@code InetSocketAddress}: a name that discovery resolves
 * @param hostname
 *            the name to address it by (host rewrite, SNI); empty when there is none
 * @param weight
 *            share of the traffic, at least 1
 * @param priority
 *            0 is the first choice, larger numbers are fallbacks
 * @param localityWeight
 *            share of the traffic of its priority that all hosts of its locality have together, at least 1 where
 *            localities are weighted; 0 where nothing was announced, and such a locality then gets nothing
 * @param metadata
 *            Envoy's {@code filter_metadata} as plain maps, lists, strings, numbers and booleans, by name space
 * @param check
 *            how health checks of it differ from those of its cluster
 */
public record Endpoint(SocketAddress address, String hostname, int weight, int priority, Locality locality,
        int localityWeight, Announced announced, Map<String, Object> metadata, Check check) {

    /**
     * How health checks of this endpoint differ from those of its cluster: Envoy's {@code health_check_config}.
     *
     * @param address
     *            where they go; null: to the endpoint
     * @param port
     *            to which port; 0: the address's own
     * @param hostname
     *            what they call the host; empty: as the cluster says
     * @param disabled
     *            it is not checked at all
     */
    public record Check(@Nullable InetAddress address, int port, String hostname, boolean disabled) {
        /** As the cluster says. */
        public static final Check DEFAULT = new Check(null, 0, "", false);

        /** Where checks of an endpoint at this address go. */
        public SocketAddress address(SocketAddress own) {
            if (own instanceof InetSocketAddress inet && (address != null || port != 0)) {
                InetAddress to = address == null ? inet.getAddress() : address;
                return new InetSocketAddress(to, port == 0 ? inet.getPort() : port);
            }
            return own;
        }
    }

    public Endpoint {
        if (weight < 1) {
            throw new IllegalArgumentException("weight must be at least 1: " + weight);
        }
        if (priority < 0) {
            throw new IllegalArgumentException("priority must not be negative: " + priority);
        }
        if (localityWeight < 0) {
            throw new IllegalArgumentException("localityWeight must not be negative: " + localityWeight);
        }
        metadata = Map.copyOf(metadata);
    }

    /** One that is checked as its cluster says. */
    public Endpoint(SocketAddress address, String hostname, int weight, int priority, Locality locality,
            int localityWeight, Announced announced, Map<String, Object> metadata) {
        this(address, hostname, weight, priority, locality, localityWeight, announced, metadata, Check.DEFAULT);
    }

    /** An endpoint of weight 1 and priority 0 of which nothing else is known. */
    public static Endpoint of(SocketAddress address) {
        return new Endpoint(address, "", 1, 0, Locality.UNKNOWN, 0, Announced.UNKNOWN, Map.of());
    }

    /** The same at another address: what discovery makes of a name that it resolved. */
    public Endpoint withAddress(SocketAddress other) {
        return new Endpoint(other, hostname, weight, priority, locality, localityWeight, announced, metadata, check);
    }

    /** The same with another weight. */
    public Endpoint withWeight(int other) {
        return new Endpoint(address, hostname, other, priority, locality, localityWeight, announced, metadata, check);
    }

    /** The same with another priority. */
    public Endpoint withPriority(int other) {
        return new Endpoint(address, hostname, weight, other, locality, localityWeight, announced, metadata, check);
    }

    /** The same with another announced health. */
    public Endpoint withAnnounced(Announced other) {
        return new Endpoint(address, hostname, weight, priority, locality, localityWeight, other, metadata, check);
    }

    /** The same in another locality, which has this weight. */
    public Endpoint withLocality(Locality other, int itsWeight) {
        return new Endpoint(address, hostname, weight, priority, other, itsWeight, announced, metadata, check);
    }

    /** The same with other metadata. */
    public Endpoint withMetadata(Map<String, Object> other) {
        return new Endpoint(address, hostname, weight, priority, locality, localityWeight, announced, other, check);
    }

    /** The same with other health checks. */
    public Endpoint withCheck(Check other) {
        return new Endpoint(address, hostname, weight, priority, locality, localityWeight, announced, metadata, other);
    }
}
