package io.weir.core.memory;

/**
 * A moving average of latencies that forgets with time (EWMA), in one {@code long}: the mean in nanoseconds as a float
 * in the upper half, the time of its last change in the lower. One word, so that a compare-and-set changes both at once
 * and no reader sees the mean of one answer with the time of another. A mean that nothing renews sinks towards 0.
 *
 * <p>
 * Time counts in steps of 1/{@value #STEPS} of the decay time, in 32 bits that wrap after two million decay times. Of
 * several answers within a step the first one counts, and any that raises the mean where that is to follow peaks: a
 * fair sample, and at high rates most answers write nothing. Immutable; any thread.
 */
final class DecayingMean {
    /** Nothing is known. */
    static final long UNKNOWN = 0;

    private static final int STEPS = 1024;
    /** Beyond so many decay times nothing is left: e^-20 is two billionths. */
    private static final int DECAYS_MAX = 20;
    private static final int POINTS = 32;
    private static final float[] CURVE = new float[DECAYS_MAX * POINTS + 2];

    static {
        for (int i = 0; i < CURVE.length; i++) {
            CURVE[i] = (float) Math.exp(-(double) i / POINTS);
        }
    }

    private final double stepNanos;

    DecayingMean(long decayNanos) {
        this.stepNanos = Math.max(1.0, (double) decayNanos / STEPS);
    }

    /** What is left after {@code steps}, as a part of 1: e^-x from a table, off by less than 1/8000. */
    private static float left(int steps) {
        // a worker's clock may be behind another's: no time has passed then
        float at = Math.max(steps, 0) * ((float) POINTS / STEPS);
        if (at >= DECAYS_MAX * POINTS) {
            return 0;
        }
        int whole = (int) at;
        return CURVE[whole] + (CURVE[whole + 1] - CURVE[whole]) * (at - whole);
    }

    /** The time as steps; two of them are compared by their difference. */
    int step(long nowNanos) {
        return (int) (long) (nowNanos / stepNanos);
    }

    private static float mean(long packed) {
        return Float.intBitsToFloat((int) (packed >>> 32));
    }

    private static long pack(float mean, int step) {
        // a mean of 0 nanoseconds is known all the same
        return (long) Float.floatToRawIntBits(Math.max(mean, Float.MIN_NORMAL)) << 32 | step & 0xffffffffL;
    }

    /** The mean now, in nanoseconds; negative when nothing is known. */
    static float at(long packed, int step) {
        return packed == UNKNOWN ? -1 : mean(packed) * left(step - (int) packed);
    }

    /**
     * What the mean becomes by one latency; the same word when nothing changes.
     *
     * @param peaks
     *            a latency above the mean becomes the mean at once
     */
    static long with(long packed, float latencyNanos, int step, boolean peaks) {
        float latency = Math.max(latencyNanos, 0);
        if (packed == UNKNOWN) {
            return pack(latency, step);
        }
        float now = at(packed, step);
        if (peaks && latency > now && latency > 0) {
            return pack(latency, Math.max(step - (int) packed, 0) + (int) packed);
        }
        int passed = step - (int) packed;
        if (passed <= 0) {
            return packed;
        }
        float left = left(passed);
        return pack(mean(packed) * left + latency * (1 - left), step);
    }
}
