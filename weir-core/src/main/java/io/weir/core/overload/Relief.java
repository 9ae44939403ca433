package io.weir.core.overload;

import java.util.concurrent.TimeUnit;

/**
 * What each worker is to give up, at every measurement anew, of what it has taken on already. Bounds and classes are
 * Envoy's ({@code WatermarkBufferFactory}, {@code SessionIdleList}). Immutable.
 *
 * @param resetBytesMin
 *            streams that hold so many bytes are reset; {@link Long#MAX_VALUE}: none are
 * @param restedNanosMin
 *            connections that have rested so long are closed; {@link Long#MAX_VALUE}: none are
 * @param closesMax
 *            how many of them at once, those first that have rested longest
 */
public record Relief(long resetBytesMin, long restedNanosMin, int closesMax) {
    /** So many streams are reset at once, the greatest first. */
    public static final int RESETS_MAX = 50;
    /** Nothing is given up. */
    public static final Relief NONE = new Relief(Long.MAX_VALUE, Long.MAX_VALUE, 0);

    /** By the bytes that they hold streams are told apart in so many classes, each of twice the bytes of the last. */
    private static final int CLASSES = 8;
    private static final long RESTED_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int CLOSES = 5;
    /** Who has just been answered is likely to ask again, and would only connect anew. */
    private static final long RESTED_NANOS_SATURATED = TimeUnit.SECONDS.toNanos(10);
    private static final int CLOSES_SATURATED = 50;

    /**
     * @param reset
     *            how much of {@link Action#RESET_HIGH_MEMORY_STREAM}, from 0 to 1: one class at first, all in the end
     * @param power
     *            the smallest class begins at two to the power of this
     * @param close
     *            how much of {@link Action#CLOSE_IDLE_HTTP_CONNECTIONS}
     */
    static Relief of(double reset, int power, double close) {
        int classes = Math.min((int) (reset * CLASSES) + 1, CLASSES);
        long bytes = reset > 0 ? 1L << Math.min(power + CLASSES - classes, Long.SIZE - 2) : Long.MAX_VALUE;
        if (close <= 0) {
            return reset > 0 ? new Relief(bytes, Long.MAX_VALUE, 0) : NONE;
        }
        return close < 1
                ? new Relief(bytes, RESTED_NANOS, CLOSES)
                : new Relief(bytes, RESTED_NANOS_SATURATED, CLOSES_SATURATED);
    }

    /** Whether any streams may be reset. */
    public boolean resets() {
        return resetBytesMin < Long.MAX_VALUE;
    }

    /** Whether any connections may be closed. */
    public boolean closes() {
        return closesMax > 0;
    }
}
