package io.weir.app.admin;

import java.util.List;
import java.util.Map;

/** Maps, lists, strings, numbers and booleans as indented JSON. */
final class Json {
    private Json() {}

    static String of(Object value) {
        StringBuilder out = new StringBuilder(1024);
        append(out, value, 0);
        return out.append('\n').toString();
    }

    private static void append(StringBuilder out, Object value, int depth) {
        switch (value) {
            case Map<?, ?> map -> {
                out.append('{');
                String separator = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    newLine(out.append(separator), depth + 1);
                    appendString(out, String.valueOf(entry.getKey()));
                    append(out.append(": "), entry.getValue(), depth + 1);
                    separator = ",";
                }
                end(out, !map.isEmpty(), depth, '}');
            }
            case List<?> list -> {
                out.append('[');
                String separator = "";
                for (Object element : list) {
                    newLine(out.append(separator), depth + 1);
                    append(out, element, depth + 1);
                    separator = ",";
                }
                end(out, !list.isEmpty(), depth, ']');
            }
            case Double number when number.isNaN() || number.isInfinite() -> out.append("null");
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            default -> appendString(out, value.toString());
        }
    }

    private static void newLine(StringBuilder out, int depth) {
        out.append('\n').repeat(' ', depth);
    }

    private static void end(StringBuilder out, boolean filled, int depth, char bracket) {
        if (filled) {
            newLine(out, depth);
        }
        out.append(bracket);
    }

    private static void appendString(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        out.append("\\u00").append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
