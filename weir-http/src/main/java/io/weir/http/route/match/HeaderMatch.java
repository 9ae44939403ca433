package io.weir.http.route.match;

import io.weir.http.codec.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * A test on one header field or pseudo field: Envoy's {@code HeaderMatcher}. Several lines of one name count as one
 * value, joined by commas. Immutable; allocates nothing while a name has one line.
 *
 * <p>
 * A missing field fails every test but "absent", inverted or not, unless {@code missingAsEmpty}.
 */
public final class HeaderMatch {
    /** What is asked of the value. */
    public sealed interface Test {
        /** There is, or is not, such a field. */
        record Present(boolean expected) implements Test {
        }

        /** The value passes a test on text. */
        record Text(TextMatch match) implements Test {
        }

        /** The value is a whole number in {@code [start, end)}. */
        record Range(long start, long end) implements Test {
        }
    }

    private final HeadField field;
    private final Test test;
    private final boolean invert;
    private final boolean missingAsEmpty;

    /**
     * @param name
     *            a header's name, or {@code :method :path :authority :scheme}
     * @param invert
     *            whether the result of the test is turned round
     * @param missingAsEmpty
     *            whether a missing field is tested as if it were empty
     */
    public HeaderMatch(String name, Test test, boolean invert, boolean missingAsEmpty) {
        this.field = HeadField.of(name);
        this.test = test;
        this.invert = invert;
        this.missingAsEmpty = missingAsEmpty;
    }

    /** The method is this one. */
    public static HeaderMatch method(String method) {
        return new HeaderMatch(":method", new Test.Text(TextMatch.exact(method, false)), false, false);
    }

    /** The field that is asked. */
    public HeadField field() {
        return field;
    }

    /** The one value with which the test is passed, case minded; null where others pass too. */
    public byte @Nullable [] onlyValue() {
        return !invert && !missingAsEmpty && test instanceof Test.Text(TextMatch.Literal literal)
                && literal.place() == TextMatch.Place.WHOLE && !literal.ignoreCase() ? literal.literal() : null;
    }

    /** Whether the head passes. */
    public boolean matches(HttpHead head) {
        long span = field.locate(head);
        if (test instanceof Test.Present present) {
            boolean there = span != HeadField.ABSENT || missingAsEmpty;
            return (there == present.expected()) != invert;
        }
        if (span == HeadField.ABSENT) {
            return missingAsEmpty && passes(head.bytes(), 0, 0) != invert;
        }
        if (field.second(head) >= 0) {
            byte[] joined = field.joined(head);
            return passes(joined, 0, joined.length) != invert;
        }
        return passes(head.bytes(), HeadField.start(span), HeadField.end(span)) != invert;
    }

    private boolean passes(byte[] bytes, int from, int to) {
        return switch (test) {
            case Test.Present present -> present.expected();
            case Test.Text text -> text.match().matches(bytes, from, to);
            case Test.Range range -> inRange(range, bytes, from, to);
        };
    }

    private static boolean inRange(Test.Range range, byte[] bytes, int from, int to) {
        int at = from;
        boolean negative = at < to && bytes[at] == '-';
        if (at < to && (bytes[at] == '-' || bytes[at] == '+')) {
            at++;
        }
        if (at == to) {
            return false;
        }
        long value = 0;
        for (; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
                return false;
            }
            // counted downwards: the smallest number has no positive counterpart
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            return false;
        }
        long number = negative ? value : -value;
        return number >= range.start() && number < range.end();
    }
}
