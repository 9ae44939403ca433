package io.weir.http.route.match;

import io.weir.core.value.FilterState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request beside its head: the two ends of its connection, and what filters have said so far. Asked
 * on the request's worker.
 */
public interface RequestFacts {
    /** {@code ip:port} of the client, as trusted hops tell it. */
    String downstreamRemoteAddress();

    /** {@code ip:port} of the socket's far end, whatever header fields and the PROXY protocol say. */
    String downstreamDirectRemoteAddress();

    /** {@code ip:port} of the connection, as the PROXY protocol tells it, whatever header fields say. */
    default String connectionRemoteAddress() {
        return downstreamDirectRemoteAddress();
    }

    /** {@code ip:port} that the client connected to. */
    String downstreamLocalAddress();

    /** The certificate by which the client's connection is secured. */
    default ClientCertificate clientCertificate() {
        return ClientCertificate.NONE;
    }

    /** What filters have said under a namespace; to be looked at. */
    default Map<String, Object> dynamicMetadata(String namespace) {
        return Map.of();
    }

    /** What filters have left under a key; null: nothing. */
    default FilterState.@Nullable Value filterState(String key) {
        return null;
    }
}
