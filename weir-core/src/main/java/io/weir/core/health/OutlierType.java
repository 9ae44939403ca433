package io.weir.core.health;

import java.util.Locale;

/**
 * Why a host is an outlier: Envoy's {@code OutlierEjectionType}, and {@link #LATENCY} and {@link #UNREACHABLE}, which
 * are Weir's.
 */
public enum OutlierType {
    /** Answers of 500 and more in a row. */
    CONSECUTIVE_5XX("consecutive_5xx"),
    /** Answers of 502, 503 and 504 in a row. */
    CONSECUTIVE_GATEWAY_FAILURE("consecutive_gateway_failure"),
    /** A success rate far below the mean. */
    SUCCESS_RATE("success_rate"),
    /** Failures on our side in a row. */
    CONSECUTIVE_LOCAL_ORIGIN_FAILURE("consecutive_local_origin_failure"),
    /** Far more failures on our side than the mean. */
    SUCCESS_RATE_LOCAL_ORIGIN("local_origin_success_rate"),
    /** Too large a part of its answers are failures. */
    FAILURE_PERCENTAGE("failure_percentage"),
    /** Too often it fails on our side. */
    FAILURE_PERCENTAGE_LOCAL_ORIGIN("local_origin_failure_percentage"),
    /** Far slower than its peers. */
    LATENCY("latency"),
    /** A connect failed: the only one that a cluster looks for without being told to. */
    UNREACHABLE("unreachable");

    private final String statName;

    OutlierType(String statName) {
        this.statName = statName;
    }

    /** What the stats {@code ejections_enforced_} and {@code ejections_detected_} call it. */
    String statName() {
        return statName;
    }

    /** In words, for a reason. */
    String words() {
        return name().toLowerCase(Locale.ROOT);
    }

    int bit() {
        return 1 << ordinal();
    }
}
