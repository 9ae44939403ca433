package io.weir.filters.compression;

import io.netty.buffer.ByteBuf;

/** One body on its way out of a content coding. Belongs to one worker; holds memory outside of Java until its end. */
public interface Decompressing {
    /**
     * Decompresses as much as fits.
     *
     * @param in
     *            is read as far as needed, and stays the caller's; what has been read is not needed again
     * @param out
     *            is filled, and does not grow
     * @return whether there may be more without more of the input
     * @throws BadCoding
     *             when this is not the coding
     */
    boolean read(ByteBuf in, ByteBuf out) throws BadCoding;

    /** Whether the body may end here. */
    boolean complete();

    /** Gives memory back; once. */
    void end();
}
