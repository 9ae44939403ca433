package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one HTTP/1.1 connection writes: heads, bodies in the framing that the head announced, trailers. A small body
 * travels in the same buffer as its head, so that most messages are one write; nothing leaves before {@link #flush}.
 * One per connection; belongs to its worker.
 */
public final class Http1Output {
    /** Bodies up to this size are copied behind their head: one system call with one buffer beats two buffers. */
    private static final int COPY_BYTES_MAX = 4096;
    private static final int FRAMING_BYTES = 64;
    /** So much may gather before it counts as written: the socket's own bounds have to see it. */
    private static final int PENDING_BYTES_MAX = 32 * 1024;
    private static final byte[] CRLF = "\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private @Nullable ByteBuf pending;
    private boolean chunked;
    private boolean dirty;
    private long bytes;

    /** Writes a request's head with its framing. */
    public void request(Channel channel, HttpHead head) {
        chunked = head.framing() == HttpHead.Framing.CHUNKED;
        Http1Writer.request(head, begin(channel, head));
    }

    /** Writes a response's head with its framing. */
    public void response(Channel channel, HttpHead head) {
        chunked = head.framing() == HttpHead.Framing.CHUNKED;
        Http1Writer.response(head, begin(channel, head));
    }

    private ByteBuf begin(Channel channel, HttpHead head) {
        var waiting = pending;
        if (waiting != null && waiting.readableBytes() > PENDING_BYTES_MAX) {
            spill(channel);
        }
        long body = head.contentLength() > COPY_BYTES_MAX || head.contentLength() < 0 ? 0 : head.contentLength();
        return room(channel.alloc(), head.length() + FRAMING_BYTES + (int) body);
    }

    /** Writes body bytes, which now belong to the output. */
    public void data(Channel channel, ByteBuf data, boolean last) {
        int size = data.readableBytes();
        if (size == 0) {
            data.release();
        } else if (!chunked) {
            body(channel, data, size);
        } else {
            Http1Writer.chunk(room(channel.alloc(), FRAMING_BYTES), size);
            body(channel, data, size);
            room(channel.alloc(), FRAMING_BYTES).writeBytes(CRLF);
        }
        if (last && chunked) {
            Http1Writer.lastChunk(room(channel.alloc(), FRAMING_BYTES), null);
            chunked = false;
        }
    }

    /** Ends a chunked body with trailers; other framings have no place for them, and they are left out. */
    public void trailers(Channel channel, HttpHead trailers) {
        if (chunked) {
            Http1Writer.lastChunk(room(channel.alloc(), FRAMING_BYTES + trailers.length()), trailers);
            chunked = false;
        }
    }

    /** Bytes that are a whole message already, such as an interim response. */
    public void raw(Channel channel, byte[] message) {
        room(channel.alloc(), message.length).writeBytes(message);
    }

    private void body(Channel channel, ByteBuf data, int size) {
        if (size <= COPY_BYTES_MAX) {
            room(channel.alloc(), size).writeBytes(data);
            data.release();
            return;
        }
        spill(channel);
        bytes += size;
        dirty = true;
        channel.write(data, channel.voidPromise());
    }

    private ByteBuf room(ByteBufAllocator allocator, int more) {
        var buffer = pending;
        if (buffer == null) {
            buffer = allocator.directBuffer(more);
            pending = buffer;
        }
        return buffer;
    }

    private void spill(Channel channel) {
        var buffer = pending;
        if (buffer != null) {
            pending = null;
            bytes += buffer.readableBytes();
            dirty = true;
            channel.write(buffer, channel.voidPromise());
        }
    }

    /** Whether bytes wait for the next flush. */
    public boolean waiting() {
        return dirty || pending != null;
    }

    /**
     * Hands everything to the socket.
     *
     * @return how many bytes went since the last call
     */
    public long flush(Channel channel) {
        spill(channel);
        if (!dirty) {
            return 0;
        }
        dirty = false;
        long sent = bytes;
        bytes = 0;
        channel.flush();
        return sent;
    }

    /** Forgets what has not been handed over; the connection is about to close. */
    public void discard() {
        var buffer = pending;
        pending = null;
        chunked = false;
        dirty = false;
        bytes = 0;
        if (buffer != null) {
            buffer.release();
        }
    }
}
