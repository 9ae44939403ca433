package io.weir.xds.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.overload.Action;
import io.weir.core.overload.MonitorSpec;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.overload.ShedPoint;
import io.weir.core.overload.TimerScale;
import io.weir.core.overload.Trigger;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Extensions;
import io.weir.xds.resource.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverloadManagerReaderTest {
    private static final String TYPES = "type.googleapis.com/envoy.extensions.resource_monitors.";
    private static final String HEAP = "{ name: heap, typed_config: { \"@type\": " + TYPES
            + "fixed_heap.v3.FixedHeapConfig, max_heap_size_bytes: 1000 } }";
    private static final String TIMERS = "type.googleapis.com/envoy.config.overload.v3.ScaleTimersOverloadActionConfig";

    private static Compiled compile(String manager) {
        return ConfigFile.compile("test.yaml", "static_resources: {}\noverload_manager:\n" + manager.indent(2),
                OverloadReaders.addTo(Extensions.basic()));
    }

    private static OverloadSpec read(String manager) {
        Compiled compiled = compile(manager);
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot().overload();
    }

    @Test
    void everythingIsReadAsWritten() {
        OverloadSpec spec = read(
                """
                        refresh_interval: 0.25s
                        resource_monitors:
                        - %s
                        - { name: group, typed_config: { "@type": %2$scgroup_memory.v3.CgroupMemoryConfig } }
                        - { name: cpu, typed_config: { "@type": %2$scpu_utilization.v3.CpuUtilizationConfig, mode: CONTAINER } }
                        - name: cx
                          typed_config:
                            "@type": %2$sdownstream_connections.v3.DownstreamConnectionsConfig
                            max_active_downstream_connections: 7
                        - { name: file, typed_config: { "@type": %2$sinjected_resource.v3.InjectedResourceConfig, filename: f } }
                        actions:
                        - name: envoy.overload_actions.stop_accepting_requests
                          triggers:
                          - { name: heap, threshold: { value: 0.95 } }
                          - { name: cpu, scaled: { scaling_threshold: 0.5, saturation_threshold: 0.75 } }
                        - name: envoy.overload_actions.reduce_timeouts
                          triggers: [ { name: group, threshold: { value: 1 } } ]
                          typed_config:
                            "@type": %3$s
                            timer_scale_factors:
                            - { timer: HTTP_DOWNSTREAM_CONNECTION_IDLE, min_timeout: 2s }
                            - { timer: TRANSPORT_SOCKET_CONNECT, min_scale: { value: 10 } }
                        loadshed_points:
                        - name: envoy.load_shed_points.tcp_listener_accept
                          triggers: [ { name: file, threshold: { value: 0.5 } } ]
                        """
                        .formatted(HEAP, TYPES, TIMERS));
        assertThat(spec.refreshNanos()).isEqualTo(250_000_000);
        assertThat(spec.monitors()).containsExactly(Map.entry("heap", new MonitorSpec.Heap(1000)),
                Map.entry("group", new MonitorSpec.CgroupMemory(0)),
                Map.entry("cpu", new MonitorSpec.Cpu(true)),
                Map.entry("cx", new MonitorSpec.Connections(7)),
                Map.entry("file", new MonitorSpec.Injected("f")));
        assertThat(spec.actions()).containsOnlyKeys(Action.STOP_ACCEPTING_REQUESTS, Action.REDUCE_TIMEOUTS)
                .containsEntry(Action.STOP_ACCEPTING_REQUESTS, List.of(new Trigger.Threshold("heap", 0.95),
                        new Trigger.Scaled("cpu", 0.5, 0.75)));
        assertThat(spec.points()).containsOnlyKeys(ShedPoint.TCP_LISTENER_ACCEPT);
        assertThat(spec.timers()).containsExactly(
                new TimerScale(TimerScale.Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, 2_000_000_000L, 0),
                new TimerScale(TimerScale.Timer.TRANSPORT_SOCKET_CONNECT, -1, 0.1));
    }

    @Test
    void withoutAManagerNothingIsWatchedAndTheDefaultIsASecond() {
        Compiled compiled = ConfigFile.compile("test.yaml", "static_resources: {}\n", Extensions.basic());
        assertThat(((Compiled.Accepted) compiled).snapshot().overload()).isEqualTo(OverloadSpec.NONE);
        assertThat(read("resource_monitors: [ " + HEAP + " ]").refreshNanos()).isEqualTo(1_000_000_000);
    }

    @Test
    void streamsThatHoldMuchAreThoseOfAPowerOfTwo() {
        OverloadSpec spec = read("""
                resource_monitors: [ %s ]
                buffer_factory_config: { minimum_account_to_track_power_of_two: 17 }
                actions:
                - name: envoy.overload_actions.reset_high_memory_stream
                  triggers: [ { name: heap, threshold: { value: 1 } } ]
                - name: envoy.overload_actions.close_idle_http_connections
                  triggers: [ { name: heap, threshold: { value: 1 } } ]
                """.formatted(HEAP));
        assertThat(spec.trackedPowerOfTwo()).isEqualTo(17);
        assertThat(spec.actions()).containsOnlyKeys(Action.RESET_HIGH_MEMORY_STREAM,
                Action.CLOSE_IDLE_HTTP_CONNECTIONS);
    }

    @Test
    void aSizeThatNobodyAsksForIsWarnedOf() {
        Compiled compiled = compile("resource_monitors: [ " + HEAP
                + " ]\nbuffer_factory_config: { minimum_account_to_track_power_of_two: 20 }\n");
        assertThat(((Compiled.Accepted) compiled).warnings()).extracting(Problem::toString)
                .anySatisfy(each -> assertThat(each)
                        .contains("overload_manager.buffer_factory_config: warning: nothing asks"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            refresh_interval: 0.001s | refresh_interval: measuring so often
            actions: [ { name: envoy.overload_actions.stop_accepting_request, triggers: [ T ] } ] | actions[0].name: Weir does not have this action (envoy.overload_actions.stop_accepting_request); did you mean "envoy.overload_actions.stop_accepting_requests"?
            actions: [ { name: envoy.overload_actions.reset_high_memory_stream, triggers: [ T ] } ] | buffer_factory_config: envoy.overload_actions.reset_high_memory_stream does not know which streams hold much
            actions: [ { name: envoy.overload_actions.shrink_heap, triggers: [ T ] }, { name: envoy.overload_actions.shrink_heap, triggers: [ T ] } ] | actions[1].name: this action is given twice
            actions: [ { name: envoy.overload_actions.shrink_heap, triggers: [ T, T ] } ] | actions[0].triggers[1].name: there are two triggers for this monitor
            actions: [ { name: envoy.overload_actions.shrink_heap, triggers: [ { name: heat, threshold: { value: 1 } } ] } ] | actions[0].triggers[0].name: no monitor has this name (heat); did you mean "heap"?
            actions: [ { name: envoy.overload_actions.shrink_heap, triggers: [ { name: heap, scaled: { scaling_threshold: 0.9, saturation_threshold: 0.9 } } ] } ] | actions[0].triggers[0].scaled.saturation_threshold: there is no way from 0.9 up to 0.9
            actions: [ { name: envoy.overload_actions.reduce_timeouts, triggers: [ T ] } ] | actions[0].typed_config: the extension has no typed_config
            loadshed_points: [ { name: envoy.load_shed_points.nowhere, triggers: [ T ] } ] | loadshed_points[0].name: Weir sheds no load there
            buffer_factory_config: { minimum_account_to_track_power_of_two: 9 } | buffer_factory_config.minimum_account_to_track_power_of_two:
            """)
    void whatCannotBeIsRefusedWithItsCure(String line, String problem) {
        Compiled compiled = compile("resource_monitors: [ " + HEAP + " ]\n"
                + line.replace("T", "{ name: heap, threshold: { value: 0.9 } }") + "\n");
        assertThat(compiled).isInstanceOf(Compiled.Rejected.class);
        assertThat(((Compiled.Rejected) compiled).problems()).extracting(Problem::toString)
                .anySatisfy(each -> assertThat(each).contains("overload_manager." + problem));
    }

    @Test
    void aMonitorOfConnectionsCountsAndNotTheRuntime() {
        String runtime = """
                layered_runtime: { layers: [ { name: l, static_layer: { overload.global_downstream_max_connections: 9 } } ] }
                overload_manager: { resource_monitors: [ %s ] }
                """;
        Extensions extensions = OverloadReaders.addTo(Extensions.basic());
        var both = (Compiled.Accepted) ConfigFile.compile("test.yaml", "static_resources: {}\n" + runtime.formatted(
                "{ name: cx, typed_config: { \"@type\": " + TYPES + "downstream_connections.v3"
                        + ".DownstreamConnectionsConfig, max_active_downstream_connections: 7 } }"),
                extensions);
        assertThat(both.snapshot().overload().connectionsMax()).isEqualTo(Long.MAX_VALUE);
        assertThat(both.warnings()).extracting(Problem::toString)
                .anySatisfy(each -> assertThat(each).contains("layered_runtime.layers[0].static_layer"
                        + ".overload.global_downstream_max_connections: warning: the monitor", "(9)", "remove one"));
        var alone = (Compiled.Accepted) ConfigFile.compile("test.yaml",
                "static_resources: {}\n" + runtime.formatted(HEAP), extensions);
        assertThat(alone.snapshot().overload().connectionsMax()).isEqualTo(9);
        assertThat(alone.snapshot().overload().monitors()).containsOnlyKeys("heap");
    }
}
