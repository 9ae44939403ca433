package io.weir.stream.udp;

import io.weir.core.model.AddressText;
import io.weir.observe.log.AccessRecord;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A session that has ended, as the access log asks about it. */
record UdpRecord(long startEpochMicros, long durationNanos, long bytesReceived, long bytesSent, long flags,
        long connectionId, @Nullable String upstreamCluster, @Nullable String upstreamHost, SocketAddress remote,
        SocketAddress local) implements AccessRecord {
    @Override
    public String downstreamRemoteAddress() {
        return AddressText.of(remote);
    }

    @Override
    public String downstreamLocalAddress() {
        return AddressText.of(local);
    }

    @Override
    public String accessLogType() {
        return "UdpSessionEnd";
    }
}
