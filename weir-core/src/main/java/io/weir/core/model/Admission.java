package io.weir.core.model;

/**
 * How much a cluster is given to do at once. Immutable; any thread.
 *
 * @param limits
 *            the most that may be under way for {@link RoutingPriority#DEFAULT}
 * @param high
 *            the same for {@link RoutingPriority#HIGH}
 * @param queueNanos
 *            how long a request may wait for a connection; {@link Long#MAX_VALUE} as long as its own timeouts allow
 */
public record Admission(CircuitLimits limits, CircuitLimits high, long queueNanos) {
    /** Envoy's defaults, and a budget of retries. */
    public static final Admission DEFAULT = new Admission(CircuitLimits.DEFAULT, CircuitLimits.DEFAULT,
            Long.MAX_VALUE);

    public Admission {
        if (queueNanos <= 0) {
            throw new IllegalArgumentException("a request may wait for a while: " + queueNanos);
        }
    }

    /** The limits of this priority. */
    public CircuitLimits limits(RoutingPriority priority) {
        return switch (priority) {
            case DEFAULT -> limits;
            case HIGH -> high;
        };
    }

    /** The same with other limits for {@link RoutingPriority#DEFAULT}. */
    public Admission withLimits(CircuitLimits other) {
        return new Admission(other, high, queueNanos);
    }

    /** The same with other limits for {@link RoutingPriority#HIGH}. */
    public Admission withHigh(CircuitLimits other) {
        return new Admission(limits, other, queueNanos);
    }

    /** The same with another longest wait for a connection. */
    public Admission withQueueNanos(long other) {
        return new Admission(limits, high, other);
    }
}
