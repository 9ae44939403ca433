package io.weir.xds.shortform;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Lengths of time as people write them: {@code 500ms}, {@code 1.5s}, {@code 1h30m}. */
final class Lengths {

    private static final Pattern PART = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|ms|s|m|h|d)");
    private static final Map<String, BigDecimal> SECONDS = Map.of("ns", new BigDecimal("0.000000001"), "us",
            new BigDecimal("0.000001"), "ms", new BigDecimal("0.001"), "s", BigDecimal.ONE, "m", BigDecimal.valueOf(60),
            "h", BigDecimal.valueOf(3600), "d", BigDecimal.valueOf(86_400));

    private Lengths() {}

    /** The same in seconds, in the form of protobuf's JSON: {@code 0.5s}; null when the text is no length of time. */
    static @Nullable String seconds(String text) {
        BigDecimal sum = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        int at = 0;
        while (part.find(at) && part.start() == at) {
            sum = sum.add(new BigDecimal(part.group(1)).multiply(SECONDS.getOrDefault(part.group(2), BigDecimal.ONE)));
            at = part.end();
            if (at == text.length()) {
                return sum.stripTrailingZeros().toPlainString() + "s";
            }
        }
        return null;
    }
}
