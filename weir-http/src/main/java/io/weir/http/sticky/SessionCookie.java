package io.weir.http.sticky;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a session's cookie, as Envoy has it: a message of two fields, {@code string address = 1} and
 * {@code uint64 expires = 2} (Protocol Buffers, "Encoding"), or the address alone. Written out here, as it is read for
 * every request and has two fields.
 */
final class SessionCookie {
    private static final int ADDRESS_TAG = 1 << 3 | 2;
    private static final int EXPIRES_TAG = 2 << 3;
    private static final int VARINT_BYTES_MAX = 10;
    private static final int ADDRESS_BYTES_MAX = 255;

    private SessionCookie() {}

    /**
     * The message.
     *
     * @param address
     *            longer ones are of no host
     * @param expiresSeconds
     *            0: never
     */
    static byte[] message(String address, long expiresSeconds) {
        byte[] text = address.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[2 * (1 + VARINT_BYTES_MAX) + text.length];
        out[0] = ADDRESS_TAG;
        int at = varint(out, 1, text.length);
        System.arraycopy(text, 0, out, at, text.length);
        at += text.length;
        if (expiresSeconds > 0) {
            out[at] = EXPIRES_TAG;
            at = varint(out, at + 1, expiresSeconds);
        }
        return Arrays.copyOf(out, at);
    }

    private static int varint(byte[] out, int from, long value) {
        int at = from;
        long rest = value;
        for (; rest > 0x7f; rest >>>= 7) {
            out[at++] = (byte) (rest & 0x7f | 0x80);
        }
        out[at++] = (byte) rest;
        return at;
    }

    /**
     * The address.
     *
     * @param mayEnd
     *            messages say an end: one without is not ours
     * @return null where there is none, or it has ended
     */
    static @Nullable String address(byte[] bytes, boolean mayEnd, long nowSeconds) {
        if (bytes.length == 0) {
            return null;
        }
        if (bytes[0] != ADDRESS_TAG) {
            // the older form; no address begins with the tag, which is a line feed
            return bytes.length > ADDRESS_BYTES_MAX ? null : new String(bytes, StandardCharsets.UTF_8);
        }
        var reading = new Reading(bytes);
        String address = null;
        long expires = 0;
        while (reading.more()) {
            switch ((int) reading.varint()) {
                case ADDRESS_TAG -> address = reading.text();
                case EXPIRES_TAG -> expires = reading.varint();
                default -> reading.broken = true;
            }
        }
        boolean ended = mayEnd && (expires == 0 || nowSeconds > expires);
        return reading.broken || ended || address == null || address.isEmpty() ? null : address;
    }

    private static final class Reading {
        private final byte[] bytes;
        private int at;
        private boolean broken;

        Reading(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean more() {
            return !broken && at < bytes.length;
        }

        long varint() {
            long value = 0;
            for (int i = 0; i < VARINT_BYTES_MAX && at < bytes.length; i++) {
                byte b = bytes[at++];
                value |= (b & 0x7fL) << 7 * i;
                if (b >= 0) {
                    return value;
                }
            }
            broken = true;
            return 0;
        }

        String text() {
            long length = varint();
            if (broken || length < 0 || length > bytes.length - at || length > ADDRESS_BYTES_MAX) {
                broken = true;
                return "";
            }
            at += (int) length;
            return new String(bytes, at - (int) length, (int) length, StandardCharsets.UTF_8);
        }
    }
}
