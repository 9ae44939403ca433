package io.weir.filters.cache.rules;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * What a client says it has already (RFC 9110 section 13), as it stood in its request. Immutable.
 *
 * @param noneMatch
 *            {@code If-None-Match}; null without, as with all of these
 * @param modifiedSince
 *            {@code If-Modified-Since}
 * @param range
 *            {@code Range}
 * @param ifRange
 *            {@code If-Range}
 */
public record Conditions(@Nullable String noneMatch, @Nullable String modifiedSince, @Nullable String range,
        @Nullable String ifRange) {
    /** {@code If-None-Match}. */
    public static final HeaderName IF_NONE_MATCH = HeaderName.of("if-none-match");
    /** {@code If-Modified-Since}. */
    public static final HeaderName IF_MODIFIED_SINCE = HeaderName.of("if-modified-since");
    private static final HeaderName IF_RANGE = HeaderName.of("if-range");

    /** Those of a request. */
    public static Conditions of(HttpHead request) {
        return new Conditions(
                request.has(IF_NONE_MATCH) ? KeyRules.values(request, IF_NONE_MATCH) : null,
                request.value(IF_MODIFIED_SINCE), request.has(HeaderName.RANGE)
                        ? KeyRules.values(request, HeaderName.RANGE)
                        : null,
                request.value(IF_RANGE));
    }

    /** Whether the client has this response, so that a 304 is the answer (RFC 9110 sections 13.1.2, 13.1.3, 13.2.2). */
    public boolean hold(StoredResponse stored) {
        if (stored.status() != 200) {
            return false;
        }
        if (noneMatch != null) {
            return names(noneMatch, stored.etag());
        }
        String modified = stored.lastModified();
        if (modifiedSince == null || modified == null) {
            return false;
        }
        long since = HttpDate.millis(modifiedSince.strip(), stored.responseMillis());
        long last = HttpDate.millis(modified.strip(), stored.responseMillis());
        return since != HttpDate.NONE && last != HttpDate.NONE && last <= since;
    }

    /** Whether a list of tags names one, by the weak comparison (RFC 9110 section 8.8.3.2). */
    private static boolean names(String list, @Nullable String etag) {
        if (list.strip().equals("*")) {
            return true;
        }
        if (etag == null) {
            return false;
        }
        String wanted = opaque(etag.strip());
        int at = 0;
        while (at < list.length()) {
            int open = list.indexOf('"', at);
            int close = open < 0 ? -1 : list.indexOf('"', open + 1);
            if (close < 0) {
                return false;
            }
            if (list.substring(open, close + 1).equals(wanted)) {
                return true;
            }
            at = close + 1;
        }
        return false;
    }

    private static String opaque(String etag) {
        return etag.startsWith("W/") ? etag.substring(2) : etag;
    }

    /**
     * Which part of a stored response is asked for; all of it where {@code If-Range} names another (section 13.1.5).
     */
    public ByteRange part(StoredResponse stored) {
        if (range == null || stored.status() != 200 || (ifRange != null && !same(ifRange.strip(), stored))) {
            return ByteRange.WHOLE;
        }
        return ByteRange.of(range, stored.content().length());
    }

    /** By the strong comparison: a weak tag names no bytes. */
    private static boolean same(String tagOrDate, StoredResponse stored) {
        if (tagOrDate.startsWith("\"")) {
            return tagOrDate.equals(stored.etag());
        }
        return !tagOrDate.startsWith("W/") && tagOrDate.equals(stored.lastModified());
    }
}
