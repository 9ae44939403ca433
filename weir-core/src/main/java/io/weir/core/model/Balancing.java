package io.weir.core.model;

import org.jspecify.annotations.Nullable;

/**
 * How a cluster chooses: by which policy, and among which of its hosts. Immutable; any thread.
 *
 * @param policy
 *            how a host is chosen among equally good ones
 * @param tiers
 *            which hosts are equally good, and which are used at all
 * @param slowStart
 *            how hosts come to their full share; null: at once
 */
public record Balancing(BalancePolicy policy, Tiers tiers, @Nullable SlowStart slowStart) {
    /** Round robin with Envoy's defaults. */
    public static final Balancing DEFAULT = new Balancing(new BalancePolicy.RoundRobin(), Tiers.DEFAULT, null);

    /** The same with another policy. */
    public Balancing withPolicy(BalancePolicy other) {
        return new Balancing(other, tiers, slowStart);
    }

    /** The same with other tiers. */
    public Balancing withTiers(Tiers other) {
        return new Balancing(policy, other, slowStart);
    }

    /** The same with another slow start; null: none. */
    public Balancing withSlowStart(@Nullable SlowStart other) {
        return new Balancing(policy, tiers, other);
    }
}
