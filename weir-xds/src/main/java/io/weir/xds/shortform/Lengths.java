package io.weir.xds.shortform;

import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Lengths of time as people write them: {@code 500ms}, {@code 1.5s}, {@code 1h30m}. */
final class Lengths {

    private static final Pattern PART = Pattern.compile("(\\d{1,12})(?:\\.(\\d{1,9}))?(ns|us|ms|s|m|h|d)");
    private static final int FRACTION_DIGITS_MAX = 9;
    /** The smallest that can be written, a billionth of 1ns, is 1 here: whole numbers are exact and quick to load. */
    private static final int DIGITS_PER_SECOND = 18;
    private static final Map<String, Long> NANOS = Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s",
            1_000_000_000L, "m", 60_000_000_000L, "h", 3_600_000_000_000L, "d", 86_400_000_000_000L);

    private Lengths() {}

    /** The same in seconds, in the form of protobuf's JSON: {@code 0.5s}; null when the text is no length of time. */
    static @Nullable String seconds(String text) {
        BigInteger sum = BigInteger.ZERO;
        Matcher part = PART.matcher(text);
        int at = 0;
        while (part.find(at) && part.start() == at) {
            String fraction = part.group(2) == null ? "" : part.group(2);
            String digits = part.group(1) + fraction + "0".repeat(FRACTION_DIGITS_MAX - fraction.length());
            sum = sum.add(new BigInteger(digits).multiply(BigInteger.valueOf(NANOS.getOrDefault(part.group(3), 1L))));
            at = part.end();
            if (at == text.length()) {
                return seconds(sum);
            }
        }
        return null;
    }

    private static String seconds(BigInteger billionthsOfNanos) {
        String digits = billionthsOfNanos.toString();
        String padded = "0".repeat(Math.max(0, DIGITS_PER_SECOND + 1 - digits.length())) + digits;
        int point = padded.length() - DIGITS_PER_SECOND;
        int end = padded.length();
        while (end > point && padded.charAt(end - 1) == '0') {
            end--;
        }
        return padded.substring(0, point) + (end > point ? "." + padded.substring(point, end) : "") + "s";
    }
}
