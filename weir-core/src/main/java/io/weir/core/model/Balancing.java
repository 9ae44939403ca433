package io.weir.core.model;

import io.weir.core.aperture.ApertureRule;
import io.weir.core.hash.HashKeys;
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
 * @param overrideHeaders
 *            headers in which a request may name its hosts, {@code ADDRESS:PORT,ADDRESS:PORT ...}, the best first
 * @param aperture
 *            which part of the hosts is used at all
 */
public record Balancing(BalancePolicy policy, Tiers tiers, @Nullable SlowStart slowStart,
        @Nullable SubsetRule subsets, Set<Announced> overrideStatuses, HashKeys hashKeys, List<String> overrideHeaders,
        ApertureRule aperture) {
    /** Round robin with Envoy's defaults. */
    public static final Balancing DEFAULT = new Balancing(new BalancePolicy.RoundRobin(), Tiers.DEFAULT, null, null,
            Set.of(Announced.UNKNOWN, Announced.HEALTHY, Announced.DEGRADED), HashKeys.NONE, List.of(),
            ApertureRule.ALL);

    public Balancing {
        overrideStatuses = Set.copyOf(overrideStatuses);
        overrideHeaders = List.copyOf(overrideHeaders);
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
        return new Balancing(other, tiers, slowStart, subsets, overrideStatuses, hashKeys, overrideHeaders,
                aperture);
    }

    /** The same with other tiers. */
    public Balancing withTiers(Tiers other) {
        return new Balancing(policy, other, slowStart, subsets, overrideStatuses, hashKeys, overrideHeaders,
                aperture);
    }

    /** The same with another slow start; null: none. */
    public Balancing withSlowStart(@Nullable SlowStart other) {
        return new Balancing(policy, tiers, other, subsets, overrideStatuses, hashKeys, overrideHeaders,
                aperture);
    }

    /** The same with other subsets; null: none. */
    public Balancing withSubsets(@Nullable SubsetRule other) {
        return new Balancing(policy, tiers, slowStart, other, overrideStatuses, hashKeys, overrideHeaders,
                aperture);
    }

    /** The same with other healths that keep a bound request. */
    public Balancing withOverrideStatuses(Set<Announced> other) {
        return new Balancing(policy, tiers, slowStart, subsets, other, hashKeys, overrideHeaders,
                aperture);
    }

    /** The same with other keys of requests. */
    public Balancing withHashKeys(HashKeys other) {
        return new Balancing(policy, tiers, slowStart, subsets, overrideStatuses, other, overrideHeaders, aperture);
    }

    /** The same with other headers that name hosts. */
    public Balancing withOverrideHeaders(List<String> other) {
        return new Balancing(policy, tiers, slowStart, subsets, overrideStatuses, hashKeys, other, aperture);
    }

    /** The same with another aperture. */
    public Balancing withAperture(ApertureRule other) {
        return new Balancing(policy, tiers, slowStart, subsets, overrideStatuses, hashKeys, overrideHeaders, other);
    }
}
