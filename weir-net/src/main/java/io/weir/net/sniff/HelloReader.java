package io.weir.net.sniff;

import io.netty.buffer.ByteBuf;
import io.weir.net.hello.ClientHello;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a TLS ClientHello as it comes, piece by piece, and takes nothing away: records by RFC 8446 section 5.1 (the
 * message may be spread over several). Every byte is looked at once. For one connection.
 */
final class HelloReader {
    /** Bound of the message, as in Envoy. */
    static final int BYTES_MAX = 16 * 1024;

    private static final int RECORD_HEADER_BYTES = 5;
    private static final int RECORD_BYTES_MAX = 16 * 1024;
    private static final int MESSAGE_HEADER_BYTES = 4;
    private static final int HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int CLIENT_HELLO = 1;

    /** What has been read so far comes to. */
    enum State {
        /** More is needed. */
        MORE,
        /** The client does not speak TLS. */
        OTHER,
        /** It began as TLS, and went on as something else. */
        BROKEN,
        /** A message longer than anybody needs. */
        TOO_LARGE,
        /** All of it is there. */
        READ
    }

    /** How much of the buffer has been looked at. */
    private int seen;
    /** What is left of the record at hand. */
    private int left;
    private byte[] message = new byte[MESSAGE_HEADER_BYTES];
    private int filled;
    private @Nullable ClientHello hello;

    /** The message; null until it is {@link State#READ}. */
    @Nullable
    ClientHello hello() {
        return hello;
    }

    /** How long the message is, as far as it has come. */
    int bytes() {
        return filled;
    }

    /**
     * Goes on where it stopped.
     *
     * @param bytes
     *            everything from the first byte on; its indices stay as they are
     */
    State read(ByteBuf bytes) {
        int start = bytes.readerIndex();
        while (true) {
            if (left == 0) {
                State state = record(bytes, start);
                if (state != State.READ) {
                    return state;
                }
            }
            int some = Math.min(Math.min(left, bytes.readableBytes() - seen), message.length - filled);
            bytes.getBytes(start + seen, message, filled, some);
            seen += some;
            left -= some;
            filled += some;
            if (filled < message.length) {
                if (left > 0) {
                    return State.MORE;
                }
            } else if (filled == MESSAGE_HEADER_BYTES) {
                State state = header();
                if (state != State.MORE) {
                    return state;
                }
            } else {
                return parsed();
            }
        }
    }

    /** The head of the next record, once it is there. */
    private State record(ByteBuf bytes, int start) {
        int have = bytes.readableBytes() - seen;
        if (seen == 0 && ((have > 0 && bytes.getByte(start) != HANDSHAKE)
                || (have > 1 && bytes.getByte(start + 1) != MAJOR_VERSION))) {
            return State.OTHER;
        }
        if (have < RECORD_HEADER_BYTES) {
            return State.MORE;
        }
        int at = start + seen;
        left = bytes.getUnsignedShort(at + 3);
        if (bytes.getByte(at) != HANDSHAKE || bytes.getByte(at + 1) != MAJOR_VERSION || left == 0
                || left > RECORD_BYTES_MAX) {
            return State.BROKEN;
        }
        seen += RECORD_HEADER_BYTES;
        return State.READ;
    }

    /** The message's own head: how long it will be. */
    private State header() {
        int length = (message[1] & 0xff) << 16 | (message[2] & 0xff) << 8 | message[3] & 0xff;
        if (message[0] != CLIENT_HELLO || length == 0) {
            return State.BROKEN;
        }
        if (length > BYTES_MAX) {
            return State.TOO_LARGE;
        }
        byte[] whole = new byte[MESSAGE_HEADER_BYTES + length];
        System.arraycopy(message, 0, whole, 0, MESSAGE_HEADER_BYTES);
        message = whole;
        return State.MORE;
    }

    private State parsed() {
        hello = ClientHello.read(Arrays.copyOfRange(message, MESSAGE_HEADER_BYTES, message.length));
        return hello == null ? State.BROKEN : State.READ;
    }
}
