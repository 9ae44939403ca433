package io.weir.core.model;

/**
 * How a cluster chooses: by which policy, and among which of its hosts. Immutable; any thread.
 *
 * @param policy
 *            how a host is chosen among equally good ones
 */
public record Balancing(BalancePolicy policy) {
    /** Round robin with Envoy's defaults. */
    public static final Balancing DEFAULT = new Balancing(new BalancePolicy.RoundRobin());

    /** The same with another policy. */
    public Balancing withPolicy(BalancePolicy other) {
        return new Balancing(other);
    }
}
