package io.weir.http.route;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fields in which an answer says when to come back. Immutable. Source: Envoy's {@code rate_limited_retry_back_off}.
 *
 * @param fields
 *            the first that an answer has and that can be read holds
 * @param pauseMaxNanos
 *            who says longer is not listened to
 */
public record ResetBackOff(List<Field> fields, long pauseMaxNanos) {
    /** Envoy's default for {@code max_interval}. */
    public static final long PAUSE_MAX_NANOS = 300_000_000_000L;
    /** Nothing is said. */
    public static final long UNSAID = -1;

    private static final int DIGITS_MAX = 12;

    /**
     * One field.
     *
     * @param unixTime
     *            it is seconds since 1970, not from now
     */
    public record Field(HeaderName name, boolean unixTime) {
    }

    public ResetBackOff {
        fields = List.copyOf(fields);
    }

    /**
     * The pause that this answer asks for, up to one and a half times as long: many that were refused at one moment
     * should not come back at one moment. {@link #UNSAID} where it asks for none.
     *
     * @param epochMicros
     *            the time, since 1970
     * @param random
     *            any 64 random bits
     */
    public long pauseNanos(HttpHead response, long epochMicros, long random) {
        for (int i = 0; i < fields.size(); i++) {
            long seconds = seconds(response.value(fields.get(i).name()));
            if (seconds < 0) {
                continue;
            }
            long micros = seconds * 1_000_000 - (fields.get(i).unixTime() ? epochMicros : 0);
            if (micros > 0 && micros <= pauseMaxNanos / 1_000) {
                long nanos = micros * 1_000;
                return nanos + Long.remainderUnsigned(random, nanos / 2 + 1);
            }
        }
        return UNSAID;
    }

    private static long seconds(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > DIGITS_MAX) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
