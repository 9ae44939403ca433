package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * Bodies on their way to the peer: its windows (RFC 9113 section 5.2), and who sends next when they or the socket are
 * short. Streams that have something to send and room in their own window stand in a ring; each sends one frame in
 * turn, so that none starves. One per session.
 */
final class Outbound {
    private final Http2Session session;
    private final FrameWriter writer;
    /** What the connection may still send. */
    private int window = Frames.WINDOW_FIRST;
    /** What a new stream may send: the peer's SETTINGS_INITIAL_WINDOW_SIZE. */
    private int streamWindow = Frames.WINDOW_FIRST;
    /** Who sends next; the ring is closed. */
    private @Nullable Http2Stream next;
    /** How many owners hold back. */
    private int held;

    Outbound(Http2Session session, FrameWriter writer) {
        this.session = session;
        this.writer = writer;
    }

    int streamWindow() {
        return streamWindow;
    }

    /** Whether bytes of this stream would go out at once. */
    boolean takes(Http2Stream stream) {
        return stream.over || (stream.waitingBytes == 0 && stream.sendWindow > 0 && window > 0 && writer.writable());
    }

    /** Writes body bytes, or keeps them until there is room. */
    void data(Http2Stream stream, ByteBuf data, boolean last) {
        int size = data.readableBytes();
        if (stream.over || stream.localClosed || stream.endWaiting || (size == 0 && !last)) {
            data.release();
            return;
        }
        boolean room = size == 0 || (size <= stream.sendWindow && size <= window && next == null && writer.writable());
        if (stream.waitingBytes == 0 && room) {
            stream.sendWindow -= size;
            window -= size;
            write(stream.id, data, last);
            if (last) {
                session.life().localEnded(stream);
            }
            return;
        }
        if (size > 0) {
            if (stream.waitingBytes == 0) {
                stream.movedNanos = session.worker().nowNanos();
                session.timer().sendingWaits();
            }
            stream.waiting.add(data);
            stream.waitingBytes += size;
            session.stats().pendingSendBytes.add(size);
        } else {
            data.release();
        }
        stream.endWaiting = last;
        enterRing(stream);
    }

    /** Ends the message with trailers, behind what waits. */
    void trailers(Http2Stream stream, HttpHead trailers) {
        if (stream.over || stream.localClosed || stream.endWaiting) {
            return;
        }
        if (stream.waitingBytes == 0) {
            session.life().writeTrailers(stream, trailers);
            session.life().localEnded(stream);
            return;
        }
        var copy = new HttpHead();
        for (int i = 0; i < trailers.count(); i++) {
            if (!trailers.removed(i)) {
                copy.add(HeaderName.of(trailers.name(i)), trailers.value(i));
                if (trailers.sensitive(i)) {
                    copy.markSensitive(copy.count() - 1);
                }
            }
        }
        stream.trailersWaiting = copy;
        stream.endWaiting = true;
    }

    private void write(int streamId, ByteBuf data, boolean last) {
        while (data.readableBytes() > Frames.PAYLOAD_BYTES_MAX) {
            session.guard().dataFrameSent();
            writer.data(streamId, data.readRetainedSlice(Frames.PAYLOAD_BYTES_MAX), false);
        }
        session.guard().dataFrameSent();
        writer.data(streamId, data, last);
    }

    // ---- the ring ----

    private void enterRing(Http2Stream stream) {
        if (stream.nextReady != null || stream.waitingBytes == 0 || stream.sendWindow <= 0) {
            return;
        }
        var first = next;
        var last = first == null ? null : first.previousReady;
        if (first == null || last == null) {
            stream.nextReady = stream;
            stream.previousReady = stream;
            next = stream;
            return;
        }
        stream.nextReady = first;
        stream.previousReady = last;
        last.nextReady = stream;
        first.previousReady = stream;
    }

    private void leaveRing(Http2Stream stream) {
        var after = stream.nextReady;
        var before = stream.previousReady;
        if (after == null || before == null) {
            return;
        }
        stream.nextReady = null;
        stream.previousReady = null;
        if (after == stream) {
            next = null;
            return;
        }
        before.nextReady = after;
        after.previousReady = before;
        if (next == stream) {
            next = after;
        }
    }

    /**
     * Sends what waits, one frame of each stream in turn, as far as windows and socket allow.
     *
     * @return whether anything was written
     */
    boolean pump() {
        boolean any = false;
        long now = 0;
        for (var stream = next; stream != null && window > 0 && writer.writable(); stream = next) {
            if (!any) {
                any = true;
                now = session.worker().nowNanos();
            }
            stream.movedNanos = now;
            next = stream.nextReady; // its turn is over
            sendOne(stream);
        }
        return any;
    }

    private void sendOne(Http2Stream stream) {
        var data = stream.waiting.peek();
        if (data == null) {
            leaveRing(stream);
            return;
        }
        int size = Math.min(Math.min(data.readableBytes(), Frames.PAYLOAD_BYTES_MAX),
                Math.min(stream.sendWindow, window));
        if (size == data.readableBytes()) {
            stream.waiting.poll();
        } else {
            data = data.readRetainedSlice(size);
        }
        stream.sendWindow -= size;
        window -= size;
        stream.waitingBytes -= size;
        session.stats().pendingSendBytes.add(-size);
        boolean end = stream.waitingBytes == 0 && stream.endWaiting;
        var trailers = stream.trailersWaiting;
        write(stream.id, data, end && trailers == null);
        if (stream.waitingBytes == 0 || stream.sendWindow <= 0) {
            leaveRing(stream);
        }
        if (end) {
            stream.endWaiting = false;
            if (trailers != null) {
                session.life().writeTrailers(stream, trailers);
            }
            session.life().localEnded(stream);
        }
    }

    /** The stream sends no more; what waits is thrown away with it. */
    void leave(Http2Stream stream) {
        leaveRing(stream);
        session.stats().pendingSendBytes.add(-stream.waitingBytes);
        stream.waitingBytes = 0;
        if (stream.blocked) {
            stream.blocked = false;
            held--;
        }
    }

    // ---- windows ----

    /** False when the window would become larger than it may (section 6.9.1). */
    boolean enlarge(int increment) {
        if (window > Frames.WINDOW_MAX - increment) {
            return false;
        }
        window += increment;
        return true;
    }

    /** False when the window would become larger than it may. */
    boolean enlarge(Http2Stream stream, int increment) {
        if (stream.sendWindow > Frames.WINDOW_MAX - increment) {
            return false;
        }
        stream.sendWindow += increment;
        enterRing(stream);
        return true;
    }

    /**
     * The peer's SETTINGS_INITIAL_WINDOW_SIZE has changed: all windows of streams move by the difference, perhaps below
     * 0 (section 6.9.2). False when one would become larger than it may.
     */
    boolean streamWindow(int bytes) {
        int difference = bytes - streamWindow;
        streamWindow = bytes;
        for (var stream : session.table().all()) {
            if (stream == null) {
                continue;
            }
            if (difference > 0 && stream.sendWindow > Frames.WINDOW_MAX - difference) {
                return false;
            }
            stream.sendWindow += difference;
            if (stream.sendWindow > 0) {
                enterRing(stream);
            } else {
                leaveRing(stream);
            }
        }
        return true;
    }

    /** The owner of a stream holds back from now on. */
    void held(Http2Stream stream) {
        if (!stream.blocked) {
            stream.blocked = true;
            held++;
        }
    }

    /** Tells who was held back, of all streams, that there is room again. */
    void tell() {
        if (held == 0 || window <= 0 || !writer.writable()) {
            return;
        }
        for (var stream : session.table().all()) {
            if (stream != null && stream.blocked) {
                tell(stream);
            }
        }
    }

    /** The same for one stream. */
    void tell(Http2Stream stream) {
        if (stream.blocked && !stream.over && takes(stream)) {
            stream.blocked = false;
            held--;
            var listener = stream.listener;
            if (listener != null) {
                listener.streamWritable();
            }
        }
    }
}
