package io.weir.xds.shortform;

import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;

import org.jspecify.annotations.Nullable;

/** {@code limits:} of a service: how much of it may be under way at once, and how long a request may wait. */
final class ServiceLimits {

    private static final List<String> NUMBERS = List.of("connections", "pending", "requests");
    private static final List<String> ENVOY_NUMBERS = List.of("max_connections", "max_pending_requests",
            "max_requests");
    private static final List<String> KEYS = List.of("connections", "pending", "requests", "retries", "per_host",
            "queue");

    private ServiceLimits() {}

    static void put(Part service, Tree cluster) {
        Part limits = service.part("limits");
        if (limits == null || !limits.isMapping("limits", KEYS)) {
            return;
        }
        Position at = limits.at();
        Tree thresholds = new Tree(at);
        for (int i = 0; i < NUMBERS.size(); i++) {
            thresholds.putIf(ENVOY_NUMBERS.get(i), limits.scalar(NUMBERS.get(i)));
        }
        retries(limits.part("retries"), thresholds);
        Node perHost = limits.scalar("per_host");
        Tree breakers = new Tree(at);
        if (!thresholds.isEmpty()) {
            breakers.put("thresholds", List.of(thresholds.mapping()));
        }
        if (perHost != null) {
            breakers.put("per_host_thresholds",
                    List.of(new Tree(perHost.at()).put("max_connections", perHost).mapping()));
        }
        if (!breakers.isEmpty()) {
            cluster.put("circuit_breakers", breakers);
        }
        Node queue = limits.duration("queue");
        if (queue != null) {
            cluster.put("metadata", new Tree(at).put("filter_metadata",
                    new Tree(at).put("weir.admission", new Tree(at).put("queue_timeout", queue))));
        }
    }

    /** A number, or a share of the requests under way. */
    private static void retries(@Nullable Part part, Tree thresholds) {
        String text = part == null ? null : part.text();
        if (part == null || text == null) {
            return;
        }
        if (!text.endsWith("%")) {
            thresholds.put("max_retries", part.node());
            return;
        }
        String percent = text.substring(0, text.length() - 1).strip();
        if (!percent.matches("[0-9]{1,3}(\\.[0-9]+)?")) {
            part.problem("this is no share", "write a number of retries, or a share of the requests such as 20%");
            return;
        }
        Position at = part.at();
        thresholds.put("retry_budget", new Tree(at).put("budget_percent",
                new Tree(at).put("value", new Node.Scalar(at, percent,
                        percent.contains(".") ? Node.Kind.FLOAT : Node.Kind.INTEGER))));
    }
}
