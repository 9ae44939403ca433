package io.weir.net.turn;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** How a host is asked for TLS in the words of a protocol, and what its answer comes to. Any worker. */
public interface TlsTurn {
    /** What is said in the clear, before all else; it belongs to the caller. */
    ByteBuf question();

    /**
     * Why the host's answer is no agreement; null: it is one, and TLS begins.
     *
     * @param answer
     *            all that has come at once, at least one byte; it stays the caller's
     */
    @Nullable
    String refusal(ByteBuf answer);

    /** The connection has turned, and is secured. */
    void secured();

    /** It has not turned, or could not be secured. */
    void failed();
}
