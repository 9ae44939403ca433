package io.weir.http.route.normal;

/**
 * What is made uniform in a request before it is routed. Immutable. Source: fields of the same names in Envoy's
 * {@code HttpConnectionManager}.
 *
 * @param normalizePath
 *            whether dot segments are resolved (RFC 3986 section 6.2.2.3), escapes of unreserved characters undone,
 *            backslashes turned
 * @param mergeSlashes
 *            whether neighbouring slashes become one
 * @param escapedSlashes
 *            what happens to {@code %2F} and {@code %5C}
 * @param stripPort
 *            which ports are taken off the authority
 * @param stripTrailingDot
 *            whether a dot behind the host is taken off
 * @param underscores
 *            what happens to header names with an underscore
 */
public record NormalizeSpec(boolean normalizePath, boolean mergeSlashes, EscapedSlashes escapedSlashes,
        StripPort stripPort, boolean stripTrailingDot, Underscores underscores) {
    /** Nothing is touched: Envoy's default. */
    public static final NormalizeSpec NONE = new NormalizeSpec(false, false, EscapedSlashes.KEEP_UNCHANGED,
            StripPort.NONE, false, Underscores.ALLOW);

    /** {@code path_with_escaped_slashes_action}. */
    public enum EscapedSlashes {
        KEEP_UNCHANGED, REJECT_REQUEST, UNESCAPE_AND_REDIRECT, UNESCAPE_AND_FORWARD
    }

    /** {@code strip_matching_host_port} and {@code strip_any_host_port}. */
    public enum StripPort {
        NONE, MATCHING, ANY
    }

    /** {@code headers_with_underscores_action}. */
    public enum Underscores {
        ALLOW, REJECT_REQUEST, DROP_HEADER
    }
}
