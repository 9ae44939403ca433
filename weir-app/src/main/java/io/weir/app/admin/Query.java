package io.weir.app.admin;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters after the question mark. As in Envoy, of a repeated one the first stands, a bare name has an empty
 * value, a plus sign is one (it is common in a regular expression), and what is no percent-encoding stays as it is.
 */
record Query(Map<String, String> parameters) {
    /** How many parameters are read; more are left out. */
    private static final int PARAMETERS_MAX = 32;

    static Query of(String raw) {
        Map<String, String> parameters = new LinkedHashMap<>();
        int start = 0;
        while (start < raw.length() && parameters.size() < PARAMETERS_MAX) {
            int end = raw.indexOf('&', start);
            end = end < 0 ? raw.length() : end;
            int equals = raw.indexOf('=', start);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (nameEnd > start) {
                parameters.putIfAbsent(decoded(raw.substring(start, nameEnd)),
                        nameEnd == end ? "" : decoded(raw.substring(nameEnd + 1, end)));
            }
            start = end + 1;
        }
        return new Query(parameters);
    }

    boolean has(String name) {
        return parameters.containsKey(name);
    }

    String value(String name, String otherwise) {
        return parameters.getOrDefault(name, otherwise);
    }

    boolean wantsJson() {
        return value("format", "").equals("json");
    }

    /** Percent-encoded bytes decoded (RFC 3986 section 2.1), as UTF-8; the text has a character for each byte. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            int high = i + 2 < text.length() && text.charAt(i) == '%' ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            bytes[length++] = (byte) (low < 0 ? text.charAt(i) : high * 16 + low);
            i += low < 0 ? 0 : 2;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
