package io.weir.net.sniff;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads a TLS ClientHello as it comes, piece by piece, and takes nothing away: records by RFC 8446 section 5.1 (the
 * message may be spread over several), the message by section 4.1.2, the name by RFC 6066 section 3, the protocols by
 * RFC 7301 section 3.1. Every byte is looked at once. For one connection.
 */
final class ClientHello {
    /** Bound of the message, as in Envoy. */
    static final int BYTES_MAX = 16 * 1024;

    private static final int RECORD_HEADER_BYTES = 5;
    private static final int RECORD_BYTES_MAX = 16 * 1024;
    private static final int MESSAGE_HEADER_BYTES = 4;
    private static final int HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int CLIENT_HELLO = 1;
    private static final int RANDOM_BYTES = 32;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int HOST_NAME = 0;

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
    private String serverName = "";
    private final List<String> protocols = new ArrayList<>();

    /** The name asked for, in lower case; empty: none. */
    String serverName() {
        return serverName;
    }

    /** The protocols offered, in the client's order. */
    List<String> protocols() {
        return protocols;
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
        var all = new Part(message, MESSAGE_HEADER_BYTES, message.length);
        all.skip(2 + RANDOM_BYTES); // legacy_version, random
        all.part(1); // legacy_session_id
        all.part(2); // cipher_suites
        all.part(1); // legacy_compression_methods
        if (all.more()) {
            Part extensions = all.part(2);
            while (extensions.more()) {
                int type = extensions.number(2);
                Part body = extensions.part(2);
                switch (type) {
                    case SERVER_NAME -> name(body);
                    case ALPN -> offered(body);
                    default -> body.skip(0);
                }
                if (body.broken) {
                    return State.BROKEN;
                }
            }
            all.broken |= extensions.broken;
        }
        return all.broken ? State.BROKEN : State.READ;
    }

    private void name(Part body) {
        Part list = body.part(2);
        while (list.more()) {
            int type = list.number(1);
            Part host = list.part(2);
            if (type == HOST_NAME && serverName.isEmpty()) {
                serverName = host.text().toLowerCase(Locale.ROOT);
            }
        }
        body.broken |= list.broken;
    }

    private void offered(Part body) {
        Part list = body.part(2);
        while (list.more()) {
            protocols.add(list.part(1).text());
        }
        body.broken |= list.broken;
    }

    /** A part of the message that says its length before it. What it lacks makes it broken, and empty from there on. */
    private static final class Part {
        private final byte[] bytes;
        private final int end;
        private int at;
        private boolean broken;

        Part(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        boolean more() {
            return at < end;
        }

        int number(int size) {
            int number = 0;
            if (skip(size)) {
                for (int i = at - size; i < at; i++) {
                    number = number << Byte.SIZE | bytes[i] & 0xff;
                }
            }
            return number;
        }

        boolean skip(int size) {
            if (end - at < size) {
                broken = true;
                at = end;
                return false;
            }
            at += size;
            return true;
        }

        /** A part within, whose length stands before it in so many bytes. */
        Part part(int lengthBytes) {
            int length = number(lengthBytes);
            int from = at;
            return skip(length) ? new Part(bytes, from, at) : new Part(bytes, end, end);
        }

        String text() {
            return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
        }
    }
}
