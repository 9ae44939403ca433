package io.weir.core.health;

import io.weir.core.health.CheckEvent.Kind;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import java.util.EnumSet;
import java.util.Set;

/**
 * Hosts that are checked no more: what checks have found out of them no longer counts, and everybody hears why, as of a
 * change that a check makes. The conductor's.
 */
final class Release {
    private static final Set<HealthFlag> ALL = EnumSet.of(HealthFlag.FAILED_ACTIVE_HC, HealthFlag.DEGRADED_ACTIVE_HC,
            HealthFlag.PENDING_ACTIVE_HC, HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL, HealthFlag.ACTIVE_HC_TIMEOUT,
            HealthFlag.PENDING_DYNAMIC_REMOVAL);

    private Release() {}

    /**
     * Lets the host go.
     *
     * @param spec
     *            the rules of the checks that there were
     */
    static void of(Host host, String cluster, CheckSpec spec, Surroundings around, String why, long nowNanos) {
        boolean out = host.is(HealthFlag.FAILED_ACTIVE_HC);
        boolean degraded = host.is(HealthFlag.DEGRADED_ACTIVE_HC);
        host.flags(Set.of(), ALL, why, nowNanos);
        if (out) {
            around.checks().accept(new CheckEvent(cluster, host, spec, Kind.ADDED, null, false, why));
        }
        if (degraded) {
            around.checks().accept(new CheckEvent(cluster, host, spec, Kind.NO_LONGER_DEGRADED, null, false, why));
        }
    }
}
