package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.control.HedgeRule;
import io.weir.http.control.TryRules;
import io.weir.http.route.ResetBackOff;
import io.weir.http.route.match.RouteMatch.Share;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is written of the tries of requests, read. */
class TryRulesReaderTest {
    private static TryRules rules(String action) {
        var rules = ReadManager.action(action).onlyRoute().note(TryRules.class);
        return rules == null ? TryRules.DEFAULT : rules;
    }

    @Test
    void aRouteThatSaysNothingHasNoRules() {
        assertThat(ReadManager.action("route: { cluster: c }").onlyRoute().note(TryRules.class)).isNull();
    }

    @Test
    void hedgingIsReadAndInheritedFromTheVirtualHost() {
        assertThat(rules("""
                route: { cluster: c, hedge_policy: { initial_requests: 2, hedge_on_per_try_timeout: true,
                  additional_request_chance: { numerator: 5, denominator: TEN_THOUSAND } } }
                """).hedge()).isEqualTo(new HedgeRule(2, new Share(5, 10_000), true, null));
        var below = ReadManager.routes("""
                virtual_hosts:
                - name: all
                  domains: "*"
                  hedge_policy: { hedge_on_per_try_timeout: true }
                  include_is_timeout_retry_header: true
                  per_request_buffer_limit_bytes: 1000
                  routes:
                  - match: { prefix: / }
                    request_body_buffer_limit: 5000000000
                    route: { cluster: c }
                """).onlyRoute().note(TryRules.class);
        assertThat(below).isEqualTo(
                new TryRules(new HedgeRule(1, new Share(0, 100), true, null), null, 1 << 30, true));
    }

    @Test
    void backupRequestsAreReadFromTheRoutesMetadata() {
        var rule = Objects.requireNonNull(rules("""
                metadata: { filter_metadata: { weir.hedging: { extra_load: 2%, percentile: 95, min_delay: 0.5s } } }
                route: { cluster: c }
                """).hedge().backups()).rule();
        assertThat(rule.extraLoad()).isEqualTo(0.02);
        assertThat(rule.quantile()).isEqualTo(0.95);
        assertThat(rule.delayMinNanos()).isEqualTo(500_000_000L);
        var least = Objects.requireNonNull(rules("""
                metadata: { filter_metadata: { weir.hedging: { extra_load: 1 } } }
                route: { cluster: c }
                """).hedge().backups()).rule();
        assertThat(least.extraLoad()).isEqualTo(0.01);
        assertThat(least.quantile()).isEqualTo(0.99);
        assertThat(least.delayMinNanos()).isEqualTo(1_000_000L);
    }

    @Test
    void whatMakesNoSenseIsToldWithItsPlace() {
        assertThat(ReadManager
                .action("""
                        metadata: { filter_metadata: { weir.hedging: { extra_load: 60%, percentile: 100, min_delay: soon, x: 1 } } }
                        route: { cluster: c, hedge_policy: { initial_requests: 9 } }
                        """)
                .problems()).anyMatch(p -> p.contains("weir.hedging].extra_load: 60%"))
                .anyMatch(p -> p.contains("weir.hedging].percentile: 100"))
                .anyMatch(p -> p.contains("weir.hedging].min_delay: soon"))
                .anyMatch(p -> p.contains("weir.hedging].x"))
                .anyMatch(p -> p.contains("hedge_policy.initial_requests: 9"));
        assertThat(ReadManager.action("""
                route: { cluster: c, internal_redirect_policy: { max_internal_redirects: 21,
                  redirect_response_codes: [ 304 ], response_headers_to_copy: [ content-length, ":path" ] } }
                """).problems()).hasSize(4);
    }

    @Test
    void internalRedirectsAreRead() {
        var rule = Objects.requireNonNull(rules("""
                route: { cluster: c, internal_redirect_policy: { max_internal_redirects: 3,
                  redirect_response_codes: [ 301, 308 ], allow_cross_scheme_redirect: true,
                  response_headers_to_copy: [ X-One ],
                  predicates: [ { name: s, typed_config: { "@type": type.googleapis.com/envoy.extensions.\
                internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig } } ] } }
                """).redirects());
        assertThat(rule.redirectsMax()).isEqualTo(3);
        assertThat(rule.statuses()).isEqualTo(Set.of(301, 308));
        assertThat(rule.crossScheme() && rule.safeCrossScheme()).isTrue();
        assertThat(rule.newRoutesOnly()).isFalse();
        assertThat(rule.copied()).containsExactly(HeaderName.of("x-one"));
        assertThat(Objects.requireNonNull(rules("route: { cluster: c, internal_redirect_policy: {} }").redirects())
                .statuses()).isEqualTo(Set.of(302));
    }

    @Test
    void anAnswersOwnPauseIsReadAndHeldToItsBound() {
        var pause = Objects.requireNonNull(ReadManager.action("""
                route: { cluster: c, retry_policy: { retry_on: 5xx, rate_limited_retry_back_off: { max_interval: 60s,
                  reset_headers: [ { name: retry-after }, { name: x-reset, format: UNIX_TIMESTAMP } ] } } }
                """).forward().retry().rateLimited());
        var head = new HttpHead();
        assertThat(pause.pauseNanos(head, 0, 0)).isEqualTo(ResetBackOff.UNSAID);
        head.add(HeaderName.of("x-reset"), "1005");
        assertThat(pause.pauseNanos(head, 1_000_500_000L, 0)).isEqualTo(4_500_000_000L);
        assertThat(pause.pauseNanos(head, 2_000_000_000L, 0)).isEqualTo(ResetBackOff.UNSAID); // in the past
        for (String text : List.of("61", "-1", "x", "", "999999999999999", "0")) {
            head.set(HeaderName.of("retry-after"), text);
            assertThat(pause.pauseNanos(head, 2_000_000_000L, 0)).isEqualTo(ResetBackOff.UNSAID);
        }
        head.set(HeaderName.of("retry-after"), "2");
        for (long random = -50; random < 50; random++) {
            assertThat(pause.pauseNanos(head, 0, random * 0x9E3779B97F4A7C15L))
                    .isBetween(2_000_000_000L, 3_000_000_000L);
        }
    }

    private static ReadManager priority(String extension) {
        return ReadManager.action("route: { cluster: c, retry_policy: { retry_on: 5xx, retry_priority: { name: p"
                + extension + " } } }");
    }

    @Test
    void prioritiesOfRetriesAreReadAndWhatWouldLeaveNoneOutIsTold() {
        String config = ", typed_config: { \"@type\": type.googleapis.com/envoy.extensions.retry.priority."
                + "previous_priorities.v3.PreviousPrioritiesConfig, update_frequency: %d }";
        assertThat(priority(config.formatted(2)).forward().retry().hosts().prioritiesEvery()).isEqualTo(2);
        assertThat(ReadManager.action("route: { cluster: c, retry_policy: { retry_on: 5xx } }").forward().retry()
                .hosts().prioritiesEvery()).isZero();
        assertThat(priority(config.formatted(0)).problems()).anyMatch(
                problem -> problem.contains("retry_policy.retry_priority.typed_config.update_frequency: 0"));
        assertThat(priority("").problems()).anyMatch(problem -> problem.contains("retry_policy.retry_priority: p"));
    }
}
