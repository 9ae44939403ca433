package io.weir.core.balance;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws hosts of a group as often as their weights say, the next one another than the last, so that two draws are two
 * hosts. Immutable; any thread.
 */
final class Draw {
    private final int size;
    private final @Nullable AliasTable table;
    private final float[] burdens;

    Draw(Group group) {
        size = group.size();
        table = group.weighted() ? new AliasTable(group.weights()) : null;
        float mean = (float) Arrays.stream(group.weights()).average().orElse(1);
        burdens = new float[group.weighted() ? size : 0];
        for (int i = 0; i < burdens.length; i++) {
            burdens[i] = mean / group.weight(i);
        }
    }

    /** What one request is to a host: 1 for one of mean weight, less for heavier ones. */
    float burden(int i) {
        return burdens.length == 0 ? 1 : burdens[i];
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
