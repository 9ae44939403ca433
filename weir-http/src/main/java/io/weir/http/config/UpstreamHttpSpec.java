package io.weir.http.config;

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
 */
public record UpstreamHttpSpec(long idleTimeoutNanos, long connectionDurationMaxNanos, int requestsPerConnectionMax,
        int headersMax, int headBytesMax) {
    /** The full name of its message, under which {@code ClusterSpec.extensions} holds it. */
    public static final String TYPE = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    /** What holds for a cluster that says nothing. */
    public static final UpstreamHttpSpec DEFAULT = new UpstreamHttpSpec(3_600_000_000_000L, 0, 0, 100, 60 * 1024);
}
