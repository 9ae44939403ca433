package io.weir.core.model;

/**
 * When hosts of a cluster are left out. Immutable; any thread.
 *
 * @param ejection
 *            what happens to a host that cannot be reached
 */
public record HealthRules(EjectionSpec ejection) {
    /** A host that cannot be reached is left out for a moment; nothing else is looked at. */
    public static final HealthRules DEFAULT = new HealthRules(EjectionSpec.DEFAULT);

    /** The same with another rule of ejection. */
    public HealthRules withEjection(EjectionSpec other) {
        return new HealthRules(other);
    }
}
