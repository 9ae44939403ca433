package io.weir.http.route.match;

/** The two ends of a request's connection, as tests and formats ask for them. Asked on the request's worker. */
public interface Peers {
    /** {@code ip:port} of the client, as trusted hops tell it. */
    String downstreamRemoteAddress();

    /** {@code ip:port} of the connection's far end, whatever header fields say. */
    String downstreamDirectRemoteAddress();

    /** {@code ip:port} that the client connected to. */
    String downstreamLocalAddress();
}
