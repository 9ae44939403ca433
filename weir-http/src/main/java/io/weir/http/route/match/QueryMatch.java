package io.weir.http.route.match;

import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A test on the first query parameter of a name: Envoy's {@code QueryParameterMatcher}. Names and values are compared
 * as they stand, percent signs and all. Immutable; allocates nothing, except for patterns.
 */
public final class QueryMatch {
    private final byte[] name;
    private final @Nullable TextMatch value;
    private final boolean present;

    private QueryMatch(String name, @Nullable TextMatch value, boolean present) {
        this.name = name.getBytes(StandardCharsets.UTF_8);
        this.value = value;
        this.present = present;
    }

    /** There is such a parameter, and its value passes. */
    public static QueryMatch value(String name, TextMatch value) {
        return new QueryMatch(name, value, true);
    }

    /** There is, or is not, such a parameter. */
    public static QueryMatch present(String name, boolean expected) {
        return new QueryMatch(name, null, expected);
    }

    /** Whether the head's query passes. */
    public boolean matches(HttpHead head) {
        long span = locate(head, name);
        if (span == HeadField.ABSENT) {
            return value == null && !present;
        }
        return value == null ? present : value.matches(head.bytes(), HeadField.start(span), HeadField.end(span));
    }

    /**
     * Where the value of the first parameter of this name stands, as {@link HeadField#locate} packs it; one without an
     * equals sign has an empty value.
     */
    public static long locate(HttpHead head, byte[] name) {
        byte[] bytes = head.bytes();
        int end = head.pathEnd();
        int at = head.queryStart();
        while (at < end) {
            int start = at + 1;
            at = start;
            int equals = -1;
            while (at < end && bytes[at] != '&') {
                if (bytes[at] == '=' && equals < 0) {
                    equals = at;
                }
                at++;
            }
            int nameEnd = equals < 0 ? at : equals;
            if (nameEnd > start && Arrays.equals(bytes, start, nameEnd, name, 0, name.length)) {
                return ((long) (equals < 0 ? at : equals + 1) << 32) | at;
            }
        }
        return HeadField.ABSENT;
    }
}
