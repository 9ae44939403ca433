package io.weir.filters.metadata;

import static io.weir.filters.FilteredProxy.entry;
import static io.weir.filters.FilteredProxy.perFilter;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is written down of requests, and who reads it, over real sockets. */
@Timeout(60)
final class MetadataFiltersTest {
    private static final String TO = "envoy.extensions.filters.http.header_to_metadata.v3.Config";
    private static final String SET = "envoy.extensions.filters.http.set_metadata.v3.Config";
    private static final String ROUTE = "- { match: { prefix: / }, route: { cluster: origins } }";

    private static FilteredProxy with(String filters, String hcm, String routes) {
        return FilteredProxy.manager("stat_prefix: test\n" + hcm + "http_filters:\n" + filters + "- "
                + entry("router", "envoy.extensions.filters.http.router.v3.Router", "")
                + "\nroute_config:\n  virtual_hosts:\n  - name: all\n    domains: [\"*\"]\n    routes:\n"
                + routes.indent(4));
    }

    private static String filter(String name, String type, String config) {
        return "- " + entry(name, type, config) + "\n";
    }

    /** A route that adds what is written down to the request that the origin sees. */
    private static String showing(String... places) {
        var adds = new StringBuilder();
        for (int i = 0; i < places.length; i++) {
            adds.append(i > 0 ? ", " : "").append("{ header: { key: x-").append(i)
                    .append(", value: \"%DYNAMIC_METADATA(")
                    .append(places[i]).append(")%\" } }");
        }
        return "- { match: { prefix: / }, route: { cluster: origins }, request_headers_to_add: [ " + adds + " ] }";
    }

    private static HttpMessage ask(ProxyFixture proxy, String lines) throws Exception {
        try (var client = proxy.client()) {
            return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").response();
        }
    }

    @Test
    void fieldsAndCookiesAreWrittenDownAndReadInAField() throws Exception {
        String rules = "request_rules: [ { header: x-version, on_header_present: { metadata_namespace: envoy.lb, key: "
                + "version }, on_header_missing: { metadata_namespace: envoy.lb, key: version, value: none }, "
                + "remove: true }, { cookie: id, on_header_present: { key: id, regex_value_rewrite: "
                + "{ pattern: { regex: "
                + "\"^u-(.*)$\" }, substitution: \"\\\\1\" } } } ]";
        try (var origin = Origin.answering("hello");
                var proxy = with(filter("f", TO, rules), "", showing("envoy.lb:version",
                        "envoy.filters.http.header_to_metadata:id", "envoy.lb")).before(origin)) {
            ask(proxy, "X-Version: 1\r\nX-Version: 2\r\nCookie: a=b; id=u-42\r\n");
            ask(proxy, "");
            var first = origin.requests().get(0);
            assertThat(first.headers("x-version")).isEmpty();
            assertThat(first.headers("x-0")).containsExactly("1,2");
            assertThat(first.headers("x-1")).containsExactly("42");
            assertThat(first.headers("x-2")).containsExactly("{\"version\":\"1,2\"}");
            var second = origin.requests().get(1);
            assertThat(second.headers("x-0")).containsExactly("none");
            assertThat(second.headers("x-1")).isEmpty();
        }
    }

    @Test
    void aRedirectIsFollowedByWhatIsSaidOfTheNextRequestAndNotOfTheOneBefore() throws Exception {
        String rules = "request_rules: [ { header: x-from, on_header_present: { metadata_namespace: m, key: k } } ]";
        String routes = """
                - match: { path: /first }
                  route:
                    cluster: origins
                    internal_redirect_policy:
                      predicates:
                      - name: p
                        typed_config:
                          "@type": type.googleapis.com/%s
                          allowed_route_names: [ plain ]
                - match: { prefix: /, dynamic_metadata: [ { filter: m, path: [ { key: k } ], value: { present_match: true } } ] }
                  name: said
                  route: { cluster: origins }
                - { name: plain, match: { prefix: / }, route: { cluster: origins } }
                """
                .formatted("envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig");
        try (var origin = Origin.start((request, wire) -> {
            if (request.target().equals("/first")) {
                wire.send("HTTP/1.1 302 Found\r\nLocation: /second\r\nContent-Length: 0\r\n\r\n");
            } else {
                wire.reply(200, request.target());
            }
        });
                var proxy = with(filter("f", TO, rules), "", routes).before(origin);
                var client = proxy.client()) {
            client.send("GET /first HTTP/1.1\r\nHost: a\r\nX-From: 1\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("/second");
        }
    }

    @Test
    void valuesHaveTheTypeThatIsSaid() throws Exception {
        String value = Base64.getEncoder().encodeToString(Value.newBuilder().setBoolValue(true).build().toByteArray());
        String rules = "stat_prefix: mine, request_rules: [ "
                + "{ header: x-n, on_header_present: { metadata_namespace: m, key: number, type: NUMBER } }, "
                + "{ header: x-b, on_header_present: { metadata_namespace: m, key: text, encode: BASE64 } }, "
                + "{ header: x-v, on_header_present: { metadata_namespace: m, key: value, type: PROTOBUF_VALUE, "
                + "encode: BASE64 } } ]";
        try (var origin = Origin.answering("hello");
                var proxy = with(filter("f", TO, rules), "", showing("m:number", "m:text", "m:value"))
                        .before(origin)) {
            ask(proxy, "x-n:  -1.5 \r\nx-b: aMOk\r\nx-v: " + value + "\r\n");
            ask(proxy, "x-n: 1f\r\nx-b: ***\r\nx-v: AAAA\r\n");
            var request = origin.requests().get(0);
            assertThat(request.headers("x-0")).containsExactly("-1.5");
            assertThat(request.headers("x-1").getFirst().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                    .isEqualTo("h\u00e4".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(request.headers("x-2")).containsExactly("true");
            var broken = origin.requests().get(1);
            assertThat(broken.headers("x-0")).isEmpty();
            assertThat(broken.headers("x-1")).isEmpty();
            assertThat(broken.headers("x-2")).isEmpty();
            var counted = proxy.stats.root().child("http_filter_name").child("mine");
            assertThat(counted.counter("request_rules_processed").value()).isEqualTo(6);
            assertThat(counted.counter("request_metadata_added").value()).isEqualTo(3);
            assertThat(counted.counter("base64_decode_failed").value()).isEqualTo(1);
        }
    }

    @Test
    void whatIsSaidOfOneRequestIsNotSaidOfTheNext() throws Exception {
        String rules = "request_rules: [ { header: x-a, on_header_present: { metadata_namespace: m, key: a } } ]";
        try (var origin = Origin.answering("hello");
                var proxy = with(filter("f", TO, rules), "", showing("m:a")).before(origin);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nx-a: secret\r\n\r\n").response();
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response();
            assertThat(origin.requests().get(0).headers("x-0")).containsExactly("secret");
            assertThat(origin.requests().get(1).headers("x-0")).isEmpty();
        }
    }

    @Test
    void fieldsOfResponsesAreWrittenDownForTheFiltersBeforeAndForLogs() throws Exception {
        String rules = "response_rules: [ { header: x-cost, on_header_present: { metadata_namespace: m, key: cost, "
                + "type: NUMBER }, remove: true } ]";
        String mutation = "mutations: { response_mutations: [ { append: { header: { key: x-seen, value: "
                + "\"%DYNAMIC_METADATA(m:cost)%\" } } } ] }";
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nX-Cost: 7\r\nContent-Length: 0\r\n\r\n");
                var proxy = with(
                        filter("m", "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation", mutation)
                                + filter("f", TO, rules),
                        "", ROUTE).before(origin)) {
            var response = ask(proxy, "");
            assertThat(response.headers("x-cost")).isEmpty();
            assertThat(response.headers("x-seen")).containsExactly("7");
        }
    }

    @Test
    void whatTheConfigurationSaysIsWrittenDownAndMergedWhereThatIsAllowed() throws Exception {
        String config = "metadata: [ { metadata_namespace: m, value: { a: 1, list: [ 1 ], map: { x: 1 } } }, "
                + "{ metadata_namespace: m, value: { a: 2 } }, "
                + "{ metadata_namespace: m, allow_overwrite: true, value: { b: true, list: [ two ], "
                + "map: { y: 2 } } } ]";
        try (var origin = Origin.answering("hello");
                var proxy = with(filter("f", SET, config), "", showing("m:a", "m:b", "m:list", "m:map", "m:map:y"))
                        .before(origin)) {
            ask(proxy, "");
            ask(proxy, "");
            var request = origin.requests().get(1);
            assertThat(request.headers("x-0")).containsExactly("1");
            assertThat(request.headers("x-1")).containsExactly("true");
            assertThat(request.headers("x-2")).containsExactly("[1,\"two\"]");
            assertThat(request.headers("x-3")).containsExactly("{\"x\":1,\"y\":2}");
            assertThat(request.headers("x-4")).containsExactly("2");
            assertThat(proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                    .child("set_metadata").counter("overwrite_denied").value()).isEqualTo(2);
        }
    }

    @Test
    void aRouteHasItsOwnRules() throws Exception {
        String rule = "request_rules: [ { header: x-a, on_header_missing: { metadata_namespace: m, key: a, value: ";
        try (var origin = Origin.answering("hello");
                var proxy = with(filter("f", TO, rule + "outside } } ]"), "", showing("m:a").replace("route: {",
                        perFilter(TO, rule + "inside } } ]") + ", route: {")).before(origin)) {
            ask(proxy, "");
            assertThat(origin.requests().getFirst().headers("x-0")).containsExactly("inside");
        }
    }

    @Test
    void aRateLimitMayCountByWhatIsWrittenDown() throws Exception {
        String bucket = "token_bucket: { max_tokens: 100, tokens_per_fill: 100, fill_interval: 3600s }";
        String all = "{ default_value: { numerator: 100 } }";
        String limit = "stat_prefix: l, " + bucket + ", filter_enabled: " + all + ", filter_enforced: " + all
                + ", rate_limits: [ { actions: [ { metadata: { descriptor_key: who, metadata_key: { key: m, path: [ { "
                + "key: who } ] } } } ] } ], descriptors: [ { entries: [ { key: who, value: greedy "
                + "} ], token_bucket: { "
                + "max_tokens: 1, tokens_per_fill: 1, fill_interval: 3600s } } ]";
        String rules = "request_rules: [ { header: x-who, on_header_present: { metadata_namespace: m, key: who } } ]";
        try (var origin = Origin.answering("hello");
                var proxy = with(filter("f", TO, rules) + filter("l",
                        "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", limit), "", ROUTE)
                        .before(origin)) {
            assertThat(ask(proxy, "x-who: greedy\r\n").status()).isEqualTo(200);
            assertThat(ask(proxy, "x-who: greedy\r\n").status()).isEqualTo(429);
            assertThat(ask(proxy, "x-who: other\r\n").status()).isEqualTo(200);
            assertThat(ask(proxy, "").status()).isEqualTo(200);
        }
    }

    @Test
    void aLocalReplyMayGoByWhatIsWrittenDown() throws Exception {
        String matcher = "{ metadata_filter: { match_if_key_not_found: false, matcher: { filter: m, "
                + "path: [ { key: who } "
                + "], value: { or_match: { value_matchers: [ { string_match: { prefix: ro } }, { "
                + "bool_match: true } ] } "
                + "} } } }";
        String replies = "local_reply_config: { mappers: [ { filter: " + matcher + ", status_code: 418 } ] }\n";
        String rules = "request_rules: [ { header: x-who, on_header_present: { metadata_namespace: m, key: who } } ]";
        try (var origin = Origin.answering("hello");
                var proxy = with(filter("f", TO, rules), replies,
                        "- { match: { prefix: / }, direct_response: { status: 404 } }").before(origin)) {
            assertThat(ask(proxy, "x-who: robot\r\n").status()).isEqualTo(418);
            assertThat(ask(proxy, "x-who: human\r\n").status()).isEqualTo(404);
            assertThat(ask(proxy, "").status()).isEqualTo(404);
        }
    }

    @Test
    void mistakesAreToldWithTheirPlace() {
        for (String[] wrong : new String[][]{{"{ header: a, cookie: b, on_header_present: { key: k } }", "[0]"},
                {"{ on_header_present: { key: k } }", "[0]"}, {"{ header: a }", "[0]"},
                {"{ cookie: b, remove: true, on_header_present: { key: k } }", "[0].remove"},
                {"{ header: \":path\", remove: true, on_header_present: { key: k } }", "[0].header"},
                {"{ header: a, on_header_missing: { key: k } }", "[0].on_header_missing.value"},
                {"{ header: a, on_header_present: { key: k, regex_value_rewrite: { pattern: { regex: a }, "
                        + "substitution: \"\\\\1\" } } }", "[0].on_header_present.regex_value_rewrite.substitution"}}) {
            assertThat(with(filter("f", TO, "request_rules: [ " + wrong[0] + " ]"), "", ROUTE).problems())
                    .as(wrong[0]).singleElement().asString().startsWith("ERROR")
                    .contains("request_rules" + wrong[1] + ":");
        }
    }
}
