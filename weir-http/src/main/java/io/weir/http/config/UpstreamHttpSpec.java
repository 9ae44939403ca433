package io.weir.http.config;

import io.weir.core.tls.RequestNames;
import io.weir.http.codec.HeaderName;
import io.weir.http.h2.Http2Options;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster's servers are spoken to. Immutable. Durations are nanoseconds, 0 turns one off. Source: Envoy's
 * {@code HttpProtocolOptions} of {@code extensions.upstreams.http.v3}.
 *
 * @param idleTimeoutNanos
 *            an unused connection lives so long, 1 h
 * @param connectionDurationMaxNanos
 *            a connection's whole life; off
 * @param requestsPerConnectionMax
 *            0 for no limit
 * @param headersMax
 *            field lines of a response, 100
 * @param headBytesMax
 *            a response's start line and header, 60 KiB
 * @param protocol
 *            HTTP/1.1
 * @param http2
 *            how HTTP/2 is spoken, where it is
 * @param names
 *            whether hosts are asked for the names of requests; not at all
 * @param nameHeader
 *            the field that tells a request's name where it is there and not empty; null: the authority does
 */
public record UpstreamHttpSpec(long idleTimeoutNanos, long connectionDurationMaxNanos, int requestsPerConnectionMax,
        int headersMax, int headBytesMax, Protocol protocol, Http2Options http2, RequestNames names,
        @Nullable HeaderName nameHeader) implements RequestNames.Given {
    /** What is spoken with a cluster's servers. */
    public enum Protocol {
        /** HTTP/1.1. */
        HTTP1,
        /** HTTP/2, without asking whether the server knows it (RFC 9113 section 3.3). */
        HTTP2,
        /** What the client of each request speaks. */
        AS_DOWNSTREAM,
        /** What the server prefers of the two, which is asked by ALPN (RFC 7301); without TLS, HTTP/1.1. */
        ASKED
    }

    /** The full name of its message, under which {@code ClusterSpec.extensions} holds it. */
    public static final String TYPE = RequestNames.KEY;
    /** What holds for a cluster that says nothing. */
    public static final UpstreamHttpSpec DEFAULT = new UpstreamHttpSpec(3_600_000_000_000L, 0, 0, 100, 60 * 1024,
            Protocol.HTTP1, Http2Options.DEFAULT);

    /** Asks hosts for no names of requests. */
    public UpstreamHttpSpec(long idleTimeoutNanos, long connectionDurationMaxNanos, int requestsPerConnectionMax,
            int headersMax, int headBytesMax, Protocol protocol, Http2Options http2) {
        this(idleTimeoutNanos, connectionDurationMaxNanos, requestsPerConnectionMax, headersMax, headBytesMax, protocol,
                http2, RequestNames.NONE, null);
    }

    /** The same by another protocol. */
    public UpstreamHttpSpec with(Protocol other, Http2Options options) {
        return new UpstreamHttpSpec(idleTimeoutNanos, connectionDurationMaxNanos, requestsPerConnectionMax, headersMax,
                headBytesMax, other, options, names, nameHeader);
    }
}
