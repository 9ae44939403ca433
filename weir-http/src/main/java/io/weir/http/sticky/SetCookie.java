package io.weir.http.sticky;

import io.weir.core.hash.HashKey.MadeCookie;

/** The value of a {@code set-cookie} field, as Envoy writes it: for the server alone, {@code HttpOnly}. */
public final class SetCookie {
    private SetCookie() {}

    /** A cookie of this name and value. */
    public static String text(String name, String value, MadeCookie cookie) {
        var out = new StringBuilder(name).append("=\"").append(value).append('"');
        if (cookie.ttlSeconds() > 0) {
            out.append("; Max-Age=").append(cookie.ttlSeconds());
        }
        if (!cookie.path().isEmpty()) {
            out.append("; Path=").append(cookie.path());
        }
        for (String attribute : cookie.attributes()) {
            out.append("; ").append(attribute);
        }
        return out.append("; HttpOnly").toString();
    }
}
