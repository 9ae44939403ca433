package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.hpack.HpackEncoder;
import io.weir.http.hpack.Indexing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one connection over HTTP/2 (RFC 9113) for requests of Weir's own, one after the other: checks,
 * and streams of reports. Frames, header blocks and fields are read as on the data path; what is not here is what
 * streams beside each other need. Knows no connection and no time: bytes come and go. Belongs to one worker.
 */
public final class Http2Calls implements Http2Talk {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SETTING_BYTES = 6;
    private static final int PRIORITY_BYTES = 5;
    /** So much of a request's window of 65,535 bytes is used before it is opened again; most need less. */
    private static final int STREAM_BYTES_MAX = 32 * 1024;
    private static final int STREAM_MAX = Frames.STREAM_MAX - 2;
    private static final int STATUS_FINAL = 200;
    /** What no table may hold, here or with the host. */
    private static final Set<String> SECRETS = Set.of("authorization", "proxy-authorization", "cookie");
    /** Nobody says that a connection is over, so that parts of frames are left to the collector. */
    private static final ByteBufAllocator PARTS = new UnpooledByteBufAllocator(false, true, false);

    /** One field of a request's head; the name in lower case, those that begin with a colon first. */
    public record Field(String name, String value) {
    }

    /**
     * A request. Immutable.
     *
     * @param body
     *            not written to any more; empty: none
     */
    @SuppressWarnings("ArrayRecordComponent") // written once and sent as it is; equality is not asked for
    public record Call(List<Field> head, byte[] body) {
        public Call {
            head = List.copyOf(head);
        }

        private boolean isHead() {
            return head.contains(new Field(":method", "HEAD"));
        }
    }

    /** Hears what becomes of a request. */
    public interface Answer {
        /** The response's head, which stays as it is until the next request begins; interim ones are not told. */
        void head(HttpHead head);

        /** A piece of its body; the bytes are there during this call only. */
        void data(ByteBuf data);

        /** The response is whole. */
        void ended(@Nullable HttpHead trailers);

        /** The connection cannot be used any more, or not for this request; nothing else comes. */
        void broken(String how);
    }

    private FrameReader frames = new FrameReader();
    private HeaderBlock block = new HeaderBlock(HeadLimits.DEFAULT.bytesMax());
    private Http2Heads heads = new Http2Heads(HeadLimits.DEFAULT);
    private HpackEncoder encoder = new HpackEncoder();
    private int stream = -1;
    private boolean goingAway;
    private boolean deaf;
    private @Nullable Answer answer;
    private @Nullable HttpHead head;
    private boolean toHead;
    private long bodyBytes;
    private int streamBytes;
    private byte[] body = {};
    private int sent;
    private long windowOfAll;
    private long window;
    private int windowFirst;

    /**
     * A request begins on a connection that stands; one before it is over.
     *
     * @param fresh
     *            whether it is the first on this connection
     * @param out
     *            takes what is to be sent
     */
    public void begin(boolean fresh, Call call, Answer hearer, ByteBuf out) {
        if (fresh) {
            frames = new FrameReader();
            block = new HeaderBlock(HeadLimits.DEFAULT.bytesMax());
            heads = new Http2Heads(HeadLimits.DEFAULT);
            encoder = new HpackEncoder();
            stream = -1;
            goingAway = false;
            deaf = false;
            windowOfAll = Frames.WINDOW_FIRST;
            windowFirst = Frames.WINDOW_FIRST;
            out.writeBytes(PREFACE);
            frame(out, SETTING_BYTES, Frames.SETTINGS, 0, 0).writeShort(Frames.SETTINGS_ENABLE_PUSH).writeInt(0);
        }
        stream += 2;
        window = windowFirst;
        streamBytes = 0;
        bodyBytes = 0;
        head = null;
        toHead = call.isHead();
        answer = hearer;
        body = call.body();
        sent = 0;
        writeHead(call, out);
        send(out);
    }

    private void writeHead(Call call, ByteBuf out) {
        encoder.begin();
        for (Field field : call.head()) {
            byte[] value = field.value().getBytes(StandardCharsets.ISO_8859_1);
            encoder.field(field.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1), value, 0,
                    value.length, SECRETS.contains(field.name()) ? Indexing.FORBIDDEN : Indexing.POINTLESS);
        }
        int last = body.length == 0 ? Frames.END_STREAM : 0;
        int at = out.writerIndex();
        frame(out, 0, Frames.HEADERS, Frames.END_HEADERS | last, stream);
        encoder.end(out);
        int length = out.writerIndex() - at - Frames.HEAD_BYTES;
        if (length > Frames.PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException("a head of " + length + " bytes is more than a frame holds");
        }
        out.setMedium(at, length);
    }

    /** As much of the body as the host has room for (RFC 9113 section 5.2). */
    private void send(ByteBuf out) {
        while (answer != null && sent < body.length && Math.min(window, windowOfAll) > 0) {
            int size = (int) Math.min(Math.min(window, windowOfAll),
                    Math.min(body.length - sent, Frames.PAYLOAD_BYTES_MAX));
            boolean last = sent + size == body.length;
            frame(out, size, Frames.DATA, last ? Frames.END_STREAM : 0, stream).writeBytes(body, sent, size);
            sent += size;
            window -= size;
            windowOfAll -= size;
        }
    }

    private static ByteBuf frame(ByteBuf out, int length, int type, int flags, int on) {
        return out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(on);
    }

    /**
     * The host said something, in a request or between two; all of it is taken.
     *
     * @param out
     *            takes what is to be sent in return
     */
    @Override
    public void hears(ByteBuf in, ByteBuf out) {
        while (!deaf) {
            switch (frames.next(in, PARTS)) {
                case MORE -> {
                    return;
                }
                case BEGINS -> begins(out);
                case PAYLOAD -> {
                    try {
                        payload(frames.payload(in).readSlice(frames.length()), out);
                    } catch (IndexOutOfBoundsException e) {
                        broken("a frame of it cannot be read");
                    }
                    frames.payloadTaken();
                }
                case DATA -> data(in.readSlice(frames.dataBytes()));
                case BAD_PADDING -> broken("a frame of it cannot be read");
            }
        }
        in.skipBytes(in.readableBytes());
    }

    private void begins(ByteBuf out) {
        if (frames.length() > Frames.PAYLOAD_BYTES_MAX) {
            broken("it does not speak HTTP/2");
        } else if (block.open()
                && (frames.type() != Frames.CONTINUATION || frames.streamId() != block.streamId())) {
            broken("its header fields are cut off");
        } else if (frames.type() == Frames.DATA && frames.length() > 0) {
            // what comes is taken at once: there is always room for more
            frame(out, Integer.BYTES, Frames.WINDOW_UPDATE, 0, 0).writeInt(frames.length());
            streamBytes += frames.streamId() == stream ? frames.length() : 0;
            if (streamBytes >= STREAM_BYTES_MAX && !frames.has(Frames.END_STREAM)) {
                frame(out, Integer.BYTES, Frames.WINDOW_UPDATE, 0, stream).writeInt(streamBytes);
                streamBytes = 0;
            }
        }
    }

    private void payload(ByteBuf payload, ByteBuf out) {
        switch (frames.type()) {
            case Frames.SETTINGS -> settings(payload, out);
            case Frames.PING -> {
                if (!frames.has(Frames.ACK)) {
                    frame(out, payload.readableBytes(), Frames.PING, Frames.ACK, 0).writeBytes(payload);
                }
            }
            case Frames.WINDOW_UPDATE -> {
                int more = payload.readInt() & Integer.MAX_VALUE;
                if (frames.streamId() == 0) {
                    windowOfAll += more;
                } else if (frames.streamId() == stream) {
                    window += more;
                }
                send(out);
            }
            case Frames.GOAWAY -> {
                goingAway = true;
                if ((payload.readInt() & Integer.MAX_VALUE) < stream) {
                    broken("it goes away");
                }
            }
            case Frames.HEADERS -> headers(payload);
            case Frames.CONTINUATION -> {
                if (!block.open()) {
                    broken("a frame of it cannot be read");
                } else if (!block.add(payload)) {
                    broken("its header fields are too long");
                } else if (frames.has(Frames.END_HEADERS)) {
                    ByteBuf whole = block.take();
                    fields(whole, block.endStream());
                    whole.release();
                }
            }
            case Frames.PUSH_PROMISE -> broken("it pushes what nobody asked for");
            case Frames.RST_STREAM -> {
                if (frames.streamId() == stream && answer != null) { // what is over may be reset as one pleases
                    broken("it reset the call, error " + payload.readInt());
                }
            }
            default -> {
                // PRIORITY and what is not known yet ask for nothing
            }
        }
    }

    private void settings(ByteBuf payload, ByteBuf out) {
        if (frames.has(Frames.ACK)) {
            return;
        }
        while (payload.isReadable()) {
            int name = payload.readUnsignedShort();
            int value = payload.readInt();
            if (name == Frames.SETTINGS_HEADER_TABLE_SIZE) {
                encoder.tableMax(value < 0 ? Integer.MAX_VALUE : value);
            } else if (name == Frames.SETTINGS_INITIAL_WINDOW_SIZE) {
                window += value - windowFirst; // of the request under way too (section 6.9.2)
                windowFirst = value;
            }
        }
        frame(out, 0, Frames.SETTINGS, Frames.ACK, 0);
        send(out);
    }

    private void headers(ByteBuf payload) {
        int padding = frames.has(Frames.PADDED) ? payload.readUnsignedByte() : 0;
        ByteBuf part = payload.readSlice(payload.readableBytes() - padding);
        if (frames.has(Frames.PRIORITY_FLAG)) {
            part.skipBytes(PRIORITY_BYTES);
        }
        boolean last = frames.has(Frames.END_STREAM);
        if (frames.has(Frames.END_HEADERS)) {
            fields(part, last);
        } else {
            block.begin(frames.streamId(), last, part, PARTS);
        }
    }

    /** A whole block. Those that nobody waits for are read too, as what follows may lean on them (RFC 7541). */
    private void fields(ByteBuf whole, boolean last) {
        Answer told = answer;
        if (told == null || frames.streamId() != stream) {
            heard(heads.skip(whole));
            return;
        }
        HttpHead read = new HttpHead();
        if (head != null) {
            if (!last) {
                broken("its trailers are not the end");
            } else if (heard(heads.readTrailers(whole, read))) {
                ended(read);
            }
        } else if (heard(heads.readResponse(whole, last, toHead, false, read)) && read.status() >= STATUS_FINAL) {
            head = read;
            told.head(read);
            if (last) {
                ended(null);
            }
        }
    }

    private boolean heard(Http2Heads.Verdict verdict) {
        if (verdict != Http2Heads.Verdict.COMPLETE) {
            broken("its header fields cannot be read: " + heads.details());
            return false;
        }
        return true;
    }

    private void data(ByteBuf data) {
        Answer told = answer;
        if (told == null || frames.streamId() != stream) {
            return;
        }
        if (head == null) {
            broken("it sent a body before its head");
            return;
        }
        bodyBytes += data.readableBytes();
        told.data(data);
        if (frames.dataComplete() && frames.has(Frames.END_STREAM)) {
            ended(null);
        }
    }

    private void ended(@Nullable HttpHead trailers) {
        Answer told = answer;
        HttpHead own = head;
        if (told == null || own == null) {
            return;
        }
        if (own.framing() == Framing.LENGTH && own.contentLength() != bodyBytes) {
            broken("its body is not as long as it says");
            return;
        }
        answer = null;
        goingAway |= sent < body.length; // it did not wait for all of the request, whose stream stays open
        told.ended(trailers);
    }

    private void broken(String how) {
        goingAway = true;
        deaf = true;
        Answer told = answer;
        answer = null;
        if (told != null) {
            told.broken(how);
        }
    }

    /** Whether another request can go over the connection. */
    @Override
    public boolean reusable() {
        return !goingAway && stream < STREAM_MAX;
    }
}
