package io.weir.http.upstream;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.KeepAlive;
import io.weir.http.codec.HeadLimits;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;

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
 */
record UpstreamSettings(long idleTimeoutNanos, long connectionDurationMaxNanos, long requestsPerConnectionMax,
        HeadLimits headLimits) {
    /** What the cluster's HttpProtocolOptions say, and Envoy's defaults where there are none. */
    static UpstreamSettings of(ClusterSpec cluster) {
        var spec = cluster.extensions().get(UpstreamHttpSpec.TYPE) instanceof UpstreamHttpSpec given
                ? given
                : UpstreamHttpSpec.DEFAULT;
        long idle = spec.idleTimeoutNanos() > 0 ? spec.idleTimeoutNanos() : Long.MAX_VALUE;
        long life = spec.connectionDurationMaxNanos() > 0 ? spec.connectionDurationMaxNanos() : Long.MAX_VALUE;
        return new UpstreamSettings(idle, life, spec.requestsPerConnectionMax(),
                new HeadLimits(spec.headBytesMax(), spec.headersMax()));
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
