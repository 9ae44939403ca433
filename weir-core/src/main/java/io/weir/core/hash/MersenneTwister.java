package io.weir.core.hash;

/**
 * MT19937 (Matsumoto and Nishimura, "Mersenne Twister", 1998), the {@code std::mt19937} that Envoy shuffles hosts with:
 * the same seed must give the same hosts everywhere. Only as much of its state is made as is asked for. One thread.
 */
public final class MersenneTwister {
    private static final int LENGTH = 624;
    private static final int MIDDLE = 397;
    private static final int SEED_FACTOR = 1812433253;
    private static final int TWIST = 0x9908b0df;

    private final int[] state = new int[LENGTH];
    private int made;
    private int at;

    /** Begins anew; of the seed the lower 32 bits count. */
    public void seed(long seed) {
        state[0] = (int) seed;
        made = 1;
        at = 0;
    }

    /** The next 32 bits, as a number from 0 to 2^32 - 1. */
    public long next() {
        if (at == LENGTH) {
            at = 0;
        }
        int middle = at + MIDDLE;
        for (; made < LENGTH && made <= middle; made++) {
            int before = state[made - 1];
            state[made] = SEED_FACTOR * (before ^ before >>> 30) + made;
        }
        int joined = state[at] & 0x80000000 | state[at + 1 == LENGTH ? 0 : at + 1] & 0x7fffffff;
        int twisted = state[middle < LENGTH ? middle : middle - LENGTH] ^ joined >>> 1
                ^ ((joined & 1) == 0 ? 0 : TWIST);
        state[at++] = twisted;
        int bits = twisted ^ twisted >>> 11;
        bits ^= bits << 7 & 0x9d2c5680;
        bits ^= bits << 15 & 0xefc60000;
        return (bits ^ bits >>> 18) & 0xffffffffL;
    }

    /** A number from 0 to {@code bound - 1}, each as likely: as Envoy draws it. */
    public int below(int bound) {
        long width = (1L << Integer.SIZE) / bound;
        long drawn = next() / width;
        while (drawn >= bound) {
            drawn = next() / width;
        }
        return (int) drawn;
    }
}
