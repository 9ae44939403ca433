package io.weir.http.route.normal;

import org.jspecify.annotations.Nullable;

/**
 * The forms of a path, one character a byte, without its query. What Envoy's {@code normalize_path} does: RFC 3986
 * section 6.2.2 as browsers read it (WHATWG URL), where a backslash is a slash and {@code %2e} is a dot.
 */
final class PathForm {
    private static final String HEX = "0123456789ABCDEF";
    /** What browsers escape in a path, beside control characters and all beyond ASCII. */
    private static final String ESCAPED = " \"#<>?`{}";

    private PathForm() {}

    /** Whether no form below would change {@code bytes[from, to)}: true of nearly every request. */
    static boolean isPlain(byte[] bytes, int from, int to) {
        byte before = 0;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            boolean letter = (b >= 'a' && b <= 'z') || (b >= '0' && b <= ':') || (b >= '@' && b <= 'Z') || b == '-'
                    || b == '_' || (b == '/' && before != '/') || (b == '.' && before != '/');
            if (!letter) {
                return false;
            }
            before = b;
        }
        return true;
    }

    /** {@code %2F} becomes a slash, {@code %5C} a backslash. */
    static String unescapeSlashes(String path) {
        var out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            int escaped = escaped(path, i);
            if (escaped == '/' || escaped == '\\') {
                out.append((char) escaped);
                i += 2;
            } else {
                out.append(path.charAt(i));
            }
        }
        return out.toString();
    }

    /** Neighbouring slashes become one. */
    static String mergeSlashes(String path) {
        var out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || i == 0 || path.charAt(i - 1) != '/') {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** The normal form, or null for a path that holds a NUL, which has none. */
    static @Nullable String normalize(String path) {
        var out = new StringBuilder(path.length());
        int at = 0;
        while (at < path.length()) {
            // at a slash: copy it and its segment, then see what the segment is
            at++;
            int segment = out.append('/').length();
            while (at < path.length() && path.charAt(at) != '/' && path.charAt(at) != '\\') {
                at = copy(path, at, out);
                if (at < 0) {
                    return null;
                }
            }
            String name = out.substring(segment);
            if (name.equals(".") || name.equals("..")) {
                int slash = name.equals(".") ? segment - 1 : out.lastIndexOf("/", segment - 2);
                out.setLength(Math.max(slash, 0));
                if (at == path.length()) {
                    out.append('/');
                }
            }
        }
        return out.toString();
    }

    /** Copies one character in its normal form and says where the next one is; -1 for a NUL. */
    private static int copy(String path, int at, StringBuilder out) {
        char c = path.charAt(at);
        int escaped = escaped(path, at);
        if (c == 0 || escaped == 0) {
            return -1;
        }
        if (escaped > 0 && unreserved(escaped)) {
            out.append((char) escaped);
            return at + 3;
        }
        if (c < ' ' || c >= 0x7f || ESCAPED.indexOf(c) >= 0) {
            out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
        } else {
            out.append(c);
        }
        return at + 1;
    }

    /** The byte that {@code %XX} at this place stands for, or -1. */
    private static int escaped(String path, int at) {
        if (path.charAt(at) != '%' || at + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    /** RFC 3986 section 2.3. */
    private static boolean unreserved(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
                || c == '_' || c == '~';
    }
}
