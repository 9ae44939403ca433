package io.weir.http.sticky;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One cookie of a request by its name (RFC 6265 section 4.2). Immutable; finding it allocates nothing.
 */
public final class CookieField {
    private static final long ABSENT = -1;

    private final byte[] name;

    public CookieField(String name) {
        this.name = name.getBytes(StandardCharsets.UTF_8);
    }

    /** Where the first value stands in {@link HttpHead#bytes()}, without quotes; or {@link #isAbsent}. */
    long locate(HttpHead head) {
        for (int line = head.find(HeaderName.COOKIE); line >= 0; line = head.find(HeaderName.COOKIE, line + 1)) {
            long span = locate(head.bytes(), head.valueStart(line), head.valueEnd(line));
            if (!isAbsent(span)) {
                return span;
            }
        }
        return ABSENT;
    }

    /** The first value, one character a byte; null without one. */
    public @Nullable String value(HttpHead head) {
        long span = locate(head);
        return isAbsent(span) ? null : head.text(start(span), end(span));
    }

    static boolean isAbsent(long span) {
        return span == ABSENT;
    }

    static int start(long span) {
        return (int) (span >>> 32);
    }

    static int end(long span) {
        return (int) span;
    }

    private long locate(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int end = at;
            int equals = -1;
            while (end < to && bytes[end] != ';') {
                if (bytes[end] == '=' && equals < 0) {
                    equals = end;
                }
                end++;
            }
            int start = at;
            while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
                start++;
            }
            if (equals >= 0 && named(bytes, start, equals)) {
                return unquoted(bytes, equals + 1, end);
            }
            at = end + 1;
        }
        return ABSENT;
    }

    private boolean named(byte[] bytes, int from, int to) {
        return java.util.Arrays.equals(bytes, from, to, name, 0, name.length);
    }

    private static long unquoted(byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        if (end - start >= 2 && bytes[start] == '"' && bytes[end - 1] == '"') {
            start++;
            end--;
        }
        return ((long) start << 32) | end;
    }
}
