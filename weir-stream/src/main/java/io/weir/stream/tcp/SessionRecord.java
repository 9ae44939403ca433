package io.weir.stream.tcp;

import io.netty.channel.Channel;
import io.weir.core.model.AddressText;
import io.weir.core.tls.TlsFacts;
import io.weir.net.sniff.Greeting;
import io.weir.stream.client.ChannelRecord;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection that has ended, as the access log asks about it; addresses become text only if it does ask. */
record SessionRecord(long startEpochMicros, long durationNanos, long bytesReceived, long bytesSent, long flags,
        long connectionId, @Nullable String upstreamCluster, @Nullable String upstreamHost,
        @Nullable SocketAddress upstreamLocal, @Nullable TlsFacts upstreamTls,
        @Nullable String upstreamTransportFailureReason, @Nullable SocketAddress remote, @Nullable SocketAddress local,
        int upstreamRequestAttemptCount, Channel channel,
        String accessLogType) implements ChannelRecord {

    @Override
    public @Nullable String upstreamLocalAddress() {
        return text(upstreamLocal);
    }

    @Override
    public @Nullable String downstreamRemoteAddress() {
        return text(remote);
    }

    @Override
    public @Nullable String downstreamLocalAddress() {
        return text(local);
    }

    @Override
    public @Nullable String downstreamDirectRemoteAddress() {
        return text(Greeting.of(channel) == null ? remote : channel.remoteAddress());
    }

    private static @Nullable String text(@Nullable SocketAddress address) {
        return address == null ? null : AddressText.of(address);
    }
}
