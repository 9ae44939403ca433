package io.weir.core.model;

import java.net.SocketAddress;
import java.util.Map;

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
 */
public record Endpoint(SocketAddress address, String hostname, int weight, int priority, Locality locality,
        int localityWeight, Announced announced, Map<String, Object> metadata) {
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

    /** An endpoint of weight 1 and priority 0 of which nothing else is known. */
    public static Endpoint of(SocketAddress address) {
        return new Endpoint(address, "", 1, 0, Locality.UNKNOWN, 0, Announced.UNKNOWN, Map.of());
    }

    /** The same at another address: what discovery makes of a name that it resolved. */
    public Endpoint withAddress(SocketAddress other) {
        return new Endpoint(other, hostname, weight, priority, locality, localityWeight, announced, metadata);
    }

    /** The same with another weight. */
    public Endpoint withWeight(int other) {
        return new Endpoint(address, hostname, other, priority, locality, localityWeight, announced, metadata);
    }

    /** The same with another priority. */
    public Endpoint withPriority(int other) {
        return new Endpoint(address, hostname, weight, other, locality, localityWeight, announced, metadata);
    }

    /** The same with another announced health. */
    public Endpoint withAnnounced(Announced other) {
        return new Endpoint(address, hostname, weight, priority, locality, localityWeight, other, metadata);
    }

    /** The same in another locality, which has this weight. */
    public Endpoint withLocality(Locality other, int itsWeight) {
        return new Endpoint(address, hostname, weight, priority, other, itsWeight, announced, metadata);
    }

    /** The same with other metadata. */
    public Endpoint withMetadata(Map<String, Object> other) {
        return new Endpoint(address, hostname, weight, priority, locality, localityWeight, announced, other);
    }
}
