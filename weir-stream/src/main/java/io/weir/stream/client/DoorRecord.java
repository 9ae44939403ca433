package io.weir.stream.client;

import io.netty.channel.Channel;
import io.weir.core.model.AddressText;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.OriginalDestination;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection before it is served, as formats ask about it.
 *
 * @param startEpochMicros
 *            when it came to the door
 */
public record DoorRecord(Channel channel, long startEpochMicros) implements ChannelRecord {
    @Override
    public long durationNanos() {
        return 0;
    }

    @Override
    public long bytesReceived() {
        return 0;
    }

    @Override
    public long bytesSent() {
        return 0;
    }

    @Override
    public long flags() {
        return 0;
    }

    /** Unknown: whoever serves the connection numbers it. */
    @Override
    public long connectionId() {
        return -1;
    }

    @Override
    public @Nullable String downstreamRemoteAddress() {
        return text(Greeting.remoteAddress(channel));
    }

    @Override
    public @Nullable String downstreamDirectRemoteAddress() {
        return text(channel.remoteAddress());
    }

    @Override
    public @Nullable String downstreamLocalAddress() {
        return text(OriginalDestination.localAddress(channel));
    }

    private static @Nullable String text(@Nullable SocketAddress address) {
        return address == null ? null : AddressText.of(address);
    }
}
