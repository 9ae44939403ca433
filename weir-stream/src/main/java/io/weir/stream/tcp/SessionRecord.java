package io.weir.stream.tcp;

import io.weir.net.transport.AddressText;
import io.weir.observe.log.AccessRecord;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection that has ended, as the access log asks about it; addresses become text only if it does ask. */
record SessionRecord(long startEpochMicros, long durationNanos, long bytesReceived, long bytesSent, long flags,
        long connectionId, @Nullable String upstreamCluster, @Nullable String upstreamHost,
        @Nullable SocketAddress upstreamLocal, @Nullable SocketAddress remote, @Nullable SocketAddress local,
        int upstreamRequestAttemptCount) implements AccessRecord {
    @Override
    public @Nullable String upstreamLocalAddress() {
        return AddressText.of(upstreamLocal);
    }

    @Override
    public @Nullable String downstreamRemoteAddress() {
        return AddressText.of(remote);
    }

    @Override
    public @Nullable String downstreamLocalAddress() {
        return AddressText.of(local);
    }
}
