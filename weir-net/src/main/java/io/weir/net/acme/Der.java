package io.weir.net.acme;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes what requests and certificates are made of (ITU-T X.690, the distinguished rules). Stateless. */
final class Der {
    private static final int INTEGER = 0x02;
    private static final int BITS = 0x03;
    private static final int OCTETS = 0x04;
    private static final int NULL = 0x05;
    private static final int OBJECT = 0x06;
    private static final int UTF8 = 0x0C;
    private static final int TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int CONTEXT = 0xA0;
    private static final DateTimeFormatter GENERALIZED = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    private Der() {}

    /** An element of this tag around what is given. */
    static byte[] element(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        var out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + Byte.SIZE - 1) / Byte.SIZE;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(length >>> (i * Byte.SIZE));
            }
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return element(SEQUENCE, parts);
    }

    static byte[] set(byte[]... parts) {
        return element(SET, parts);
    }

    /** The part that a {@code [number]} of the notation stands for, with its own elements inside. */
    static byte[] tagged(int number, byte[]... parts) {
        return element(CONTEXT | number, parts);
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] integer(long value) {
        return integer(BigInteger.valueOf(value));
    }

    static byte[] octets(byte[] content) {
        return element(OCTETS, content);
    }

    /** Whole bytes. */
    static byte[] bits(byte[] content) {
        return element(BITS, new byte[]{0}, content);
    }

    static byte[] truth() {
        return new byte[]{0x01, 0x01, (byte) 0xFF};
    }

    static byte[] nothing() {
        return element(NULL);
    }

    static byte[] text(String text) {
        return element(UTF8, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] time(Instant instant) {
        return element(TIME, GENERALIZED.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    /** An object identifier: {@code 2.5.29.17}. */
    static byte[] object(String dotted) {
        String[] numbers = dotted.split("\\.", -1);
        var out = new ByteArrayOutputStream();
        base128(Long.parseLong(numbers[0]) * 40 + Long.parseLong(numbers[1]), out);
        for (int i = 2; i < numbers.length; i++) {
            base128(Long.parseLong(numbers[i]), out);
        }
        return element(OBJECT, out.toByteArray());
    }

    private static void base128(long number, ByteArrayOutputStream out) {
        int groups = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 6) / 7);
        for (int i = groups - 1; i >= 0; i--) {
            out.write((int) (number >>> (7 * i) & 0x7F) | (i == 0 ? 0 : 0x80));
        }
    }
}
