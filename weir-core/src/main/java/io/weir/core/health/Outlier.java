package io.weir.core.health;

import io.weir.core.rule.OutlierSpec;

/**
 * A host found to be an outlier.
 *
 * @param enforcing
 *            the chance in percent that something is done about it
 * @param share
 *            how it does compared with its peers: 0.5 is half as well
 * @param rate
 *            what was measured of it, in percent or milliseconds; -1 where nothing was
 */
record Outlier(HostRecord record, OutlierType type, int enforcing, double share, double rate, double average,
        double threshold, String reason) {

    /** After a run of failures. */
    static Outlier run(HostRecord record, OutlierType type, OutlierSpec spec) {
        OutlierSpec.Consecutive rule = rule(type, spec);
        return new Outlier(record, type, rule.enforcing(), 1, -1, -1, -1,
                type.words() + ": " + rule.threshold() + " in a row");
    }

    /** The rule of this kind of run. */
    static OutlierSpec.Consecutive rule(OutlierType type, OutlierSpec spec) {
        return switch (type) {
            case CONSECUTIVE_GATEWAY_FAILURE -> spec.gatewayFailures();
            case CONSECUTIVE_LOCAL_ORIGIN_FAILURE -> spec.localFailures();
            case CONSECUTIVE_5XX, SUCCESS_RATE, SUCCESS_RATE_LOCAL_ORIGIN, FAILURE_PERCENTAGE,
                    FAILURE_PERCENTAGE_LOCAL_ORIGIN, LATENCY, UNREACHABLE ->
                spec.serverErrors();
        };
    }
}
