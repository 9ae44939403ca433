package io.weir.core.model;

import java.util.concurrent.TimeUnit;

/** How many retries a cluster is given, so that a failing one is not buried under repetitions. Immutable. */
public sealed interface RetryLimit {
    /** Where nothing is written: 20 % of the requests of the last 10 s, and always 3 at once. */
    RetryLimit DEFAULT = new Window(20, 3, TimeUnit.SECONDS.toNanos(10));

    /** At most so many at once: Envoy's {@code max_retries}. */
    record AtOnce(int max) implements RetryLimit {
        public AtOnce {
            if (max < 0) {
                throw new IllegalArgumentException("a limit is not negative: " + max);
            }
        }
    }

    /**
     * At most this share of the requests that are under way, waiting or not: Envoy's {@code retry_budget}.
     *
     * @param percent
     *            0 to 100
     * @param minAtOnce
     *            as many may always be under way
     */
    record Share(double percent, int minAtOnce) implements RetryLimit {
        public Share {
            check(percent, minAtOnce);
        }
    }

    /**
     * At most this share of the requests of a span of time: a budget that requests pay into and retries are paid from
     * (Finagle's retry budget). See {@code io.weir.core.admit.RetryBudget}.
     *
     * @param percent
     *            0 to 100
     * @param minAtOnce
     *            as many may always be under way
     * @param windowNanos
     *            how long a payment can be used, above 0
     */
    record Window(double percent, int minAtOnce, long windowNanos) implements RetryLimit {
        public Window {
            check(percent, minAtOnce);
            if (windowNanos <= 0) {
                throw new IllegalArgumentException("a window has a length: " + windowNanos);
            }
        }
    }

    private static void check(double percent, int minAtOnce) {
        if (!(percent >= 0 && percent <= 100) || minAtOnce < 0) {
            throw new IllegalArgumentException("no budget: " + percent + " %, at least " + minAtOnce);
        }
    }
}
