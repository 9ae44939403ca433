package io.weir.http.upstream;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.KeepAlive;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.h2.Http2Options;
import io.weir.net.tls.HandshakeFailure;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.RequestName;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.Connector;
import io.weir.net.transport.OnBehalf;
import org.jspecify.annotations.Nullable;

/**
 * How HTTP is spoken to a cluster.
 *
 * @param idleTimeoutNanos
 *            how long a connection may rest unused; {@link Long#MAX_VALUE} for ever
 * @param connectionDurationMaxNanos
 *            no request begins on an older connection; {@link Long#MAX_VALUE} for no bound
 * @param requestsPerConnectionMax
 *            after so many requests a connection is closed; 0 for no bound
 * @param headLimits
 *            bounds of a response's head
 * @param http2
 *            how HTTP/2 is spoken, where it is
 * @param asked
 *            whether each host is asked which version it prefers, where there is TLS to ask by
 * @param client
 *            whom connections are made for; null: whoever has a request
 * @param name
 *            what requests name that connections are made for; null: anything
 */
record UpstreamSettings(long idleTimeoutNanos, long connectionDurationMaxNanos, long requestsPerConnectionMax,
        HeadLimits headLimits, Http2Options http2, boolean asked, @Nullable OnBehalf client,
        @Nullable RequestName name) {
    /** What the cluster's HttpProtocolOptions say, and Envoy's defaults where there are none. */
    static UpstreamSettings of(ClusterSpec cluster, @Nullable OnBehalf client, @Nullable RequestName name) {
        var spec = spec(cluster);
        long idle = spec.idleTimeoutNanos() > 0 ? spec.idleTimeoutNanos() : Long.MAX_VALUE;
        long life = spec.connectionDurationMaxNanos() > 0 ? spec.connectionDurationMaxNanos() : Long.MAX_VALUE;
        return new UpstreamSettings(idle, life, spec.requestsPerConnectionMax(),
                new HeadLimits(spec.headBytesMax(), spec.headersMax()), spec.http2(),
                spec.protocol() == Protocol.ASKED, client, name);
    }

    /** What a request names, where hosts are asked for that; else null. */
    static @Nullable RequestName name(ClusterSpec cluster, HttpHead request) {
        if (!HostTls.byName(cluster)) {
            return null;
        }
        HeaderName header = spec(cluster).nameHeader();
        String other = header == null ? null : request.value(header);
        return RequestName.of(other == null || other.isEmpty() ? request.authority() : other);
    }

    /** Whether a connection that could not be had speaks against the host, and not against what its client named. */
    boolean hostsFault(Throwable cause) {
        return Connector.hostsFault(cause)
                && !(name != null && cause instanceof HandshakeFailure failure && failure.ofName());
    }

    private static UpstreamHttpSpec spec(ClusterSpec cluster) {
        return cluster.extensions().get(UpstreamHttpSpec.TYPE) instanceof UpstreamHttpSpec given
                ? given
                : UpstreamHttpSpec.DEFAULT;
    }

    /**
     * Whether the cluster's hosts are spoken to by HTTP/2.
     *
     * @param clientProtocol
     *            what the request's client speaks, as access logs show it
     */
    static boolean http2(ClusterSpec cluster, String clientProtocol) {
        return switch (spec(cluster).protocol()) {
            case HTTP1, ASKED -> false; // a host that is asked may choose otherwise
            case HTTP2 -> true;
            case AS_DOWNSTREAM -> clientProtocol.equals("HTTP/2");
        };
    }

    /** How a connection to one of the cluster's hosts is made. */
    ConnectOptions connect(ClusterSpec cluster) {
        KeepAlive probes = cluster.tcpKeepAlive();
        var settings = probes == null
                ? ChannelSettings.MESSAGES
                : ChannelSettings.MESSAGES.withKeepAlive(probes);
        return ConnectOptions.of(cluster.connectTimeoutNanos(), settings);
    }
}
