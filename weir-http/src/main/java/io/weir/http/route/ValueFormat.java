package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A configured header value: plain bytes, or text with {@code %OPERATOR%}s that are replaced for each request, and
 * {@code %%} for a percent sign. An operator without a value gives nothing. Immutable. Source: Envoy's "custom
 * request/response headers".
 */
public final class ValueFormat {
    /** What came of compiling a format. */
    public sealed interface Result {
        /** It can be used. */
        record Ready(ValueFormat format) implements Result {
        }

        /** It cannot. */
        record Refused(String message, String cure) implements Result {
        }
    }

    /** One piece of a format. */
    interface Part {
        /** Appends the piece's text, one character a byte. */
        void append(HttpHead edited, FormatSource source, StringBuilder out);
    }

    private final byte @Nullable [] plain;
    private final List<Part> parts;

    private ValueFormat(byte @Nullable [] plain, List<Part> parts) {
        this.plain = plain;
        this.parts = List.copyOf(parts);
    }

    /** This value as it stands, percent signs and all. */
    public static ValueFormat plain(String value) {
        return new ValueFormat(HeadText.bytes(value), List.of());
    }

    /** Compiles a format. */
    public static Result compile(String format) {
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return new Result.Refused("control character at position " + i, "take it out");
            }
        }
        var parts = new ArrayList<Part>();
        var text = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at);
            if (c != '%') {
                text.append(c);
                at++;
            } else if (format.startsWith("%%", at)) {
                text.append('%');
                at += 2;
            } else {
                int end = operatorEnd(format, at + 1);
                if (end < 0) {
                    return new Result.Refused("the % at position " + at + " begins an operator that does not end",
                            "write %% for a percent sign");
                }
                switch (FormatOperators.find(format.substring(at + 1, end))) {
                    case FormatOperators.Found.Ready(Part part) -> {
                        flush(text, parts);
                        parts.add(part);
                    }
                    case FormatOperators.Found.Refused(String message, String cure) -> {
                        return new Result.Refused(message, cure);
                    }
                }
                at = end + 1;
            }
        }
        if (parts.isEmpty()) {
            return new Result.Ready(plain(text.toString()));
        }
        flush(text, parts);
        return new Result.Ready(new ValueFormat(null, parts));
    }

    private static void flush(StringBuilder text, List<Part> parts) {
        if (!text.isEmpty()) {
            String literal = HeadText.latin(text.toString());
            parts.add((_, _, out) -> out.append(literal));
            text.setLength(0);
        }
    }

    /** The closing percent sign: not one within the operator's brackets. */
    private static int operatorEnd(String format, int from) {
        int depth = 0;
        for (int i = from; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == '%' && depth <= 0) {
                return i;
            }
        }
        return -1;
    }

    /** The value's bytes where it holds no operator, else null; not to be written to. */
    byte @Nullable [] plain() {
        return plain;
    }

    /** The value for this request, one character a byte. */
    public String text(HttpHead edited, FormatSource source) {
        if (plain != null) {
            return new String(plain, java.nio.charset.StandardCharsets.ISO_8859_1);
        }
        var out = new StringBuilder();
        for (var part : parts) {
            part.append(edited, source, out);
        }
        return out.toString();
    }
}
