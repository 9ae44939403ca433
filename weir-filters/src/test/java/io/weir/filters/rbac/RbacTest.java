package io.weir.filters.rbac;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Scope;
import io.weir.core.tls.TlsFacts;
import io.weir.filters.FilteredProxy;
import io.weir.http.proxy.client.KnownTls;
import io.weir.http.route.match.TextMatch;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests may pass, over real sockets. */
@Timeout(60)
final class RbacTest {
    private static final String RBAC = "envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String ANYBODY = "principals: [ { any: true } ]";
    private static final String ANYTHING = "permissions: [ { any: true } ]";

    private static HttpMessage ask(ProxyFixture proxy, String method, String path, String fields) throws IOException {
        try (var client = proxy.client()) {
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").response();
        }
    }

    private static Scope numbers(ProxyFixture proxy) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("rbac");
    }

    private static String rules(String action, String policies) {
        return "rules: { action: " + action + ", policies: { " + policies + " } }";
    }

    private static String permission(String permission) {
        return rules("ALLOW", "p: { permissions: [ " + permission + " ], " + ANYBODY + " }");
    }

    private static String principal(String principal) {
        return rules("ALLOW", "p: { " + ANYTHING + ", principals: [ " + principal + " ] }");
    }

    @Test
    void whoMayPassesAndAllOthersAreToldThatTheyMayNot() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(RBAC, rules("ALLOW", "\"read it\": { permissions: [ { header: { name: \":method\", "
                        + "string_match: { exact: GET } } } ], " + ANYBODY + " }") + ", track_per_rule_stats: true")
                        .before(origin)) {
            assertThat(ask(proxy, "GET", "/", "").body()).isEqualTo("hello");
            proxy.logged();
            var denied = ask(proxy, "DELETE", "/", "");
            assertThat(denied.status()).isEqualTo(403);
            assertThat(denied.body()).isEqualTo("RBAC: access denied");
            assertThat(proxy.logged().details()).isEqualTo("rbac_access_denied_matched_policy[none]");
            assertThat(origin.requests()).hasSize(1);
            assertThat(numbers(proxy).counter("allowed").value()).isEqualTo(1);
            assertThat(numbers(proxy).counter("denied").value()).isEqualTo(1);
            assertThat(numbers(proxy).child("policy").child("read it").counter("allowed").value()).isEqualTo(1);
        }
    }

    @Test
    void whatIsDeniedSaysByWhichPolicy() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(RBAC, rules("DENY", "\"no admin\": { permissions: [ { url_path: { path: { prefix: "
                        + "/admin } } } ], " + ANYBODY + " }")).before(origin)) {
            assertThat(ask(proxy, "GET", "/?x=/admin", "").status()).isEqualTo(200);
            proxy.logged();
            assertThat(ask(proxy, "GET", "/admin/x", "").status()).isEqualTo(403);
            assertThat(proxy.logged().details()).isEqualTo("rbac_access_denied_matched_policy[no_admin]");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { any: true }                                                                            | true
            { header: { name: x, string_match: { exact: "1" } } }                                    | true
            { header: { name: x, string_match: { exact: "2" } } }                                    | false
            { url_path: { path: { exact: /a/b } } }                                                  | true
            { url_path: { path: { suffix: "?q=1" } } }                                               | false
            { destination_ip: { address_prefix: 127.0.0.0, prefix_len: 8 } }                         | true
            { destination_ip: { address_prefix: 10.0.0.0, prefix_len: 8 } }                          | false
            { destination_port: 1 }                                                                  | false
            { destination_port_range: { start: 1024, end: 65536 } }                                  | true
            { destination_port_range: { start: 1, end: 1024 } }                                      | false
            { requested_server_name: { exact: "" } }                                                 | true
            { requested_server_name: { exact: a } }                                                  | false
            { not_rule: { any: true } }                                                              | false
            { and_rules: { rules: [ { any: true }, { destination_port: 1 } ] } }                     | false
            { or_rules: { rules: [ { destination_port: 1 }, { any: true } ] } }                      | true
            { sourced_metadata: { metadata_matcher: { filter: m, path: [ { key: k } ], value: { string_match: { exact: v } } } } } | true
            { metadata: { filter: m, path: [ { key: k } ], value: { string_match: { exact: w } } } } | false
            { sourced_metadata: { metadata_source: ROUTE, metadata_matcher: { filter: r, path: [ { key: k } ], value: { string_match: { exact: v } } } } } | true
            { sourced_metadata: { metadata_source: ROUTE, metadata_matcher: { filter: m, path: [ { key: k } ], value: { string_match: { exact: v } } } } } | false
            { uri_template: { name: t, typed_config: { "@type": type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: "/a/{x}" } } } | true
            { uri_template: { name: t, typed_config: { "@type": type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: "/b/{x}" } } } | false
            """)
    void permissionsLookAtWhatIsAsked(String permission, boolean allowed) throws Exception {
        assertThat(passes(permission(permission))).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { any: true }                                                             | true
            { direct_remote_ip: { address_prefix: 127.0.0.1, prefix_len: 32 } }       | true
            { source_ip: { address_prefix: 127.0.0.1, prefix_len: 32 } }              | true
            { remote_ip: { address_prefix: 10.1.0.0, prefix_len: 16 } }               | true
            { remote_ip: { address_prefix: 127.0.0.1, prefix_len: 32 } }              | false
            { header: { name: x, present_match: true } }                              | true
            { url_path: { path: { contains: b } } }                                   | true
            { not_id: { header: { name: x, present_match: true } } }                  | false
            { and_ids: { ids: [ { any: true }, { not_id: { any: true } } ] } }        | false
            { or_ids: { ids: [ { any: true }, { not_id: { any: true } } ] } }         | true
            { filter_state: { key: left, string_match: { exact: here } } }            | true
            { filter_state: { key: left, string_match: { exact: there } } }           | false
            { filter_state: { key: other, string_match: { prefix: "" } } }            | false
            { authenticated: {} }                                                     | false
            { authenticated: { principal_name: { prefix: "" } } }                     | false
            """)
    void principalsLookAtWhoAsks(String principal, boolean allowed) throws Exception {
        assertThat(passes(principal(principal))).isEqualTo(allowed);
    }

    /** Whether a request with a header, a query, metadata and a proxy before it passes. */
    private static boolean passes(String config) throws Exception {
        String metadata = FilteredProxy.entry("m", "envoy.extensions.filters.http.set_metadata.v3.Config",
                "metadata: [ { metadata_namespace: m, value: { k: v } } ]");
        String state = FilteredProxy.entry("s", "envoy.extensions.filters.http.set_filter_state.v3.Config",
                "on_request_headers: [ { object_key: left, factory_key: envoy.string, format_string: {"
                        + " text_format_source: { inline_string: here } } } ]");
        try (var origin = Origin.answering("hello");
                var proxy = FilteredProxy
                        .manager(
                                """
                                        stat_prefix: test
                                        use_remote_address: false
                                        xff_num_trusted_hops: 0
                                        http_filters:
                                        - %s
                                        - %s
                                        - %s
                                        - %s
                                        route_config:
                                          virtual_hosts:
                                          - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: origins }, metadata: { filter_metadata: { r: { k: v } } } } ] }
                                        """
                                        .formatted(metadata, state, FilteredProxy.entry("f", RBAC, config),
                                                FilteredProxy.entry("router",
                                                        "envoy.extensions.filters.http.router.v3.Router", "")))
                        .before(origin)) {
            return ask(proxy, "GET", "/a/b?q=1", "X: 1\r\nX-Forwarded-For: 10.1.2.3\r\n").status() == 200;
        }
    }

    private static boolean certified(@Nullable TlsFacts tls, String name) {
        return FactReader.certified(tls, TextMatch.exact(name, false));
    }

    @Test
    void aClientGoesByTheNamesOfItsCertificateAndNobodyElseIsSomebody() {
        var names = new KnownTls.Certificate("CN=c,O=weir", List.of("spiffe://weir/c"), List.of("c.example"));
        var client = new KnownTls(names, null, true);
        assertThat(FactReader.certified(client, null)).isTrue();
        for (String name : List.of("CN=c,O=weir", "spiffe://weir/c", "c.example")) {
            assertThat(certified(client, name)).as(name).isTrue();
            assertThat(certified(new KnownTls(names, null, false), name)).as("not checked").isFalse();
        }
        assertThat(certified(client, "")).isFalse();
        assertThat(FactReader.certified(new KnownTls(names, null, false), null)).isFalse();
        assertThat(FactReader.certified(new KnownTls(null, names, true), null)).isFalse();
        assertThat(FactReader.certified(null, null)).isFalse();
    }

    @Test
    void aShadowDeniesNobodyAndSaysWhatItWould() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = FilteredProxy
                        .manager(
                                """
                                        stat_prefix: test
                                        http_filters:
                                        - %s
                                        - %s
                                        route_config:
                                          virtual_hosts:
                                          - name: all
                                            domains: ["*"]
                                            routes:
                                            - match: { prefix: / }
                                              route: { cluster: origins }
                                              response_headers_to_add:
                                              - header: { key: x-would, value: "%%DYNAMIC_METADATA(envoy.filters.http.rbac:a_shadow_engine_result)%%" }
                                              - header: { key: x-by, value: "%%DYNAMIC_METADATA(envoy.filters.http.rbac:a_shadow_effective_policy_id)%%" }
                                        """
                                        .formatted(
                                                FilteredProxy.entry("f", RBAC,
                                                        "shadow_" + rules("DENY", "p: { permissions: [ { url_path: "
                                                                + "{ path: { exact: /x } } } ], " + ANYBODY + " }")
                                                                + ", shadow_rules_stat_prefix: a_"),
                                                FilteredProxy.entry("router",
                                                        "envoy.extensions.filters.http.router.v3.Router", "")))
                        .before(origin)) {
            var would = ask(proxy, "GET", "/x", "");
            assertThat(would.status()).isEqualTo(200);
            assertThat(would.headers("x-would")).containsExactly("denied");
            assertThat(would.headers("x-by")).containsExactly("p");
            assertThat(ask(proxy, "GET", "/y", "").headers("x-would")).containsExactly("allowed");
            var scope = numbers(proxy).child("a_");
            assertThat(List.of(scope.counter("shadow_denied").value(), scope.counter("shadow_allowed").value()))
                    .containsExactly(1L, 1L);
        }
    }

    @Test
    void aRouteHasRulesOfItsOwnOrNone() throws Exception {
        String perRoute = "envoy.extensions.filters.http.rbac.v3.RBACPerRoute";
        try (var origin = Origin.answering("hello");
                var proxy = filter(RBAC, rules("DENY", "p: { " + ANYTHING + ", " + ANYBODY + " }"), "",
                        "- { match: { prefix: /open }, route: { cluster: origins }, " + perFilter(perRoute, "") + " }\n"
                                + "- { match: { prefix: /own }, route: { cluster: origins }, "
                                + perFilter(perRoute, "rbac: { "
                                        + principal("{ header: { name: x, present_match: true } }") + " }")
                                + " }\n- { match: { prefix: / }, route: { cluster: origins } }")
                        .before(origin)) {
            assertThat(ask(proxy, "GET", "/", "").status()).isEqualTo(403);
            assertThat(ask(proxy, "GET", "/open", "").status()).isEqualTo(200);
            assertThat(ask(proxy, "GET", "/own", "").status()).isEqualTo(403);
            assertThat(ask(proxy, "GET", "/own", "X: 1\r\n").status()).isEqualTo(200);
        }
    }

    @Test
    void aTreeOfQuestionsDecidesAsWell() throws Exception {
        String tree = "matcher: { matcher_tree: { input: { name: path, typed_config: { \"@type\": "
                + "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: x-role } }, "
                + "exact_match_map: { map: { admin: { action: " + action("ALLOW") + " }, banned: { action: "
                + action("DENY") + " } } } } }";
        try (var origin = Origin.answering("hello"); var proxy = filter(RBAC, tree).before(origin)) {
            assertThat(ask(proxy, "GET", "/", "X-Role: admin\r\n").status()).isEqualTo(200);
            proxy.logged();
            assertThat(ask(proxy, "GET", "/", "X-Role: banned\r\n").status()).isEqualTo(403);
            assertThat(proxy.logged().details()).isEqualTo("rbac_access_denied_matched_policy[DENY]");
            assertThat(ask(proxy, "GET", "/", "").status()).as("who comes to no action").isEqualTo(403);
        }
    }

    private static String action(String action) {
        return "{ name: a, typed_config: { \"@type\": type.googleapis.com/envoy.config.rbac.v3.Action, name: " + action
                + ", action: " + action + " } }";
    }

    @ParameterizedTest
    @ValueSource(strings = {"{ authenticated: { principal_name: { safe_regex: { regex: \"(\" } } } }",
            "{ custom: { name: a } }",
            "{ remote_ip: { address_prefix: none, prefix_len: 8 } }",
            "{ not_id: { header: { name: \"a b\", present_match: true } } }"})
    void whatCannotBeLookedAtIsToldAndNothingIsLetInForIt(String principal) {
        var read = filter(RBAC, principal(principal));
        assertThat(read.problems()).singleElement().asString().startsWith("ERROR")
                .contains("policies[p].principals[0]");
        assertThat(read.spec() == null || read.spec().chains().stream().allMatch(chain -> chain.filters().stream()
                .noneMatch(RbacSpec.class::isInstance))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "DENY | { authenticated: {} } | principals[0].authenticated",
            "DENY | { or_ids: { ids: [ { any: true }, { authenticated: {} } ] } }"
                    + " | principals[0].or_ids.ids[1].authenticated",
            "ALLOW | { not_id: { authenticated: {} } } | principals[0].not_id.authenticated",
            "ALLOW | { authenticated: {} } |", "DENY | { not_id: { authenticated: {} } } |",
            "LOG | { authenticated: {} } |",
            "DENY | { authenticated: { principal_name: { prefix: \"\" } } } |"})
    void rulesThatLetInMoreThanEnvoysAreToldWithTheirPath(String action, String principal, @Nullable String path) {
        var read = filter(RBAC, rules(action, "p: { " + ANYTHING + ", principals: [ " + principal + " ] }"));
        if (path == null) {
            assertThat(read.problems()).isEmpty();
        } else {
            assertThat(read.problems()).singleElement().asString().startsWith("WARN").contains("policies[p]." + path);
        }
        assertThat(read.spec()).isNotNull();
    }
}
