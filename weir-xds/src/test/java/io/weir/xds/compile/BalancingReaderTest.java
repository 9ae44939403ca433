package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.SlowStart;
import io.weir.core.model.SubsetRule;
import io.weir.core.model.SubsetRule.Fallback;
import io.weir.core.model.SubsetRule.Selector;
import io.weir.core.model.Tiers;

import org.junit.jupiter.api.Test;

class BalancingReaderTest {

    private static final String POLICIES = "type.googleapis.com/envoy.extensions.load_balancing_policies.";

    private static Balancing balancing(String fields, String assignmentPolicy) {
        String text = "static_resources: { clusters: [ { name: a, " + fields
                + " load_assignment: { cluster_name: a, policy: " + assignmentPolicy
                + ", endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 10.0.0.1,"
                + " port_value: 80 } } } } ] } ] } } ] }";
        Compiled compiled = ConfigFile.compile("test.yaml", text, StandIns.extensions());
        assertThat(compiled).as("%s", compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot().clusters().getFirst().balancing();
    }

    private static Balancing balancing(String fields) {
        return balancing(fields, "{}");
    }

    private static String typed(String type, String fields) {
        return "load_balancing_policy: { policies: [ " + policy(type, fields) + " ] },";
    }

    private static String policy(String type, String fields) {
        return "{ typed_extension_config: { name: p, typed_config: { \"@type\": " + POLICIES + type + fields + " } } }";
    }

    @Test
    void nothingSaidIsEnvoysDefaults() {
        assertThat(balancing("")).isEqualTo(Balancing.DEFAULT);
        assertThat(balancing("common_lb_config: {},")).isEqualTo(Balancing.DEFAULT);
    }

    @Test
    void prioritiesAndPanicAreTold() {
        Tiers tiers = balancing("common_lb_config: { healthy_panic_threshold: { value: 33.4 } },",
                "{ overprovisioning_factor: 200, weighted_priority_health: true, drop_overloads: [ { category: lb,"
                        + " drop_percentage: { numerator: 25, denominator: TEN_THOUSAND } } ] }")
                .tiers();
        assertThat(tiers).isEqualTo(new Tiers(200, true, 33, false, new LocalityRule.Ignored(),
                List.of(new Tiers.Drop("lb", 2500))));
    }

    @Test
    void localitiesAreToldInTheOlderPlace() {
        assertThat(balancing("common_lb_config: { locality_weighted_lb_config: {} },").tiers().locality())
                .isEqualTo(new LocalityRule.Weighted());
        Tiers tiers = balancing("common_lb_config: { zone_aware_lb_config: { routing_enabled: { value: 40 },"
                + " min_cluster_size: 3, fail_traffic_on_panic: true } },").tiers();
        assertThat(tiers.locality()).isEqualTo(new LocalityRule.ZoneAware(40, 3, 0, false));
        assertThat(tiers.failOnPanic()).isTrue();
    }

    @Test
    void localitiesAreToldWithTypedPolicies() {
        Balancing balancing = balancing("common_lb_config: { healthy_panic_threshold: { value: 10 } },"
                + typed("least_request.v3.LeastRequest", ", locality_lb_config: { zone_aware_lb_config: {"
                        + " force_local_zone: { min_size: 4 }, locality_basis: HEALTHY_HOSTS_WEIGHT } }"));
        assertThat(balancing.policy()).isEqualTo(BalancePolicy.LeastRequest.DEFAULT);
        assertThat(balancing.tiers().locality()).isEqualTo(new LocalityRule.ZoneAware(100, 6, 4, true));
        assertThat(balancing.tiers().panicPercent()).isEqualTo(10);
        assertThat(balancing(typed("random.v3.Random", ", locality_lb_config: { locality_weighted_lb_config: {} }"))
                .tiers().locality()).isEqualTo(new LocalityRule.Weighted());
    }

    @Test
    void weightedLocalitiesHaveAPolicyOfTheirOwn() {
        Balancing balancing = balancing(typed("wrr_locality.v3.WrrLocality",
                ", endpoint_picking_policy: { policies: [ " + policy("random.v3.Random", "") + " ] }"));
        assertThat(balancing.policy()).isEqualTo(new BalancePolicy.Random());
        assertThat(balancing.tiers().locality()).isEqualTo(new LocalityRule.Weighted());
    }

    @Test
    void slowStartIsToldInBothPlaces() {
        SlowStart expected = new SlowStart(TimeUnit.SECONDS.toNanos(30), 2, 20);
        String config = "slow_start_config: { slow_start_window: 30s, aggression: { default_value: 2,"
                + " runtime_key: k }, min_weight_percent: { value: 20 } }";
        assertThat(balancing("round_robin_lb_config: { " + config + " },").slowStart()).isEqualTo(expected);
        assertThat(balancing("lb_policy: LEAST_REQUEST, least_request_lb_config: { " + config + " },").slowStart())
                .isEqualTo(expected);
        assertThat(balancing(typed("round_robin.v3.RoundRobin", ", " + config)).slowStart()).isEqualTo(expected);
        assertThat(balancing("round_robin_lb_config: { slow_start_config: { slow_start_window: 10s } },").slowStart())
                .isEqualTo(new SlowStart(TimeUnit.SECONDS.toNanos(10), 1, 10));
        assertThat(balancing("round_robin_lb_config: { slow_start_config: {} },").slowStart()).isNull();
    }

    @Test
    void subsetsAreToldInBothPlaces() {
        String config = "fallback_policy: DEFAULT_SUBSET, default_subset: { stage: prod }, list_as_any: true,"
                + " metadata_fallback_policy: FALLBACK_LIST, subset_selectors: [ { keys: [ v ],"
                + " fallback_policy: ANY_ENDPOINT }, { keys: [ v, stage ], fallback_policy: KEYS_SUBSET,"
                + " fallback_keys_subset: [ v ] } ]";
        SubsetRule expected = new SubsetRule(Fallback.DEFAULT_SUBSET, Map.of("stage", "prod"),
                List.of(new Selector(Set.of("v"), false, Fallback.ANY_ENDPOINT, Set.of()),
                        new Selector(Set.of("v", "stage"), false, Fallback.KEYS_SUBSET, Set.of("v"))),
                false, false, false, true, true);
        assertThat(balancing("lb_subset_config: { " + config + " },").subsets()).isEqualTo(expected);
        Balancing typed = balancing(typed("subset.v3.Subset", ", " + config + ", subset_lb_policy: { policies: [ "
                + policy("random.v3.Random", "") + " ] }"));
        assertThat(typed.subsets()).isEqualTo(expected);
        assertThat(typed.policy()).isEqualTo(new BalancePolicy.Random());
    }

    @Test
    void keysToFallBackToMustBeFewerThanTheSelectors() {
        String text = "static_resources: { clusters: [ { name: a, lb_subset_config: { subset_selectors: [ {"
                + " keys: [ v ], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [ v ] } ] } } ] }";
        assertThat(ConfigFile.compile("test.yaml", text, StandIns.extensions()))
                .isInstanceOfSatisfying(Compiled.Rejected.class, rejected -> assertThat(rejected.problems())
                        .anySatisfy(problem -> assertThat(problem.path())
                                .endsWith("lb_subset_config.subset_selectors[0].fallback_keys_subset")));
    }

    @Test
    void healthsThatKeepBoundRequestsAreTold() {
        assertThat(balancing("common_lb_config: { override_host_status: { statuses: [ HEALTHY, DRAINING ] } },")
                .overrideStatuses())
                .containsExactlyInAnyOrder(Announced.UNKNOWN, Announced.HEALTHY, Announced.DRAINING);
    }
}
