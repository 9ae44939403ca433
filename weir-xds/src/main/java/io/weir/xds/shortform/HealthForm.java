package io.weir.xds.shortform;

import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Scalar;

import org.jspecify.annotations.Nullable;

/** {@code health:} of a service as {@code health_checks}, {@code outlier_detection} and what Weir adds to them. */
final class HealthForm {

    private static final List<String> CHECKS = List.of("http", "tcp", "grpc");
    private static final List<String> OF_CHECKS = List.of("every", "timeout", "fails", "passes", "host",
            "trust_traffic");
    private static final List<String> OF_OUTLIERS = List.of("errors", "out", "slow", "soft");
    private static final List<String> KEYS = List.of("http", "tcp", "grpc", "every", "timeout", "fails", "passes",
            "host", "trust_traffic", "errors", "out", "slow", "soft");
    /** Half of the hosts: what is left then carries twice its load. */
    private static final long MAX_EJECTION_PERCENT = 50;
    private static final String EVERY = "5s";
    private static final String TIMEOUT = "1s";
    private static final long FAILS = 3;
    private static final long PASSES = 2;
    private static final long STATUS_MIN = 100;
    private static final long STATUS_MAX = 600;

    private HealthForm() {}

    /**
     * @param options
     *            the cluster's {@code typed_extension_protocol_options}
     */
    static void read(Part service, Tree cluster, Tree options) {
        Part health = service.part("health");
        if (health == null || !health.isMapping("health", KEYS)) {
            return;
        }
        Position at = health.at();
        checks(service, health, cluster);
        if (OF_OUTLIERS.stream().anyMatch(health::has) || !CHECKS.stream().anyMatch(health::has)) {
            cluster.put("outlier_detection", new Tree(at).putIf("consecutive_5xx", health.scalar("errors"))
                    .putIf("base_ejection_time", health.duration("out"))
                    .put("max_ejection_percent", Tree.number(at, MAX_EJECTION_PERCENT))
                    .put("always_eject_one_host", new Scalar(at, "true", Kind.BOOLEAN)));
        }
        if (health.has("slow") || health.has("soft") || health.has("trust_traffic")) {
            Tree own = Tree.typed(at, HealthMessage.TYPE).putIf("latency_factor", health.scalar("slow"))
                    .putIf("soft", health.scalar("soft"))
                    .putIf("skip_check_after_success_within", health.duration("trust_traffic"));
            options.put(HealthMessage.TYPE, own);
        }
    }

    private static void checks(Part service, Part health, Tree cluster) {
        List<String> given = CHECKS.stream().filter(health::has).toList();
        if (given.isEmpty()) {
            for (String key : OF_CHECKS) {
                Part lonely = health.part(key);
                if (lonely != null) {
                    lonely.problem("this is about health checks, and there is none", "add http: /healthz, tcp: true or"
                            + " grpc: true");
                }
            }
            return;
        }
        if (given.size() > 1) {
            health.problem("a service has one health check, and here are " + String.join(" and ", given),
                    "keep one of them");
            return;
        }
        Position at = health.at();
        Node every = or(health.duration("every"), Tree.text(at, EVERY));
        Tree check = new Tree(at).put("timeout", or(health.duration("timeout"), Tree.text(at, TIMEOUT)))
                .put("interval", every)
                .put("no_traffic_interval", every)
                .put("unhealthy_threshold", or(health.scalar("fails"), Tree.number(at, FAILS)))
                .put("healthy_threshold", or(health.scalar("passes"), Tree.number(at, PASSES)));
        String kind = given.getFirst();
        Part what = health.part(kind);
        if (what == null) {
            return;
        }
        switch (kind) {
            case "http" -> check.put("http_health_check", http(service, health, what));
            case "grpc" -> check.put("grpc_health_check", grpc(health, what));
            default -> check.put("tcp_health_check", tcp(health, what));
        }
        cluster.put("health_checks", List.of(check.mapping()));
    }

    /**
     * Any other status counts when it is repeated, as refused connections do. Endpoints that are asked over HTTP/2 are
     * checked over it.
     */
    private static Tree http(Part service, Part health, Part path) {
        Tree all = new Tree(path.at()).put("start", Tree.number(path.at(), STATUS_MIN)).put("end",
                Tree.number(path.at(), STATUS_MAX));
        Tree check = new Tree(path.at()).putIf("host", health.scalar("host")).putIf("path", health.scalar("http"))
                .put("retriable_statuses", List.of(all.mapping()));
        Part protocol = service.part(ProtocolForm.KEY);
        return protocol != null && ProtocolForm.HTTP2.equals(protocol.text())
                ? check.put("codec_client_type", Tree.text(protocol.at(), "HTTP2"))
                : check;
    }

    private static Tree grpc(Part health, Part service) {
        Tree check = new Tree(service.at()).putIf("authority", health.scalar("host"));
        return yes(service) ? check : check.putIf("service_name", health.scalar("grpc"));
    }

    private static Tree tcp(Part health, Part yes) {
        if (!yes(yes)) {
            yes.problem("this is a connection that is made, and nothing more", "write tcp: true, or health_checks with"
                    + " send and receive under envoy");
        }
        Part host = health.part("host");
        if (host != null) {
            host.problem("a TCP check names no host", "remove it");
        }
        return new Tree(yes.at());
    }

    private static boolean yes(Part part) {
        return part.node() instanceof Scalar scalar && scalar.text().equals("true");
    }

    private static Node or(@Nullable Node given, Node otherwise) {
        return given == null ? otherwise : given;
    }
}
