package io.weir.core.access;

/**
 * What rules have decided. Immutable.
 *
 * @param allowed
 *            whether the subject may
 * @param logged
 *            whether it is to be written down; only of rules that are there for that
 * @param policy
 *            the name of the policy that matched; empty where none did
 */
public record Verdict(boolean allowed, boolean logged, String policy) {
}
