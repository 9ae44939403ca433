package io.weir.xds.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.overload.OverloadSpec;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.compile.SnapshotDiff;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeTest {
    private static final String RESOURCES = """
            static_resources:
              listeners:
              - name: edge.example.com
                address: { socket_address: { address: 127.0.0.1, port_value: 8001 } }
                filter_chains: [ { filters: [ { name: t, typed_config: { "@type": T, stat_prefix: t, cluster: own } } ] } ]
              - name: other
                address: { socket_address: { address: 127.0.0.1, port_value: 8002 } }
                filter_chains: [ { filters: [ { name: t, typed_config: { "@type": T, stat_prefix: t, cluster: own } } ] } ]
              clusters:
              - { name: own, common_lb_config: { healthy_panic_threshold: { value: 20 }, zone_aware_lb_config: { fail_traffic_on_panic: true } } }
              - name: none
            """
            .replace("T,", "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,");

    private static Compiled compile(String... layers) {
        var text = new StringBuilder(RESOURCES).append("layered_runtime:\n  layers:\n");
        for (int i = 0; i < layers.length; i++) {
            text.append("  - { name: l").append(i).append(", ").append(layers[i]).append(" }\n");
        }
        return ConfigFile.compile("test.yaml", text.toString(), StandIns.extensions());
    }

    private static Snapshot snapshot(String... layers) {
        Compiled compiled = compile(layers);
        assertThat(compiled).as("%s", compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot();
    }

    private static List<String> told(Compiled compiled) {
        return (switch (compiled) {
            case Compiled.Accepted accepted -> accepted.warnings();
            case Compiled.Rejected rejected -> rejected.problems().stream().filter(Problem::isError).toList();
        }).stream().map(Problem::toString).filter(each -> !each.contains("this cluster has no endpoints")).toList();
    }

    private static List<Long> connectionsMax(Snapshot snapshot) {
        return snapshot.listeners().stream().map(each -> each.overload().connectionsMax()).toList();
    }

    private static List<Integer> panicPercents(Snapshot snapshot) {
        return snapshot.clusters().stream().map(each -> each.balancing().tiers().panicPercent()).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { overload.global_downstream_max_connections: 9, upstream.healthy_panic_threshold: 30, envoy.resource_limits.listener.edge.example.com.connection_limit: 5 }
            { overload: { global_downstream_max_connections: 9 }, upstream: { healthy_panic_threshold: 30 }, envoy: { resource_limits: { listener: { edge.example.com: { connection_limit: 5 } } } } }
            { overload.global_downstream_max_connections: "9", upstream: { healthy_panic_threshold: " 30" }, envoy.resource_limits: { listener.edge: { example.com.connection_limit: 5.0 } } }
            """)
    void aKeyIsTheSameWithDotsAndInMappingsAndWhereverItIsCut(String layer) {
        Snapshot snapshot = snapshot("static_layer: " + layer);
        assertThat(snapshot.overload()).isEqualTo(OverloadSpec.NONE.withConnectionsMax(9));
        assertThat(connectionsMax(snapshot)).containsExactly(5L, Long.MAX_VALUE);
        assertThat(panicPercents(snapshot)).containsExactly(30, 30);
    }

    @Test
    void whereNothingIsSaidNothingIsLimited() {
        Snapshot snapshot = snapshot("static_layer: {}", "admin_layer: {}");
        assertThat(snapshot.overload()).isEqualTo(OverloadSpec.NONE);
        assertThat(connectionsMax(snapshot)).containsExactly(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(panicPercents(snapshot)).containsExactly(20, 50);
    }

    @Test
    void laterLayersWinKeyByKey() {
        Snapshot snapshot = snapshot(
                "static_layer: { overload.global_downstream_max_connections: 1, upstream.healthy_panic_threshold: 30 }",
                "static_layer: { overload: { global_downstream_max_connections: 2 } }", "admin_layer: {}");
        assertThat(snapshot.overload().connectionsMax()).isEqualTo(2);
        assertThat(panicPercents(snapshot)).containsExactly(30, 30);
    }

    @Test
    void theThresholdOfTheRuntimeCountsAndAClusterIsToldSoWithoutLosingTheRest() {
        Compiled compiled = compile("static_layer: { upstream.healthy_panic_threshold: 140 }");
        Snapshot snapshot = ((Compiled.Accepted) compiled).snapshot();
        assertThat(panicPercents(snapshot)).containsExactly(100, 100);
        assertThat(snapshot.clusters().getFirst().balancing().tiers().failOnPanic()).isTrue();
        assertThat(told(compiled)).hasSize(2)
                .anySatisfy(each -> assertThat(each).contains("static_resources.clusters[0].common_lb_config"
                        + ".healthy_panic_threshold: warning: upstream.healthy_panic_threshold of the runtime counts"
                        + " instead", "(20 %)", "remove one of the two"))
                .anySatisfy(each -> assertThat(each).contains("layered_runtime.layers[0].static_layer"
                        + ".upstream.healthy_panic_threshold: warning: this is in per cent", "(140)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            overload.global_downstream_max_connections: -1 | overload.global_downstream_max_connections: this is no whole number from 0 on (-1); write one, such as 50000
            overload: { global_downstream_max_connections: many } | overload.global_downstream_max_connections: this is no whole number from 0 on (many)
            envoy.resource_limits.listener.other.connection_limit: 1.5 | envoy.resource_limits.listener.other.connection_limit: this is no whole number from 0 on (1.5)
            upstream.healthy_panic_threshold: { numerator: 5, denominator: HUNDRED } | upstream.healthy_panic_threshold: this is no whole number from 0 on (a mapping); write one, such as 50,
            upstream.healthy_panic_threshold: true | upstream.healthy_panic_threshold: this is no whole number from 0 on (true)
            upstream.healthy_panic_threshold: [ 1 ] | upstream.healthy_panic_threshold: this is no whole number from 0 on (a list)
            upstream.healthy_panic_threshold: 50d | upstream.healthy_panic_threshold: this is no whole number from 0 on (50d)
            upstream.healthy_panic_threshold: "0x1p4" | upstream.healthy_panic_threshold: this is no whole number from 0 on (0x1p4)
            upstream.healthy_panic_threshold: 1e400 | upstream.healthy_panic_threshold: this is no whole number
            upstream.healthy_panic_threshold: 4, upstream: { healthy_panic_threshold: 5 } | upstream.healthy_panic_threshold: the layer has upstream.healthy_panic_threshold twice, here and as 4 (5); keep one
            """)
    void whatCannotBeIsRefusedWithItsPlace(String layer, String problem) {
        Compiled compiled = compile("static_layer: { " + layer + " }");
        assertThat(compiled).isInstanceOf(Compiled.Rejected.class);
        assertThat(told(compiled)).singleElement().asString().startsWith("test.yaml:")
                .contains("layered_runtime.layers[0].static_layer." + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            envoy.resource_limits.listener.others.connection_limit: 7 | envoy.resource_limits.listener.others.connection_limit: warning: there is no listener of this name, so that nothing is limited (others); did you mean "other"?
            envoy.resource_limits.listener.example_listener_name.connection_limit: 7 | envoy.resource_limits.listener.example_listener_name.connection_limit: warning: there is no listener of this name, so that nothing is limited (example_listener_name); write the name
            envoy.resource_limits.listener.other.connection_limit: 0 | envoy.resource_limits.listener.other.connection_limit: warning: no connection will be taken (0); remove
            overload.global_downstream_max_connection: 7 | overload.global_downstream_max_connection: warning: Weir reads no runtime value of this key; defaults count (7); did you mean "overload.global_downstream_max_connections"?
            upstream.healthy_panic_threshold: { value: 40 } | upstream.healthy_panic_threshold.value: warning: Weir reads no runtime value of this key; defaults count (40); write the number at upstream.healthy_panic_threshold itself
            http.max_requests_per_io_cycle: 1 | http.max_requests_per_io_cycle: warning: Weir reads no runtime value of this key; defaults count (1)
            """)
    void whatCountsForNothingIsToldWithItsPlace(String layer, String warning) {
        Compiled compiled = compile("static_layer: { " + layer + " }");
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        assertThat(told(compiled)).singleElement().asString().startsWith("test.yaml:")
                .contains("layered_runtime.layers[0].static_layer." + warning);
    }

    @Test
    void aListenerWithoutANameHasNoneThatALimitCouldBeFor() {
        String layer = "layered_runtime: { layers: [ { name: l, static_layer: {"
                + " \"envoy.resource_limits.listener.127.0.0.1:8002.connection_limit\": 7 } } ] }\n";
        Compiled compiled = ConfigFile.compile("test.yaml",
                RESOURCES.replace("- name: other\n    address", "- address") + layer, StandIns.extensions());
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        Snapshot snapshot = ((Compiled.Accepted) compiled).snapshot();
        assertThat(snapshot.listeners().getLast().name()).isEqualTo("127.0.0.1:8002");
        assertThat(connectionsMax(snapshot)).containsExactly(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(told(compiled)).singleElement().asString()
                .contains("there is no listener of this name, so that nothing is limited (127.0.0.1:8002)");
    }

    @Test
    void switchesOfEnvoysOwnCodeAreToldInOneLine() {
        assertThat(told(compile("static_layer: { envoy.reloadable_features.a: true, re2.max_program_size: {"
                + " error_level: 1 }, \"envoy.deprecated_features:envoy.b\": true }")))
                .singleElement().asString().contains("layered_runtime.layers[0].static_layer: warning: these switch"
                        + " parts of Envoy's own code, which Weir does not have (envoy.reloadable_features.a,"
                        + " re2.max_program_size.error_level, envoy.deprecated_features:envoy.b)");
    }

    @Test
    void layersOfDisksAndControlPlanesAreRefused() {
        assertThat(told(compile("disk_layer: { symlink_root: /x }",
                "rtds_layer: { name: r, rtds_config: { ads: {} } }")))
                .anySatisfy(each -> assertThat(each).contains("layers[0].disk_layer: Weir reads no runtime values"))
                .anySatisfy(each -> assertThat(each).contains("layers[1].rtds_layer: Weir reads no runtime values"));
    }

    @Test
    void aChangeOfTheRuntimeChangesThoseWhomItConcernsAndNothingElse() {
        Snapshot before = snapshot("static_layer: { overload.global_downstream_max_connections: 9 }");
        SnapshotDiff limit = SnapshotDiff.between(before,
                snapshot("static_layer: { envoy.resource_limits.listener.other.connection_limit: 5 }"));
        assertThat(limit.listenersChanged()).singleElement().satisfies(
                each -> assertThat(each.name()).isEqualTo("other"));
        assertThat(limit.clustersChanged()).isEmpty();
        assertThat(limit.processChanged()).isFalse();
        SnapshotDiff panic = SnapshotDiff.between(before,
                snapshot("static_layer: { upstream.healthy_panic_threshold: 50 }"));
        assertThat(panic.clustersChanged()).singleElement().satisfies(
                each -> assertThat(each.name()).isEqualTo("own"));
        assertThat(panic.listenersChanged()).isEmpty();
    }
}
