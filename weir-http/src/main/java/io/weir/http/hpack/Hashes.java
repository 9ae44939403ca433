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

    /** The hash of a field by those of its name and its value. */
    static int field(int name, int value) {
        return (name * 31 + value) * (int) (GOLDEN >>> 32);
    }
}
