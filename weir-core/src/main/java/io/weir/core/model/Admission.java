package io.weir.core.model;

/**
 * How much a cluster is given to do at once. Immutable; any thread.
 *
 * @param limits
 *            the most that may be under way
 */
public record Admission(CircuitLimits limits) {
    /** Envoy's defaults. */
    public static final Admission DEFAULT = new Admission(CircuitLimits.DEFAULT);

    /** The same with other limits. */
    public Admission withLimits(CircuitLimits other) {
        return new Admission(other);
    }
}
