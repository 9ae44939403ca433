package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;

/** Text between heads, which are bytes, and patterns, which are about characters; and the syntax of replacements. */
final class Substitution {
    private Substitution() {}

    /** RE2 writes groups as {@code \1}; re2j, as java.util.regex, as {@code $1} with a backslash as escape. */
    static String fromRe2(String substitution) {
        var out = new StringBuilder();
        for (int i = 0; i < substitution.length(); i++) {
            char c = substitution.charAt(i);
            if (c == '\\' && i + 1 < substitution.length()) {
                char next = substitution.charAt(++i);
                if (next >= '0' && next <= '9') {
                    out.append("${").append(next).append('}');
                } else {
                    out.append('\\').append(next);
                }
            } else if (c == '$' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    static String text(HttpHead head, int from, int to) {
        return new String(head.bytes(), from, to - from, StandardCharsets.UTF_8);
    }

    /** UTF-8 as heads hold it: one character a byte. */
    static String latin(String text) {
        return new String(bytes(text), StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
