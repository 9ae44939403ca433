package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** A header block that comes in more than one frame (RFC 9113 section 4.3): its parts, joined. One per connection. */
final class HeaderBlock {
    private final int bytesMax;
    private @Nullable ByteBuf joined;
    private int streamId;
    private boolean endStream;
    private int continuations;

    /**
     * @param bytesMax
     *            of the block as it is on the wire
     */
    HeaderBlock(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    void begin(int stream, boolean last, ByteBuf part, ByteBufAllocator allocator) {
        streamId = stream;
        endStream = last;
        continuations = 0;
        var all = allocator.directBuffer(Math.max(256, 2 * part.readableBytes()));
        joined = all;
        all.writeBytes(part);
    }

    /** Adds the payload of a CONTINUATION; false when the block has become too long. */
    boolean add(ByteBuf part) {
        continuations++;
        var all = joined;
        if (all == null || all.readableBytes() + part.readableBytes() > bytesMax) {
            return false;
        }
        all.writeBytes(part);
        return true;
    }

    /** Whether nothing but CONTINUATION of this stream may come (section 6.10). */
    boolean open() {
        return joined != null;
    }

    int streamId() {
        return streamId;
    }

    boolean endStream() {
        return endStream;
    }

    int continuations() {
        return continuations;
    }

    /** The whole block, which now belongs to the caller. */
    ByteBuf take() {
        var all = joined;
        if (all == null) {
            throw new IllegalStateException("no block is open");
        }
        joined = null;
        return all;
    }

    void release() {
        if (joined != null) {
            take().release();
        }
    }
}
