package io.weir.core.model;

/** The most that may be under way at once in one cluster, over all workers; Envoy's circuit breaker thresholds. */
public record CircuitLimits(int connectionsMax, int pendingMax, int requestsMax, int retriesMax) {
    /** Envoy's defaults. */
    public static final CircuitLimits DEFAULT = new CircuitLimits(1024, 1024, 1024, 3);

    public CircuitLimits {
        if (connectionsMax < 0 || pendingMax < 0 || requestsMax < 0 || retriesMax < 0) {
            throw new IllegalArgumentException("limits must not be negative");
        }
    }
}
