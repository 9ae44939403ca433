package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a connection's bytes into frames (RFC 9113 section 4.1), in any pieces. DATA is handed on as it comes, without
 * waiting for the rest of its frame and without a copy; any other payload is seen as a whole, where it arrived if it
 * arrived in one piece. One per connection; belongs to its worker.
 */
final class FrameReader {
    /** What {@link #next} has found. */
    enum Event {
        /** All bytes were taken; nothing is complete. */
        MORE,
        /** A frame begins: {@link #type()} and so on are set. Nothing is known of its payload yet. */
        BEGINS,
        /** The whole payload of a frame other than DATA, in {@link #payload}. */
        PAYLOAD,
        /** {@link #dataBytes()} bytes of DATA are next in the buffer, perhaps none; the caller takes them. */
        DATA,
        /** DATA has more padding than payload (section 6.1): the connection is in error. */
        BAD_PADDING
    }

    private enum State {
        HEAD, PAYLOAD, PAD_LENGTH, DATA, PADDING
    }

    private final byte[] head = new byte[Frames.HEAD_BYTES];
    private State state = State.HEAD;
    private int headBytes;
    private int length;
    private int type;
    private int flags;
    private int streamId;
    /** Bytes of the frame's payload, or of DATA's data, that are still to come. */
    private int left;
    private int padding;
    private int dataBytes;
    private @Nullable ByteBuf gathered;

    /** Goes on with the bytes at hand. After an error nothing more may be asked. */
    Event next(ByteBuf in, ByteBufAllocator allocator) {
        return switch (state) {
            case HEAD -> head(in);
            case PAYLOAD -> payload(in, allocator);
            case PAD_LENGTH -> padLength(in);
            case DATA -> data(in);
            case PADDING -> padding(in);
        };
    }

    private Event head(ByteBuf in) {
        if (headBytes == 0 && in.readableBytes() >= Frames.HEAD_BYTES) {
            int at = in.readerIndex();
            begin(in.getUnsignedMedium(at), in.getUnsignedByte(at + 3), in.getUnsignedByte(at + 4),
                    in.getInt(at + 5));
            in.skipBytes(Frames.HEAD_BYTES);
            return Event.BEGINS;
        }
        int taken = Math.min(in.readableBytes(), Frames.HEAD_BYTES - headBytes);
        in.readBytes(head, headBytes, taken);
        headBytes += taken;
        if (headBytes < Frames.HEAD_BYTES) {
            return Event.MORE;
        }
        headBytes = 0;
        begin((head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff), head[3] & 0xff, head[4] & 0xff,
                (head[5] & 0xff) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | (head[8] & 0xff));
        return Event.BEGINS;
    }

    private void begin(int frameLength, int frameType, int frameFlags, int stream) {
        length = frameLength;
        type = frameType;
        flags = frameFlags;
        streamId = stream & Integer.MAX_VALUE; // the reserved bit is ignored (section 4.1)
        left = frameLength;
        padding = 0;
        if (frameType != Frames.DATA) {
            state = State.PAYLOAD;
        } else {
            state = (frameFlags & Frames.PADDED) != 0 ? State.PAD_LENGTH : State.DATA;
        }
    }

    private Event payload(ByteBuf in, ByteBufAllocator allocator) {
        var before = gathered;
        if (before == null) {
            if (in.readableBytes() >= left) {
                state = State.HEAD;
                return Event.PAYLOAD;
            }
            if (!in.isReadable()) {
                return Event.MORE;
            }
            before = allocator.directBuffer(length);
            gathered = before;
        }
        int taken = Math.min(in.readableBytes(), left);
        before.writeBytes(in, taken);
        left -= taken;
        if (left > 0) {
            return Event.MORE;
        }
        state = State.HEAD;
        return Event.PAYLOAD;
    }

    /**
     * The payload after {@link Event#PAYLOAD}: {@link #length()} bytes from the reader index on. It is {@code in}
     * itself where they stand there. To be followed by {@link #payloadTaken}.
     */
    ByteBuf payload(ByteBuf in) {
        var whole = gathered;
        return whole == null ? in : whole;
    }

    void payloadTaken() {
        var whole = gathered;
        if (whole != null) {
            gathered = null;
            whole.release();
        }
    }

    private Event padLength(ByteBuf in) {
        if (left == 0) {
            return Event.BAD_PADDING; // no room for the pad length itself
        }
        if (!in.isReadable()) {
            return Event.MORE;
        }
        padding = in.readUnsignedByte();
        left -= 1 + padding;
        state = State.DATA;
        return left < 0 ? Event.BAD_PADDING : data(in);
    }

    private Event data(ByteBuf in) {
        if (left > 0 && !in.isReadable()) {
            return Event.MORE;
        }
        dataBytes = Math.min(left, in.readableBytes());
        left -= dataBytes;
        if (left == 0) {
            state = padding == 0 ? State.HEAD : State.PADDING;
        }
        return Event.DATA;
    }

    private Event padding(ByteBuf in) {
        int taken = Math.min(padding, in.readableBytes());
        in.skipBytes(taken);
        padding -= taken;
        if (padding > 0) {
            return Event.MORE;
        }
        state = State.HEAD;
        return head(in);
    }

    /** After {@link Event#DATA}: how many bytes of it are next in the buffer. */
    int dataBytes() {
        return dataBytes;
    }

    /** After {@link Event#DATA}: whether these were the frame's last. */
    boolean dataComplete() {
        return left == 0;
    }

    /** How much of a DATA frame is not data: to be asked when its first {@link Event#DATA} has come. */
    int padBytes() {
        return (flags & Frames.PADDED) == 0 ? 0 : padding + 1;
    }

    int length() {
        return length;
    }

    int type() {
        return type;
    }

    int flags() {
        return flags;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Without the reserved bit. */
    int streamId() {
        return streamId;
    }

    /** Whether a frame other than DATA has begun and is not complete. */
    boolean within() {
        return headBytes > 0 || state == State.PAYLOAD;
    }

    void release() {
        payloadTaken();
        state = State.HEAD;
        headBytes = 0;
    }
}
