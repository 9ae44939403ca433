package io.weir.app.health;

import java.util.List;
import java.util.Map;

/** Maps, lists, strings, numbers and booleans as JSON on one line. */
final class JsonLine {
    private JsonLine() {}

    static String of(Map<String, ?> object) {
        StringBuilder out = new StringBuilder(256);
        append(out, object);
        return out.toString();
    }

    private static void append(StringBuilder out, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                out.append('{');
                map.forEach((key, inner) -> {
                    text(out, String.valueOf(key));
                    out.append(':');
                    append(out, inner);
                    out.append(',');
                });
                close(out, !map.isEmpty(), '}');
            }
            case List<?> list -> {
                out.append('[');
                list.forEach(inner -> {
                    append(out, inner);
                    out.append(',');
                });
                close(out, !list.isEmpty(), ']');
            }
            case Double number when number.isNaN() || number.isInfinite() -> out.append("null");
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            default -> text(out, value.toString());
        }
    }

    /** The bracket takes the place of the last comma. */
    private static void close(StringBuilder out, boolean filled, char bracket) {
        if (filled) {
            out.setCharAt(out.length() - 1, bracket);
        } else {
            out.append(bracket);
        }
    }

    private static void text(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                out.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
