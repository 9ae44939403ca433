package io.weir.http.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one connection over HTTP/2 (RFC 9113): gRPC calls, one after the other, each with one message to
 * the host and any number of messages back. As much of the protocol as such calls need. Knows no connection and no
 * time. Belongs to one worker.
 */
public final class GrpcWire {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_BYTES = 9;
    /** SETTINGS_MAX_FRAME_SIZE as it is by default, which the host has to heed. */
    private static final int FRAME_BYTES_MAX = 16_384;
    private static final int MESSAGE_BYTES_MAX = 64 * 1024;
    private static final int STREAM_MAX = Integer.MAX_VALUE - 2;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;

    private static final int MESSAGE_HEAD_BYTES = 5;
    private static final int OK = 200;
    /** So much of a call's window of 65,535 bytes is used before it is opened again; most calls need less. */
    private static final int STREAM_BYTES_MAX = 32 * 1024;

    private int stream = -1;
    private boolean goingAway;
    private GrpcCall.@Nullable Answer answer;
    private ByteBuf pending = Unpooled.buffer(0);
    private ByteBuf block = Unpooled.buffer(0);
    private ByteBuf message = Unpooled.buffer(0);
    private HeaderBlock fields = new HeaderBlock();
    private boolean endsStream;
    private int streamBytes;

    /**
     * A call begins on a connection that stands; one before it is over.
     *
     * @param fresh
     *            whether it is the first on this connection
     * @param out
     *            takes what is to be sent
     */
    public void begin(boolean fresh, GrpcCall call, GrpcCall.Answer hearer, ByteBuf out) {
        if (fresh) {
            stream = -1;
            goingAway = false;
            pending = Unpooled.buffer(0);
            out.writeBytes(PREFACE);
            frame(out, SETTINGS, 0, 0, Unpooled.buffer().writeShort(1).writeInt(0).writeShort(2).writeInt(0));
        }
        stream += 2;
        streamBytes = 0;
        answer = hearer;
        block = Unpooled.buffer(0);
        message = Unpooled.buffer(0);
        fields = new HeaderBlock();
        frame(out, HEADERS, END_HEADERS, stream, head(call));
        byte[] bytes = call.message().bytes();
        frame(out, DATA, END_STREAM, stream,
                Unpooled.buffer().writeByte(0).writeInt(bytes.length).writeBytes(bytes));
    }

    private static ByteBuf head(GrpcCall call) {
        ByteBuf head = Unpooled.buffer();
        HeaderBlock.indexed(head, 3); // :method POST
        HeaderBlock.indexed(head, 6); // :scheme http
        HeaderBlock.literal(head, 4, call.path());
        HeaderBlock.literal(head, 1, call.authority());
        HeaderBlock.literal(head, "te", "trailers");
        HeaderBlock.literal(head, "content-type", "application/grpc");
        for (GrpcCall.Field field : call.metadata()) {
            HeaderBlock.literal(head, field.name(), field.value());
        }
        return head;
    }

    private static void frame(ByteBuf out, int type, int flags, int stream, ByteBuf payload) {
        out.writeMedium(payload.readableBytes()).writeByte(type).writeByte(flags).writeInt(stream)
                .writeBytes(payload);
    }

    /**
     * The host said something, in a call or between two; all of it is taken.
     *
     * @param out
     *            takes what is to be sent in return
     */
    public void hears(ByteBuf in, ByteBuf out) {
        pending.writeBytes(in);
        try {
            while (pending.readableBytes() >= HEAD_BYTES) {
                int length = pending.getUnsignedMedium(pending.readerIndex());
                if (length > FRAME_BYTES_MAX) {
                    broken("it does not speak HTTP/2");
                    return;
                }
                if (pending.readableBytes() < HEAD_BYTES + length) {
                    break;
                }
                pending.skipBytes(3);
                int type = pending.readUnsignedByte();
                int flags = pending.readUnsignedByte();
                int on = pending.readInt() & Integer.MAX_VALUE;
                frame(type, flags, on, pending.readSlice(length), out);
            }
        } catch (IndexOutOfBoundsException e) {
            broken("a frame of it cannot be read");
        }
        pending.discardReadBytes();
    }

    private void frame(int type, int flags, int on, ByteBuf payload, ByteBuf out) {
        switch (type) {
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    frame(out, SETTINGS, ACK, 0, Unpooled.EMPTY_BUFFER);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    frame(out, PING, ACK, 0, payload);
                }
            }
            case GOAWAY -> {
                goingAway = true;
                if ((payload.readInt() & Integer.MAX_VALUE) < stream) {
                    broken("it goes away");
                }
            }
            case DATA -> data(flags, on, payload, out);
            case HEADERS, CONTINUATION -> {
                if (on == stream) {
                    headers(type, flags, payload);
                }
            }
            case RST_STREAM -> {
                if (on == stream && answer != null) { // a call that is over may be reset as one pleases
                    broken("it reset the call, error " + payload.readInt());
                }
            }
            default -> {
                // WINDOW_UPDATE, PRIORITY and what is not known yet ask for nothing
            }
        }
    }

    private void data(int flags, int on, ByteBuf payload, ByteBuf out) {
        boolean last = (flags & END_STREAM) != 0;
        int length = payload.readableBytes();
        if (length > 0) {
            frame(out, WINDOW_UPDATE, 0, 0, Unpooled.buffer().writeInt(length));
            streamBytes += on == stream ? length : 0;
            if (streamBytes >= STREAM_BYTES_MAX && !last) {
                frame(out, WINDOW_UPDATE, 0, stream, Unpooled.buffer().writeInt(streamBytes));
                streamBytes = 0;
            }
        }
        if (on != stream || answer == null) {
            return;
        }
        int padding = (flags & PADDED) == 0 ? 0 : payload.readUnsignedByte();
        ByteBuf bytes = payload.readSlice(payload.readableBytes() - padding);
        if (fields.status() == OK) { // else it is a page of text
            message.writeBytes(bytes);
            messages();
        }
        if (last) {
            ended();
        }
    }

    private void messages() {
        while (answer != null && message.readableBytes() >= MESSAGE_HEAD_BYTES) {
            int compressed = message.getByte(message.readerIndex());
            long length = message.getUnsignedInt(message.readerIndex() + 1);
            if (compressed != 0) {
                broken("its answer is compressed, which was not asked for");
            } else if (length > MESSAGE_BYTES_MAX) {
                broken("its answer is too long");
            } else if (message.readableBytes() < MESSAGE_HEAD_BYTES + length) {
                return;
            } else {
                message.skipBytes(MESSAGE_HEAD_BYTES);
                answer.message(message.readSlice((int) length));
                message.discardReadBytes();
            }
        }
    }

    private void headers(int type, int flags, ByteBuf payload) {
        ByteBuf fragment = payload;
        if (type == HEADERS) {
            endsStream = (flags & END_STREAM) != 0;
            int padding = (flags & PADDED) == 0 ? 0 : payload.readUnsignedByte();
            fragment = payload.readSlice(payload.readableBytes() - padding);
            if ((flags & PRIORITY) != 0) {
                fragment.skipBytes(5);
            }
        }
        block.writeBytes(fragment);
        if (block.readableBytes() > MESSAGE_BYTES_MAX) {
            broken("its header fields are too long");
        } else if ((flags & END_HEADERS) != 0) {
            fields.read(block);
            if (endsStream) {
                ended();
            }
        }
    }

    private void ended() {
        GrpcCall.Answer told = answer;
        answer = null;
        if (told != null) {
            told.ended(fields.status(), fields.grpcStatus());
        }
    }

    private void broken(String how) {
        goingAway = true;
        GrpcCall.Answer told = answer;
        answer = null;
        if (told != null) {
            told.broken(how);
        }
    }

    /** Whether another call can go over the connection. */
    public boolean reusable() {
        return !goingAway && stream < STREAM_MAX;
    }
}
