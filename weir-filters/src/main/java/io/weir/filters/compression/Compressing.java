package io.weir.filters.compression;

import io.netty.buffer.ByteBuf;

/** One body on its way into a content coding. Belongs to one worker; holds memory outside of Java until its end. */
public interface Compressing {
    /**
     * Compresses a piece, whole, and so that who receives it can have it all at once.
     *
     * @param in
     *            is read to its end, and stays the caller's
     * @param out
     *            grows
     * @param last
     *            the coding ends behind this piece
     */
    void write(ByteBuf in, ByteBuf out, boolean last);

    /** Gives memory back; once, whether the body came to its end or not. */
    void end();
}
