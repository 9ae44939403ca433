package io.weir.testkit.sim.engine;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * All chance of a run, from one seed: each thing that draws has a stream of its own, so that one contender drawing more
 * often changes nothing for what the others meet.
 */
final class Dice {
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private final long seed;

    Dice(long seed) {
        this.seed = seed;
    }

    /** The streams. */
    enum Stream {
        ARRIVALS, REQUESTS, WORKERS, SERVERS, TROUBLES, CONTEXT, HEALTH
    }

    /** The stream of number {@code index} of its kind. */
    RandomGenerator stream(Stream stream, long index) {
        return new SplittableRandom(mixed(mixed(seed + STEP * (stream.ordinal() + 1)) + STEP * (index + 1)));
    }

    /** Stafford's thirteenth mixer: every bit of the input reaches every bit of the output. */
    static long mixed(long value) {
        long bits = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
        return bits ^ (bits >>> 31);
    }
}
