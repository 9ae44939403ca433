package io.weir.http.route.match;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A test on a piece of text that stands as bytes in a head: Envoy's {@code StringMatcher}. Configured text is UTF-8;
 * {@code ignoreCase} folds ASCII only. Immutable; allocates nothing, except for patterns.
 */
public sealed interface TextMatch {
    /** Whether {@code bytes[from, to)} passes. */
    boolean matches(byte[] bytes, int from, int to);

    /** The whole text is this. */
    static TextMatch exact(String text, boolean ignoreCase) {
        return new Literal(Place.WHOLE, Literal.fold(text, ignoreCase), ignoreCase);
    }

    /** The text begins with this. */
    static TextMatch prefix(String text, boolean ignoreCase) {
        return new Literal(Place.START, Literal.fold(text, ignoreCase), ignoreCase);
    }

    /** The text ends with this. */
    static TextMatch suffix(String text, boolean ignoreCase) {
        return new Literal(Place.END, Literal.fold(text, ignoreCase), ignoreCase);
    }

    /** The text holds this somewhere. */
    static TextMatch contains(String text, boolean ignoreCase) {
        return new Literal(Place.ANYWHERE, Literal.fold(text, ignoreCase), ignoreCase);
    }

    /** Where a literal must stand. */
    enum Place {
        WHOLE, START, END, ANYWHERE
    }

    /**
     * Text at a place.
     *
     * @param literal
     *            in lower case where {@code ignoreCase}
     */
    @SuppressWarnings("ArrayRecordComponent") // built once, never written to
    record Literal(Place place, byte[] literal, boolean ignoreCase) implements TextMatch {
        private static byte[] fold(String text, boolean ignoreCase) {
            return (ignoreCase ? text.toLowerCase(Locale.ROOT) : text).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            int room = to - from - literal.length;
            if (room < 0) {
                return false;
            }
            return switch (place) {
                case WHOLE -> room == 0 && at(bytes, from);
                case START -> at(bytes, from);
                case END -> at(bytes, to - literal.length);
                case ANYWHERE -> {
                    for (int i = from; i <= from + room; i++) {
                        if (at(bytes, i)) {
                            yield true;
                        }
                    }
                    yield false;
                }
            };
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Literal match && place == match.place && ignoreCase == match.ignoreCase
                    && Arrays.equals(literal, match.literal);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(literal);
        }

        private boolean at(byte[] bytes, int from) {
            for (int i = 0; i < literal.length; i++) {
                byte b = bytes[from + i];
                if (b != literal[i] && !(ignoreCase && b >= 'A' && b <= 'Z' && b + 32 == literal[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The whole text matches the pattern. */
    record Regex(Pattern pattern, LiteralEnds ends) implements TextMatch {
        public Regex(Pattern pattern) {
            this(pattern, pattern.flags() == 0 ? LiteralEnds.of(pattern.pattern()) : new LiteralEnds("", ""));
        }

        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return ends.fit(bytes, from, to)
                    && pattern.matches(new String(bytes, from, to - from, StandardCharsets.UTF_8));
        }
    }
}
