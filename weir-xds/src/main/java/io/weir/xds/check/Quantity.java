package io.weir.xds.check;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * A number that a rule may bound. Only quantities of one kind are compared with one another. Not decimals: Java's class
 * of those computes tables for 20 ms when it is first touched, and a start cannot wait for it.
 */
sealed interface Quantity extends Comparable<Quantity> {

    /** Whether it is nothing. */
    boolean isZero();

    /** As people write it, without a unit. */
    String text();

    /**
     * A whole number.
     *
     * @param unsigned
     *            whether the highest bit is not a sign
     */
    record Whole(long value, boolean unsigned) implements Quantity {

        @Override
        public int compareTo(Quantity other) {
            long that = ((Whole) other).value;
            return unsigned ? Long.compareUnsigned(value, that) : Long.compare(value, that);
        }

        @Override
        public boolean isZero() {
            return value == 0;
        }

        @Override
        public String text() {
            return unsigned ? Long.toUnsignedString(value) : Long.toString(value);
        }
    }

    /** A number with a fraction, infinite perhaps, but a number. */
    record Fraction(double value) implements Quantity {

        @Override
        public int compareTo(Quantity other) {
            double that = ((Fraction) other).value;
            // Not Double.compare, for which 0 is more than -0.
            return value < that ? -1 : value > that ? 1 : 0;
        }

        @Override
        public boolean isZero() {
            return value == 0;
        }

        @Override
        public String text() {
            return Double.isInfinite(value)
                    ? Double.toString(value)
                    : new BigDecimal(value).stripTrailingZeros().toPlainString();
        }
    }

    /** A duration, or a point in time since 1970; both parts have the same sign or are 0. */
    record Seconds(long seconds, int nanos) implements Quantity {
        private static final int NANOS_PER_SECOND = 1_000_000_000;
        private static final int NANOS_DIGITS = 9;

        /** With the nanoseconds carried over. */
        Seconds plus(Seconds other, int sign) {
            long sum = nanos + (long) sign * other.nanos;
            long whole = seconds + sign * other.seconds + sum / NANOS_PER_SECOND;
            int rest = (int) (sum % NANOS_PER_SECOND);
            if (whole > 0 && rest < 0) {
                return new Seconds(whole - 1, rest + NANOS_PER_SECOND);
            }
            return whole < 0 && rest > 0 ? new Seconds(whole + 1, rest - NANOS_PER_SECOND) : new Seconds(whole, rest);
        }

        @Override
        public int compareTo(Quantity other) {
            Seconds that = (Seconds) other;
            return seconds == that.seconds ? Integer.compare(nanos, that.nanos) : Long.compare(seconds, that.seconds);
        }

        @Override
        public boolean isZero() {
            return seconds == 0 && nanos == 0;
        }

        @Override
        public String text() {
            String whole = (seconds < 0 || nanos < 0 ? "-" : "") + Math.abs(seconds);
            if (nanos == 0) {
                return whole;
            }
            String digits = Integer.toString(Math.abs(nanos));
            String fraction = "0".repeat(Math.max(0, NANOS_DIGITS - digits.length())) + digits;
            int end = fraction.length();
            while (fraction.charAt(end - 1) == '0') {
                end--;
            }
            return whole + "." + fraction.substring(0, end);
        }
    }

    /** A number of any kind that protobuf has; null for what is not a number. */
    static @Nullable Quantity of(Object value, boolean unsigned) {
        // No switch over types: it would be linked at run time, on the way of every start.
        if (value instanceof Integer i) {
            return new Whole(unsigned ? Integer.toUnsignedLong(i) : i, unsigned);
        }
        if (value instanceof Long l) {
            return new Whole(l, unsigned);
        }
        if (value instanceof Float || value instanceof Double) {
            double fraction = ((Number) value).doubleValue();
            return Double.isNaN(fraction) ? null : new Fraction(fraction);
        }
        throw new IllegalArgumentException("not a number: " + value.getClass());
    }
}
