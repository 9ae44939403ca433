package io.weir.core.rule;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a host differs so much from its peers, or fails so often in a row, that it is left out for a while: Envoy's
 * {@code outlier_detection}, and Weir's additions {@link Latency} and {@link Soft}. Percentages are 0 to 100.
 * Immutable.
 *
 * @param intervalNanos
 *            time between two looks at rates, latencies and back-off
 * @param ejection
 *            how long and how many
 * @param serverErrors
 *            answers of 500 and more in a row, and failures without an answer
 * @param gatewayFailures
 *            answers of 502, 503 and 504 in a row
 * @param localFailures
 *            failures on our side in a row: no connection, one that broke before the answer was whole, no answer in
 *            time; only with {@code splitLocal}
 * @param splitLocal
 *            whether failures on our side are told apart from answers
 * @param successRate
 *            who succeeds far less often than the mean
 * @param failurePercentage
 *            who fails this often, whatever its peers do
 * @param unejectOnCheck
 *            whether a successful health check ends an ejection
 * @param latency
 *            who is far slower than its peers; null: not looked at
 * @param soft
 *            what a bad rate or latency does instead of an ejection; null: it ejects
 */
public record OutlierSpec(long intervalNanos, Ejection ejection, Consecutive serverErrors,
        Consecutive gatewayFailures, Consecutive localFailures, boolean splitLocal, SuccessRate successRate,
        FailurePercentage failurePercentage, boolean unejectOnCheck, @Nullable Latency latency, @Nullable Soft soft) {

    /**
     * How long an ejection lasts: the base time as often as the host's back-off says, to a maximum, and up to the
     * jitter longer. How many hosts may be out at once.
     */
    public record Ejection(long baseNanos, long maxNanos, long jitterNanos, int maxPercent, boolean alwaysOne) {
        /** Envoy's defaults. */
        public static final Ejection DEFAULT = new Ejection(TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(300),
                0, 10, false);
    }

    /** So many in a row; an outlier is ejected with a chance of {@code enforcing} percent. */
    public record Consecutive(int threshold, int enforcing) {
    }

    /**
     * An outlier is whose success rate is below the mean less {@code stdevFactor} / 1000 standard deviations, of those
     * with enough requests in the interval, where there are enough of them.
     */
    public record SuccessRate(int minimumHosts, int requestVolume, int stdevFactor, int enforcing,
            int enforcingLocal) {
        /** Envoy's defaults. */
        public static final SuccessRate DEFAULT = new SuccessRate(5, 100, 1900, 100, 100);
    }

    /** An outlier is who fails at least {@code threshold} percent of enough requests. */
    public record FailurePercentage(int threshold, int minimumHosts, int requestVolume, int enforcing,
            int enforcingLocal) {
        /** Envoy's defaults: looked at, and never enforced. */
        public static final FailurePercentage DEFAULT = new FailurePercentage(85, 5, 50, 0, 0);
    }

    /**
     * An outlier is whose latency at a percentile is more than {@code factor} times the median of that of its peers.
     *
     * @param percentile
     *            above 0, at most 100
     * @param factor
     *            above 1
     * @param floorNanos
     *            a latency up to this is never one too many
     */
    public record Latency(double percentile, double factor, int minimumHosts, int requestVolume, int enforcing,
            long floorNanos) {
        /** The median of a host is more than three times that of its peers, and more than 5 ms. */
        public static final Latency DEFAULT = new Latency(50, 3, 3, 20, 100, TimeUnit.MILLISECONDS.toNanos(5));

        public Latency {
            if (!(percentile > 0 && percentile <= 100 && factor > 1)) {
                throw new IllegalArgumentException("not a latency rule: percentile " + percentile + ", factor "
                        + factor);
            }
        }
    }

    /**
     * Instead of an ejection the host's weight is cut in proportion to how far it differs, each interval anew, and
     * comes back by a step each interval that finds nothing (the way of AWS's automatic target weights).
     *
     * @param minimum
     *            what part of its weight a host keeps at least, above 0 and at most 1
     * @param step
     *            what part comes back each good interval, above 0 and at most 1
     */
    public record Soft(double minimum, double step) {
        /** A tenth stays, a tenth comes back. */
        public static final Soft DEFAULT = new Soft(0.1, 0.1);

        public Soft {
            if (!(minimum > 0 && minimum <= 1 && step > 0 && step <= 1)) {
                throw new IllegalArgumentException("not a soft rule: minimum " + minimum + ", step " + step);
            }
        }
    }

    /** Envoy's defaults. */
    public static final OutlierSpec DEFAULT = new OutlierSpec(TimeUnit.SECONDS.toNanos(10), Ejection.DEFAULT,
            new Consecutive(5, 100), new Consecutive(5, 0), new Consecutive(5, 100), false, SuccessRate.DEFAULT,
            FailurePercentage.DEFAULT, true, null, null);

    public OutlierSpec {
        if (intervalNanos < 1 || ejection.baseNanos() < 1 || ejection.maxNanos() < ejection.baseNanos()) {
            throw new IllegalArgumentException("not a valid time: interval " + intervalNanos + " ns, ejection "
                    + ejection);
        }
    }

    /** The same with other times and bounds of ejection. */
    public OutlierSpec withEjection(Ejection other) {
        return new OutlierSpec(intervalNanos, other, serverErrors, gatewayFailures, localFailures, splitLocal,
                successRate, failurePercentage, unejectOnCheck, latency, soft);
    }

    /** The same with other numbers in a row. */
    public OutlierSpec withConsecutive(Consecutive server, Consecutive gateway, Consecutive local, boolean split) {
        return new OutlierSpec(intervalNanos, ejection, server, gateway, local, split, successRate,
                failurePercentage, unejectOnCheck, latency, soft);
    }

    /** The same with other rules for rates. */
    public OutlierSpec withRates(SuccessRate success, FailurePercentage failure) {
        return new OutlierSpec(intervalNanos, ejection, serverErrors, gatewayFailures, localFailures, splitLocal,
                success, failure, unejectOnCheck, latency, soft);
    }

    /** The same with what Weir adds. */
    public OutlierSpec withOwn(@Nullable Latency slow, @Nullable Soft cut) {
        return new OutlierSpec(intervalNanos, ejection, serverErrors, gatewayFailures, localFailures, splitLocal,
                successRate, failurePercentage, unejectOnCheck, slow, cut);
    }
}
