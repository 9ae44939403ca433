package io.weir.core.balance;

import io.weir.core.follow.Overlap;
import io.weir.core.odds.AliasTable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws hosts of a group as often as their weights say, the next one another than the last, so that two draws are two
 * hosts. Immutable; any thread.
 */
final class Draw {
    private final int size;
    private final @Nullable AliasTable table;
    /** One over each weight; empty where weights are equal. */
    private final float[] inverses;
    private final float mean;

    /**
     * @param former
     *            of most of these hosts; null: there is none
     * @param overlap
     *            where its hosts are those of now, unchanged; null: nothing is known of that
     */
    Draw(Group group, @Nullable Draw former, @Nullable Overlap overlap) {
        size = group.size();
        if (!group.weighted()) {
            table = null;
            inverses = new float[0];
            mean = 1;
            return;
        }
        int[] weights = group.weights();
        table = AliasTable.of(weights, former == null ? null : former.table, overlap);
        inverses = new float[size];
        if (former != null && overlap != null && former.inverses.length > 0) {
            overlap.carry(former.inverses, inverses);
            overlap.rest(i -> inverses[i] = 1f / weights[i]);
        } else {
            for (int i = 0; i < size; i++) {
                inverses[i] = 1f / weights[i];
            }
        }
        long sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        mean = (float) sum / size;
    }

    /** What one request is to a host: 1 for one of mean weight, less for heavier ones. */
    float burden(int i) {
        return inverses.length == 0 ? 1 : mean * inverses[i];
    }

    /** The host that these 64 random bits stand for. */
    int first(long bits) {
        return table == null ? Group.below(bits >>> 32, size) : table.draw(bits);
    }

    /**
     * Another host than {@code last}. By weight, one may be drawn again and again: then its neighbour is taken.
     *
     * @param bits
     *            those of {@link #first}, whose lower half is not used up where weights are equal
     */
    int next(int last, long bits, RandomGenerator random) {
        if (table == null) {
            int other = last + 1 + Group.below(bits & 0xffffffffL, size - 1);
            return other >= size ? other - size : other;
        }
        int other = table.draw(random.nextLong());
        if (other == last) {
            other = table.draw(random.nextLong());
        }
        return other != last ? other : last + 1 == size ? 0 : last + 1;
    }
}
