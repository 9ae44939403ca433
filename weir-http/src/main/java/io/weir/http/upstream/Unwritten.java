package io.weir.http.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/** What a connection has been given to send, and its socket has not taken. */
public final class Unwritten {
    private Unwritten() {}

    /** How many bytes that is, with a few for each piece; 0 where there is no connection. On its worker. */
    public static long bytes(@Nullable Channel channel) {
        ChannelOutboundBuffer buffer = channel == null ? null : channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }
}
