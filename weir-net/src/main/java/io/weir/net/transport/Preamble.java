package io.weir.net.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** What is said on a connection that was made before all else, TLS included. Any worker. */
@FunctionalInterface
public interface Preamble {
    /**
     * The bytes, which belong to the caller.
     *
     * @param channel
     *            which is connected: it has both its addresses
     */
    ByteBuf bytes(Channel channel);
}
