package io.weir.http.route.match;

/**
 * The literal text that every match of a regular expression begins and ends with, as far as it can be told by a look at
 * the expression: so that a table finds patterns by their beginning, and a pattern that cannot match is never run. Only
 * ASCII counts, where characters are bytes. What is in doubt gives no text.
 *
 * @param start
 *            what a match begins with; empty where that is not known
 * @param end
 *            what a match ends with; empty where that is not known
 */
record LiteralEnds(String start, String end) {
    /** What is no literal in RE2's syntax. */
    private static final String META = "\\^$.[]|()?*+{}";

    /** Of an expression that matches whole texts. */
    static LiteralEnds of(String regex) {
        if (regex.contains("\\Q") || alternates(regex)) {
            return new LiteralEnds("", "");
        }
        return new LiteralEnds(start(regex), end(regex));
    }

    /** Whether there is a choice that no group holds. Classes and escapes hide brackets. */
    private static boolean alternates(String regex) {
        int depth = 0;
        for (int i = 0; i < regex.length(); i++) {
            switch (regex.charAt(i)) {
                case '\\' -> i++;
                case '[' -> i = classEnd(regex, i);
                case '(' -> depth++;
                case ')' -> depth--;
                case '|' -> {
                    if (depth == 0) {
                        return true;
                    }
                }
                default -> {
                    // stands for itself, or repeats
                }
            }
        }
        return false;
    }

    /** The closing bracket of a class: not the first character of it, nor one of a named class within. */
    private static int classEnd(String regex, int open) {
        int i = open + 1;
        if (i < regex.length() && regex.charAt(i) == '^') {
            i++;
        }
        for (int first = i; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\') {
                i++;
            } else if (regex.startsWith("[:", i) && regex.indexOf(":]", i) > 0) {
                i = regex.indexOf(":]", i) + 1;
            } else if (c == ']' && i > first) {
                return i;
            }
        }
        return regex.length();
    }

    private static String start(String regex) {
        var out = new StringBuilder();
        int i = regex.startsWith("^") ? 1 : 0;
        while (i < regex.length()) {
            char c = regex.charAt(i);
            int next = i + 1;
            if (c == '\\' && next < regex.length() && isPunctuation(regex.charAt(next))) {
                c = regex.charAt(next);
                next++;
            } else if (META.indexOf(c) >= 0 || c >= 0x7f) {
                break;
            }
            char after = next < regex.length() ? regex.charAt(next) : 0;
            if (after == '*' || after == '?' || after == '{') {
                break; // it may be missing
            }
            out.append(c);
            i = next;
            if (after == '+') {
                break;
            }
        }
        return out.toString();
    }

    /** Read backwards, an escape of several letters looks like text: with any such escape, or flags, there is none. */
    private static String end(String regex) {
        for (int i = regex.indexOf('\\'); i >= 0 && i + 1 < regex.length(); i = regex.indexOf('\\', i + 2)) {
            if ("xpP01234567CAzbB".indexOf(regex.charAt(i + 1)) >= 0) {
                return "";
            }
        }
        int to = regex.length() - (regex.endsWith("$") && !regex.endsWith("\\$") ? 1 : 0);
        int from = to;
        while (from > 0 && regex.charAt(from - 1) < 0x7f && META.indexOf(regex.charAt(from - 1)) < 0
                && !(from > 1 && regex.charAt(from - 2) == '\\')) {
            from--;
        }
        return regex.contains("(?") ? "" : regex.substring(from, to);
    }

    private static boolean isPunctuation(char c) {
        return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
    }

    /** Whether {@code bytes[from, to)} begins and ends so. */
    boolean fit(byte[] bytes, int from, int to) {
        return to - from >= Math.max(start.length(), end.length()) && holds(start, bytes, from)
                && holds(end, bytes, to - end.length());
    }

    private static boolean holds(String text, byte[] bytes, int from) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
