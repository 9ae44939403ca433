package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * What each frame means, and whether it may come now (RFC 9113 sections 3.4, 5.1 and 6). Messages are for
 * {@link Messages}, bodies for {@link Inbound}. One per session.
 */
final class Dispatch {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int PRIORITY_BYTES = 5;
    private static final int SETTING_BYTES = 6;
    private static final int GOAWAY_BYTES_MIN = 8;

    private final Http2Session session;
    private final FrameReader reader = new FrameReader();
    private final HeaderBlock block;
    private final ByteBufAllocator allocator;
    private int prefaceBytes;
    private boolean settingsSeen;
    private boolean windowsGrew;
    private long framesBegun;

    Dispatch(Http2Session session, ByteBufAllocator allocator, int blockBytesMax) {
        this.session = session;
        this.allocator = allocator;
        this.block = new HeaderBlock(blockBytesMax);
        this.prefaceBytes = session.server() ? 0 : PREFACE.length;
    }

    /** Takes all frames that are there. */
    void run(ByteBuf in) {
        windowsGrew = false;
        boolean more = prefaceBytes == PREFACE.length || preface(in);
        while (more && !session.isOver()) {
            more = switch (reader.next(in, allocator)) {
                case MORE -> false;
                case BEGINS -> {
                    begins();
                    yield true;
                }
                case PAYLOAD -> {
                    payload(in);
                    yield true;
                }
                case DATA -> {
                    data(in);
                    yield true;
                }
                case BAD_PADDING -> {
                    session.error(Http2Error.PROTOCOL_ERROR, "http2.bad_padding");
                    yield false;
                }
            };
            session.check();
        }
    }

    /** Whether a window of the peer's has grown since {@link #run} began. */
    boolean windowsGrew() {
        return windowsGrew;
    }

    /** Whether the preface, a header block or another frame than DATA has begun and is not complete. */
    boolean within() {
        return !settingsSeen || block.open() || reader.within();
    }

    long framesBegun() {
        return framesBegun;
    }

    void release() {
        block.release();
        reader.release();
    }

    /** Takes the client's preface (section 3.4); true when it is complete. */
    private boolean preface(ByteBuf in) {
        while (prefaceBytes < PREFACE.length && in.isReadable()) {
            if (in.readByte() != PREFACE[prefaceBytes++]) {
                session.error(Http2Error.PROTOCOL_ERROR, "http2.invalid_preface");
                return false;
            }
        }
        return prefaceBytes == PREFACE.length;
    }

    private void wrong(Http2Error code, String details) {
        session.error(code, details);
    }

    // ---- what a frame's head tells ----

    private void begins() {
        int type = reader.type();
        int id = reader.streamId();
        int length = reader.length();
        framesBegun += type == Frames.CONTINUATION ? 0 : 1;
        if (block.open() && (type != Frames.CONTINUATION || id != block.streamId())) {
            wrong(Http2Error.PROTOCOL_ERROR, "http2.continuation_expected");
        } else if (!settingsSeen && (type != Frames.SETTINGS || reader.has(Frames.ACK))) {
            wrong(Http2Error.PROTOCOL_ERROR, "http2.settings_expected");
        } else if (length > Frames.PAYLOAD_BYTES_MAX) {
            wrong(Http2Error.FRAME_SIZE_ERROR, "http2.frame_too_large");
        } else if (misplaced(type, id)) {
            wrong(Http2Error.PROTOCOL_ERROR, "http2.unexpected_frame");
        } else if (missized(type, length)) {
            wrong(Http2Error.FRAME_SIZE_ERROR, "http2.invalid_frame_size");
        } else if (type == Frames.DATA) {
            session.messages().dataBegins(id, length);
        }
    }

    private boolean misplaced(int type, int id) {
        return switch (type) {
            case Frames.DATA, Frames.HEADERS, Frames.PRIORITY, Frames.RST_STREAM -> id == 0;
            case Frames.SETTINGS, Frames.PING, Frames.GOAWAY -> id != 0;
            case Frames.PUSH_PROMISE -> true; // section 8.4: no client may, and we let no server
            case Frames.CONTINUATION -> !block.open();
            default -> false;
        };
    }

    private boolean missized(int type, int length) {
        return switch (type) {
            case Frames.RST_STREAM, Frames.WINDOW_UPDATE -> length != 4;
            case Frames.SETTINGS -> reader.has(Frames.ACK) ? length != 0 : length % SETTING_BYTES != 0;
            case Frames.PING -> length != 8;
            case Frames.GOAWAY -> length < GOAWAY_BYTES_MIN;
            default -> false;
        };
    }

    private void data(ByteBuf in) {
        boolean complete = reader.dataComplete();
        int padBytes = reader.padBytes();
        boolean last = complete && reader.has(Frames.END_STREAM);
        if (complete) {
            session.guard().messageFrame(reader.length() == padBytes && !last);
        }
        session.inbound().data(in, reader.dataBytes(), padBytes, last);
    }

    // ---- whole payloads ----

    private void payload(ByteBuf in) {
        var payload = reader.payload(in);
        int end = payload.readerIndex() + reader.length();
        try {
            frame(payload, end);
        } finally {
            payload.readerIndex(end);
            reader.payloadTaken();
        }
    }

    private void frame(ByteBuf payload, int end) {
        int id = reader.streamId();
        int at = payload.readerIndex();
        switch (reader.type()) {
            case Frames.HEADERS -> headers(payload, at, end);
            case Frames.CONTINUATION -> continuation(payload, at, end);
            case Frames.PRIORITY -> priority(id, payload, at);
            case Frames.RST_STREAM -> session.messages().resetByPeer(id, Http2Error.of(payload.getInt(at)));
            case Frames.SETTINGS -> settings(payload, at, end);
            case Frames.PING -> ping(payload.getLong(at));
            case Frames.GOAWAY -> session.peerGoesAway(payload.getInt(at) & Integer.MAX_VALUE,
                    Http2Error.of(payload.getInt(at + 4)));
            case Frames.WINDOW_UPDATE -> windowUpdate(id, payload.getInt(at) & Integer.MAX_VALUE);
            default -> session.guard().controlFrame(session.worker().nowNanos()); // section 4.1: ignored
        }
    }

    private void headers(ByteBuf payload, int start, int end) {
        int at = start;
        int padding = 0;
        if (reader.has(Frames.PADDED)) {
            if (at == end) {
                wrong(Http2Error.FRAME_SIZE_ERROR, "http2.invalid_frame_size");
                return;
            }
            padding = payload.getUnsignedByte(at++);
        }
        boolean ownParent = false;
        if (reader.has(Frames.PRIORITY_FLAG)) {
            if (end - at < PRIORITY_BYTES) {
                wrong(Http2Error.FRAME_SIZE_ERROR, "http2.invalid_frame_size");
                return;
            }
            ownParent = (payload.getInt(at) & Integer.MAX_VALUE) == reader.streamId();
            at += PRIORITY_BYTES;
        }
        if (padding > end - at) {
            wrong(Http2Error.PROTOCOL_ERROR, "http2.bad_padding");
            return;
        }
        int blockEnd = end - padding;
        boolean last = reader.has(Frames.END_STREAM);
        session.guard().messageFrame(blockEnd == at && !last);
        session.messages().ownParent(ownParent);
        if (reader.has(Frames.END_HEADERS)) {
            complete(reader.streamId(), last, payload, at, blockEnd);
        } else {
            part(payload, at, blockEnd);
            block.begin(reader.streamId(), last, payload, allocator);
            whole(payload);
        }
    }

    private int partEnd;

    /** Narrows a buffer to a part of it; nobody else may look at it until {@link #whole}. */
    private void part(ByteBuf payload, int from, int to) {
        partEnd = payload.writerIndex();
        payload.setIndex(from, to);
    }

    private void whole(ByteBuf payload) {
        payload.writerIndex(partEnd);
    }

    private void continuation(ByteBuf payload, int at, int end) {
        session.guard().messageFrame(at == end);
        part(payload, at, end);
        boolean fits = block.add(payload);
        whole(payload);
        session.guard().continuations(block.continuations());
        if (!fits) {
            session.guard().continuationFlood();
        } else if (reader.has(Frames.END_HEADERS) && session.guard().tripped() == null) {
            var all = block.take();
            try {
                complete(block.streamId(), block.endStream(), all, all.readerIndex(), all.writerIndex());
            } finally {
                all.release();
            }
        }
    }

    private void complete(int id, boolean last, ByteBuf payload, int from, int to) {
        part(payload, from, to);
        var next = session.messages().block(id, last, payload);
        whole(payload);
        session.messages().act(next);
    }

    private void priority(int id, ByteBuf payload, int at) {
        session.guard().priorityFrame();
        var stream = session.table().find(id);
        if (reader.length() != PRIORITY_BYTES) {
            if (stream == null) {
                wrong(Http2Error.FRAME_SIZE_ERROR, "http2.invalid_frame_size");
            } else {
                session.life().violated(stream, Http2Error.FRAME_SIZE_ERROR, "http2.invalid_frame_size");
            }
        } else if ((payload.getInt(at) & Integer.MAX_VALUE) == id) { // RFC 7540 section 5.3.1
            if (stream != null) {
                session.life().violated(stream, Http2Error.PROTOCOL_ERROR, "http2.depends_on_itself");
            } else if (session.messages().idle(id)) {
                wrong(Http2Error.PROTOCOL_ERROR, "http2.depends_on_itself"); // there is no stream yet to reset
            }
        }
    }

    private void settings(ByteBuf payload, int start, int end) {
        session.guard().controlFrame(session.worker().nowNanos());
        if (reader.has(Frames.ACK)) {
            session.settingsAcknowledged();
            return;
        }
        settingsSeen = true;
        if ((end - start) / SETTING_BYTES > FloodGuard.SETTINGS_ENTRIES_MAX) {
            wrong(Http2Error.ENHANCE_YOUR_CALM, "http2.too_many_settings");
            return;
        }
        for (int at = start; at < end && !session.isOver(); at += SETTING_BYTES) {
            windowsGrew = true;
            session.peer().entry(payload.getUnsignedShort(at), payload.getInt(at + 2));
        }
        session.peerSettingsComplete();
    }

    private void ping(long opaque) {
        if (reader.has(Frames.ACK)) {
            session.timer().answered(opaque);
        } else {
            session.guard().controlFrame(session.worker().nowNanos());
            session.writer().ping(opaque, true);
        }
    }

    private void windowUpdate(int id, int increment) {
        session.guard().windowUpdate();
        windowsGrew = true;
        if (id == 0) {
            if (increment == 0) {
                wrong(Http2Error.PROTOCOL_ERROR, "http2.window_update_of_zero");
            } else if (!session.outbound().enlarge(increment)) {
                wrong(Http2Error.FLOW_CONTROL_ERROR, "http2.window_overflow");
            }
            return;
        }
        var stream = session.table().find(id);
        if (stream == null) {
            if (session.messages().idle(id)) {
                wrong(Http2Error.PROTOCOL_ERROR, "http2.frame_on_idle_stream");
            }
        } else if (increment == 0) {
            session.life().violated(stream, Http2Error.PROTOCOL_ERROR, "http2.window_update_of_zero");
        } else if (!session.outbound().enlarge(stream, increment)) {
            session.life().violated(stream, Http2Error.FLOW_CONTROL_ERROR, "http2.window_overflow");
        }
    }
}
