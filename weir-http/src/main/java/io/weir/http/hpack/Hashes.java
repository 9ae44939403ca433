package io.weir.http.hpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Hashes of bytes for the tables of one process; who floods them gains a longer search in one small table. Stateless.
 */
final class Hashes {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming, volume 3, section 6.4). */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private Hashes() {}

    /** The hash of {@code bytes[from, from + length)}: eight at a time, the last eight perhaps again. */
    static int of(byte[] bytes, int from, int length) {
        long hash = length * GOLDEN;
        int to = from + length;
        if (length >= Long.BYTES) {
            for (int i = from; i < to - Long.BYTES; i += Long.BYTES) {
                hash = (Long.rotateLeft(hash, 23) ^ (long) EIGHT.get(bytes, i)) * GOLDEN;
            }
            hash = (Long.rotateLeft(hash, 23) ^ (long) EIGHT.get(bytes, to - Long.BYTES)) * GOLDEN;
        } else {
            long rest = 0;
            for (int i = from; i < to; i++) {
                rest = rest << 8 | (bytes[i] & 0xff);
            }
            hash = (Long.rotateLeft(hash, 23) ^ rest) * GOLDEN;
        }
        return (int) (hash >>> 32);
    }

    /** Whether {@code bytes[from, to)}, all of them ASCII, has a capital letter. */
    static boolean capitals(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= bytes.length && i < to; i += Long.BYTES) {
            long v = (long) EIGHT.get(bytes, i);
            // The top bit of a byte: at least 'A', and not above 'Z'.
            long found = v + ONES * (0x80 - 'A') & ~(v + ONES * (0x7f - 'Z')) & HIGHS;
            int behind = i + Long.BYTES - to;
            if (behind > 0) {
                found &= -1L >>> (behind << 3);
            }
            if (found != 0) {
                return true;
            }
        }
        for (; i < to; i++) {
            if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
                return true;
            }
        }
        return false;
    }
}
