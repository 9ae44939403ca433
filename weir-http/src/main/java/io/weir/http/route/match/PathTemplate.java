package io.weir.http.route.match;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path with holes: {@code /videos/{id}/*}. A {@code *} is one segment, {@code **} any number of characters with
 * slashes, {@code {name}} and {@code {name=a/*}} give what they match a name; text may follow the last hole directly.
 * Holes take the characters of RFC 3986's pchar but {@code *} and {@code =}. As nothing but text may follow {@code **}
 * and only a slash or the end follows a {@code *}, one walk decides; there is nothing to go back to. Immutable; any
 * thread; allocates nothing. Source: Envoy's {@code envoy.path.match.uri_template}.
 */
public final class PathTemplate {
    /** Envoy's bound. */
    static final int VARIABLES_MAX = 5;
    private static final int NAME_CHARACTERS_MAX = 16;
    private static final String LITERAL_MARKS = "-._~%!$&'()+,;:@";

    /** What came of reading a template. */
    public sealed interface Result {
        /** It can be used. */
        record Ready(PathTemplate template) implements Result {
        }

        /** It cannot. */
        record Refused(String message, String cure) implements Result {
        }
    }

    /** One piece of a template. */
    private sealed interface Piece {
        @SuppressWarnings("ArrayRecordComponent") // never written to, never compared
        record Text(byte[] bytes) implements Piece {
        }

        /** One segment, or what is left of it. */
        record Segment() implements Piece {
        }

        /** Any number of segments. */
        record Rest() implements Piece {
        }

        /** The variable of this number begins, or ends, here. */
        record Mark(int variable, boolean end) implements Piece {
        }
    }

    private static final class Malformed extends Exception {
        private final String reason;
        private final String cure;

        Malformed(String reason, String cure) {
            super(reason, null, false, false);
            this.reason = reason;
            this.cure = cure;
        }
    }

    private final String text;
    private final List<Piece> pieces;
    private final List<String> variables;

    private PathTemplate(String text, List<Piece> pieces, List<String> variables) {
        this.text = text;
        this.pieces = List.copyOf(pieces);
        this.variables = List.copyOf(variables);
    }

    /** Reads a template. */
    public static Result of(String text) {
        try {
            return new Result.Ready(new Reading(text).read());
        } catch (Malformed e) {
            return new Result.Refused(e.reason, e.cure);
        }
    }

    /** The names of its variables, in order. */
    public List<String> variables() {
        return variables;
    }

    /** What every path that matches begins with. */
    String start() {
        return pieces.getFirst() instanceof Piece.Text first
                ? new String(first.bytes(), StandardCharsets.US_ASCII)
                : "";
    }

    /** Whether a text of a rewrite, which may hold slashes, has only such characters as Envoy takes. */
    public static boolean isText(String text) {
        return text.chars().allMatch(c -> c == '/' || isLiteral((byte) c));
    }

    private static boolean isLiteral(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')
                || LITERAL_MARKS.indexOf(b) >= 0;
    }

    /** Whether the path {@code bytes[from, to)} matches. */
    public boolean matches(byte[] bytes, int from, int to) {
        return walk(bytes, from, to, null);
    }

    /** Where its variables stand in a path: start and end of each in turn; null where the path does not match. */
    public int @Nullable [] spans(byte[] bytes, int from, int to) {
        int[] spans = new int[2 * variables.size()];
        return walk(bytes, from, to, spans) ? spans : null;
    }

    private boolean walk(byte[] bytes, int from, int to, int @Nullable [] spans) {
        int at = from;
        for (int i = 0; i < pieces.size(); i++) {
            switch (pieces.get(i)) {
                case Piece.Text literal -> {
                    int length = literal.bytes().length;
                    if (to - at < length
                            || !java.util.Arrays.equals(bytes, at, at + length, literal.bytes(), 0, length)) {
                        return false;
                    }
                    at += length;
                }
                case Piece.Segment _ -> {
                    int end = at;
                    while (end < to && isLiteral(bytes[end])) {
                        end++;
                    }
                    end -= end == to ? textAfter(i) : 0; // a suffix is made of the same characters
                    if (end <= at) {
                        return false;
                    }
                    at = end;
                }
                case Piece.Rest _ -> {
                    int end = to - textAfter(i);
                    while (at < end && (bytes[at] == '/' || isLiteral(bytes[at]))) {
                        at++;
                    }
                    if (at != end) {
                        return false;
                    }
                }
                case Piece.Mark(int variable, boolean end) -> {
                    if (spans != null) {
                        spans[2 * variable + (end ? 1 : 0)] = at;
                    }
                }
            }
        }
        return at == to;
    }

    /** How many bytes of text follow a piece that is the last hole. */
    private int textAfter(int piece) {
        int bytes = 0;
        for (int i = piece + 1; i < pieces.size(); i++) {
            bytes += pieces.get(i) instanceof Piece.Text literal ? literal.bytes().length : 0;
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathTemplate template && template.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The template as it was written. */
    @Override
    public String toString() {
        return text;
    }

    /** One template on its way from text to pieces. */
    private static final class Reading {
        private final String text;
        private final List<Piece> pieces = new ArrayList<>();
        private final List<String> variables = new ArrayList<>();
        private final StringBuilder literal = new StringBuilder();
        private int at;
        private boolean rest;

        Reading(String text) {
            this.text = text;
        }

        PathTemplate read() throws Malformed {
            if (!text.startsWith("/")) {
                throw new Malformed("a template begins with a slash", "write / before it");
            }
            while (at < text.length()) {
                literal.append('/');
                at++;
                if (at == text.length()) {
                    break; // a slash at the end
                }
                switch (text.charAt(at)) {
                    case '*' -> operator();
                    case '{' -> variable();
                    default -> text(segmentEnd(text.length()));
                }
                if (at < text.length() && text.charAt(at) != '/') {
                    text(segmentEnd(text.length()));
                    if (at < text.length()) {
                        throw new Malformed("what follows " + text.substring(0, at) + " is not reached: text directly"
                                + " behind a hole ends the template", "end the template there, or begin a segment");
                    }
                }
            }
            flush();
            return new PathTemplate(text, pieces, variables);
        }

        private int segmentEnd(int limit) {
            int slash = text.indexOf('/', at);
            return slash < 0 || slash > limit ? limit : slash;
        }

        private void text(int end) throws Malformed {
            String part = text.substring(at, end);
            if (part.isEmpty()) {
                throw new Malformed("a segment of the template is empty", "write one slash between two segments");
            }
            for (int i = 0; i < part.length(); i++) {
                if (part.charAt(i) > 0x7f || !isLiteral((byte) part.charAt(i))) {
                    throw new Malformed("'" + part + "' cannot stand in a segment",
                            "use letters, digits and " + LITERAL_MARKS + "; a * or a {name} begins a segment");
                }
            }
            literal.append(part);
            at = end;
        }

        private void operator() throws Malformed {
            if (rest) {
                throw new Malformed("a hole follows **", "make ** the last one");
            }
            flush();
            rest = text.startsWith("**", at);
            pieces.add(rest ? new Piece.Rest() : new Piece.Segment());
            at += rest ? 2 : 1;
        }

        private void variable() throws Malformed {
            int close = text.indexOf('}', at);
            if (close < 0) {
                throw new Malformed("a { has no }", "close it");
            }
            int equals = text.indexOf('=', at);
            boolean explicit = equals >= 0 && equals < close;
            String name = text.substring(at + 1, explicit ? equals : close);
            if (!name.matches("[a-zA-Z][a-zA-Z0-9_]{0," + (NAME_CHARACTERS_MAX - 1) + "}")) {
                throw new Malformed("'" + name + "' cannot be a variable's name", "use a letter and at most "
                        + (NAME_CHARACTERS_MAX - 1) + " letters, digits and underscores");
            }
            if (variables.contains(name)) {
                throw new Malformed("there are two variables " + name, "name each one differently");
            }
            if (variables.size() == VARIABLES_MAX) {
                throw new Malformed("there are more than " + VARIABLES_MAX + " variables",
                        "write * for those not used");
            }
            flush();
            pieces.add(new Piece.Mark(variables.size(), false));
            if (explicit) {
                at = equals + 1;
                inside(close);
            } else if (rest) {
                throw new Malformed("a hole follows **", "make ** the last one");
            } else {
                pieces.add(new Piece.Segment());
            }
            flush();
            pieces.add(new Piece.Mark(variables.size(), true));
            variables.add(name);
            at = close + 1;
        }

        /** What a variable matches: segments up to its bracket. */
        private void inside(int close) throws Malformed {
            if (at == close) {
                throw new Malformed("a variable with = matches nothing", "write what it matches, or leave = out");
            }
            while (at < close) {
                if (text.charAt(at) == '*') {
                    operator();
                } else {
                    text(segmentEnd(close));
                }
                if (at < close) {
                    if (text.charAt(at) != '/' || at + 1 == close) {
                        throw new Malformed("the variable's own template is not made of whole segments",
                                "write segments with one slash between two of them");
                    }
                    literal.append('/');
                    at++;
                }
            }
        }

        private void flush() {
            if (!literal.isEmpty()) {
                pieces.add(new Piece.Text(literal.toString().getBytes(StandardCharsets.US_ASCII)));
                literal.setLength(0);
            }
        }
    }
}
