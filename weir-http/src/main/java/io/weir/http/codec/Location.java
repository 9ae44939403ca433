package io.weir.http.codec;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@code location} field points (RFC 9110 section 10.2.2), as far as a proxy can go there itself. Immutable.
 *
 * @param scheme
 *            {@code http} or {@code https}; null: as it was
 * @param authority
 *            host and perhaps port; null: as it was
 * @param path
 *            with the query, from the first slash on, without a fragment
 */
public record Location(@Nullable String scheme, @Nullable String authority, String path) {
    private static final int BYTES_MAX = 8 * 1024;

    /** What the value says; null where it is no URL of http or https and no path from the root on. */
    public static @Nullable Location of(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > BYTES_MAX || !visible(value)) {
            return null;
        }
        int fragment = value.indexOf('#');
        String url = fragment < 0 ? value : value.substring(0, fragment);
        if (url.startsWith("/") && !url.startsWith("//")) {
            return new Location(null, null, url);
        }
        int colon = url.indexOf("://");
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return null;
        }
        int from = colon + 3;
        int end = from;
        while (end < url.length() && url.charAt(end) != '/' && url.charAt(end) != '?') {
            end++;
        }
        byte[] authority = url.substring(from, end).getBytes(StandardCharsets.ISO_8859_1);
        if (!Authority.valid(authority, 0, authority.length, false)) {
            return null;
        }
        String rest = url.substring(end);
        return new Location(scheme, url.substring(from, end), rest.startsWith("/") ? rest : "/" + rest);
    }

    private static boolean visible(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) <= ' ' || value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
