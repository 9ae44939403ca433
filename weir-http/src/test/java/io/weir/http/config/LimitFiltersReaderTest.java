package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.admit.AdaptiveConcurrency;
import io.weir.core.admit.AdmissionControl;
import io.weir.core.admit.TokenBucket;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.overload.AdmissionSpec;
import io.weir.http.overload.ConcurrencySpec;
import io.weir.http.ratelimit.DescriptorRules;
import io.weir.http.ratelimit.LimitSpec;
import io.weir.http.ratelimit.LocalRateLimitSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.match.RouteMatch.Share;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The filters that limit, as they are read, and what is said of mistakes in them. */
class LimitFiltersReaderTest {
    private static final String API = "\"@type\": type.googleapis.com/envoy.extensions.filters.http.";
    private static final String ROUTER = "- { name: router, typed_config: { " + API + "router.v3.Router } }\n";
    private static final String BUCKET = "token_bucket: { max_tokens: 10, tokens_per_fill: 5, fill_interval: 1s }";
    private static final String ALL = "filter_enabled: { default_value: { numerator: 100 } }, "
            + "filter_enforced: { default_value: { numerator: 100 } }";
    private static final long SECOND = 1_000_000_000L;

    private static String filter(String name, String config) {
        return "- { name: " + name + ", typed_config: { " + API + config + " } }\n";
    }

    private static String limit(String more) {
        return "local_ratelimit.v3.LocalRateLimit, stat_prefix: s" + (more.isEmpty() ? "" : ", " + more);
    }

    private static ReadManager read(String filters, String host, String route) {
        return ReadManager.manager("stat_prefix: in\nhttp_filters:\n" + filters + ROUTER
                + "route_config:\n  virtual_hosts:\n  - { name: all, domains: \"*\"" + host
                + ", routes: [ { match: { prefix: / }, route: { cluster: a" + route + " } } ] }\n");
    }

    private static ReadManager read(String config) {
        return read(filter("f", config), "", "");
    }

    private static HttpFilterSpec only(ReadManager read) {
        return read.accepted().chains().getFirst().filters().getFirst();
    }

    private static String onlyProblem(String config) {
        var read = read(config);
        assertThat(read.problems()).hasSize(1);
        return read.problems().getFirst();
    }

    @Test
    void aRateLimitIsReadWithItsDefaults() {
        var spec = (LocalRateLimitSpec) only(read(limit(BUCKET + ", " + ALL)));
        assertThat(spec.bucket()).isEqualTo(new TokenBucket.Rule(10, 5, SECOND));
        assertThat(spec.status()).isEqualTo(429);
        assertThat(spec.enabled()).isEqualTo(new Share(100, 100));
        assertThat(spec.bucketAlways()).isTrue();
        assertThat(spec.perConnection() || spec.quotaFields()).isFalse();
    }

    @Test
    void everyFieldOfARateLimitIsRead() {
        var spec = (LocalRateLimitSpec) only(read(limit(
                BUCKET + """
                        , status: { code: ServiceUnavailable }, enable_x_ratelimit_headers: DRAFT_VERSION_03,
                        local_rate_limit_per_downstream_connection: true, always_consume_default_token_bucket: false,
                        stage: 2, vh_rate_limits: IGNORE, filter_enabled: { default_value: { numerator: 1, denominator: MILLION } },
                        filter_enforced: { default_value: { numerator: 50 } },
                        response_headers_to_add: [ { header: { key: a, value: b } } ],
                        descriptors: [ { entries: [ { key: k, value: v } ],
                            token_bucket: { max_tokens: 1, fill_interval: 60s } } ],
                        rate_limits: [ { actions: [ { generic_key: { descriptor_key: k, descriptor_value: v } } ] } ]""")));
        assertThat(spec.status()).isEqualTo(503);
        assertThat(spec.perConnection() && spec.quotaFields()).isTrue();
        assertThat(spec.bucketAlways()).isFalse();
        assertThat(spec.enabled()).isEqualTo(new Share(1, 1_000_000));
        assertThat(spec.enforced()).isEqualTo(new Share(50, 100));
        assertThat(spec.limits().getFirst().bucket()).isEqualTo(new TokenBucket.Rule(1, 1, 60 * SECOND));
        assertThat(spec.rules()).hasSize(1);
        assertThat(spec.stage()).isEqualTo(2);
        assertThat(spec.virtualHostUse()).isEqualTo(DescriptorRules.VirtualHostUse.IGNORE);
    }

    @Test
    void aRateLimitThatLimitsNothingIsTold() {
        assertThat(read(limit(BUCKET)).problems()).allMatch(problem -> problem.startsWith("WARNING")).hasSize(2);
        assertThat(onlyProblem(limit(ALL))).startsWith("WARNING http_filters[0].typed_config.token_bucket");
    }

    @Test
    void twoDescriptorsOfTheSameEntriesAreRefused() {
        String bucket = "token_bucket: { max_tokens: 1, fill_interval: 1s }";
        String one = "{ entries: [ { key: k, value: v } ], " + bucket + " }";
        assertThat(onlyProblem(limit(BUCKET + ", " + ALL + ", descriptors: [ " + one + ", " + one + " ]")))
                .isEqualTo("ERROR http_filters[0].typed_config.descriptors[1].entries: k v: "
                        + "an earlier descriptor has the same entries");
    }

    @Test
    void aDescriptorWithoutAValueIsForEachAndSoManyAreKept() {
        String each = limit(BUCKET + ", " + ALL
                + ", descriptors: [ { entries: [ { key: k } ], token_bucket: { max_tokens: 1, fill_interval: 1s } } ]");
        var usual = (LocalRateLimitSpec) only(read(each));
        assertThat(usual.limits().getFirst().entries()).containsExactly(new LimitSpec.Entry("k", ""));
        assertThat(usual.limits().getFirst().bucketsMax()).isEqualTo(LimitSpec.BUCKETS_MAX);
        var few = (LocalRateLimitSpec) only(read(each + ", max_dynamic_descriptors: 7"));
        assertThat(few.limits().getFirst().bucketsMax()).isEqualTo(7);
    }

    @Test
    void routesAndTheirVirtualHostSayHowDescriptorsAreMade() {
        String rules = ", rate_limits: [ { stage: 1, actions: [ { remote_address: {} }, { request_headers: "
                + "{ header_name: x, descriptor_key: x } } ] } ]";
        var read = read("", rules, rules + ", include_vh_rate_limits: true");
        var note = Objects.requireNonNull(read.onlyRoute().note(DescriptorRules.class), "the route's rules");
        assertThat(List.of(note.own().size(), note.virtualHost().size())).containsExactly(1, 1);
        assertThat(note.includeVirtualHost()).isTrue();
        assertThat(note.own().getFirst().stage()).isEqualTo(1);
        assertThat(note.own().getFirst().actions()).hasSize(2);
    }

    @Test
    void aRouteHasAChainWithItsOwnLimitAndOneOfAnotherKindIsRefused() {
        String own = ", typed_per_filter_config: { f: { " + API + limit(BUCKET + ", " + ALL) + " } }";
        var spec = read(filter("f", limit(ALL)), own, "").accepted();
        assertThat(spec.chains()).hasSize(2);
        var target = ((ClusterChoice.Single) ((Forward) spec.routes().hosts().getFirst().routes().getFirst().action())
                .choice()).target();
        var inner = (LocalRateLimitSpec) spec.chains().get(target.chain()).filters().getFirst();
        assertThat(inner.bucket()).isNotNull();
        assertThat(read(filter("f", "buffer.v3.Buffer, max_request_bytes: 1"), own, "").problems()).singleElement()
                .asString().startsWith("ERROR route_config.virtual_hosts[0].typed_per_filter_config[f]: f: this is no");
    }

    @Test
    void admissionControlIsReadWithEnvoysDefaults() {
        var spec = (AdmissionSpec) only(read("admission_control.v3.AdmissionControl, success_criteria: {}"));
        assertThat(spec.enabled()).isTrue();
        assertThat(spec.rule()).isEqualTo(AdmissionControl.Rule.DEFAULT);
        assertThat(spec.successes()).containsExactly(new AdmissionSpec.Statuses(100, 500));
        assertThat(spec.grpcSuccesses()).as("all but 4, 8, 10, 13, 14, 15").isEqualTo(0b1_0001_1010_1110_1111);
    }

    @Test
    void everyFieldOfAdmissionControlIsRead() {
        var spec = (AdmissionSpec) only(read("""
                admission_control.v3.AdmissionControl, sampling_window: 10s,
                enabled: { default_value: false, runtime_key: x },
                success_criteria: { http_criteria: { http_success_status: [ { start: 200, end: 300 } ] },
                  grpc_criteria: { grpc_success_status: [ 0, 16 ] } },
                aggression: { default_value: 2, runtime_key: x },
                sr_threshold: { default_value: { value: 90 }, runtime_key: x },
                rps_threshold: { default_value: 7, runtime_key: x },
                max_rejection_probability: { default_value: { value: 50 }, runtime_key: x }"""));
        assertThat(spec.enabled()).isFalse();
        assertThat(spec.rule()).isEqualTo(new AdmissionControl.Rule(10, 2, 90, 7, 50));
        assertThat(spec.successes()).containsExactly(new AdmissionSpec.Statuses(200, 300));
        assertThat(spec.grpcSuccesses()).isEqualTo(1 << 16 | 1);
    }

    @Test
    void admissionControlThatCannotBeIsRefused() {
        String config = "admission_control.v3.AdmissionControl, success_criteria: {}, ";
        assertThat(onlyProblem(config + "sampling_window: 0.5s"))
                .startsWith("ERROR http_filters[0].typed_config.sampling_window: 500ms: ");
        assertThat(onlyProblem(config + "sr_threshold: { default_value: { value: 0.5 } }"))
                .startsWith("ERROR http_filters[0].typed_config.sr_threshold.default_value: 0.5 %: ");
        assertThat(onlyProblem("admission_control.v3.AdmissionControl, success_criteria: "
                + "{ http_criteria: { http_success_status: [ { start: 300, end: 200 } ] } }")).startsWith(
                        "ERROR http_filters[0].typed_config.success_criteria.http_criteria.http_success_status[0]: "
                                + "300 to 200: ");
        assertThat(onlyProblem("admission_control.v3.AdmissionControl, success_criteria: "
                + "{ grpc_criteria: { grpc_success_status: [ 0, 17 ] } }")).startsWith(
                        "ERROR http_filters[0].typed_config.success_criteria."
                                + "grpc_criteria.grpc_success_status[1]: 17: ");
    }

    @Test
    void adaptiveConcurrencyIsRead() {
        var spec = (ConcurrencySpec) only(
                read("""
                        adaptive_concurrency.v3.AdaptiveConcurrency, concurrency_limit_exceeded_status: { code: TooManyRequests },
                        gradient_controller_config: {
                          concurrency_limit_params: { concurrency_update_interval: 0.2s, max_concurrency_limit: 99 },
                          min_rtt_calc_params: { interval: 30s, request_count: 7, min_concurrency: 4,
                            jitter: { value: 20 }, buffer: { value: 50 } } }"""));
        assertThat(spec.enabled()).isTrue();
        assertThat(spec.status()).isEqualTo(429);
        assertThat(spec.rule())
                .isEqualTo(new AdaptiveConcurrency.Rule(4, 99, 1.5, SECOND / 5, 30 * SECOND, 0.2, 7, 0));
    }

    @Test
    void adaptiveConcurrencyThatCannotBeIsRefused() {
        String config = "adaptive_concurrency.v3.AdaptiveConcurrency, gradient_controller_config: { "
                + "concurrency_limit_params: { concurrency_update_interval: 0.2s, max_concurrency_limit: 9 }, "
                + "min_rtt_calc_params: { ";
        assertThat(onlyProblem(config + "} }"))
                .startsWith("ERROR http_filters[0].typed_config.gradient_controller_config.min_rtt_calc_params: ");
        assertThat(onlyProblem(config + "interval: 30s, min_concurrency: 10 } }")).startsWith(
                "ERROR http_filters[0].typed_config.gradient_controller_config.min_rtt_calc_params.min_concurrency: "
                        + "10: it is above max_concurrency_limit, which is 9");
    }
}
