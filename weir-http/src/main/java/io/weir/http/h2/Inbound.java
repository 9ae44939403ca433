package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Bodies from the peer: our windows (RFC 9113 section 5.2), bytes that wait for an owner who does not want them yet,
 * and content-length against DATA (section 8.1.1). A window is given back only for bytes that were handed on, so that a
 * slow owner holds the peer back. One per session.
 */
final class Inbound {
    /** Waiting bytes up to this size are copied together: a slice of one byte would hold its whole read buffer. */
    private static final int COPY_BYTES_MAX = 4096;

    private final Http2Session session;
    private final FrameWriter writer;
    private final WindowShares shares;
    private final int windowMax;
    /** What the peer may still send on the connection. */
    private int window = Frames.WINDOW_FIRST;
    /** What was handed on, and not given back to the peer yet. */
    private int handedOn;
    /** What waits for owners, of all streams. */
    private int unread;
    /** The stream of the DATA frame at hand; null when nobody wants it. */
    private @Nullable Http2Stream current;
    private int currentId;
    private boolean padded;

    Inbound(Http2Session session, FrameWriter writer, Http2Options options) {
        this.session = session;
        this.writer = writer;
        this.windowMax = Math.max(Frames.WINDOW_FIRST, options.connectionWindowBytes());
        this.shares = new WindowShares(session, this, options.streamWindowBytes(), windowMax);
    }

    /** Opens the connection's window as far as configured. */
    void start() {
        if (windowMax > window) {
            writer.windowUpdate(0, windowMax - window);
            window = windowMax;
        }
    }

    /** What the peer may send on a stream that opens now. */
    int streamWindow() {
        return shares.counted();
    }

    /** The peer has acknowledged our SETTINGS. */
    void settingsAcknowledged() {
        shares.acknowledged();
        weigh();
    }

    /** What of the connection's window was taken, waits, or was handed on has changed. */
    private void weigh() {
        // Streams that nobody reads may hold more than half of it: then the others have what is left to go on with.
        if (handedOn >= windowMax / 2 || (handedOn >= window && handedOn > 0)) {
            openConnection();
        }
        shares.weigh(unread, window + handedOn);
    }

    /**
     * A DATA frame of so many bytes, padding included, begins.
     *
     * @param stream
     *            null when nobody wants its bytes any more
     * @return false when it does not fit into a window; the session or the stream has been ended then
     */
    boolean begins(@Nullable Http2Stream stream, int length) {
        current = null;
        padded = false;
        if (length > window) {
            session.error(Http2Error.FLOW_CONTROL_ERROR, "http2.connection_window_exceeded");
            return false;
        }
        window -= length;
        if (stream == null) {
            return true;
        }
        if (length > stream.receiveWindow) {
            session.life().violated(stream, Http2Error.FLOW_CONTROL_ERROR, "http2.stream_window_exceeded");
            return true;
        }
        stream.receiveWindow -= length;
        current = stream;
        currentId = stream.id;
        return true;
    }

    /** The next {@code bytes} of the frame are at hand. */
    void data(ByteBuf in, int bytes, int padBytes, boolean last) {
        var stream = current;
        if (stream != null && (stream.id != currentId || stream.over || stream.detached)) {
            current = null;
            stream = null;
        }
        if (!padded && padBytes > 0) {
            padded = true;
            giveBack(stream, padBytes);
        }
        if (stream == null) {
            in.skipBytes(bytes);
            giveBack(null, bytes);
            return;
        }
        if (stream.contentLeft >= 0) {
            stream.contentLeft -= bytes;
            if (stream.contentLeft < 0 || (last && stream.contentLeft > 0)) {
                in.skipBytes(bytes);
                giveBack(null, bytes);
                session.life().malformed(stream, "http2.content_length_mismatch");
                return;
            }
        }
        if (bytes == 0 && !last) {
            return;
        }
        if (stream.readable && stream.arrived.isEmpty()) {
            hand(stream, in.readRetainedSlice(bytes), last);
        } else {
            keep(stream, in, bytes);
            if (last) {
                ends(stream);
            }
        }
    }

    private void keep(Http2Stream stream, ByteBuf in, int bytes) {
        if (bytes == 0) {
            return;
        }
        unread += bytes;
        enter(stream, in, bytes);
        weigh();
    }

    private static void enter(Http2Stream stream, ByteBuf in, int bytes) {
        if (bytes > COPY_BYTES_MAX) {
            stream.arrived.add(in.readRetainedSlice(bytes));
            return;
        }
        var tail = stream.arrived.peekLast();
        if (tail == null || tail.maxFastWritableBytes() < bytes || tail.refCnt() != 1
                || tail.capacity() != COPY_BYTES_MAX) {
            tail = in.alloc().directBuffer(COPY_BYTES_MAX, COPY_BYTES_MAX);
            stream.arrived.add(tail);
        }
        tail.writeBytes(in, bytes);
    }

    /** The peer's message is complete, and something of it waits for its owner. */
    private void ends(Http2Stream stream) {
        stream.endArrived = true;
        session.life().remoteEnded(stream);
    }

    private void hand(Http2Stream stream, ByteBuf data, boolean last) {
        int size = data.readableBytes();
        int id = stream.id;
        var listener = stream.listener;
        if (last) {
            stream.remoteClosed = true;
        }
        if (listener == null) {
            data.release();
        } else {
            session.touch(stream);
            listener.streamData(data, last);
        }
        boolean same = stream.id == id && !stream.over;
        giveBack(same && !last ? stream : null, size);
        if (last && same) {
            session.life().remoteEnded(stream);
        }
    }

    /** Hands on what waits, as long as it is wanted. */
    void deliver(Http2Stream stream) {
        var owner = stream.listener;
        if (owner == null || (stream.arrived.isEmpty() && !stream.endArrived)) {
            return;
        }
        int id = stream.id;
        boolean last = false;
        while (!last && stream.readable && stream.id == id && !stream.detached) {
            var data = stream.arrived.poll();
            if (data == null) {
                deliverEnd(stream);
                break;
            }
            last = stream.endArrived && stream.trailersArrived == null && stream.arrived.isEmpty();
            if (last) {
                stream.endArrived = false;
            }
            int size = data.readableBytes();
            unread -= size;
            owner.streamData(data, last);
            giveBack(stream.id == id && !stream.over && !stream.remoteClosed ? stream : null, size);
        }
        session.handedOver(owner);
        session.flush();
    }

    private void deliverEnd(Http2Stream stream) {
        if (!stream.endArrived) {
            return;
        }
        stream.endArrived = false;
        var listener = stream.listener;
        var trailers = stream.trailersArrived;
        stream.trailersArrived = null;
        if (listener == null) {
            return;
        }
        if (trailers != null) {
            listener.streamTrailers(trailers);
        } else {
            listener.streamData(Unpooled.EMPTY_BUFFER, true);
        }
    }

    /** Nobody wants what waits of this stream. */
    void forget(Http2Stream stream) {
        int size = 0;
        for (var data = stream.arrived.poll(); data != null; data = stream.arrived.poll()) {
            size += data.readableBytes();
            data.release();
        }
        stream.endArrived = false;
        stream.trailersArrived = null;
        if (size > 0) {
            unread -= size;
            giveBack(null, size);
            session.flush();
        }
    }

    /** These bytes were handed on, or thrown away: half a window of such is worth a frame. */
    private void giveBack(@Nullable Http2Stream stream, int bytes) {
        if (bytes == 0 || session.isOver()) {
            return;
        }
        handedOn += bytes;
        handedOn -= shares.repaid(unread, handedOn);
        if (stream != null) {
            stream.handedOn += bytes;
            openStream(stream);
        }
        weigh();
    }

    private void openConnection() {
        writer.windowUpdate(0, handedOn);
        window += handedOn;
        handedOn = 0;
    }

    /** Gives a stream's window back where that is worth a frame, and the stream does not hold its share already. */
    private void openStream(Http2Stream stream) {
        int share = shares.announced();
        int later = stream.receiveWindow + share - shares.counted();
        if (stream.handedOn >= share / 2 && later + stream.handedOn >= share / 2) {
            writer.windowUpdate(stream.id, stream.handedOn);
            stream.receiveWindow += stream.handedOn;
            stream.handedOn = 0;
        }
    }

    /** Our SETTINGS_INITIAL_WINDOW_SIZE moves all windows of streams, perhaps below 0 (section 6.9.2). */
    void moveStreamWindows(int difference) {
        for (var stream : session.table().all()) {
            if (stream != null) {
                stream.receiveWindow += difference;
                if (!stream.remoteClosed && !session.isOver()) {
                    openStream(stream); // what was too little of a large window may be much of a small one
                }
            }
        }
    }

    /** The connection may bring so much more. */
    void lend(int bytes) {
        handedOn += bytes;
        openConnection();
    }
}
