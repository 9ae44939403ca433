package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import io.weir.core.aperture.ApertureRule.Deterministic;
import io.weir.core.aperture.ApertureRule.RandomSubset;
import io.weir.core.hash.HashFunction;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.SlowStart;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.ClusterSpec.OriginalDst;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.LocalityRule.LoadAware;
import io.weir.core.model.Balancing;
import io.weir.core.value.HostSource;
import io.weir.core.value.MetadataPath;
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
        assertThat(((ClientSideWeightedRoundRobin) typed(reports, ", enable_oob_load_report: true")).reportNanos())
                .isEqualTo(10_000_000_000L);
        assertThat(((ClientSideWeightedRoundRobin) typed(reports, ", enable_oob_load_report: true,"
                + " oob_reporting_period: 3s")).reportNanos()).isEqualTo(3_000_000_000L);
        assertThat(((ClientSideWeightedRoundRobin) typed(reports, ", oob_reporting_period: 3s")).reportNanos())
                .isZero();
    }

    @Test
    void whatMakesNoSenseIsToldWithItsPlaceAndCure() {
        assertThat(problems("lb_policy: MAGLEV, maglev_lb_config: {table_size: 1000}")).singleElement().asString()
                .contains("maglev_lb_config.table_size", "prime", "write 1009");
        assertThat(problems("lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 9, maximum_ring_size: 8}"))
                .singleElement().asString().contains("ring_hash_lb_config.minimum_ring_size", "maximum_ring_size");
        assertThat(problems(list(TYPES + "client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
                ", enable_oob_load_report: true, oob_reporting_period: 0s"))).singleElement().asString()
                .contains("oob_reporting_period", "longer than nothing");
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

    private static String around(String field, String more) {
        return ", " + field + ": {policies: [{typed_extension_config: {name: r, typed_config: {\"@type\":"
                + " type.googleapis.com/" + TYPES + "random.v3.Random}}}]}" + more;
    }

    @Test
    void hostsMayBeNamedByTheRequest() {
        Balancing balancing = balancing(TYPES + "override_host.v3.OverrideHost", around("fallback_policy",
                ", override_host_sources: [{header: X-Gateway-Destination-Endpoint},"
                        + " {metadata: {key: m, path: [{key: host}]}}]"));
        assertThat(balancing.policy()).isEqualTo(new BalancePolicy.Random());
        assertThat(balancing.overrideSources()).containsExactly(
                new HostSource.Header("x-gateway-destination-endpoint"),
                new HostSource.Metadata(new MetadataPath("m", List.of("host"))));
        assertThat(problems(list(TYPES + "override_host.v3.OverrideHost", around("fallback_policy",
                ", override_host_sources: [{}]")))).singleElement().asString().contains("override_host_sources[0]");
    }

    @Test
    void aProxyMayUseAPartOfTheHosts() {
        String random = TYPES + "random_subsetting.v3.RandomSubsetting";
        assertThat(balancing(random, around("child_policy", "")).aperture()).isEqualTo(new RandomSubset(20));
        assertThat(balancing(random, around("child_policy", ", subset_size: 5")).aperture())
                .isEqualTo(new RandomSubset(5));
        assertThat(balancing(random, around("child_policy", "")).policy()).isEqualTo(new BalancePolicy.Random());
        assertThat(problems(list(random, around("child_policy", ", subset_size: 0")))).singleElement().asString()
                .contains("subset_size");
        assertThat(problems(list(random, ""))).singleElement().asString().contains("child_policy");
        String arc = "weir.load_balancing_policies.deterministic_aperture.v1.DeterministicAperture";
        assertThat(balancing(arc, around("child_policy", "")).aperture()).isEqualTo(new Deterministic(12, -1, 0));
        assertThat(balancing(arc, around("child_policy", ", min_aperture: 6, peer_index: 2, peer_count: 9"))
                .aperture()).isEqualTo(new Deterministic(6, 2, 9));
        assertThat(problems(list(arc, around("child_policy", ", peer_index: 9, peer_count: 9")))).singleElement()
                .asString().contains("no such proxy among 9");
        assertThat(problems(list(arc, around("child_policy", ", peer_index: 1")))).singleElement().asString()
                .contains("peer_count");
    }

    @Test
    void localitiesMayShareByHeadroom() {
        String type = TYPES + "load_aware_locality.v3.LoadAwareLocality";
        assertThat(balancing(type, around("endpoint_picking_policy", "")).tiers().locality())
                .isEqualTo(LoadAware.DEFAULT);
        Balancing balancing = balancing(type, around("endpoint_picking_policy", ", weight_update_period: 2s,"
                + " metric_names_for_computing_utilization: [named_metrics.q], utilization_variance_threshold: 0.2,"
                + " smoothing_time_constant: 10s, remote_probe_fraction: 0, weight_expiration_period: 60s"));
        assertThat(balancing.tiers().locality()).isEqualTo(new LoadAware(2_000_000_000L, List.of("named_metrics.q"),
                0.2, 10_000_000_000L, 0, 60_000_000_000L));
        assertThat(balancing.policy()).isEqualTo(new BalancePolicy.Random());
        assertThat(problems(list(type, around("endpoint_picking_policy", ", remote_probe_fraction: 1.5,"
                + " smoothing_time_constant: 0s, oob_reporting_period: -1s")))).hasSize(3);
        Balancing beside = balancing(type, around("endpoint_picking_policy", ", enable_oob_load_report: true,"
                + " oob_reporting_period: 4s"));
        assertThat(beside.reportNanos()).isEqualTo(4_000_000_000L);
    }

    private static ClusterSpec cluster(String fields) {
        if (compiled(fields) instanceof Compiled.Accepted accepted) {
            return accepted.snapshot().clusters().getFirst();
        }
        throw new AssertionError(compiled(fields));
    }

    @Test
    void aClusterMayStandForOthersButNotForItself() {
        String type = "lb_policy: CLUSTER_PROVIDED, cluster_type: {name: all, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig, clusters: [%s]}}";
        assertThat(cluster(type.formatted("d, e") + "}, {name: d}, {name: e").members()).containsExactly("d", "e");
        assertThat(problems(type.formatted("nobody"))).singleElement().asString()
                .contains("there is no cluster of this name");
        assertThat(problems(type.formatted("c"))).singleElement().asString().contains("cannot stand for itself");
        assertThat(problems("lb_policy: CLUSTER_PROVIDED")).singleElement().asString()
                .contains("does not choose its hosts by itself");
    }

    @Test
    void aClusterMayHaveItsHostsFromItsRequests() {
        ClusterSpec spec = cluster("type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, cleanup_interval: 2s,"
                + " original_dst_lb_config: {use_http_header: true, upstream_port_override: 8080}");
        assertThat(spec.type()).isEqualTo(DiscoveryType.ORIGINAL_DST);
        assertThat(spec.originalDst())
                .isEqualTo(new OriginalDst(null, "x-envoy-original-dst-host", 8080, 2_000_000_000L));
        assertThat(cluster("type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config:"
                + " {use_http_header: true, http_header_name: X-To, metadata_key: {key: m, path: [{key: to}]}}")
                .originalDst())
                .isEqualTo(new OriginalDst(new MetadataPath("m", List.of("to")), "x-to", 0, 5_000_000_000L));
        assertThat(cluster("type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED").originalDst())
                .as("by their connections").isEqualTo(OriginalDst.DEFAULT);
    }
}
