package io.weir.http.h2;

import io.netty.buffer.ByteBuf;

/** The client's side of one connection of HTTP/2 on which one request follows the other. Belongs to one worker. */
public interface Http2Talk {
    /**
     * The host said something, all of which is taken.
     *
     * @param out
     *            takes what is to be sent in return
     */
    void hears(ByteBuf in, ByteBuf out);

    /** Whether the next request can go over this connection. */
    boolean reusable();
}
