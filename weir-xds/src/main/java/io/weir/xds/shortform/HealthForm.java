package io.weir.xds.shortform;

import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Scalar;

/** {@code health:} of a service as {@code outlier_detection} and what Weir adds to it. */
final class HealthForm {

    private static final List<String> KEYS = List.of("errors", "out", "slow", "soft");
    private static final List<String> LATER = List.of("http", "tcp", "grpc", "every");
    private static final List<String> ALL_KEYS = List.of("errors", "out", "slow", "soft", "http", "tcp", "grpc",
            "every");
    /** Half of the hosts: what is left then carries twice its load. */
    private static final long MAX_EJECTION_PERCENT = 50;

    private HealthForm() {}

    static void read(Part service, Tree cluster) {
        Part health = service.part("health");
        if (health == null || !health.isMapping("health", ALL_KEYS)) {
            return;
        }
        for (String later : LATER) {
            Part wanted = health.part(later);
            if (wanted != null) {
                wanted.problem("Weir does not have active health checks yet",
                        "remove it; keys that are known: " + String.join(", ", KEYS));
            }
        }
        Position at = health.at();
        Tree outliers = new Tree(at).putIf("consecutive_5xx", health.scalar("errors"))
                .putIf("base_ejection_time", health.duration("out"))
                .put("max_ejection_percent", Tree.number(at, MAX_EJECTION_PERCENT))
                .put("always_eject_one_host", new Scalar(at, "true", Kind.BOOLEAN));
        cluster.put("outlier_detection", outliers);
        Tree own = Tree.typed(at, HealthMessage.TYPE).putIf("latency_factor", health.scalar("slow"))
                .putIf("soft", health.scalar("soft"));
        if (health.has("slow") || health.has("soft")) {
            cluster.put("typed_extension_protocol_options", new Tree(at).put(HealthMessage.TYPE, own));
        }
    }
}
