package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import io.weir.xds.resource.Problem;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No field of balancing and health is without effect in silence. */
class UnusedFieldsTest {

    private static final String TYPES = "envoy.extensions.load_balancing_policies.";
    private static final String SUBSETS = "subset_selectors: [{keys: [a, b]}, {keys: [b, a]}]";
    private static final String ZONES = ", locality_lb_config: {zone_aware_lb_config: {}}";

    /**
     * A combination of fields.
     *
     * @param path
     *            at the end of which place it is told
     * @param error
     *            it is refused, as in Envoy; else it is a warning
     */
    record Line(String fields, String path, boolean error) {
    }

    private static Line refused(String fields, String path) {
        return new Line(fields, path, true);
    }

    private static Line warned(String fields, String path) {
        return new Line(fields, path, false);
    }

    private static String policies(String type, String fields) {
        return "{policies: [{typed_extension_config: {name: p, typed_config: {\"@type\": type.googleapis.com/" + type
                + fields + "}}}]}";
    }

    private static String typed(String type, String fields) {
        return "load_balancing_policy: " + policies(TYPES + type, fields);
    }

    private static String beside(String fields) {
        return typed("round_robin.v3.RoundRobin", "") + ", " + fields;
    }

    private static String around(String type, String field, String child, String childFields) {
        return typed(type, ", " + field + ": " + policies(TYPES + child, childFields));
    }

    private static String health(String fields) {
        return "typed_extension_protocol_options: {weir.health.v1.Outliers: {\"@type\":"
                + " type.googleapis.com/weir.health.v1.Outliers, " + fields + "}}";
    }

    static List<Line> table() {
        String random = "random_subsetting.v3.RandomSubsetting";
        return List.of(
                refused(beside("common_lb_config: {locality_weighted_lb_config: {}}"), "locality_weighted_lb_config"),
                refused(beside("common_lb_config: {zone_aware_lb_config: {}}"), "zone_aware_lb_config"),
                refused(beside("common_lb_config: {consistent_hashing_lb_config: {}}"),
                        "consistent_hashing_lb_config"),
                refused(beside("lb_subset_config: {}"), "lb_subset_config"),
                warned(beside("lb_policy: RANDOM"), "lb_policy"),
                warned(beside("round_robin_lb_config: {}"), "round_robin_lb_config"),
                warned(beside("least_request_lb_config: {}"), "least_request_lb_config"),
                warned(beside("ring_hash_lb_config: {}"), "ring_hash_lb_config"),
                warned(beside("maglev_lb_config: {}"), "maglev_lb_config"),
                warned("lb_policy: LEAST_REQUEST, round_robin_lb_config: {slow_start_config: {slow_start_window: 9s}}",
                        "round_robin_lb_config"),
                warned("least_request_lb_config: {}", "least_request_lb_config"),
                warned("ring_hash_lb_config: {}", "ring_hash_lb_config"),
                warned("lb_policy: RING_HASH, maglev_lb_config: {}", "maglev_lb_config"),
                warned("lb_policy: RANDOM, common_lb_config: {consistent_hashing_lb_config: {}}",
                        "common_lb_config.consistent_hashing_lb_config"),
                warned(typed("ring_hash.v3.RingHash", ", hash_balance_factor: 150, consistent_hashing_lb_config: {}"),
                        "typed_config.hash_balance_factor"),
                warned(typed("ring_hash.v3.RingHash",
                        ", use_hostname_for_hashing: true, consistent_hashing_lb_config: {}"),
                        "typed_config.use_hostname_for_hashing"),
                warned(around("wrr_locality.v3.WrrLocality", "endpoint_picking_policy", "random.v3.Random", ZONES),
                        "endpoint_picking_policy"),
                warned(around("load_aware_locality.v3.LoadAwareLocality", "endpoint_picking_policy",
                        "random.v3.Random", ZONES), "endpoint_picking_policy"),
                warned(around(random, "child_policy", random, ", child_policy: "
                        + policies(TYPES + "random.v3.Random", "")), "child_policy"),
                warned(around("override_host.v3.OverrideHost",
                        "override_host_sources: [{header: x-host}], fallback_policy",
                        "override_host.v3.OverrideHost", ", override_host_sources: [{header: x}], fallback_policy: "
                                + policies(TYPES + "random.v3.Random", "")),
                        "fallback_policy"),
                warned(around("subset.v3.Subset", "subset_lb_policy", "subset.v3.Subset",
                        ", subset_lb_policy: " + policies(TYPES + "random.v3.Random", "")), "subset_lb_policy"),
                warned(typed("subset.v3.Subset",
                        ", " + SUBSETS + ", subset_lb_policy: " + policies(TYPES + "random.v3.Random", "")),
                        "subset_selectors[1].keys"),
                warned("lb_subset_config: {" + SUBSETS + "}", "lb_subset_config.subset_selectors[1].keys"),
                warned(health("latency_percentile: 90"), "latency_percentile"),
                warned(health("latency_minimum_hosts: 9"), "latency_minimum_hosts"),
                warned(health("latency_request_volume: 9"), "latency_request_volume"),
                warned(health("latency_floor: 1s"), "latency_floor"),
                warned(health("enforcing_latency: 9"), "enforcing_latency"),
                warned(health("latency_factor: 3, soft_minimum_percent: 9"), "soft_minimum_percent"),
                warned(health("latency_factor: 3, soft_step_percent: 9"), "soft_step_percent"),
                warned(health("skip_check_after_success_within: 1s"), "[weir.health.v1.Outliers]"));
    }

    /**
     * What is said of fields without effect; that some are deprecated, and that nothing listens, is beside the point.
     */
    private static List<Problem> told(String fields) {
        List<Problem> all = switch (ConfigFile.compile("c.yaml",
                "static_resources: {clusters: [{name: c, " + fields + "}]}",
                StandIns.extensions())) {
            case Compiled.Accepted accepted -> accepted.warnings();
            case Compiled.Rejected rejected -> rejected.problems();
        };
        return all.stream().filter(problem -> problem.isError() || problem.message().contains("not used")).toList();
    }

    @ParameterizedTest
    @MethodSource("table")
    void whatHasNoEffectIsToldAtItsPlaceOnceAndWithACure(Line line) {
        List<Problem> told = told(line.fields);
        assertThat(told).as("%s", told).filteredOn(problem -> problem.path().endsWith(line.path)).singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isEqualTo(line.error);
                    assertThat(problem.cure()).isNotEmpty();
                });
        assertThat(told.stream().anyMatch(Problem::isError)).as("%s", told).isEqualTo(line.error);
    }

    static List<String> honoured() {
        return List.of("lb_policy: MAGLEV, common_lb_config: {consistent_hashing_lb_config: {}}",
                "round_robin_lb_config: {}", "lb_policy: LEAST_REQUEST, least_request_lb_config: {}",
                "lb_policy: LOAD_BALANCING_POLICY_CONFIG, common_lb_config: {healthy_panic_threshold: {value: 9}}, "
                        + typed("random.v3.Random", ZONES),
                typed("ring_hash.v3.RingHash", ", hash_balance_factor: 150"),
                around("wrr_locality.v3.WrrLocality", "endpoint_picking_policy", "random.v3.Random", ""),
                "lb_subset_config: {subset_selectors: [{keys: [a, b]}, {keys: [b]}]}",
                health("latency_factor: 3, latency_percentile: 90, soft: true, soft_step_percent: 9"));
    }

    @ParameterizedTest
    @MethodSource("honoured")
    void whatHasItsEffectIsNotComplainedOf(String fields) {
        assertThat(told(fields)).isEmpty();
    }
}
