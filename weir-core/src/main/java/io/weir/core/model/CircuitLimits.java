package io.weir.core.model;

/**
 * The most that may be under way at once for one priority of a cluster, over all workers; Envoy's circuit breaker
 * thresholds. Immutable; any thread.
 *
 * @param connectionsMax
 *            open or being made
 * @param pendingMax
 *            requests that wait for a connection
 * @param requestsMax
 *            requests, those that wait too
 * @param hostConnectionsMax
 *            connections of one host
 * @param retries
 *            how many requests may be on a further try
 * @param trackRemaining
 *            whether statistics show what is left
 */
public record CircuitLimits(int connectionsMax, int pendingMax, int requestsMax, int hostConnectionsMax,
        RetryLimit retries, boolean trackRemaining) {
    /** Envoy's defaults, but for retries, which Envoy limits to 3 at once. */
    public static final CircuitLimits DEFAULT = new CircuitLimits(1024, 1024, 1024, Integer.MAX_VALUE,
            RetryLimit.DEFAULT, false);

    public CircuitLimits {
        if (connectionsMax < 0 || pendingMax < 0 || requestsMax < 0 || hostConnectionsMax < 0) {
            throw new IllegalArgumentException("limits must not be negative");
        }
    }

    /** These limits, retries by their number. */
    public CircuitLimits(int connectionsMax, int pendingMax, int requestsMax, int retriesMax) {
        this(connectionsMax, pendingMax, requestsMax, Integer.MAX_VALUE, new RetryLimit.AtOnce(retriesMax), false);
    }

    /** The same with another limit of requests. */
    public CircuitLimits withRequestsMax(int other) {
        return new CircuitLimits(connectionsMax, pendingMax, other, hostConnectionsMax, retries, trackRemaining);
    }

    /** The same with another limit of retries. */
    public CircuitLimits withRetries(RetryLimit other) {
        return new CircuitLimits(connectionsMax, pendingMax, requestsMax, hostConnectionsMax, other, trackRemaining);
    }

    /** The same with another limit of one host's connections. */
    public CircuitLimits withHostConnectionsMax(int other) {
        return new CircuitLimits(connectionsMax, pendingMax, requestsMax, other, retries, trackRemaining);
    }

    /** The same, what is left shown or not. */
    public CircuitLimits withTrackRemaining(boolean other) {
        return new CircuitLimits(connectionsMax, pendingMax, requestsMax, hostConnectionsMax, retries, other);
    }
}
