package io.weir.observe.log;

import java.util.concurrent.ThreadLocalRandom;

/** A random UUID (RFC 9562 section 5.4), another one in every line. */
final class UniqueId {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private UniqueId() {}

    static boolean append(LogBuffer out) {
        long high = (ThreadLocalRandom.current().nextLong() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (ThreadLocalRandom.current().nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        digits(high >>> 32, 8, out);
        out.append('-');
        digits(high >>> 16, 4, out);
        out.append('-');
        digits(high, 4, out);
        out.append('-');
        digits(low >>> 48, 4, out);
        out.append('-');
        digits(low, 12, out);
        return true;
    }

    private static void digits(long bits, int count, LogBuffer out) {
        for (int i = count - 1; i >= 0; i--) {
            out.append((char) HEX[(int) (bits >>> (4 * i)) & 15]);
        }
    }
}
