package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.CheckSpec.Events;
import io.weir.core.rule.CheckSpec.Handling;
import io.weir.core.rule.CheckSpec.Timing;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Health checks as Envoy's messages say them. */
class CheckReaderTest {

    private static final Extensions EXTENSIONS = StandIns.extensions();
    private static final String LEAST = "timeout: 1s, interval: 2s, unhealthy_threshold: 3, healthy_threshold: 4";

    private static Compiled compiled(String cluster, String endpoint) {
        return ConfigFile.compile("test.yaml", """
                static_resources: { clusters: [ { name: a, %s load_assignment: { cluster_name: a, endpoints: [
                  { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: 80 } }
                    %s } } ] } ] } } ] }
                """.formatted(cluster, endpoint), EXTENSIONS);
    }

    private static ClusterSpec cluster(String cluster, String endpoint) {
        Compiled compiled = compiled(cluster, endpoint);
        assertThat(compiled).as("%s", compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot().clusters().getFirst();
    }

    private static @Nullable CheckSpec read(String fields) {
        return cluster(fields, "").health().checks();
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void withoutAWordNothingIsCheckedAndWithTheLeastEnvoysDefaultsHold() {
        assertThat(read("")).isNull();
        CheckSpec spec = Objects.requireNonNull(read("health_checks: [ { " + LEAST + ", tcp_health_check: {} } ],"));
        assertThat(spec.protocol().label()).isEqualTo("TcpHealthCheck");
        assertThat(spec.timing()).isEqualTo(new Timing(seconds(1), seconds(2), 0, 0, 0, seconds(2), seconds(2),
                seconds(2), seconds(60), seconds(60), 0));
        assertThat(spec.unhealthyThreshold()).isEqualTo(3);
        assertThat(spec.healthyThreshold()).isEqualTo(4);
        assertThat(spec.reuseConnection()).isTrue();
        assertThat(spec.handling()).isEqualTo(Handling.DEFAULT);
        assertThat(spec.events()).isEqualTo(Events.DEFAULT);
    }

    @Test
    void everyFieldArrives() {
        CheckSpec spec = Objects.requireNonNull(read("""
                health_checks: [ { %s, initial_jitter: 5s, interval_jitter: 6s, interval_jitter_percent: 7,
                  reuse_connection: false, no_traffic_interval: 8s, no_traffic_healthy_interval: 9s,
                  unhealthy_interval: 10s, unhealthy_edge_interval: 11s, healthy_edge_interval: 12s,
                  event_log_path: /tmp/old, always_log_health_check_failures: true,
                  always_log_health_check_success: true,
                  event_logger: [ { name: file, typed_config: { "@type": "type.googleapis.com/\
                envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink",
                    event_log_path: /tmp/new } } ],
                  grpc_health_check: { service_name: s } } ],
                common_lb_config: { ignore_new_hosts_until_first_hc: true }, ignore_health_on_host_removal: true,
                typed_extension_protocol_options: { weir.health.v1.Outliers:
                  { "@type": type.googleapis.com/weir.health.v1.Outliers, skip_check_after_success_within: 13s } },
                """.formatted(LEAST)));
        assertThat(spec.protocol().label()).isEqualTo("GrpcHealthCheck");
        assertThat(spec.timing()).isEqualTo(new Timing(seconds(1), seconds(2), seconds(5), seconds(6), 7, seconds(10),
                seconds(11), seconds(12), seconds(8), seconds(9), seconds(13)));
        assertThat(spec.reuseConnection()).isFalse();
        assertThat(spec.handling()).isEqualTo(new Handling(true, false));
        assertThat(spec.events()).isEqualTo(new Events(List.of("/tmp/old", "/tmp/new"), true, true));
    }

    @Test
    void weirsOwnWordOnChecksTurnsNoOutlierDetectionOn() {
        assertThat(cluster("""
                typed_extension_protocol_options: { weir.health.v1.Outliers:
                  { "@type": type.googleapis.com/weir.health.v1.Outliers, skip_check_after_success_within: 13s } },
                """, "").health().outliers()).isNull();
    }

    @Test
    void anEndpointSaysWhereItsChecksGo() throws Exception {
        var checks = "health_checks: [ { " + LEAST + ", http_health_check: { path: /h } } ],";
        Endpoint.Check check = cluster(checks, """
                , health_check_config: { port_value: 81, hostname: h.example, disable_active_health_check: true,
                  address: { socket_address: { address: 10.0.0.9, port_value: 82 } } }""").endpoints().getFirst()
                .check();
        assertThat(check).isEqualTo(new Endpoint.Check(InetAddress.getByName("10.0.0.9"), 81, "h.example", true));
        assertThat(check.address(new InetSocketAddress("10.0.0.1", 80)))
                .isEqualTo(new InetSocketAddress("10.0.0.9", 81));
        assertThat(cluster(checks, "").endpoints().getFirst().check()).isEqualTo(Endpoint.Check.DEFAULT);
    }

    @Test
    void checksMayChooseTheirSocketAndTheirProtocols() throws Exception {
        assertThat(
                cluster("health_checks: [ { " + LEAST + ", tcp_health_check: {}, tls_options: { alpn_protocols: [ h2,"
                        + " x ] }, transport_socket_match_criteria: { a: b } } ],", "").health().checks())
                .extracting(CheckSpec::way).isEqualTo(new CheckSpec.Way(Map.of("a", "b"), List.of("h2", "x")));
        assertThat(cluster("health_checks: [ { " + LEAST + ", tcp_health_check: {} } ],", "").health().checks())
                .extracting(CheckSpec::way).isEqualTo(CheckSpec.Way.DEFAULT);
    }

    @Test
    void theOutlierLogIsTheSnapshots() {
        Compiled compiled = ConfigFile.compile("test.yaml",
                "cluster_manager: { outlier_detection: { event_log_path: /tmp/outliers } }", EXTENSIONS);
        assertThat(compiled).isInstanceOfSatisfying(Compiled.Accepted.class,
                accepted -> assertThat(accepted.snapshot().outlierLog()).isEqualTo("/tmp/outliers"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{ LEAST, tcp_health_check: {} }, { LEAST, tcp_health_check: {} } | a cluster has one health check",
            "{ LEAST } | lacks its health checker",
            "{ interval: 2s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {} } | timeout",
            "{ LEAST, custom_health_check: { name: x } } | use http_health_check",
            "{ LEAST, alt_port: 1, tcp_health_check: {} } | health_check_config",
            "{ LEAST, tls_options: { alpn_protocols: [ h2, '' ] }, tcp_health_check: {} } | alpn_protocols[1]",
            "{ LEAST, event_logger: [ { name: x } ], tcp_health_check: {} } | event_logger[0].typed_config",
    })
    void whatCannotBeIsTold(String checks, String told) {
        Compiled compiled = compiled("health_checks: [ " + checks.replace("LEAST", LEAST) + " ],", "");
        assertThat(compiled).isInstanceOfSatisfying(Compiled.Rejected.class,
                rejected -> assertThat(rejected.problems().toString()).contains(told));
    }
}
