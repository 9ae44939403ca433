package io.weir.http.hpack;

import java.util.Arrays;

/**
 * The Huffman code of RFC 7541 appendix B. The code is canonical (codes of one length are in the order of their
 * symbols, and follow those of the next shorter length), so that the lengths say it all. Immutable; any thread.
 */
final class HuffmanCode {
    /** The longest code. */
    static final int BITS_MAX = 30;
    /** The symbol that never stands in a string. */
    static final int END = 256;
    /** No string of coded bytes is longer by more than this ratio: the shortest code has five bits. */
    static final int SHORTEST_BITS = 5;

    /** The length in bits of each symbol's code. */
    private static final String LENGTHS = """
            13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
             6 10 10 12 13  6  8 11 10 10  8 11  8  6  6  6  5  5  5  6  6  6  6  6  6  6  7  8 15  6 12 10
            13  6  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  8  7  8 13 19 13 14  6
            15  5  6  5  6  5  6  6  6  5  7  7  6  6  6  5  6  7  6  5  5  6  7  7  7  7  7 15 11 14 13 28
            20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
            22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
            26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
            20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
            30
            """;

    /** By symbol. */
    static final byte[] LENGTH = new byte[END + 1];
    /** By symbol; the code's last bit is the lowest. */
    static final int[] CODE = new int[END + 1];
    /** All symbols by their codes' value, short codes first. */
    static final short[] SYMBOLS = new short[END + 1];
    /** For each length, where in {@link #SYMBOLS} its symbols begin. */
    static final int[] FIRST_SYMBOL = new int[BITS_MAX + 2];
    /** For each length, its lowest code, moved to the top of 32 bits; unsigned. */
    static final long[] FIRST_CODE = new long[BITS_MAX + 2];

    static {
        var lengths = LENGTHS.strip().split("\\s+");
        var perLength = new int[BITS_MAX + 2];
        for (int symbol = 0; symbol <= END; symbol++) {
            LENGTH[symbol] = Byte.parseByte(lengths[symbol]);
            perLength[LENGTH[symbol]]++;
        }
        long code = 0;
        int symbols = 0;
        for (int length = 1; length <= BITS_MAX + 1; length++) {
            FIRST_SYMBOL[length] = symbols;
            FIRST_CODE[length] = code;
            symbols += perLength[length];
            code += (long) perLength[length] << (32 - length);
        }
        var next = Arrays.copyOf(FIRST_SYMBOL, FIRST_SYMBOL.length);
        for (int symbol = 0; symbol <= END; symbol++) {
            int length = LENGTH[symbol];
            int at = next[length]++;
            SYMBOLS[at] = (short) symbol;
            CODE[symbol] = (int) ((FIRST_CODE[length] >>> (32 - length)) + at - FIRST_SYMBOL[length]);
        }
    }

    private HuffmanCode() {}
}
