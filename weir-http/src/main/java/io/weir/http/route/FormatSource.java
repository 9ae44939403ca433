package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.Peers;
import org.jspecify.annotations.Nullable;

/** What the {@code %...%} operators of configured header values ask about a request. Asked on the request's worker. */
public interface FormatSource extends Peers {
    /** The request's head as it is now. */
    HttpHead request();

    /** {@code HTTP/1.1}, {@code HTTP/1.0}. */
    String protocol();

    /** When the request began, microseconds since 1970. */
    long startEpochMicros();

    /** The route's name; empty without one. */
    String routeName();

    /** The chosen cluster, null before one is chosen. */
    @Nullable
    String upstreamCluster();

    /** {@code ip:port} of the chosen host, null before one is chosen. */
    @Nullable
    String upstreamHost();
}
