package io.weir.core.balance;

import java.util.Arrays;

/**
 * Draws indexes in proportion to weights in constant time (Vose, "A Linear Algorithm for Generating Random Numbers with
 * a Given Distribution", 1991). Each column keeps its own index with a probability of {@code keep / 2^32}, and else
 * gives its alias. Immutable; any thread.
 */
final class AliasTable {
    private static final double WHOLE = 0x1p32;

    private final long[] columns;

    AliasTable(int[] weights) {
        int count = weights.length;
        columns = new long[count];
        double sum = Arrays.stream(weights).asLongStream().sum();
        double[] scaled = new double[count];
        int[] small = new int[count];
        int[] large = new int[count];
        int smalls = 0;
        int larges = 0;
        for (int i = 0; i < count; i++) {
            scaled[i] = weights[i] * (double) count / sum;
            if (scaled[i] < 1) {
                small[smalls++] = i;
            } else {
                large[larges++] = i;
            }
        }
        while (smalls > 0 && larges > 0) {
            int less = small[--smalls];
            int more = large[larges - 1];
            columns[less] = ((long) (scaled[less] * WHOLE) << 32) | more;
            scaled[more] -= 1 - scaled[less];
            if (scaled[more] < 1) {
                larges--;
                small[smalls++] = more;
            }
        }
        // what is left is 1 but for rounding
        while (larges > 0) {
            whole(large[--larges]);
        }
        while (smalls > 0) {
            whole(small[--smalls]);
        }
    }

    private void whole(int index) {
        // its own alias: whether kept or not, the same
        columns[index] = index;
    }

    /** The index that 64 random bits stand for. */
    int draw(long bits64) {
        int index = Group.below(bits64 >>> 32, columns.length);
        long column = columns[index];
        // all ones or none, and no jump: a processor guesses wrong every other time here
        int kept = (int) ((bits64 & 0xffffffffL) - (column >>> 32) >> 63);
        return index & kept | (int) column & ~kept;
    }
}
