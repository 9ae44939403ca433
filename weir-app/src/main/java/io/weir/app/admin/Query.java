package io.weir.app.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters after the question mark; of a repeated one the last stands, and a bare name has an empty value. */
record Query(Map<String, String> parameters) {
    /** How many parameters are read; more are left out. */
    private static final int PARAMETERS_MAX = 32;

    static Query of(@Nullable String raw) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (raw != null && !raw.isEmpty()) {
            for (String part : raw.split("&", PARAMETERS_MAX)) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                parameters.put(decoded(name), equals < 0 ? "" : decoded(part.substring(equals + 1)));
            }
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

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
