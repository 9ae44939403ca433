package io.weir.core.stats;

/**
 * The borders of the buckets: 0, then 1 ... 100 alone, then of each decade (10^k, 10^(k+1)] ninety of equal width.
 * Decade 0 holds the first 101 buckets.
 */
final class Buckets {
    /** 0 ... 100, then 10^2 ... 10^18; the last one ends beyond the largest long. */
    static final int DECADES = 18;
    private static final int FIRST = 101;
    private static final int PER_DECADE = 90;
    static final int COUNT = FIRST + (DECADES - 1) * PER_DECADE;
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private Buckets() {}

    /** The bucket of a value that is not negative. */
    static int of(long value) {
        if (value <= 100) {
            return (int) value;
        }
        // closed above: 101 ... 110 are one bucket, which value - 1 maps to 10 ... 10.9
        long below = value - 1;
        int digits = digits(below);
        int head = (int) (below / POWERS[digits - 2]);
        return FIRST + (digits - 3) * PER_DECADE + head - 10;
    }

    /** The largest value of a bucket. */
    static double upper(int bucket) {
        if (bucket < FIRST) {
            return bucket;
        }
        int decade = decade(bucket);
        return (bucket - first(decade) + 11.0) * POWERS[decade];
    }

    /** The border below a bucket: its values are larger. */
    static double lower(int bucket) {
        if (bucket < FIRST) {
            return bucket == 0 ? 0 : bucket - 1;
        }
        int decade = decade(bucket);
        return (bucket - first(decade) + 10.0) * POWERS[decade];
    }

    static int decade(int bucket) {
        return bucket < FIRST ? 0 : 1 + (bucket - FIRST) / PER_DECADE;
    }

    static int first(int decade) {
        return decade == 0 ? 0 : FIRST + (decade - 1) * PER_DECADE;
    }

    static int size(int decade) {
        return decade == 0 ? FIRST : PER_DECADE;
    }

    private static int digits(long value) {
        // bits to digits by log10(2), then put right by one comparison (Warren, "Hacker's Delight", 11-4)
        int guess = ((64 - Long.numberOfLeadingZeros(value)) * 1233) >>> 12;
        return value < POWERS[guess] ? guess : guess + 1;
    }
}
