package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.weir.xds.check.Honoured;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.Positions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HonouredFieldsTest {
    private static final Honoured HONOURED = Honoured.core().with(HttpExtensions.class, "/io/weir/http/honoured.txt");

    private static List<String> problems(String yaml) {
        var out = new ArrayList<Problem>();
        HONOURED.check(ReadManager.message(yaml, HttpConnectionManager.getDefaultInstance()), "", Positions.none(),
                out);
        return out.stream().map(problem -> problem.severity() + " " + problem.path()).toList();
    }

    @Test
    void theTableNamesOnlyWhatThereIs() {
        assertThat(HONOURED.mistakes(MessageTypes.envoy())).isEmpty();
    }

    @Test
    void whatTheReadersReadIsHonoured() {
        assertThat(problems("""
                stat_prefix: in
                codec_type: AUTO
                use_remote_address: true
                common_http_protocol_options: { idle_timeout: 1s, headers_with_underscores_action: REJECT_REQUEST }
                http_filters:
                - name: envoy.filters.http.router
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router,
                    suppress_envoy_headers: true }
                route_config:
                  name: local
                  request_headers_to_add: { header: { key: a, value: b }, append_action: ADD_IF_ABSENT }
                  virtual_hosts:
                  - name: all
                    domains: "*"
                    retry_policy: { retry_on: 5xx, retry_back_off: { base_interval: 1s }, retry_host_predicate: {
                      name: envoy.retry_host_predicates.previous_hosts, typed_config: { "@type":
                      type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate } } }
                    routes:
                    - match: { prefix: /, headers: { name: x, string_match: { safe_regex: { regex: a } } }, grpc: {},
                        runtime_fraction: { default_value: { numerator: 1, denominator: MILLION } },
                        query_parameters: { name: q, string_match: { exact: a, ignore_case: true } } }
                      route: { weighted_clusters: { clusters: [ { name: a, weight: 1 } ] }, timeout: 1s,
                        max_stream_duration: { max_stream_duration: 1s },
                        regex_rewrite: { pattern: { google_re2: {}, regex: a }, substitution: b } }
                    - match: { path: / }
                      redirect: { https_redirect: true, response_code: FOUND }
                    - match: { safe_regex: { regex: a } }
                      direct_response: { status: 200, body: { inline_string: hello } }
                """)).isEmpty();
    }

    @Test
    void aNegativeDurationMeansNothing() {
        assertThat(problems("""
                stream_idle_timeout: -1s
                request_timeout: { seconds: 0, nanos: -1 }
                common_http_protocol_options: { idle_timeout: -1s }
                route_config: { virtual_hosts: { routes: { route: { timeout: -1s, idle_timeout: -2s,
                  retry_policy: { per_try_timeout: -1s } } } } }
                """)).containsExactlyInAnyOrder("ERROR stream_idle_timeout", "ERROR request_timeout",
                "ERROR common_http_protocol_options.idle_timeout",
                "ERROR route_config.virtual_hosts[0].routes[0].route.timeout",
                "ERROR route_config.virtual_hosts[0].routes[0].route.idle_timeout",
                "ERROR route_config.virtual_hosts[0].routes[0].route.retry_policy.per_try_timeout");
    }

    @Test
    void whatIsNotReadIsRefusedOrWarnedOf() {
        assertThat(problems("""
                rds: { route_config_name: r, config_source: { ads: {} } }
                tracing: {}
                request_id_extension: {}
                """)).containsExactlyInAnyOrder("ERROR rds", "WARNING tracing",
                "ERROR request_id_extension");
    }
}
