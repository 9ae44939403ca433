package io.weir.core.odds;

import io.weir.core.follow.Overlap;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Draws indexes in proportion to weights in constant time (Vose, "A Linear Algorithm for Generating Random Numbers with
 * a Given Distribution", 1991). Each column keeps its own index with a probability of {@code keep / 2^32}, and else
 * gives its alias. Where there are very many weights, {@link Blocks} of them have tables of their own. Immutable; any
 * thread.
 */
public final class AliasTable {
    private static final double WHOLE = 0x1p32;

    /** The columns of equal weights, as many as a block may have: each index is its own alias. */
    private static final long[] EQUAL = LongStream.range(0, 2L * Blocks.SIZE).toArray();

    private final long[] columns;
    /** So many of the columns are in use. */
    private final int size;
    private final @Nullable Blocks<AliasTable> blocks;

    /** One table of these weights, each at least 1. */
    public AliasTable(int[] weights) {
        this(weights.length <= EQUAL.length && Blocks.equal(weights)
                ? EQUAL
                : columns(Arrays.stream(weights).asDoubleStream().toArray()), weights.length, null);
    }

    AliasTable(double[] weights) {
        this(columns(weights), weights.length, null);
    }

    private AliasTable(long[] columns, int size, @Nullable Blocks<AliasTable> blocks) {
        this.columns = columns;
        this.size = size;
        this.blocks = blocks;
    }

    /**
     * A table of these weights, each at least 1, made from that of most of them.
     *
     * @param before
     *            null: there is none
     * @param overlap
     *            where the weights are those of the table before; null: nothing is known of that
     */
    public static AliasTable of(int[] weights, @Nullable AliasTable before, @Nullable Overlap overlap) {
        return weights.length <= Blocks.ALONE_MAX
                ? new AliasTable(weights)
                : new AliasTable(EQUAL, 0, Blocks.of(weights, (_, its) -> new AliasTable(its),
                        before == null ? null : before.blocks, overlap));
    }

    private static long[] columns(double[] weights) {
        int count = weights.length;
        long[] columns = new long[count];
        double sum = Arrays.stream(weights).sum();
        double[] scaled = new double[count];
        int[] small = new int[count];
        int[] large = new int[count];
        int smalls = 0;
        int larges = 0;
        for (int i = 0; i < count; i++) {
            scaled[i] = weights[i] * count / sum;
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
        // what is left is 1 but for rounding: its own alias, so that it is the same whether kept or not
        while (larges > 0) {
            int index = large[--larges];
            columns[index] = index;
        }
        while (smalls > 0) {
            int index = small[--smalls];
            columns[index] = index;
        }
        return columns;
    }

    /** The index that 64 random bits stand for. */
    public int draw(long bits64) {
        Blocks<AliasTable> parts = blocks;
        if (parts != null) {
            int block = parts.draw(bits64);
            return parts.start(block) + parts.of(block).drawn(Blocks.mixed(bits64));
        }
        return drawn(bits64);
    }

    private int drawn(long bits64) {
        // 32 random bits to 0 ... length - 1 without a division (Lemire 2019)
        int index = (int) ((bits64 >>> 32) * size >>> 32);
        return kept(index, bits64 & 0xffffffffL);
    }

    /** The index that stands there, at a part of 2^64 of the way: evenly spaced places give even shares. */
    int at(long place) {
        int index = (int) Math.unsignedMultiplyHigh(place, size);
        return kept(index, place * size >>> 32);
    }

    private int kept(int index, long bits32) {
        long column = columns[index];
        // all ones or none, and no jump: a processor guesses wrong every other time here
        int kept = (int) (bits32 - (column >>> 32) >> 63);
        return index & kept | (int) column & ~kept;
    }
}
