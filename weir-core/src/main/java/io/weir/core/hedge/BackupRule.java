package io.weir.core.hedge;

/**
 * How backup requests are meant. Immutable. After Finagle's {@code BackupRequestFilter}, whose words these are; the
 * idea is Dean and Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013.
 *
 * @param extraLoad
 *            so many backup requests for each request at most, above 0 and up to {@link #EXTRA_LOAD_MAX}; 0.01 is one
 *            in a hundred
 * @param quantile
 *            a backup goes out when so many requests would have been answered, above 0 and below 1; the larger, the
 *            later
 * @param delayMinNanos
 *            none goes out before that, however fast the others are
 */
public record BackupRule(double extraLoad, double quantile, long delayMinNanos) {
    /** One backup for two requests; who wants more is better off with more hosts. */
    public static final double EXTRA_LOAD_MAX = 0.5;
    /** Finagle's default: what is faster than that is not worth a second request. */
    public static final long DELAY_MIN_NANOS = 1_000_000L;

    public BackupRule {
        if (!(extraLoad > 0 && extraLoad <= EXTRA_LOAD_MAX)) {
            throw new IllegalArgumentException("extraLoad must be above 0 and at most 0.5: " + extraLoad);
        }
        if (!(quantile > 0 && quantile < 1)) {
            throw new IllegalArgumentException("quantile must be between 0 and 1: " + quantile);
        }
        if (delayMinNanos < 0) {
            throw new IllegalArgumentException("delayMinNanos must not be negative: " + delayMinNanos);
        }
    }

    /** As late as the extra load lets every late request have its backup. */
    public static BackupRule of(double extraLoad) {
        return new BackupRule(extraLoad, 1 - extraLoad, DELAY_MIN_NANOS);
    }
}
