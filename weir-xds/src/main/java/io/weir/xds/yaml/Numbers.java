package io.weir.xds.yaml;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Scalar;

/**
 * Numbers as YAML, JSON and Envoy write them: 12, 0x1f, 0o17, 017 (base 8, as Envoy's YAML library), 1.0, 1e3, "12".
 */
final class Numbers {
    /** Beyond this a double no longer holds every whole number. */
    private static final double EXACT_MAX = 1L << 53;
    private static final int DIGITS_MAX = 40;

    private Numbers() {}

    /** The whole number that is written here, or null when it is none or does not fit 64 bits with a sign. */
    static @Nullable Long whole(Scalar scalar) {
        String text = scalar.text();
        if (text.length() > DIGITS_MAX || scalar.kind() == Kind.BOOLEAN) {
            return null;
        }
        try {
            if (text.startsWith("0x")) {
                return Long.parseLong(text, 2, text.length(), 16);
            }
            if (text.startsWith("0o")) {
                return Long.parseLong(text, 2, text.length(), 8);
            }
            if (isOldOctal(scalar)) {
                return Long.parseLong(text, 8);
            }
            int digits = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
            if (text.length() > digits && Scalars.digits(text, digits, 10) == text.length()) {
                return Long.parseLong(text);
            }
            double value = number(text);
            return value == Math.rint(value) && Math.abs(value) <= EXACT_MAX ? (Long) (long) value : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Whether this is written without quotes, begins with 0 and has only digits of base 8. */
    static boolean isOldOctal(Scalar scalar) {
        String text = scalar.text();
        return scalar.kind() == Kind.INTEGER && text.length() > 1 && text.charAt(0) == '0'
                && Scalars.digits(text, 0, 8) == text.length();
    }

    /** Whether the text has the form of a whole number, however large. */
    static boolean isWholeText(Scalar scalar) {
        return scalar.kind() == Kind.INTEGER || scalar.text().indexOf('.') < 0;
    }

    /** The number that is written here, or null when it is none. */
    static @Nullable Double decimal(Scalar scalar) {
        if (scalar.kind() == Kind.BOOLEAN) {
            return null;
        }
        Long whole = scalar.kind() == Kind.INTEGER ? whole(scalar) : null;
        if (whole != null) {
            return (double) whole;
        }
        switch (scalar.text().toLowerCase(Locale.ROOT)) {
            case "nan", ".nan" -> {
                return Double.NaN;
            }
            case "infinity", "inf", ".inf", "+.inf" -> {
                return Double.POSITIVE_INFINITY;
            }
            case "-infinity", "-inf", "-.inf" -> {
                return Double.NEGATIVE_INFINITY;
            }
            default -> {
            }
        }
        try {
            return number(scalar.text());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static boolean isInfinityWord(Scalar scalar) {
        return scalar.text().toLowerCase(Locale.ROOT).contains("inf");
    }

    /**
     * Java's own grammar allows more (hexadecimal fractions, a trailing f or d, spaces): only digits, signs, . and e.
     */
    private static double number(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E')) {
                throw new NumberFormatException(text);
            }
        }
        return Double.parseDouble(text);
    }
}
