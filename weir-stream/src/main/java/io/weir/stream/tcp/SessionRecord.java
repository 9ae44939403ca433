package io.weir.stream.tcp;

import io.netty.channel.Channel;
import io.weir.core.model.AddressText;
import io.weir.core.tls.TlsFacts;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.TlsSession;
import io.weir.observe.log.AccessRecord;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection that has ended, as the access log asks about it; addresses become text only if it does ask. */
record SessionRecord(long startEpochMicros, long durationNanos, long bytesReceived, long bytesSent, long flags,
        long connectionId, @Nullable String upstreamCluster, @Nullable String upstreamHost,
        @Nullable SocketAddress upstreamLocal, @Nullable SocketAddress remote, @Nullable SocketAddress local,
        int upstreamRequestAttemptCount, Channel channel,
        String accessLogType) implements AccessRecord {

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

    @Override
    public @Nullable TlsFacts tls() {
        return TlsSession.of(channel);
    }

    @Override
    public @Nullable String requestedServerName() {
        TlsFacts tls = tls();
        if (tls != null) {
            return tls.serverName();
        }
        Greeting greeting = Greeting.of(channel);
        return greeting == null || greeting.serverName().isEmpty() ? null : greeting.serverName();
    }

    @Override
    public Map<String, Object> dynamicMetadata(String namespace) {
        Greeting greeting = Greeting.of(channel);
        return greeting == null ? Map.of() : greeting.metadata(namespace);
    }

    private static @Nullable String text(@Nullable SocketAddress address) {
        return address == null ? null : AddressText.of(address);
    }
}
