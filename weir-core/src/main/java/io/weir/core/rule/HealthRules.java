package io.weir.core.rule;

import org.jspecify.annotations.Nullable;

/**
 * When hosts of a cluster are left out. Immutable; any thread.
 *
 * @param ejection
 *            what happens to a host that cannot be reached
 * @param outliers
 *            what happens to a host that fails or differs from its peers; null: nothing
 * @param checks
 *            how hosts are checked; null: not at all
 */
public record HealthRules(EjectionSpec ejection, @Nullable OutlierSpec outliers, @Nullable CheckSpec checks) {
    /** A host that cannot be reached is left out for a moment; nothing else is looked at. */
    public static final HealthRules DEFAULT = new HealthRules(EjectionSpec.DEFAULT, null, null);

    /** The same with another rule of ejection. */
    public HealthRules withEjection(EjectionSpec other) {
        return new HealthRules(other, outliers, checks);
    }

    /** The same with another rule for outliers. */
    public HealthRules withOutliers(@Nullable OutlierSpec other) {
        return new HealthRules(ejection, other, checks);
    }

    /** The same with other health checks. */
    public HealthRules withChecks(@Nullable CheckSpec other) {
        return new HealthRules(ejection, outliers, other);
    }
}
