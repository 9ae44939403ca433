package io.weir.testkit.sim.page;

import io.weir.testkit.sim.engine.Percentiles;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them, the same in every language and on every machine. */
final class Figures {
    private Figures() {}

    /** Three digits and a unit: {@code 812 us}, {@code 5.03 ms}, {@code 12.4 s}. */
    static String time(long nanos) {
        if (nanos == Percentiles.NEVER_NANOS) {
            return "never";
        }
        if (nanos <= 0) {
            return "0";
        }
        if (nanos < 999.5e3) {
            return digits(nanos / 1e3) + " us";
        }
        return nanos < 999.5e6 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }

    /** Three digits, never in powers of ten. */
    static String digits(double number) {
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(3, RoundingMode.HALF_UP));
        return (rounded.scale() < 0 ? rounded.setScale(0) : rounded).toPlainString();
    }

    /** Two digits behind the point. */
    static String ratio(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }

    /** A place in a picture, to a tenth of a pixel: more would be noise in a file that is compared. */
    static String place(double pixels) {
        long tenths = Math.round(pixels * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : String.format(Locale.ROOT, "%.1f", tenths / 10.0);
    }
}
