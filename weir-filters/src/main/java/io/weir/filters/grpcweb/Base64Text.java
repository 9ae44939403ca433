package io.weir.filters.grpcweb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes out of base64 (RFC 4648 section 4) that comes in pieces of any size. Padding may stand wherever a group of four
 * ends, as clients put texts one behind the other. Belongs to one worker.
 */
final class Base64Text {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final byte[] VALUES = new byte[256];
    private static final int PAD = 64;

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            VALUES[ALPHABET.charAt(i)] = (byte) i;
        }
        VALUES['='] = PAD;
    }

    private int group;
    private int digits;
    private int pads;

    /** A text begins. */
    void clear() {
        group = 0;
        digits = 0;
        pads = 0;
    }

    /** Whether no group of four has begun that is not whole. */
    boolean between() {
        return digits == 0;
    }

    /** What some more of the text stands for; null where it is no base64. The text is read, and not released. */
    @Nullable
    ByteBuf decoded(ByteBuf text, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer((text.readableBytes() + digits) / 4 * 3 + 3);
        while (text.isReadable()) {
            int value = VALUES[text.readUnsignedByte()];
            boolean pad = value == PAD;
            if (value < 0 || (pad ? digits < 2 : pads > 0)) {
                out.release();
                return null;
            }
            group = group << 6 | (pad ? 0 : value);
            pads += pad ? 1 : 0;
            if (++digits == 4) {
                out.writeByte(group >> 16);
                if (pads < 2) {
                    out.writeByte(group >> 8);
                }
                if (pads < 1) {
                    out.writeByte(group);
                }
                clear();
            }
        }
        return out;
    }
}
