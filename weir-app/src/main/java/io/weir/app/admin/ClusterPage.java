package io.weir.app.admin;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.health.OutlierDetector;
import io.weir.core.model.Announced;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.core.model.HostStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code /clusters}: every cluster and host in Envoy's two shapes, {@code name::address::key::value} and JSON. */
final class ClusterPage {
    private ClusterPage() {}

    static String text(Clusters clusters) {
        StringBuilder out = new StringBuilder(4096);
        for (Cluster cluster : clusters.all()) {
            String name = cluster.name();
            line(out, name, "observability_name", cluster.spec().statName());
            for (RoutingPriority priority : RoutingPriority.values()) {
                limits(cluster.circuit(priority))
                        .forEach((key, value) -> line(out, name, priority.word() + "_priority::" + key, value));
            }
            line(out, name, "added_via_api", false);
            for (Host host : cluster.view().hosts().all()) {
                String prefix = name + "::" + host.addressText();
                counters(host).forEach((key, value) -> line(out, prefix, key, value));
                gauges(host).forEach((key, value) -> line(out, prefix, key, value));
                Endpoint endpoint = host.endpoint();
                line(out, prefix, "hostname", endpoint.hostname());
                line(out, prefix, "health_flags", healthFlags(host));
                line(out, prefix, "weight", endpoint.weight());
                line(out, prefix, "region", endpoint.locality().region());
                line(out, prefix, "zone", endpoint.locality().zone());
                line(out, prefix, "sub_zone", endpoint.locality().subZone());
                line(out, prefix, "canary", false);
                line(out, prefix, "priority", endpoint.priority());
                line(out, prefix, "success_rate", OutlierDetector.successRate(host));
                line(out, prefix, "local_origin_success_rate", OutlierDetector.localSuccessRate(host));
                line(out, prefix, "weight_factor", String.format(Locale.ROOT, "%.2f", host.weightFactor()));
                if (!host.healthReason().isEmpty()) {
                    line(out, prefix, "health_reason", host.healthReason());
                }
            }
        }
        return out.toString();
    }

    static String json(Clusters clusters) {
        List<Object> statuses = new ArrayList<>();
        for (Cluster cluster : clusters.all()) {
            Map<String, Object> status = new LinkedHashMap<>();
            status.put("name", cluster.name());
            status.put("added_via_api", false);
            status.put("host_statuses", cluster.view().hosts().all().stream().map(ClusterPage::hostStatus).toList());
            List<Object> thresholds = new ArrayList<>();
            for (RoutingPriority priority : RoutingPriority.values()) {
                Map<String, Object> threshold = new LinkedHashMap<>();
                threshold.put("priority", priority.name());
                threshold.putAll(limits(cluster.circuit(priority)));
                thresholds.add(threshold);
            }
            status.put("circuit_breakers", Map.of("thresholds", thresholds));
            status.put("observability_name", cluster.spec().statName());
            statuses.add(status);
        }
        return Json.of(Map.of("cluster_statuses", statuses));
    }

    private static Map<String, Object> hostStatus(Host host) {
        Endpoint endpoint = host.endpoint();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("address", Addresses.json(host.address()));
        List<Object> stats = new ArrayList<>();
        // Envoy's JSON leaves out what is zero and the type of a counter, since both are the defaults of the message.
        counters(host).forEach((key, value) -> stats.add(stat(key, value, false)));
        gauges(host).forEach((key, value) -> stats.add(stat(key, value, true)));
        status.put("stats", stats);
        Map<String, Object> health = new LinkedHashMap<>();
        flagWords(host).forEach(word -> health.put(word, true));
        health.put("eds_health_status",
                endpoint.announced() == Announced.UNKNOWN ? "HEALTHY" : endpoint.announced().name());
        status.put("health_status", health);
        if (!host.healthReason().isEmpty()) {
            status.put("health_reason", host.healthReason());
        }
        status.put("weight", endpoint.weight());
        if (!endpoint.hostname().isEmpty()) {
            status.put("hostname", endpoint.hostname());
        }
        status.put("priority", endpoint.priority());
        Map<String, Object> locality = new LinkedHashMap<>();
        locality.put("region", endpoint.locality().region());
        locality.put("zone", endpoint.locality().zone());
        locality.put("sub_zone", endpoint.locality().subZone());
        locality.values().removeIf(""::equals);
        status.put("locality", locality);
        return status;
    }

    private static Map<String, Object> stat(String name, long value, boolean gauge) {
        Map<String, Object> stat = new LinkedHashMap<>();
        if (gauge) {
            stat.put("type", "GAUGE");
        }
        stat.put("name", name);
        if (value != 0) {
            stat.put("value", Long.toString(value));
        }
        return stat;
    }

    private static Map<String, Long> counters(Host host) {
        HostStats stats = host.stats();
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("cx_connect_fail", stats.cxConnectFail().value());
        counters.put("cx_total", stats.cxTotal().value());
        counters.put("rq_error", stats.rqError().value());
        counters.put("rq_success", stats.rqSuccess().value());
        counters.put("rq_timeout", stats.rqTimeout().value());
        counters.put("rq_total", stats.rqTotal().value());
        return counters;
    }

    private static Map<String, Long> gauges(Host host) {
        Map<String, Long> gauges = new LinkedHashMap<>();
        gauges.put("cx_active", host.stats().cxActive().value());
        gauges.put("rq_active", (long) host.requestsActive());
        return gauges;
    }

    private static Map<String, Integer> limits(CircuitBreaker circuit) {
        Map<String, Integer> limits = new LinkedHashMap<>();
        limits.put("max_connections", circuit.limits().connectionsMax());
        limits.put("max_pending_requests", circuit.limits().pendingMax());
        limits.put("max_requests", circuit.limits().requestsMax());
        limits.put("max_retries", circuit.retriesActive() + circuit.retriesRemaining());
        return limits;
    }

    /** Envoy's words for what is known of the host; two kinds of ejection have the same. */
    private static Set<String> flagWords(Host host) {
        Set<String> words = new LinkedHashSet<>();
        for (HealthFlag flag : HealthFlag.values()) {
            if (host.is(flag)) {
                words.add(flag.word());
            }
        }
        return words;
    }

    private static String healthFlags(Host host) {
        StringBuilder flags = new StringBuilder();
        flagWords(host).forEach(word -> flags.append('/').append(word));
        switch (host.endpoint().announced()) {
            case UNKNOWN, HEALTHY -> {
            }
            case UNHEALTHY, DRAINING, TIMEOUT -> flags.append("/failed_eds_health");
            case DEGRADED -> flags.append("/degraded_eds_health");
        }
        return flags.isEmpty() ? "healthy" : flags.toString();
    }

    private static void line(StringBuilder out, String prefix, String key, Object value) {
        out.append(prefix).append("::").append(key).append("::").append(value).append('\n');
    }
}
