package io.weir.observe.export;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as Envoy writes them. */
final class Numbers {
    /** The shares of which quantiles are shown. */
    private static final double[] QUANTILES = {0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1};
    /** The same in percent, as text. */
    private static final String[] PERCENTS = {"0", "25", "50", "75", "90", "95", "99", "99.5", "99.9", "100"};
    private static final int DECIMALS = 6;

    private Numbers() {}

    static int quantiles() {
        return QUANTILES.length;
    }

    static double share(int index) {
        return QUANTILES[index];
    }

    static String percent(int index) {
        return PERCENTS[index];
    }

    /** {@code 1}, {@code 0.5}, {@code 3600000}; never an exponent. Finite numbers only. */
    static String plain(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_EVEN).stripTrailingZeros()
                .toPlainString();
    }
}
