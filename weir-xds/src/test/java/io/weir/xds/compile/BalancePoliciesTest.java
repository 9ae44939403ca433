package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import io.weir.core.hash.HashFunction;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.SlowStart;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.Balancing;
import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.model.BalancePolicy.HotCold;
import io.weir.core.model.BalancePolicy.Maglev;
import io.weir.core.model.BalancePolicy.PeakEwma;
import io.weir.core.model.BalancePolicy.RingHash;
import io.weir.xds.resource.Problem;

import org.junit.jupiter.api.Test;

class BalancePoliciesTest {

    private static final String TYPES = "envoy.extensions.load_balancing_policies.";

    private static Compiled compiled(String fields) {
        return ConfigFile.compile("c.yaml", "static_resources: {clusters: [{name: c, " + fields + "}]}",
                StandIns.extensions());
    }

    private static BalancePolicy policy(String fields) {
        if (compiled(fields) instanceof Compiled.Accepted accepted) {
            return accepted.snapshot().clusters().getFirst().balancing().policy();
        }
        throw new AssertionError(fields + ": " + compiled(fields));
    }

    private static BalancePolicy typed(String type, String fields) {
        return policy(list(type, fields));
    }

    private static String list(String type, String fields) {
        return "load_balancing_policy: {policies: [{typed_extension_config: {name: p, typed_config: {\"@type\":"
                + " type.googleapis.com/" + type + fields + "}}}]}";
    }

    private static List<String> problems(String fields) {
        return compiled(fields) instanceof Compiled.Rejected rejected
                ? rejected.problems().stream().filter(Problem::isError).map(Problem::toString).toList()
                : List.of();
    }

    @Test
    void ringHashIsReadInBothWays() {
        assertThat(policy("lb_policy: RING_HASH")).isEqualTo(RingHash.DEFAULT);
        assertThat(typed(TYPES + "ring_hash.v3.RingHash", "")).isEqualTo(RingHash.DEFAULT);
        var odd = new RingHash(64, 128, HashFunction.MURMUR_HASH_2, true, 150);
        assertThat(policy("lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 64, maximum_ring_size: 128,"
                + " hash_function: MURMUR_HASH_2}, common_lb_config: {consistent_hashing_lb_config:"
                + " {use_hostname_for_hashing: true, hash_balance_factor: 150}}")).isEqualTo(odd);
        assertThat(typed(TYPES + "ring_hash.v3.RingHash", ", minimum_ring_size: 64, maximum_ring_size: 128,"
                + " hash_function: MURMUR_HASH_2, consistent_hashing_lb_config: {use_hostname_for_hashing: true,"
                + " hash_balance_factor: 150}")).isEqualTo(odd);
    }

    @Test
    void maglevIsReadInBothWays() {
        assertThat(policy("lb_policy: MAGLEV")).isEqualTo(Maglev.DEFAULT);
        assertThat(typed(TYPES + "maglev.v3.Maglev", "")).isEqualTo(Maglev.DEFAULT);
        assertThat(policy("lb_policy: MAGLEV, maglev_lb_config: {table_size: 1009}"))
                .isEqualTo(new Maglev(1009, false, 0));
        assertThat(typed(TYPES + "maglev.v3.Maglev", ", table_size: 1009, consistent_hashing_lb_config:"
                + " {hash_balance_factor: 125}")).isEqualTo(new Maglev(1009, false, 125));
    }

    @Test
    void policiesByLoadAreReadWithTheirDefaults() {
        assertThat(typed(TYPES + "peak_ewma.v3alpha.PeakEwma", "")).isEqualTo(PeakEwma.DEFAULT);
        assertThat(typed(TYPES + "peak_ewma.v3alpha.PeakEwma", ", decay_time: 5s, default_rtt: 0.02s,"
                + " penalty_value: 1000")).isEqualTo(new PeakEwma(5_000_000_000L, 20_000_000L, 1000));
        assertThat(typed("weir.load_balancing_policies.prequal.v1.Prequal", "")).isEqualTo(HotCold.DEFAULT);
        assertThat(typed("weir.load_balancing_policies.prequal.v1.Prequal", ", choice_count: 5, hot_quantile: 0.6,"
                + " decay_time: 1s")).isEqualTo(new HotCold(5, 0.6, 1_000_000_000L));
        String reports = TYPES + "client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin";
        assertThat(typed(reports, "")).isEqualTo(ClientSideWeightedRoundRobin.DEFAULT);
        assertThat(typed(reports, ", blackout_period: 1s, weight_expiration_period: 60s, weight_update_period: 2s,"
                + " error_utilization_penalty: 2, metric_names_for_computing_utilization: [named_metrics.q]"))
                .isEqualTo(new ClientSideWeightedRoundRobin(1_000_000_000L, 60_000_000_000L, 2_000_000_000L, 2,
                        List.of("named_metrics.q")));
    }

    @Test
    void whatMakesNoSenseIsToldWithItsPlaceAndCure() {
        assertThat(problems("lb_policy: MAGLEV, maglev_lb_config: {table_size: 1000}")).singleElement().asString()
                .contains("maglev_lb_config.table_size", "prime", "write 1009");
        assertThat(problems("lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 9, maximum_ring_size: 8}"))
                .singleElement().asString().contains("ring_hash_lb_config.minimum_ring_size", "maximum_ring_size");
        assertThat(problems(list(TYPES + "client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
                ", enable_oob_load_report: true"))).singleElement().asString()
                .contains("enable_oob_load_report", "endpoint-load-metrics");
        assertThat(problems(list("weir.load_balancing_policies.prequal.v1.Prequal",
                ", choice_count: 1, hot_quantile: 2, decay_time: 0s"))).hasSize(3);
        assertThat(problems(list(TYPES + "peak_ewma.v3alpha.PeakEwma", ", decay_time: -1s, penalty_value: -1")))
                .hasSize(2);
    }

    private static Balancing balancing(String type, String fields) {
        if (compiled(list(type, fields)) instanceof Compiled.Accepted accepted) {
            return accepted.snapshot().clusters().getFirst().balancing();
        }
        throw new AssertionError(compiled(list(type, fields)));
    }

    @Test
    void aTypedPolicyMaySayWhatIsHashedAndThatLocalitiesHaveWeights() {
        var keys = HashKeys.of(List.of(new HashKeys.Rule(new HashKey.Header("x-user", null), true),
                new HashKeys.Rule(new HashKey.Cookie("seat", new HashKey.MadeCookie(60, "/", List.of("Secure", "a=b"))),
                        false),
                new HashKeys.Rule(new HashKey.SourceIp(), false),
                new HashKeys.Rule(new HashKey.QueryParameter("q"), false)));
        String fields = ", consistent_hashing_lb_config: {hash_policy: [{header: {header_name: X-User},"
                + " terminal: true}, {cookie: {name: seat, ttl: 60.5s, path: /, attributes: [{name: Secure},"
                + " {name: a, value: b}]}}, {connection_properties: {source_ip: true}},"
                + " {connection_properties: {source_ip: false}}, {query_parameter: {name: q}}]},"
                + " locality_weighted_lb_config: {}";
        for (String type : List.of("ring_hash.v3.RingHash", "maglev.v3.Maglev")) {
            Balancing balancing = balancing(TYPES + type, fields);
            assertThat(balancing.hashKeys()).isEqualTo(keys);
            assertThat(balancing.tiers().locality()).isEqualTo(new LocalityRule.Weighted());
        }
        assertThat(balancing(TYPES + "maglev.v3.Maglev", "").hashKeys()).isSameAs(HashKeys.NONE);
    }

    @Test
    void aPatternThatIsNoneIsToldAtItsPlace() {
        assertThat(problems(list(TYPES + "maglev.v3.Maglev", ", consistent_hashing_lb_config: {hash_policy:"
                + " [{header: {header_name: x, regex_rewrite: {pattern: {regex: '('}, substitution: a}}}]}")))
                .singleElement().asString()
                .contains("consistent_hashing_lb_config.hash_policy[0].header.regex_rewrite.pattern.regex")
                .contains("not a regular expression");
        assertThat(problems(list(TYPES + "maglev.v3.Maglev", ", consistent_hashing_lb_config: {hash_policy:"
                + " [{header: {header_name: x, regex_rewrite: {pattern: {regex: '(a)'}, substitution: '\\2'}}}]}")))
                .singleElement().asString().contains("the pattern has 1 groups only");
    }

    @Test
    void weightsByReportsMayBeginSlowly() {
        assertThat(balancing(TYPES + "client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
                ", slow_start_config: {slow_start_window: 10s}").slowStart())
                .isEqualTo(new SlowStart(10_000_000_000L, 1, 10));
    }
}
