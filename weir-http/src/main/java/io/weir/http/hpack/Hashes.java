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

    /** A hash of the last bytes of {@code bytes[from, from + length)}, eight at most, of so many bits. */
    static int ofEnd(byte[] bytes, int from, int length, int bits) {
        long end = length;
        if (length >= Long.BYTES) {
            end ^= (long) EIGHT.get(bytes, from + length - Long.BYTES);
        } else {
            for (int i = from; i < from + length; i++) {
                end = end << 8 ^ bytes[i];
            }
        }
        return (int) (end * GOLDEN >>> Long.SIZE - bits);
    }

    /** Whether {@code one[at, at + length)} is {@code other[from, from + length)}; most are short, and most are. */
    static boolean equal(byte[] one, int at, byte[] other, int from, int length) {
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                if (one[at + i] != other[from + i]) {
                    return false;
                }
            }
            return true;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            if ((long) EIGHT.get(one, at + i) != (long) EIGHT.get(other, from + i)) {
                return false;
            }
        }
        return (long) EIGHT.get(one, at + last) == (long) EIGHT.get(other, from + last);
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
