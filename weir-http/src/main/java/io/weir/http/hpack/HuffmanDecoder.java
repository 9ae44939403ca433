package io.weir.http.hpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decodes strings of the Huffman code (RFC 7541 section 5.2). One look into a table takes one or two symbols, as most
 * codes have five to seven bits; codes longer than the table's index, which text hardly has, are found by their
 * canonical order. Stateless.
 */
final class HuffmanDecoder {
    /** Answered instead of an end: the string holds the end-of-string symbol. */
    static final int END_SYMBOL = -1;
    /** Answered instead of an end: what follows the last symbol is not up to seven ones. */
    static final int WRONG_PADDING = -2;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    /** Two usual symbols, and 8 KiB of table. */
    private static final int INDEX_BITS = 11;
    private static final int TOTAL_SHIFT = 16;
    private static final int FIRST_SHIFT = 21;
    private static final int LENGTH_MASK = 31;
    /**
     * By the next bits: the first symbol, the second in the next byte, the bits of both, the bits of the first alone. 0
     * for a longer code.
     */
    private static final int[] TABLE = new int[1 << INDEX_BITS];

    static {
        for (int bits = 0; bits < TABLE.length; bits++) {
            int first = find((long) bits << (32 - INDEX_BITS), INDEX_BITS);
            if (first < 0) {
                continue;
            }
            int firstBits = HuffmanCode.LENGTH[first];
            int left = INDEX_BITS - firstBits;
            long rest = ((long) bits << (32 - left)) & 0xffffffffL;
            int second = left == 0 ? -1 : find(rest, left);
            int total = second < 0 ? firstBits : firstBits + HuffmanCode.LENGTH[second];
            TABLE[bits] = first | Math.max(second, 0) << 8 | total << TOTAL_SHIFT | firstBits << FIRST_SHIFT;
        }
    }

    private HuffmanDecoder() {}

    /** The symbol at the top of 32 bits, or -1 when its code has more bits than these. */
    private static int find(long top, int bitsMax) {
        for (int length = HuffmanCode.SHORTEST_BITS; length <= bitsMax; length++) {
            if (top < HuffmanCode.FIRST_CODE[length + 1]) {
                long within = (top - HuffmanCode.FIRST_CODE[length]) >>> (32 - length);
                return HuffmanCode.SYMBOLS[HuffmanCode.FIRST_SYMBOL[length] + (int) within];
            }
        }
        return -1;
    }

    /**
     * Decodes {@code in[from, to)} to {@code out} from {@code at} on, which has to have room for eight fifths as many
     * bytes and one more.
     *
     * @return the end in {@code out}, or {@link #END_SYMBOL} or {@link #WRONG_PADDING}
     */
    static int decode(byte[] in, int from, int to, byte[] out, int at) {
        long window = 0; // the next bits, from the top
        int bits = 0; // how many of them count; those below are zero, or what they will be
        int next = from;
        int end = at;
        while (true) {
            if (to - next >= Long.BYTES) {
                window |= (long) EIGHT.get(in, next) >>> bits;
                next += (63 - bits) >>> 3;
                bits |= 56;
            } else {
                while (bits <= 56 && next < to) {
                    window |= (in[next++] & 0xffL) << (56 - bits);
                    bits += 8;
                }
                if (bits < HuffmanCode.BITS_MAX) {
                    return tail(window, bits, out, end);
                }
            }
            while (bits >= INDEX_BITS) {
                int found = TABLE[(int) (window >>> (64 - INDEX_BITS))];
                if (found == 0) {
                    if (bits < HuffmanCode.BITS_MAX) {
                        break;
                    }
                    int symbol = find(window >>> 32, HuffmanCode.BITS_MAX);
                    if (symbol == HuffmanCode.END) {
                        return END_SYMBOL;
                    }
                    out[end++] = (byte) symbol;
                    window <<= HuffmanCode.LENGTH[symbol];
                    bits -= HuffmanCode.LENGTH[symbol];
                    continue;
                }
                int total = (found >>> TOTAL_SHIFT) & LENGTH_MASK;
                out[end] = (byte) found;
                out[end + 1] = (byte) (found >>> 8); // overwritten when there is no second
                end += total == found >>> FIRST_SHIFT ? 1 : 2;
                window <<= total;
                bits -= total;
            }
        }
    }

    /** The last symbols, one at a time, and the padding. */
    private static int tail(long lastWindow, int lastBits, byte[] out, int at) {
        long window = lastWindow;
        int bits = lastBits;
        int end = at;
        while (true) {
            if (bits < 8 && window >>> 56 == (0xff00 >>> bits & 0xff)) {
                return end;
            }
            int symbol = find(window >>> 32, Math.min(bits, HuffmanCode.BITS_MAX));
            if (symbol < 0) {
                return WRONG_PADDING;
            }
            if (symbol == HuffmanCode.END) {
                return END_SYMBOL;
            }
            out[end++] = (byte) symbol;
            window <<= HuffmanCode.LENGTH[symbol];
            bits -= HuffmanCode.LENGTH[symbol];
        }
    }
}
