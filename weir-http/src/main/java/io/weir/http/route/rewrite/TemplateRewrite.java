package io.weir.http.route.rewrite;

import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathTemplate;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A new path made of text and of what the variables of the route's template stood for: {@code /{id}/new}. Immutable.
 * Source: Envoy's {@code envoy.path.rewrite.uri_template}.
 */
public final class TemplateRewrite {
    /** What came of reading one. */
    public sealed interface Result {
        /** It can be used. */
        record Ready(TemplateRewrite rewrite) implements Result {
        }

        /** It cannot. */
        record Refused(String message, String cure) implements Result {
        }
    }

    /** Text, or a variable's number where there is no text. */
    @SuppressWarnings("ArrayRecordComponent") // never written to, never compared
    private record Piece(byte @Nullable [] text, int variable) {
    }

    private final PathTemplate from;
    private final List<Piece> pieces;

    private TemplateRewrite(PathTemplate from, List<Piece> pieces) {
        this.from = from;
        this.pieces = List.copyOf(pieces);
    }

    /**
     * Reads one.
     *
     * @param from
     *            the route's template, whose variables may be named
     */
    public static Result of(String text, PathTemplate from) {
        if (!text.startsWith("/")) {
            return new Result.Refused("a path begins with a slash", "write / before it");
        }
        if (text.contains("//")) {
            return new Result.Refused("there are two slashes with nothing between them", "write one");
        }
        var pieces = new ArrayList<Piece>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            String literal = text.substring(at, open < 0 ? text.length() : open);
            if (!PathTemplate.isText(literal)) {
                return new Result.Refused("'" + literal + "' cannot stand in a path made of a template",
                        "use the characters of a path but * and =, and {name} for a variable");
            }
            if (!literal.isEmpty()) {
                pieces.add(new Piece(HeadText.bytes(literal), 0));
            }
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                return new Result.Refused("a { has no }", "close it");
            }
            String name = text.substring(open + 1, close);
            int variable = from.variables().indexOf(name);
            if (variable < 0) {
                return new Result.Refused("the route's template " + from + " has no variable " + name,
                        from.variables().isEmpty()
                                ? "name a hole of it, such as {" + (name.isEmpty() ? "rest" : name) + "=**}"
                                : "use one of " + String.join(", ", from.variables()));
            }
            pieces.add(new Piece(null, variable));
            at = close + 1;
        }
        return new Result.Ready(new TemplateRewrite(from, pieces));
    }

    /** The new path for {@code bytes[from, to)}, in bytes; null for a path that the template does not fit. */
    byte @Nullable [] apply(byte[] bytes, int start, int end) {
        int[] spans = from.spans(bytes, start, end);
        if (spans == null) {
            return null;
        }
        var out = new ByteArrayOutputStream(end - start);
        for (var piece : pieces) {
            byte[] text = piece.text;
            if (text != null) {
                out.write(text, 0, text.length);
            } else {
                int first = spans[2 * piece.variable];
                out.write(bytes, first, spans[2 * piece.variable + 1] - first);
            }
        }
        return out.toByteArray();
    }
}
