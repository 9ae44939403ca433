package io.weir.http.route.rewrite;

/** The syntax of replacements: from RE2's to that of the library. */
public final class Substitution {
    private Substitution() {}

    /**
     * RE2 writes groups as {@code \1}, one digit; re2j, as java.util.regex, as {@code $1} with as many digits as there
     * are groups for, and a backslash as escape.
     */
    public static String fromRe2(String substitution) {
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
}
