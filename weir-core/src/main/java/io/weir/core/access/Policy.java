package io.weir.core.access;

/**
 * What may be done, and by whom: it matches where both hold. Immutable. Source: Envoy's {@code Policy}.
 *
 * @param name
 *            by which it is told
 * @param permission
 *            what is asked for
 * @param principal
 *            who asks
 */
public record Policy<S>(String name, Condition<S> permission, Condition<S> principal) {
    /** Whether it is about this subject. */
    public boolean matches(S subject) {
        return permission.holds(subject) && principal.holds(subject);
    }
}
