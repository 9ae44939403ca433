package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;

/** Text between heads, which are bytes, and patterns, which are about characters; and the syntax of replacements. */
final class Substitution {
    private Substitution() {}

    /**
     * RE2 writes groups as {@code \1}, one digit; re2j, as java.util.regex, as {@code $1} with as many digits as there
     * are groups for, and a backslash as escape.
     */
    static String fromRe2(String substitution) {
        var out = new StringBuilder();
        boolean afterGroup = false;
        for (int i = 0; i < substitution.length(); i++) {
            char c = substitution.charAt(i);
            boolean escape = c == '\\' && i + 1 < substitution.length();
            char next = escape ? substitution.charAt(++i) : c;
            boolean group = escape && isDigit(next);
            if (group) {
                out.append('$');
            } else if (escape || next == '$' || next == '\\' || (afterGroup && isDigit(next))) {
                out.append('\\');
            }
            out.append(next);
            afterGroup = group;
        }
        return out.toString();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
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
