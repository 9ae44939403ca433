package io.weir.core.tls;

/**
 * One name that a peer's certificate may carry: Envoy's {@code SubjectAltNameMatcher}. Immutable; any thread.
 *
 * @param type
 *            which kind of subject alternative name (RFC 5280 section 4.2.1.6)
 * @param how
 *            how the text is compared
 * @param ignoreCase
 *            whether upper and lower case are the same; a regular expression says so itself
 */
public record SanMatch(Type type, How how, String text, boolean ignoreCase) {

    /** Kinds of names; {@code ANY} is any of the others. */
    public enum Type {
        DNS, URI, EMAIL, IP, ANY
    }

    /** Ways to compare; {@code REGEX} is RE2's and takes the whole name. */
    public enum How {
        EXACT, PREFIX, SUFFIX, CONTAINS, REGEX
    }
}
