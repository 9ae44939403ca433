package io.weir.xds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.google.protobuf.Message;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.weir.xds.check.Rules;
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;

class ProtoReaderTest {
    private static final String TYPES = "type.googleapis.com/envoy.extensions.filters.";

    private static <T extends Message> Read<T> read(String text, T prototype) {
        ConfigText.Parsed parsed = ConfigText.parse("f", text);
        assertThat(parsed.problems()).isEmpty();
        return new ProtoReader(MessageTypes.envoy()).read(Objects.requireNonNull(parsed.root()), prototype, "");
    }

    private static Cluster cluster(String text) {
        Read<Cluster> read = read(text, Cluster.getDefaultInstance());
        assertThat(read.problems()).noneMatch(Problem::isError);
        return read.message();
    }

    private static List<String> problems(String text, Message prototype) {
        return read(text, prototype).problems().stream().map(Problem::toString).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"front-proxy.yaml", "tcp-proxy.json", "wasm-and-tls.yaml", "xds.yaml"})
    void bootstrapsOfOthersAreReadAndKeepTheRules(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ProtoReaderTest.class.getResourceAsStream("bootstraps/" + name))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Read<Bootstrap> read = read(text, Bootstrap.getDefaultInstance());
            assertThat(read.problems()).noneMatch(Problem::isError);
            List<Problem> out = new ArrayList<>();
            Rules.check(read.message(), "", read.positions(), out);
            assertThat(out).isEmpty();
            String printed = ProtoPrinter.of(MessageTypes.envoy()).yaml(read.message());
            assertThat(printed).contains("static_resources:");
        }
    }

    @Test
    void whatEnvoyTakesIsTaken() {
        Cluster cluster = cluster(
                """
                        name: a
                        altStatName: b
                        type: logical-dns
                        lb_policy: 3
                        connect_timeout: {seconds: 1, nanos: 500000000}
                        common_lb_config: { update_merge_window: 0.25s }
                        per_connection_buffer_limit_bytes: "1024"
                        wait_for_warm_on_init: on
                        health_checks: { timeout: 1s, interval: 1s, unhealthy_threshold: 2.0, healthy_threshold: 0x2, tcp_health_check: {} }
                        cleanup_interval:
                        outlier_detection: ~
                        upstream_bind_config: null
                        """);
        assertThat(cluster.getAltStatName()).isEqualTo("b");
        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.LOGICAL_DNS);
        assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.RANDOM);
        assertThat(cluster.getConnectTimeout()).isEqualTo(Durations.parse("1.5s"));
        assertThat(cluster.getCommonLbConfig().getUpdateMergeWindow()).isEqualTo(Durations.parse("0.25s"));
        assertThat(cluster.getPerConnectionBufferLimitBytes().getValue()).isEqualTo(1024);
        assertThat(cluster.getWaitForWarmOnInit().getValue()).isTrue();
        assertThat(cluster.getHealthChecks(0).getUnhealthyThreshold().getValue()).isEqualTo(2);
        assertThat(cluster.hasCleanupInterval() || cluster.hasOutlierDetection() || cluster.hasUpstreamBindConfig())
                .isFalse();
    }

    @Test
    void aFileModeIsReadAsEnvoyReadsIt() {
        Read<Pipe> read = read("path: /run/x\nmode: 0644\n", Pipe.getDefaultInstance());
        assertThat(read.message().getMode()).isEqualTo(0644);
        assertThat(read.problems()).singleElement().asString().contains("warning").contains("420");
    }

    @Test
    void theMessageInAnAnyKeepsItsPlaces() throws IOException {
        Read<Filter> read = read("name: hcm\ntyped_config:\n  '@type': " + TYPES
                + "network.http_connection_manager.v3.HttpConnectionManager\n  stat_prefix: s\n  http_filters:\n"
                + "  - name: r\n    typed_config: { '@type': " + TYPES + "http.router.v3.Router }\n",
                Filter.getDefaultInstance());
        HttpConnectionManager manager = read.message().getTypedConfig().unpack(HttpConnectionManager.class);
        assertThat(manager.getHttpFilters(0).getTypedConfig().is(Router.class)).isTrue();
        assertThat(read.positions().exactly("typed_config.stat_prefix")).isEqualTo(new Position("f", 4, 16));
        assertThat(read.positions().at("typed_config.http_filters[0].disabled")).isEqualTo(new Position("f", 6, 5));
        assertThat(read.positions().at("typed_config.route_config.name")).isEqualTo(new Position("f", 2, 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nmae: a | f:1:1: nmae: Cluster has no field "nmae" (a); did you mean "name"?
            'name: 8080' | f:1:7: name: a text is due here, and without quotes this is a number (8080); write "8080" in quotes
            'name: yes' | f:1:7: name: a text is due here, and without quotes this is true or false (yes)
            'name: [a]' | f:1:7: name: a text is due here, not a list; write one value
            connect_timeout: 250ms | f:1:18: connect_timeout: not a duration (250ms); write 0.25s
            connect_timeout: 5 | f:1:18: connect_timeout: not a duration (5); write 5s
            connect_timeout: 1m | f:1:18: connect_timeout: not a duration (1m); write 60s
            connect_timeout: soon | f:1:18: connect_timeout: not a duration (soon); write seconds such as 1s or 0.25s
            lb_policy: ROUNDROBIN | f:1:12: lb_policy: not a value of LbPolicy (ROUNDROBIN); did you mean ROUND_ROBIN?
            type: FOO | f:1:7: type: not a value of DiscoveryType (FOO); write one of: STATIC, STRICT_DNS
            'circuit_breakers: { thresholds: { max_connections: -1 } }' | f:1:52: circuit_breakers.thresholds[0].max_connections: this number is out of range (-1); write a whole number from 0 to 4294967295
            'circuit_breakers: { thresholds: { max_connections: 1.5 } }' | f:1:52: circuit_breakers.thresholds[0].max_connections: a whole number is due here (1.5)
            'respect_dns_ttl: "true"' | f:1:18: respect_dns_ttl: true or false is due here (true); remove the quotes
            'type: STATIC\ncluster_type: { name: x }' | f:2:1: cluster_type: stands beside "type", of which only one may be set (a mapping); keep one of: type, cluster_type
            'alt_stat_name: a\naltStatName: b' | f:2:1: alt_stat_name: this field was already written under its other name
            hosts: [] | f:1:1: hosts: Cluster has no field "hosts" (a list); write load_assignment
            'load_assignment: x' | f:1:18: load_assignment: a mapping with the fields of ClusterLoadAssignment is due here (x); fields: cluster_name
            'load_assignment: []' | f:1:18: load_assignment: one ClusterLoadAssignment is due here, not a list
            max_ejection_percent: 5 | f:1:1: max_ejection_percent: Cluster has no field "max_ejection_percent" (5); write it inside outlier_detection
            'health_checks: [ ~ ]' | f:1:18: health_checks[0]: an item of this list is empty
            """)
    void aFaultNamesPlacePathValueAndCure(String text, String expected) {
        assertThat(problems(text, Cluster.getDefaultInstance())).anyMatch(problem -> problem.startsWith(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {} | f:1:15: typed_config: '@type' is missing
            x | f:1:15: typed_config: a mapping with '@type' and the fields of that type is due here (x)
            {'@type': envoy.extensions.filters.http.router.v3.Router} | f:1:25: typed_config: a type URL has a slash before the name
            {'@type': type.googleapis.com/acme.Own} | f:1:25: typed_config: this type is not known (type.googleapis.com/acme.Own)
            {'@type': type.googleapis.com/envoy.config.filter.http.router.v2.Router} | f:1:25: typed_config: this message is of Envoy's API version 2, which nothing speaks any more (type.googleapis.com/envoy.config.filter.http.router.v2.Router); write type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            {'@type': type.googleapis.com/google.protobuf.StringValue} | f:1:15: typed_config: "value" is missing
            {'@type': type.googleapis.com/xds.type.v3.TypedStruct, value: {}} | f:1:25: typed_config: "type_url" of this TypedStruct is missing
            """)
    void aFaultOfAnAnyNamesPlaceAndCure(String any, String expected) {
        assertThat(problems("typed_config: " + any, Filter.getDefaultInstance())).singleElement().asString()
                .startsWith(expected);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(problems("nmae: a\nconnect_timeout: 1\nlb_policy: X\nload_assignment: { a: b, c: d }\n",
                Cluster.getDefaultInstance())).hasSize(5);
    }

    @Test
    void structsThatAreDeepAreRefusedAndNotThrown() {
        assertThat(problems("metadata: { filter_metadata: { m: " + "{a: ".repeat(60) + "1" + "}".repeat(60) + " } }",
                Cluster.getDefaultInstance())).singleElement().asString().contains("nested too deeply");
    }
}
