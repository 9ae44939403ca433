package io.weir.app.health;

import io.weir.core.health.OutlierEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An outlier in the shape of Envoy's {@code OutlierDetectionEvent}. Weir's own are the types {@code LATENCY} and
 * {@code UNREACHABLE}, the actions on a weight, and the reason in words.
 */
final class OutlierLine {
    private static final double PERCENT = 100;

    private OutlierLine() {}

    static String of(OutlierEvent event, Instant time) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", event.type().name());
        line.put("timestamp", time.toString());
        if (event.sinceNanos() >= 0) {
            line.put("secs_since_last_action", Long.toString(TimeUnit.NANOSECONDS.toSeconds(event.sinceNanos())));
        }
        line.put("cluster_name", event.cluster());
        line.put("upstream_url", event.address());
        line.put("action", event.action().name());
        line.put("num_ejections", event.ejections());
        line.put("enforced", event.enforced());
        Map<String, Object> measured = new LinkedHashMap<>();
        switch (event.type()) {
            case CONSECUTIVE_5XX, CONSECUTIVE_GATEWAY_FAILURE, CONSECUTIVE_LOCAL_ORIGIN_FAILURE ->
                line.put("eject_consecutive_event", measured);
            case SUCCESS_RATE, SUCCESS_RATE_LOCAL_ORIGIN -> {
                put(measured, "host_success_rate", event.hostRate());
                put(measured, "cluster_average_success_rate", event.average());
                put(measured, "cluster_success_rate_ejection_threshold", event.threshold());
                line.put("eject_success_rate_event", measured);
            }
            case FAILURE_PERCENTAGE, FAILURE_PERCENTAGE_LOCAL_ORIGIN -> {
                put(measured, "host_success_rate", event.hostRate());
                line.put("eject_failure_percentage_event", measured);
            }
            case LATENCY -> {
                put(measured, "host_latency_ms", event.hostRate());
                put(measured, "cluster_median_latency_ms", event.average());
                put(measured, "cluster_latency_ejection_threshold_ms", event.threshold());
                line.put("eject_latency_event", measured);
            }
            case UNREACHABLE -> line.put("eject_unreachable_event", measured);
        }
        switch (event.action()) {
            case CUT_WEIGHT, RESTORE_WEIGHT -> line.put("weight_percent", Math.round(PERCENT * event.share()));
            case EJECT, UNEJECT -> {
                // all of it or nothing
            }
        }
        line.put("reason", event.reason());
        return JsonLine.of(line);
    }

    /** What was measured, as a whole number, which is what Envoy's message has room for. */
    private static void put(Map<String, Object> measured, String name, double value) {
        if (value >= 0) {
            measured.put(name, Math.round(value));
        }
    }
}
