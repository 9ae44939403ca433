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
 * @param oid
 *            which other name, {@code 1.3.6.1.4.1.311.20.2.3} for a name of a user; empty for other kinds
 */
public record SanMatch(Type type, How how, String text, boolean ignoreCase, String oid) {

    /** A name of a kind that has no kinds of its own. */
    public SanMatch(Type type, How how, String text, boolean ignoreCase) {
        this(type, how, text, ignoreCase, "");
    }

    /** Kinds of names; {@code ANY} is any of the others but {@code OTHER}, which an identifier tells apart. */
    public enum Type {
        DNS, URI, EMAIL, IP, OTHER, ANY
    }

    /** Ways to compare; {@code REGEX} is RE2's and takes the whole name. */
    public enum How {
        EXACT, PREFIX, SUFFIX, CONTAINS, REGEX
    }
}
