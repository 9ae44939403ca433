package io.weir.core.model;

import io.weir.core.aperture.ApertureRule;
import io.weir.core.hash.HashKeys;
import io.weir.core.value.HostSource;
import java.util.List;
import java.util.Set;
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
 * @param subsets
 *            how hosts are divided by their metadata; null: not
 * @param overrideStatuses
 *            which announced healths leave a host to the requests that are bound to it; one that is down counts as
 *            unhealthy, and nothing announced as healthy. Envoy's {@code override_host_status}
 * @param hashKeys
 *            what of a request is hashed, whatever its route says; none: what the route says
 * @param overrideSources
 *            where a request may name its hosts, in order
 * @param aperture
 *            which part of the hosts is used at all
 */
public record Balancing(BalancePolicy policy, Tiers tiers, @Nullable SlowStart slowStart,
        @Nullable SubsetRule subsets, Set<Announced> overrideStatuses, HashKeys hashKeys,
        List<HostSource> overrideSources,
        ApertureRule aperture) {
    /** Round robin with Envoy's defaults. */
    public static final Balancing DEFAULT = new Balancing(new BalancePolicy.RoundRobin(), Tiers.DEFAULT, null, null,
            Set.of(Announced.UNKNOWN, Announced.HEALTHY, Announced.DEGRADED), HashKeys.NONE, List.of(),
            ApertureRule.ALL);

    public Balancing {
        overrideStatuses = Set.copyOf(overrideStatuses);
        overrideSources = List.copyOf(overrideSources);
    }

    /**
     * How often hosts are to report their load on a stream beside their answers, as the most eager of its rules wants;
     * 0: not.
     */
    public long reportNanos() {
        long byLocality = tiers.locality() instanceof LocalityRule.LoadAware rule ? rule.reportNanos() : 0;
        long byPolicy = policy.reportNanos();
        return byLocality == 0 || byPolicy == 0 ? byLocality + byPolicy : Math.min(byLocality, byPolicy);
    }

    /** The same with another policy. */
    public Balancing withPolicy(BalancePolicy other) {
        return new Balancing(other, tiers, slowStart, subsets, overrideStatuses, hashKeys, overrideSources,
                aperture);
    }

    /** The same with other tiers. */
    public Balancing withTiers(Tiers other) {
        return new Balancing(policy, other, slowStart, subsets, overrideStatuses, hashKeys, overrideSources,
                aperture);
    }

    /** The same with another slow start; null: none. */
    public Balancing withSlowStart(@Nullable SlowStart other) {
        return new Balancing(policy, tiers, other, subsets, overrideStatuses, hashKeys, overrideSources,
                aperture);
    }

    /** The same with other subsets; null: none. */
    public Balancing withSubsets(@Nullable SubsetRule other) {
        return new Balancing(policy, tiers, slowStart, other, overrideStatuses, hashKeys, overrideSources,
                aperture);
    }

    /** The same with other healths that keep a bound request. */
    public Balancing withOverrideStatuses(Set<Announced> other) {
        return new Balancing(policy, tiers, slowStart, subsets, other, hashKeys, overrideSources,
                aperture);
    }

    /** The same with other keys of requests. */
    public Balancing withHashKeys(HashKeys other) {
        return new Balancing(policy, tiers, slowStart, subsets, overrideStatuses, other, overrideSources, aperture);
    }

    /** The same with other places that name hosts. */
    public Balancing withOverrideSources(List<HostSource> other) {
        return new Balancing(policy, tiers, slowStart, subsets, overrideStatuses, hashKeys, other, aperture);
    }

    /** The same with another aperture. */
    public Balancing withAperture(ApertureRule other) {
        return new Balancing(policy, tiers, slowStart, subsets, overrideStatuses, hashKeys, overrideSources, other);
    }
}
