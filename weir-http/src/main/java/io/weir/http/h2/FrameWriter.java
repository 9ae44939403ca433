package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What one connection writes. Small frames gather in one buffer, and small DATA with them, so that most flushes are one
 * write; large DATA goes as it is behind its frame's head. While the socket takes no more, control frames and heads
 * wait here, and are counted: a peer that makes us answer and does not read is found out by that.
 *
 * <p>
 * One per connection; belongs to its worker.
 */
final class FrameWriter {
    /** DATA up to this size is copied behind its head: one buffer for the system call beats two. */
    private static final int COPY_BYTES_MAX = 4096;
    /** So much may gather before it counts as written: the socket's own bounds have to see it. */
    private static final int PENDING_BYTES_MAX = 32 * 1024;
    private static final int PENDING_BYTES_FIRST = 512;

    private final Channel channel;
    private @Nullable ByteBuf pending;
    private int pendingFirst = PENDING_BYTES_FIRST;
    private int headersAt;
    private boolean dirty;
    private int frames;
    private int controlFrames;
    private long bytes;

    FrameWriter(Channel channel) {
        this.channel = channel;
    }

    private ByteBuf room(int more) {
        var buffer = pending;
        if (buffer != null && buffer.readableBytes() > PENDING_BYTES_MAX && channel.isWritable()) {
            spill(buffer);
            buffer = null;
        }
        if (buffer == null) {
            buffer = channel.alloc().directBuffer(Math.max(more, pendingFirst));
            pending = buffer;
        }
        return buffer;
    }

    private ByteBuf frame(int length, int type, int flags, int streamId) {
        frames++;
        var out = room(Frames.HEAD_BYTES + length);
        out.ensureWritable(Frames.HEAD_BYTES + length);
        writeHead(out, length, type, flags, streamId);
        return out;
    }

    private static void writeHead(ByteBuf out, int length, int type, int flags, int streamId) {
        out.writeInt(length << 8 | type);
        out.writeByte(flags);
        out.writeInt(streamId);
    }

    /** Bytes that are no frame: the client's preface. */
    void raw(byte[] some) {
        room(some.length).writeBytes(some);
    }

    /** Begins our SETTINGS with so many entries, which the caller writes: two bytes and four each. */
    ByteBuf settings(int entries) {
        return frame(entries * 6, Frames.SETTINGS, 0, 0);
    }

    void settingsAck() {
        controlFrames++;
        frame(0, Frames.SETTINGS, Frames.ACK, 0);
    }

    void ping(long opaque, boolean ack) {
        controlFrames++;
        frame(8, Frames.PING, ack ? Frames.ACK : 0, 0).writeLong(opaque);
    }

    void reset(int streamId, Http2Error error) {
        controlFrames++;
        frame(4, Frames.RST_STREAM, 0, streamId).writeInt(error.code());
    }

    void goAway(int lastStreamId, Http2Error error) {
        frame(8, Frames.GOAWAY, 0, 0).writeInt(lastStreamId).writeInt(error.code());
    }

    void windowUpdate(int streamId, int increment) {
        frame(4, Frames.WINDOW_UPDATE, 0, streamId).writeInt(increment);
    }

    /**
     * Begins a header block, which the caller appends to the buffer; {@link #endHeaders} follows.
     *
     * @param expectedBytes
     *            about how long the block will be
     */
    ByteBuf beginHeaders(int streamId, boolean last, int expectedBytes) {
        var out = frame(0, Frames.HEADERS, Frames.END_HEADERS | (last ? Frames.END_STREAM : 0), streamId);
        out.ensureWritable(expectedBytes);
        headersAt = out.writerIndex();
        return out;
    }

    /** Ends the block: its length goes into its frame's head, and what one frame can't hold into CONTINUATIONs. */
    void endHeaders(ByteBuf out) {
        int start = headersAt;
        int length = out.writerIndex() - start;
        if (length <= Frames.PAYLOAD_BYTES_MAX) {
            out.setMedium(start - Frames.HEAD_BYTES, length);
            return;
        }
        int streamId = out.getInt(start - 4);
        out.setMedium(start - Frames.HEAD_BYTES, Frames.PAYLOAD_BYTES_MAX);
        out.setByte(start - 5, out.getByte(start - 5) & ~Frames.END_HEADERS);
        int from = start + Frames.PAYLOAD_BYTES_MAX;
        var rest = out.copy(from, length - Frames.PAYLOAD_BYTES_MAX);
        out.writerIndex(from);
        while (rest.isReadable()) {
            int size = Math.min(rest.readableBytes(), Frames.PAYLOAD_BYTES_MAX);
            frames++;
            out.ensureWritable(Frames.HEAD_BYTES + size);
            writeHead(out, size, Frames.CONTINUATION, size == rest.readableBytes() ? Frames.END_HEADERS : 0, streamId);
            out.writeBytes(rest, size);
        }
        rest.release();
    }

    /** One DATA frame; the data, no more than a frame holds, now belongs to the writer. */
    void data(int streamId, ByteBuf data, boolean last) {
        int size = data.readableBytes();
        frames++;
        boolean small = size <= COPY_BYTES_MAX;
        var out = room(Frames.HEAD_BYTES + (small ? size : 0));
        out.ensureWritable(Frames.HEAD_BYTES + (small ? size : 0));
        writeHead(out, size, Frames.DATA, last ? Frames.END_STREAM : 0, streamId);
        if (small) {
            out.writeBytes(data);
            data.release();
            return;
        }
        spill(out);
        bytes += size;
        dirty = true;
        channel.write(data, channel.voidPromise());
    }

    private void spill(ByteBuf buffer) {
        pending = null;
        int size = buffer.readableBytes();
        pendingFirst = Math.max(PENDING_BYTES_FIRST, Math.min(size + size / 4, PENDING_BYTES_MAX));
        bytes += size;
        dirty = true;
        frames = 0;
        controlFrames = 0;
        channel.write(buffer, channel.voidPromise());
    }

    /** Whether the socket takes more DATA. */
    boolean writable() {
        return channel.isWritable();
    }

    /** Frames that wait for the socket. */
    int framesWaiting() {
        return frames;
    }

    int bytesWaiting() {
        var buffer = pending;
        return buffer == null ? 0 : buffer.readableBytes();
    }

    /** PING, SETTINGS and RST_STREAM that wait for the socket. */
    int controlFramesWaiting() {
        return controlFrames;
    }

    /** Hands everything to the socket, if it takes anything. */
    void flush() {
        if (dirty && !channel.isWritable()) {
            dirty = false;
            channel.flush();
        }
        var buffer = pending;
        if (buffer != null && channel.isWritable()) {
            spill(buffer);
        }
        if (dirty) {
            dirty = false;
            channel.flush();
        }
    }

    /** The same for what is the connection's last: nothing waits any more. */
    void flushLast() {
        var buffer = pending;
        if (buffer != null) {
            spill(buffer);
        }
        dirty = false;
        channel.flush();
    }

    /** How many bytes were handed over since this was last asked. */
    long bytesSent() {
        long sent = bytes;
        bytes = 0;
        return sent;
    }

    /** Forgets what has not been handed over; the channel is closed. */
    void release() {
        var buffer = pending;
        if (buffer != null) {
            pending = null;
            buffer.release();
        }
    }
}
