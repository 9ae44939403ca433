package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;

import io.weir.core.rule.OutlierSpec;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Outlier detection as Envoy's message says it, and as Weir's own does. */
class OutlierReaderTest {

    private static final Extensions EXTENSIONS = StandIns.extensions();

    private static Compiled compiled(String fields) {
        return ConfigFile.compile("test.yaml", """
                static_resources: { clusters: [ { name: a, %s load_assignment: { cluster_name: a, endpoints: [
                  { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: 80 } } } }
                ] } ] } } ] }
                """.formatted(fields), EXTENSIONS);
    }

    private static @Nullable OutlierSpec read(String fields) {
        Compiled compiled = compiled(fields);
        assertThat(compiled).as("%s", compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot().clusters().getFirst().health().outliers();
    }

    @Test
    void withoutAWordNothingIsLookedAtAndAnEmptyMessageHasEnvoysDefaults() {
        assertThat(read("")).isNull();
        assertThat(read("outlier_detection: {},")).isEqualTo(OutlierSpec.DEFAULT);
    }

    @Test
    void everyFieldArrives() {
        OutlierSpec spec = read("""
                outlier_detection: { consecutive_5xx: 1, interval: 2s, base_ejection_time: 3s, max_ejection_percent: 4,
                  enforcing_consecutive_5xx: 5, enforcing_success_rate: 6, success_rate_minimum_hosts: 7,
                  success_rate_request_volume: 8, success_rate_stdev_factor: 9, consecutive_gateway_failure: 10,
                  enforcing_consecutive_gateway_failure: 11, split_external_local_origin_errors: true,
                  consecutive_local_origin_failure: 12, enforcing_consecutive_local_origin_failure: 13,
                  enforcing_local_origin_success_rate: 14, failure_percentage_threshold: 15,
                  enforcing_failure_percentage: 16, enforcing_failure_percentage_local_origin: 17,
                  failure_percentage_minimum_hosts: 18, failure_percentage_request_volume: 19, max_ejection_time: 20s,
                  max_ejection_time_jitter: 21s, successful_active_health_check_uneject_host: false,
                  always_eject_one_host: true },
                """);
        assertThat(spec).isEqualTo(new OutlierSpec(seconds(2),
                new OutlierSpec.Ejection(seconds(3), seconds(20), seconds(21), 4, true),
                new OutlierSpec.Consecutive(1, 5), new OutlierSpec.Consecutive(10, 11),
                new OutlierSpec.Consecutive(12, 13), true, new OutlierSpec.SuccessRate(7, 8, 9, 6, 14),
                new OutlierSpec.FailurePercentage(15, 18, 19, 16, 17), false, null, null));
    }

    @Test
    void theLongestEjectionIsNeverShorterThanTheFirst() {
        assertThat(read("outlier_detection: { base_ejection_time: 400s },")).satisfies(
                spec -> assertThat(spec.ejection().maxNanos()).isEqualTo(seconds(400)));
        assertThat(compiled("outlier_detection: { base_ejection_time: 4s, max_ejection_time: 3s },").toString())
                .contains("outlier_detection.max_ejection_time", "shorter than base_ejection_time",
                        "make it at least as long");
    }

    @Test
    void whatWeirAddsStandsInItsOwnMessage() {
        OutlierSpec spec = read(own("latency_factor: 2.5, latency_percentile: 99, latency_minimum_hosts: 4,"
                + " latency_request_volume: 5, latency_floor: 0.007s, enforcing_latency: 6, soft: true,"
                + " soft_minimum_percent: 20, soft_step_percent: 5"));
        assertThat(spec).isEqualTo(OutlierSpec.DEFAULT.withOwn(
                new OutlierSpec.Latency(99, 2.5, 4, 5, 6, TimeUnit.MILLISECONDS.toNanos(7)),
                new OutlierSpec.Soft(0.2, 0.05)));
        assertThat(read(own("latency_factor: 3"))).isEqualTo(
                OutlierSpec.DEFAULT.withOwn(OutlierSpec.Latency.DEFAULT, null));
    }

    @Test
    void numbersThatMeanNothingAreRefusedWithTheirPlace() {
        assertThat(compiled(own("latency_factor: 0.5, soft_step_percent: 200")).toString())
                .contains("latency_factor", "write a factor above 1", "soft_step_percent", "from 1 to 100");
        assertThat(compiled(own("latency_factor: 3, enforcing_latency: 101, latency_floor: -1s")).toString())
                .contains("enforcing_latency", "101", "from 1 to 100", "latency_floor", "cannot be negative");
        OutlierSpec much = read(own("latency_factor: 3, latency_minimum_hosts: 4294967295,"
                + " latency_request_volume: 3000000000"));
        assertThat(much).isEqualTo(OutlierSpec.DEFAULT.withOwn(new OutlierSpec.Latency(50, 3, Integer.MAX_VALUE,
                Integer.MAX_VALUE, 100, OutlierSpec.Latency.DEFAULT.floorNanos()), null));
    }

    private static String own(String fields) {
        return "typed_extension_protocol_options: { weir.health.v1.Outliers: { \"@type\":"
                + " type.googleapis.com/weir.health.v1.Outliers, " + fields + " } },";
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
