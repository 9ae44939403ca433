package io.weir.net.acme;

import io.weir.core.time.ExponentialBackOff;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** When a certificate is renewed, and when it is tried again after a failure. Stateless. */
final class RenewalTimes {
    private static final ExponentialBackOff RETRY = new ExponentialBackOff(TimeUnit.MINUTES.toNanos(1),
            TimeUnit.HOURS.toNanos(6));
    private static final Duration RETRY_ASKED_MAX = Duration.ofDays(7);
    /** So much of a certificate's life is left when it is renewed. */
    private static final double LIFE_LEFT = 1.0 / 3;
    /** The part of its life over which renewals are spread, so that not all come at once. */
    private static final double SPREAD = 0.05;
    /** Retries are spread by so much to either side. */
    private static final double RETRY_SPREAD = 0.2;

    private RenewalTimes() {}

    /**
     * When a certificate is to be renewed: a third of its life before its end, or somewhat earlier.
     *
     * @param dice
     *            from 0 to less than 1
     */
    static Instant due(Instant from, Instant until, double dice) {
        double life = Duration.between(from, until).toMillis();
        return until.minusMillis(Math.round(life * (LIFE_LEFT + SPREAD * dice)));
    }

    /**
     * How long to wait after so many failures in a row: a minute, then twice as long each time up to six hours, and as
     * long as the authority asks for, up to a week.
     *
     * @param failures
     *            1 or more
     */
    static Duration retry(int failures, long retryAfterSeconds, double dice) {
        long millis = TimeUnit.NANOSECONDS.toMillis(RETRY.nanos(failures));
        long own = Math.round(millis * (1 - RETRY_SPREAD + 2 * RETRY_SPREAD * dice));
        long asked = Math.min(retryAfterSeconds * 1000, RETRY_ASKED_MAX.toMillis());
        return Duration.ofMillis(Math.max(own, asked));
    }
}
