package io.weir.xds.yaml;

import java.math.BigDecimal;
import java.math.RoundingMode;

import com.google.protobuf.Duration;

import org.jspecify.annotations.Nullable;

/** Durations as protobuf's JSON writes them, {@code 1s} or {@code 0.25s}, and the forms that people write instead. */
final class Durations {
    /** Ten thousand years: the bound that google/protobuf/duration.proto names. */
    static final long SECONDS_MAX = 315_576_000_000L;
    private static final int NANOS_DIGITS = 9;

    private Durations() {}

    /** The duration, or null when the text is not one of the form of protobuf's JSON. */
    static @Nullable Duration parse(String text) {
        int from = text.startsWith("-") ? 1 : 0;
        int whole = Scalars.digits(text, from, 10);
        if (whole == from || whole - from > 12 || !text.endsWith("s")) {
            return null;
        }
        int end = text.length() - 1;
        long nanos = 0;
        if (whole != end) {
            int fraction = Scalars.digits(text, whole + 1, 10) - whole - 1;
            if (text.charAt(whole) != '.' || whole + 1 + fraction != end || fraction < 1 || fraction > NANOS_DIGITS) {
                return null;
            }
            nanos = Long.parseLong(text, whole + 1, end, 10);
            for (int i = fraction; i < NANOS_DIGITS; i++) {
                nanos *= 10;
            }
        }
        long seconds = Long.parseLong(text, from, whole, 10);
        if (seconds > SECONDS_MAX) {
            return null;
        }
        int sign = from == 1 ? -1 : 1;
        return Duration.newBuilder().setSeconds(sign * seconds).setNanos((int) (sign * nanos)).build();
    }

    /** What the writer meant, in the form that is read. */
    static String cure(String text) {
        String trimmed = text.strip();
        int end = 0;
        while (end < trimmed.length() && "0123456789.".indexOf(trimmed.charAt(end)) >= 0) {
            end++;
        }
        double factor = switch (trimmed.substring(end).strip()) {
            case "", "s", "S", "sec", "secs", "second", "seconds" -> 1;
            case "ms", "msec", "millis", "milliseconds" -> 1e-3;
            case "us", "µs", "usec", "microseconds" -> 1e-6;
            case "ns", "nanoseconds" -> 1e-9;
            case "m", "min", "mins", "minute", "minutes" -> 60;
            case "h", "hr", "hour", "hours" -> 3600;
            case "d", "day", "days" -> 86_400;
            default -> 0;
        };
        try {
            double seconds = Double.parseDouble(trimmed.substring(0, end)) * factor;
            if (factor > 0 && seconds <= SECONDS_MAX) {
                String shown = BigDecimal.valueOf(seconds)
                        .setScale(NANOS_DIGITS, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
                return "write " + shown + "s";
            }
        } catch (NumberFormatException e) {
            // no number at its beginning: only the general cure is left
        }
        return "write seconds such as 1s or 0.25s";
    }
}
