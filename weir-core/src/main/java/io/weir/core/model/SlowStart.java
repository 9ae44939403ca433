package io.weir.core.model;

/**
 * How a host that is new, or back after it was out, comes to its full share: from a small part of its weight on, over a
 * while. Immutable; any thread.
 *
 * @param windowNanos
 *            how long that takes; above 0
 * @param aggression
 *            1 grows by the clock, more grows faster at first, less more slowly; above 0
 * @param minWeightPercent
 *            what part of its weight it has at least; above 0, at most 100
 */
public record SlowStart(long windowNanos, double aggression, double minWeightPercent) {
    public SlowStart {
        if (windowNanos < 1 || !(aggression > 0) || !(minWeightPercent > 0 && minWeightPercent <= 100)) {
            throw new IllegalArgumentException("not a slow start: " + windowNanos + " ns, aggression " + aggression
                    + ", at least " + minWeightPercent + " %");
        }
    }

    /**
     * What part of its weight a host has so long after it began. Source: Envoy's architecture overview, "Slow start
     * mode".
     */
    public double factor(long sinceNanos) {
        if (sinceNanos >= windowNanos) {
            return 1;
        }
        double time = Math.max(0, sinceNanos) / (double) windowNanos;
        return Math.max(minWeightPercent / 100, Math.pow(time, 1 / aggression));
    }
}
