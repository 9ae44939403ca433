package io.weir.core.odds;

import io.weir.core.follow.Overlap;
import io.weir.core.follow.Overlap.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Many weights in blocks of some hundred, each with a part that was made for its weights, and a table by which blocks
 * are drawn. Where a few weights change, a few parts are made anew and the small table; the other parts serve again.
 * Immutable; any thread.
 *
 * @param <T>
 *            the parts
 */
public final class Blocks<T> {
    /** So many weights or fewer are better kept as one: a draw is one step then, and one table is made soon enough. */
    public static final int ALONE_MAX = 4096;
    /** A block has as many weights when it is made, at least half as many, or as few more as are left over. */
    static final int SIZE = 512;
    /** 2^64 divided by the golden ratio: its multiples are as evenly spread as can be, however many there are. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private record Block<T>(int start, int size, double sum, T part) {
        Block<T> at(int other) {
            return other == start ? this : new Block<>(other, size, sum, part);
        }
    }

    /** Makes the part of a block. */
    public interface Maker<T> {
        /** That of these weights, which begin there. */
        T part(int start, int[] weights);
    }

    private final List<Block<T>> all;
    private final int[] starts;
    private final Object[] parts;
    private final AliasTable table;

    private Blocks(List<Block<T>> all) {
        this.all = all;
        this.starts = all.stream().mapToInt(Block::start).toArray();
        this.parts = all.stream().map(Block::part).toArray();
        this.table = new AliasTable(all.stream().mapToDouble(Block::sum).toArray());
    }

    /**
     * Blocks of these weights; there must be one.
     *
     * @param before
     *            whose parts serve again; null: nobody's
     * @param overlap
     *            where the weights are those of the blocks before; null: nothing is known of that
     */
    public static <T> Blocks<T> of(int[] weights, Maker<T> maker, @Nullable Blocks<T> before,
            @Nullable Overlap overlap) {
        List<Block<T>> next = new ArrayList<>();
        int covered = 0;
        if (before != null && overlap != null) {
            int at = 0;
            for (Run run : overlap.runs()) {
                for (; at < before.all.size(); at++) {
                    Block<T> block = before.all.get(at);
                    if (block.start + block.size > run.from() + run.length()) {
                        break;
                    }
                    if (block.start >= run.from()) {
                        int start = block.start - run.from() + run.to();
                        fill(next, weights, covered, start, maker);
                        if (!next.isEmpty() && next.getLast().size < SIZE / 2) {
                            // too few, and no block before them: one with this one, or weights that come one by one
                            // at the front would each have a block for ever
                            covered = next.removeLast().start;
                        } else {
                            next.add(block.at(start));
                            covered = start + block.size;
                        }
                    }
                }
            }
        }
        fill(next, weights, covered, weights.length, maker);
        return new Blocks<>(List.copyOf(next));
    }

    private static <T> void fill(List<Block<T>> blocks, int[] weights, int from, int to, Maker<T> maker) {
        int start = from;
        if (to > from && to - from < SIZE / 2 && !blocks.isEmpty()) {
            // too few for a block: one with them, or blocks would become ever smaller
            start = blocks.removeLast().start;
        }
        while (start < to) {
            int end = to - start < 2 * SIZE ? to : start + SIZE;
            int[] its = Arrays.copyOfRange(weights, start, end);
            double sum = 0;
            for (int weight : its) {
                sum += weight;
            }
            blocks.add(new Block<>(start, its.length, sum, maker.part(start, its)));
            start = end;
        }
    }

    /** Whether all of these weights are the same. */
    public static boolean equal(int[] weights) {
        for (int weight : weights) {
            if (weight != weights[0]) {
                return false;
            }
        }
        return true;
    }

    /** The block that 64 random bits stand for: each as often as it weighs. */
    public int draw(long bits64) {
        return table.draw(bits64);
    }

    /** The block whose turn it is: of turns one after the other each has as many as it weighs, but for a few. */
    public int turn(long number) {
        return table.at(number * GOLDEN);
    }

    /** Where its weights begin. */
    public int start(int block) {
        return starts[block];
    }

    /** Its part. */
    @SuppressWarnings("unchecked")
    public T of(int block) {
        return (T) parts[block];
    }

    /** Other bits that follow from these and look as random: for a draw within the block that they have drawn. */
    static long mixed(long bits64) {
        return (bits64 ^ bits64 >>> 31) * GOLDEN;
    }

    int count() {
        return parts.length;
    }
}
