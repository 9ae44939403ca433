package io.weir.core.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * MurmurHash64A (Appleby, "MurmurHash2", 2008) with the seed of GNU's {@code std::hash}, which Envoy's ring has as
 * {@code MURMUR_HASH_2}. Any thread; allocates nothing.
 */
public final class MurmurHash2 {
    /** The seed of {@code std::hash} in GNU's C++ library. */
    public static final long STD_HASH_SEED = 0xc70f6907L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0xc6a4a7935bd1e995L;
    private static final int SHIFT = 47;

    private MurmurHash2() {}

    /** The hash of {@code length} bytes from {@code from} on. */
    public static long of(byte[] bytes, int from, int length, long seed) {
        long hash = seed ^ length * FACTOR;
        int at = from;
        int end = from + length;
        for (; at <= end - 8; at += 8) {
            hash = (hash ^ mixed((long) LONGS.get(bytes, at) * FACTOR) * FACTOR) * FACTOR;
        }
        if (at < end) {
            long tail = 0;
            for (int i = end - 1; i >= at; i--) {
                tail = tail << 8 | bytes[i] & 0xff;
            }
            hash = (hash ^ tail) * FACTOR;
        }
        return mixed(mixed(hash) * FACTOR);
    }

    private static long mixed(long bits) {
        return bits ^ bits >>> SHIFT;
    }
}
