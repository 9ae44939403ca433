package io.weir.xds.service;

import java.util.List;

/**
 * A gRPC service that is asked. Immutable. Source: Envoy's {@code GrpcService}.
 *
 * @param cluster
 *            whose hosts answer
 * @param authority
 *            what to call the host; empty: the cluster's name
 * @param metadata
 *            sent with each call, in this order
 * @param timeoutNanos
 *            for one answer, at least 1
 */
public record ServiceSpec(String cluster, String authority, List<Field> metadata, long timeoutNanos) {
    /** One field of a call's head; the name in lower case. */
    public record Field(String name, String value) {
    }

    public ServiceSpec {
        metadata = List.copyOf(metadata);
        if (timeoutNanos < 1) {
            throw new IllegalArgumentException("no time for an answer: " + timeoutNanos);
        }
    }
}
