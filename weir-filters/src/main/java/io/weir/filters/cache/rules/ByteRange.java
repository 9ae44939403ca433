package io.weir.filters.cache.rules;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A part of a stored body (RFC 9110 section 14). Immutable.
 */
public sealed interface ByteRange {
    /** The whole body, where nothing that is understood is asked for. */
    ByteRange WHOLE = new Whole();
    /** A part behind the end: 416. */
    ByteRange OUTSIDE = new Outside();
    /** Something that is left to a host, such as several parts. */
    ByteRange FOREIGN = new Foreign();

    /** All of it. */
    record Whole() implements ByteRange {
    }

    /** Nothing of it. */
    record Outside() implements ByteRange {
    }

    /** Not for the cache. */
    record Foreign() implements ByteRange {
    }

    /** Bytes from {@code first} to {@code last}, both within. */
    record Part(int first, int last) implements ByteRange {
    }

    /**
     * What a field asks for.
     *
     * @param range
     *            {@code Range}'s value; null without
     * @param length
     *            of the body
     */
    static ByteRange of(@Nullable String range, int length) {
        if (range == null) {
            return WHOLE;
        }
        String text = range.strip().toLowerCase(Locale.ROOT);
        if (!text.startsWith("bytes=")) {
            return WHOLE; // a unit that is not known is ignored (section 14.2)
        }
        String spec = text.substring("bytes=".length()).strip();
        if (spec.indexOf(',') >= 0) {
            return FOREIGN;
        }
        int dash = spec.indexOf('-');
        if (dash < 0) {
            return WHOLE;
        }
        long first = number(spec.substring(0, dash));
        long last = number(spec.substring(dash + 1));
        if (first == BROKEN || last == BROKEN || (first == NONE && last == NONE)
                || (first != NONE && last != NONE && last < first)) {
            return WHOLE; // not valid, so as if it were not there (section 14.1.1)
        }
        if (first == NONE) {
            return last == 0 || length == 0 ? OUTSIDE : new Part((int) Math.max(0, length - last), length - 1);
        }
        if (first >= length) {
            return OUTSIDE;
        }
        return new Part((int) first, (int) (last == NONE ? length - 1 : Math.min(last, length - 1)));
    }

    /** No number. */
    long NONE = -1;
    /** No number where one should be. */
    long BROKEN = -2;

    private static long number(String digits) {
        if (digits.isEmpty()) {
            return NONE;
        }
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return BROKEN;
            }
            number = Math.min(Integer.MAX_VALUE, number * 10 + c - '0');
        }
        return number;
    }
}
