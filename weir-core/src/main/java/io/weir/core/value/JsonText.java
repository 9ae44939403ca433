package io.weir.core.value;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON (RFC 8259). Stateless. */
public final class JsonText {
    /** Whole numbers up to here are written without a point, as they are exact. */
    private static final double WHOLE_MAX = 1e15;

    private JsonText() {}

    /** Appends a value. */
    public static void append(@Nullable Object value, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case String text -> append(text, out);
            case Boolean said -> out.append(said.booleanValue());
            case Double number -> append(number.doubleValue(), out);
            case Map<?, ?> map -> {
                char sign = '{';
                for (var entry : map.entrySet()) {
                    out.append(sign);
                    append(String.valueOf(entry.getKey()), out);
                    out.append(':');
                    append(entry.getValue(), out);
                    sign = ',';
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                char sign = '[';
                for (Object each : list) {
                    out.append(sign);
                    append(each, out);
                    sign = ',';
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            default -> append(value.toString(), out);
        }
    }

    private static void append(double number, StringBuilder out) {
        if (number == Math.rint(number) && Math.abs(number) < WHOLE_MAX) {
            out.append((long) number);
        } else if (Double.isFinite(number)) {
            out.append(number);
        } else {
            out.append("null");
        }
    }

    private static void append(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
