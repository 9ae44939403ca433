package io.weir.http.route.match;

import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;
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
            if (named(bytes, start, nameEnd)) {
                return value == null ? present : value.matches(bytes, equals < 0 ? at : equals + 1, at);
            }
        }
        return value == null && !present;
    }

    private boolean named(byte[] bytes, int from, int to) {
        return java.util.Arrays.equals(bytes, from, to, name, 0, name.length) && to > from;
    }
}
