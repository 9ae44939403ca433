package io.weir.filters.grpcweb;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Base64 (RFC 4648 section 4) of bytes that come in pieces of any size. Belongs to one worker; allocates nothing but
 * what it is given to write to.
 */
final class Base64Writer {
    private static final byte[] ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            .getBytes(StandardCharsets.US_ASCII);

    private int group;
    private int bytes;

    /** A text begins. */
    void clear() {
        group = 0;
        bytes = 0;
    }

    /** Writes what these bytes are, but for up to two of them, which wait for more. */
    void write(ByteBuf data, int from, int to, ByteBuf out) {
        for (int i = from; i < to; i++) {
            group = group << 8 | data.getUnsignedByte(i);
            if (++bytes == 3) {
                out.writeByte(ALPHABET[group >> 18 & 63]).writeByte(ALPHABET[group >> 12 & 63])
                        .writeByte(ALPHABET[group >> 6 & 63]).writeByte(ALPHABET[group & 63]);
                clear();
            }
        }
    }

    /** Writes what waits, padded: what follows is a text of its own. */
    void pad(ByteBuf out) {
        if (bytes == 1) {
            out.writeByte(ALPHABET[group >> 2 & 63]).writeByte(ALPHABET[group << 4 & 63]).writeByte('=').writeByte('=');
        } else if (bytes == 2) {
            out.writeByte(ALPHABET[group >> 10 & 63]).writeByte(ALPHABET[group >> 4 & 63])
                    .writeByte(ALPHABET[group << 2 & 63]).writeByte('=');
        }
        clear();
    }
}
