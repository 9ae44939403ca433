package io.weir.http.hpack;

/** Encodes strings in the Huffman code (RFC 7541 section 5.2). Stateless. */
final class HuffmanEncoder {
    private HuffmanEncoder() {}

    /** How many bytes {@code in[from, to)} takes in the code. */
    static int length(byte[] in, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits += HuffmanCode.LENGTH[in[i] & 0xff];
        }
        return (int) ((bits + 7) >>> 3);
    }

    /** Encodes {@code in[from, to)} to {@code out} from {@code at} on, and says where it ends. */
    static int encode(byte[] in, int from, int to, byte[] out, int at) {
        long window = 0;
        int bits = 0;
        int end = at;
        for (int i = from; i < to; i++) {
            int symbol = in[i] & 0xff;
            int length = HuffmanCode.LENGTH[symbol];
            window = window << length | HuffmanCode.CODE[symbol];
            bits += length;
            while (bits >= 8) {
                bits -= 8;
                out[end++] = (byte) (window >>> bits);
            }
        }
        if (bits > 0) {
            out[end++] = (byte) (window << (8 - bits) | 0xff >>> bits);
        }
        return end;
    }
}
