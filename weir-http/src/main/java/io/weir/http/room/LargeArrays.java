package io.weir.http.room;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * Arrays for the few heads that are larger than others, kept for the next of them. A head lives as long as its request:
 * an array of its own would be garbage of the old generation, which a small young generation, and a collector that
 * rather lets the heap grow, make many hundred megabytes of in a flood of large heads. One stock a thread; an array is
 * taken and given back on the same one.
 */
public final class LargeArrays {
    /** Arrays up to this size are for their users to keep, in bytes. */
    public static final int SMALL_MAX = 16 * 1024;
    /** No more than this is kept a thread, in bytes. */
    static final int KEPT_BYTES_MAX = 8 << 20;

    private static final int CLASSES = 6; // 32 KiB to 1 MiB
    private static final int FIRST = 2 * SMALL_MAX;
    private static final int KEPT_MAX = KEPT_BYTES_MAX / FIRST;

    private static final FastThreadLocal<LargeArrays> STOCK = new FastThreadLocal<>() {
        @Override
        protected LargeArrays initialValue() {
            return new LargeArrays();
        }
    };

    private final byte[][][] kept = new byte[CLASSES][][];
    private final int[] counts = new int[CLASSES];
    private int keptBytes;

    private LargeArrays() {}

    /** An array of at least so many bytes, whatever they are; small ones and very large ones are new. */
    public static byte[] take(int bytesMin) {
        int at = classOf(bytesMin);
        if (bytesMin <= SMALL_MAX || at >= CLASSES) {
            return new byte[bytesMin];
        }
        var stock = STOCK.get();
        if (stock.counts[at] == 0) {
            return new byte[FIRST << at];
        }
        stock.keptBytes -= FIRST << at;
        return stock.kept[at][--stock.counts[at]];
    }

    /** Takes an array back that nobody uses any more. One that is not of a kept size is left to the collector. */
    public static void giveBack(byte[] array) {
        int at = classOf(array.length);
        if (array.length <= SMALL_MAX || at >= CLASSES || array.length != FIRST << at) {
            return;
        }
        var stock = STOCK.get();
        if (stock.keptBytes + array.length > KEPT_BYTES_MAX) {
            return;
        }
        if (stock.kept[at] == null) {
            stock.kept[at] = new byte[KEPT_MAX >> at][];
        }
        stock.kept[at][stock.counts[at]++] = array;
        stock.keptBytes += array.length;
    }

    /** The smallest class that has room; at least {@link #CLASSES} where none has. */
    private static int classOf(int bytes) {
        int over = (bytes - 1) / FIRST;
        return 32 - Integer.numberOfLeadingZeros(over);
    }
}
