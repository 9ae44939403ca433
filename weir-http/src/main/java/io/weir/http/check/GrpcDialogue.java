package io.weir.http.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.http.check.HttpCheck.Field;
import io.weir.net.check.Dialogue;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One unary call after the other to {@code grpc.health.v1.Health/Check}, over HTTP/2 (RFC 9113) with one stream at a
 * time: as much of it as such a call needs. Belongs to one worker.
 */
final class GrpcDialogue implements Dialogue {
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

    private static final int SERVING = 1;
    private static final String[] STATUSES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

    private final GrpcCheck check;
    private final String authority;
    private int stream = -1;
    private boolean goingAway;
    private ByteBuf pending = Unpooled.buffer(0);
    private ByteBuf block = Unpooled.buffer(0);
    private ByteBuf message = Unpooled.buffer(0);
    private HeaderBlock fields = new HeaderBlock();
    private boolean endsStream;

    GrpcDialogue(GrpcCheck check, String authority) {
        this.check = check;
        this.authority = authority;
    }

    @Override
    public @Nullable CheckResult begin(boolean fresh, ByteBuf out) {
        if (fresh) {
            stream = -1;
            goingAway = false;
            pending = Unpooled.buffer(0);
            out.writeBytes(PREFACE);
            frame(out, SETTINGS, 0, 0, Unpooled.buffer().writeShort(1).writeInt(0).writeShort(2).writeInt(0));
        }
        stream += 2;
        block = Unpooled.buffer(0);
        message = Unpooled.buffer(0);
        fields = new HeaderBlock();
        frame(out, HEADERS, END_HEADERS, stream, head());
        byte[] service = check.service().getBytes(StandardCharsets.UTF_8);
        ByteBuf request = Unpooled.buffer();
        if (service.length > 0) {
            request.writeByte(0x0a);
            int rest = service.length;
            for (; rest >= 0x80; rest >>>= 7) {
                request.writeByte(0x80 | rest);
            }
            request.writeByte(rest).writeBytes(service);
        }
        frame(out, DATA, END_STREAM, stream,
                Unpooled.buffer().writeByte(0).writeInt(request.readableBytes()).writeBytes(request));
        return null;
    }

    private ByteBuf head() {
        ByteBuf head = Unpooled.buffer();
        HeaderBlock.indexed(head, 3); // :method POST
        HeaderBlock.indexed(head, 6); // :scheme http
        HeaderBlock.literal(head, 4, "/grpc.health.v1.Health/Check");
        HeaderBlock.literal(head, 1, authority);
        HeaderBlock.literal(head, "te", "trailers");
        HeaderBlock.literal(head, "content-type", "application/grpc");
        HeaderBlock.literal(head, "user-agent", "Weir/HC");
        for (Field field : check.metadata()) {
            HeaderBlock.literal(head, field.name().toLowerCase(Locale.ROOT), field.value());
        }
        return head;
    }

    private static void frame(ByteBuf out, int type, int flags, int stream, ByteBuf payload) {
        out.writeMedium(payload.readableBytes()).writeByte(type).writeByte(flags).writeInt(stream)
                .writeBytes(payload);
    }

    @Override
    public @Nullable CheckResult hears(ByteBuf in, ByteBuf out) {
        pending.writeBytes(in);
        CheckResult result = null;
        try {
            while (result == null && pending.readableBytes() >= HEAD_BYTES) {
                int length = pending.getUnsignedMedium(pending.readerIndex());
                if (length > FRAME_BYTES_MAX) {
                    return broken("it does not speak HTTP/2");
                }
                if (pending.readableBytes() < HEAD_BYTES + length) {
                    break;
                }
                pending.skipBytes(3);
                int type = pending.readUnsignedByte();
                int flags = pending.readUnsignedByte();
                int on = pending.readInt() & Integer.MAX_VALUE;
                result = frame(type, flags, on, pending.readSlice(length), out);
            }
        } catch (IndexOutOfBoundsException e) {
            return broken("a frame of it cannot be read");
        }
        pending.discardReadBytes();
        return result;
    }

    private @Nullable CheckResult frame(int type, int flags, int on, ByteBuf payload, ByteBuf out) {
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
                    return broken("it goes away");
                }
            }
            case DATA -> {
                if (payload.isReadable()) {
                    frame(out, WINDOW_UPDATE, 0, 0, Unpooled.buffer().writeInt(payload.readableBytes()));
                }
                return on == stream ? data(flags, unpadded(flags, payload)) : null;
            }
            case HEADERS, CONTINUATION -> {
                return on == stream ? headers(type, flags, payload) : null;
            }
            case RST_STREAM -> {
                return on == stream ? broken("it reset the call, error " + payload.readInt()) : null;
            }
            default -> {
                // WINDOW_UPDATE, PRIORITY and what is not known yet ask for nothing
            }
        }
        return null;
    }

    private static ByteBuf unpadded(int flags, ByteBuf payload) {
        int padding = (flags & PADDED) == 0 ? 0 : payload.readUnsignedByte();
        return payload.readSlice(payload.readableBytes() - padding);
    }

    private @Nullable CheckResult data(int flags, ByteBuf bytes) {
        message.writeBytes(bytes);
        if (message.readableBytes() > MESSAGE_BYTES_MAX) {
            return broken("its answer is too long");
        }
        return (flags & END_STREAM) == 0 ? null : result();
    }

    private @Nullable CheckResult headers(int type, int flags, ByteBuf payload) {
        ByteBuf fragment = payload;
        if (type == HEADERS) {
            endsStream = (flags & END_STREAM) != 0;
            fragment = unpadded(flags, payload);
            if ((flags & PRIORITY) != 0) {
                fragment.skipBytes(5);
            }
        }
        block.writeBytes(fragment);
        if (block.readableBytes() > MESSAGE_BYTES_MAX) {
            return broken("its header fields are too long");
        }
        if ((flags & END_HEADERS) == 0) {
            return null;
        }
        fields.read(block);
        return endsStream ? result() : null;
    }

    private CheckResult result() {
        if (fields.status() != 200) {
            return Failed.of(Failure.ACTIVE, "HTTP " + fields.status());
        }
        if (fields.grpcStatus() != 0) {
            return Failed.of(Failure.ACTIVE, fields.grpcStatus() < 0
                    ? "its answer has no grpc-status"
                    : "grpc-status " + fields.grpcStatus());
        }
        int status = serving();
        return status == SERVING
                ? new Passed(false)
                : Failed.of(Failure.ACTIVE, status < 0 || status >= STATUSES.length
                        ? "its answer is no HealthCheckResponse"
                        : STATUSES[status]);
    }

    /** Field 1 of the HealthCheckResponse; 0 where it is not there, -1 where the message cannot be read. */
    private int serving() {
        if (message.readableBytes() < 5 || message.readByte() != 0) {
            return -1;
        }
        message.skipBytes(4);
        return !message.isReadable()
                ? 0
                : message.readableBytes() >= 2 && message.readByte() == 8
                        ? message.readByte()
                        : -1;
    }

    private Failed broken(String how) {
        goingAway = true;
        return Failed.of(Failure.NETWORK, how);
    }

    /** Settings, pings and the like may come at any time. */
    @Override
    public boolean rests(ByteBuf in, ByteBuf out) {
        return hears(in, out) == null && !goingAway;
    }

    @Override
    public CheckResult closed() {
        return Failed.of(Failure.NETWORK, "it closed the connection");
    }

    @Override
    public boolean reusable() {
        return !goingAway && stream < STREAM_MAX;
    }
}
