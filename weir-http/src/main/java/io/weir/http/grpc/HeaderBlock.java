package io.weir.http.grpc;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * As much of HPACK (RFC 7541) as a call needs whose dynamic table has no room: fields are written as literals, and of
 * what comes back two are read, {@code :status} and {@code grpc-status}, which are numbers. Other fields are passed
 * over, so that of the Huffman code only that one name and the digits are needed.
 */
final class HeaderBlock {
    private static final int STATUS_FIRST = 8;
    private static final int STATUS_LAST = 14;
    /** {@code :status} in the static table, from its first index on (appendix A). */
    private static final int[] STATUSES = {200, 204, 206, 304, 400, 404, 500};
    private static final byte[] NAME = "grpc-status".getBytes(StandardCharsets.US_ASCII);
    /** The same in the Huffman code of appendix B: five or six bits for each letter, filled up with ones. */
    private static final byte[] NAME_CODED = coded("100110 101100 101011 00100 010110 01000 01001 00011 01001 101101"
            + " 01000");

    private int status;
    private int grpcStatus = -1;

    private static byte[] coded(String bits) {
        String all = bits.replace(" ", "");
        byte[] bytes = new byte[Math.ceilDiv(all.length(), Byte.SIZE)];
        for (int i = 0; i < bytes.length * Byte.SIZE; i++) {
            if (i >= all.length() || all.charAt(i) == '1') {
                bytes[i / Byte.SIZE] |= (byte) (0x80 >> i % Byte.SIZE);
            }
        }
        return bytes;
    }

    /** The HTTP status; 0 before there was one. */
    int status() {
        return status;
    }

    /** The gRPC status; -1 before there was one. */
    int grpcStatus() {
        return grpcStatus;
    }

    // ---- writing ----

    /** A field of the static table, name and value. */
    static void indexed(ByteBuf out, int index) {
        out.writeByte(0x80 | index);
    }

    /** A literal whose name is in the static table, below 16. */
    static void literal(ByteBuf out, int name, String value) {
        out.writeByte(name);
        text(out, value);
    }

    /** A literal; the name in lower case. */
    static void literal(ByteBuf out, String name, String value) {
        out.writeByte(0);
        text(out, name);
        text(out, value);
    }

    private static void text(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 0x7f) {
            out.writeByte(bytes.length);
        } else {
            out.writeByte(0x7f);
            int rest = bytes.length - 0x7f;
            for (; rest >= 0x80; rest >>>= 7) {
                out.writeByte(0x80 | rest);
            }
            out.writeByte(rest);
        }
        out.writeBytes(bytes);
    }

    // ---- reading ----

    /**
     * Reads a whole block.
     *
     * @throws IndexOutOfBoundsException
     *             when it is cut off or its lengths lie
     */
    void read(ByteBuf in) {
        while (in.isReadable()) {
            int first = in.readUnsignedByte();
            if ((first & 0x80) != 0) {
                int index = number(in, first, 7);
                if (index >= STATUS_FIRST && index <= STATUS_LAST) {
                    status = STATUSES[index - STATUS_FIRST];
                }
            } else if ((first & 0xe0) == 0x20) {
                number(in, first, 5); // the size of a table that is not used
            } else {
                int index = number(in, first, (first & 0x40) != 0 ? 6 : 4);
                boolean grpc = index == 0 && isGrpcStatus(in);
                int value = digits(in);
                if (grpc) {
                    grpcStatus = value;
                } else if (index >= STATUS_FIRST && index <= STATUS_LAST) {
                    status = value;
                }
            }
        }
    }

    /** An integer with a prefix of so many bits (section 5.1). */
    private static int number(ByteBuf in, int first, int bits) {
        int max = (1 << bits) - 1;
        int value = first & max;
        if (value < max) {
            return value;
        }
        for (int shift = 0; shift <= 21; shift += 7) {
            int next = in.readUnsignedByte();
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number that no block needs");
    }

    private static boolean isGrpcStatus(ByteBuf in) {
        int first = in.readUnsignedByte();
        byte[] name = bytes(in, first);
        return Arrays.equals(name, (first & 0x80) != 0 ? NAME_CODED : NAME);
    }

    private static byte[] bytes(ByteBuf in, int first) {
        int length = number(in, first, 7);
        if (length > in.readableBytes()) {
            throw new IndexOutOfBoundsException("a text beyond its block");
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    /** The value as a number; -1 where it is none. */
    private static int digits(ByteBuf in) {
        int first = in.readUnsignedByte();
        byte[] value = bytes(in, first);
        int number = 0;
        if ((first & 0x80) != 0) {
            return codedDigits(value);
        }
        for (byte digit : value) {
            if (digit < '0' || digit > '9' || number > 9999) {
                return -1;
            }
            number = number * 10 + digit - '0';
        }
        return value.length == 0 ? -1 : number;
    }

    /** In the Huffman code 0, 1 and 2 have five bits, the other digits six, and fewer than eight ones end it. */
    private static int codedDigits(byte[] value) {
        int bits = value.length * Byte.SIZE;
        int number = value.length == 0 ? -1 : 0;
        for (int at = 0; at < bits && number <= 9999;) {
            int five = bits(value, at, 5);
            int six = bits(value, at, 6);
            if (five < 3 && at + 5 <= bits) {
                number = number * 10 + five;
                at += 5;
            } else if (six >= 25 && six <= 31 && at + 6 <= bits) {
                number = number * 10 + six - 22;
                at += 6;
            } else {
                return bits - at < Byte.SIZE && bits(value, at, bits - at) == (1 << bits - at) - 1 ? number : -1;
            }
        }
        return number;
    }

    private static int bits(byte[] value, int from, int count) {
        int bits = 0;
        for (int i = from; i < from + count; i++) {
            int bit = i / Byte.SIZE < value.length ? value[i / Byte.SIZE] >> 7 - i % Byte.SIZE & 1 : 1;
            bits = bits << 1 | bit;
        }
        return bits;
    }
}
