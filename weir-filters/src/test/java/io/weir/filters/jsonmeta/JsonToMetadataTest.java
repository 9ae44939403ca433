package io.weir.filters.jsonmeta;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What JSON bodies say becomes metadata, over real sockets; another filter's header shows it to the host. */
@Timeout(60)
final class JsonToMetadataTest {
    private static final String TYPE = "envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata";

    private static String rule(String path, String more) {
        var selectors = new StringBuilder();
        for (String key : path.split("\\.", -1)) {
            selectors.append(selectors.isEmpty() ? "" : ", ").append("{ key: ").append(key).append(" }");
        }
        return "{ selectors: [ " + selectors + " ], " + more + " }";
    }

    /** Hosts hear in {@code x-m} of {@code m:k}, and clients of {@code m:r}. */
    private static FilteredProxy proxy(String rules) {
        return FilteredProxy.manager("""
                stat_prefix: test
                http_filters:
                - %s
                - %s
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: ["*"]
                    request_headers_to_add: [ { header: { key: x-m, value: "%%DYNAMIC_METADATA(m:k)%%" } } ]
                    routes: [ { match: { prefix: / }, route: { cluster: origins } } ]
                """.formatted(FilteredProxy.entry("f", TYPE, rules), FilteredProxy.entry("router",
                "envoy.extensions.filters.http.router.v3.Router", "")));
    }

    private static String post(String type, String body) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String heard(ProxyFixture proxy, Origin origin, String request) throws Exception {
        try (var client = proxy.client()) {
            assertThat(client.send(request).response().status()).isEqualTo(200);
            var got = origin.requests().getLast();
            assertThat(request).endsWith(got.body());
            return String.join(",", got.headers("x-m"));
        }
    }

    @Test
    void aValueOfTheBodyIsKnownBeforeTheHostHearsOfTheRequest() throws Exception {
        try (var origin = Origin.answering("ok");
                var proxy = proxy("request_rules: { rules: [ " + rule("a.b", "on_present: { metadata_namespace: m, "
                        + "key: k }, on_missing: { metadata_namespace: m, key: k, value: none }, on_error: { "
                        + "metadata_namespace: m, key: k, value: broken }") + " ] }").before(origin)) {
            assertThat(heard(proxy, origin, post("application/json", "{\"a\":{\"b\":\"text\"}}"))).isEqualTo("text");
            assertThat(heard(proxy, origin, post("application/json; charset=utf-8", "{\"a\":{\"b\":7}}")))
                    .isEqualTo("7");
            assertThat(heard(proxy, origin, post("application/json", "{\"a\":{\"b\":true}}"))).isEqualTo("true");
            assertThat(heard(proxy, origin, post("application/json", "{\"a\":{\"b\":[1,\"x\"]}}")))
                    .isEqualTo("[1,\"x\"]");
            for (String other : new String[]{"{\"a\":{}}", "{\"a\":1}", "[]", "{\"a\":{\"b\":null}}", ""}) {
                assertThat(heard(proxy, origin, post("application/json", other))).as(other).isEqualTo("none");
            }
            for (String broken : new String[]{"{\"a\":", "{a:1}", "{} {}", "x"}) {
                assertThat(heard(proxy, origin, post("application/json", broken))).as(broken).isEqualTo("broken");
            }
            assertThat(heard(proxy, origin, post("text/plain", "{\"a\":{\"b\":\"text\"}}"))).isIn("", "-");
            assertThat(heard(proxy, origin, post("application/json", "\"" + "x".repeat(1_100_000) + "\"")))
                    .isEqualTo("broken");
            var numbers = proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                    .child("json_to_metadata").child("rq");
            assertThat(numbers.counter("invalid_json_body").value()).isEqualTo(5);
            assertThat(numbers.counter("mismatched_content_type").value()).isEqualTo(1);
            assertThat(numbers.counter("no_body").value()).isEqualTo(1);
            assertThat(numbers.counter("success").value()).isEqualTo(8);
        }
    }

    /** Two routes, the first for what the body says; what each says of the filters besides. */
    private static FilteredProxy moving(String first, String second) {
        return FilteredProxy.manager("""
                stat_prefix: test
                http_filters:
                - %s
                - %s
                - %s
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: ["*"]
                    routes:
                    - match: { prefix: /, dynamic_metadata: [ { filter: m, path: [ { key: k } ], value: { string_match:
                        { exact: admin } } } ] }
                      route: { cluster: origins }
                %s
                    - match: { prefix: / }
                      route: { cluster: origins }
                %s
                """.formatted(FilteredProxy.entry("f", TYPE, "request_rules: { rules: [ "
                + rule("a", "on_present: { metadata_namespace: m, key: k }") + " ] }"),
                FilteredProxy.entry("rbac", RBAC,
                        "rules: { action: ALLOW, policies: { p: { permissions: [ { any: true }"
                                + " ], principals: [ { header: { name: x-key, present_match: true } } ] } } }"),
                FilteredProxy.entry("router", "envoy.extensions.filters.http.router.v3.Router", ""),
                first.indent(4), second.indent(4)));
    }

    private static final String RBAC = "envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String OFF = "  typed_per_filter_config: { rbac: " + FilteredProxy.typed(RBAC + "PerRoute", "")
            + " }";

    @Test
    void whoMovesToARouteIsAskedByItsRulesWhichWereOffBefore() throws Exception {
        var moving = moving("", OFF);
        assertThat(moving.problems()).isEmpty();
        try (var origin = Origin.answering("ok"); var proxy = moving.before(origin); var client = proxy.client()) {
            assertThat(client.send(post("application/json", "{\"a\":\"user\"}")).response().status()).isEqualTo(200);
            proxy.logged();
            assertThat(client.send(post("application/json", "{\"a\":\"admin\"}")).response().status()).isEqualTo(403);
            assertThat(proxy.logged().details()).isEqualTo("rbac_access_denied_matched_policy[none]");
            assertThat(origin.requests()).hasSize(1);
            var let = client.send(post("application/json\r\nX-Key: 1", "{\"a\":\"admin\"}")).response();
            assertThat(let.status()).isEqualTo(200);
        }
    }

    @Test
    void whoMovesIsAskedByTheRulesOfTheRouteThatHeComesTo() throws Exception {
        for (String first : new String[]{"", OFF}) {
            try (var origin = Origin.answering("ok");
                    var proxy = moving(first, "").before(origin);
                    var client = proxy.client()) {
                assertThat(client.send(post("application/json", "{\"a\":\"admin\"}")).response().status())
                        .isEqualTo(first.isEmpty() ? 403 : 200); // of the route that he leaves nobody asks any more
                assertThat(client.send(post("application/json\r\nX-Key: 1", "{\"a\":\"admin\"}")).response().status())
                        .isEqualTo(200);
            }
        }
        assertThat(moving("", "").problems()).isEmpty();
    }

    @Test
    void aValueMayBeReadAsAnotherTypeOrBeSaidByTheRule() throws Exception {
        for (String[] one : new String[][]{{"type: NUMBER", "\"7.5\"", "7.5"},
                {"type: STRING", "{\"c\":1}", "{\"c\":1}"},
                {"value: fixed", "1", "fixed"}}) {
            try (var origin = Origin.answering("ok");
                    var proxy = proxy("request_rules: { rules: [ " + rule("a", "on_present: { metadata_namespace: m, "
                            + "key: k, " + one[0] + " }") + " ], allow_content_types: [ text/json ], "
                            + "allow_empty_content_type: true }").before(origin)) {
                assertThat(heard(proxy, origin, post("text/json", "{\"a\":" + one[1] + "}"))).isEqualTo(one[2]);
                assertThat(heard(proxy, origin, post("", "{\"a\":" + one[1] + "}"))).isEqualTo(one[2]);
            }
        }
    }

    @Test
    void whatIsThereStaysWhereThatIsSaid() throws Exception {
        String first = rule("a", "on_present: { metadata_namespace: m, key: k }");
        try (var origin = Origin.answering("ok");
                var proxy = proxy("request_rules: { rules: [ " + first + ", " + rule("b", "on_present: { "
                        + "metadata_namespace: m, key: k, preserve_existing_metadata_value: true }") + " ] }")
                        .before(origin)) {
            assertThat(heard(proxy, origin, post("application/json", "{\"a\":1,\"b\":2}"))).isEqualTo("1");
            assertThat(heard(proxy, origin, post("application/json", "{\"b\":2}"))).isEqualTo("2");
        }
    }

    @Test
    void aResponsesBodyPassesWholeBehindItsHead() throws Exception {
        String body = "{\"a\":\"" + "x".repeat(200_000) + "\",\"b\":1}";
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int at = 0; at < body.length(); at += 10_000) {
                wire.chunk(body.substring(at, Math.min(body.length(), at + 10_000)));
            }
            wire.send("0\r\nx-end: 1\r\n\r\n");
        });
                var proxy = proxy("response_rules: { rules: [ " + rule("b", "on_present: { metadata_namespace: m, "
                        + "key: r }") + " ] }").before(origin);
                var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                var answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response();
                assertThat(answer.body()).isEqualTo(body);
                assertThat(answer.trailers()).hasSize(1);
            }
            assertThat(proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                    .child("json_to_metadata").child("resp").counter("success").value()).isEqualTo(2);
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItsBodyLeavesNothingBehind() throws Exception {
        try (var origin = Origin.answering("ok");
                var proxy = proxy("request_rules: { rules: [ " + rule("a", "on_present: { metadata_namespace: m, "
                        + "key: k }") + " ] }").before(origin)) {
            try (var client = proxy.client()) {
                client.send(
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
                                + "{\"a\":");
                client.reset();
            }
            proxy.logged();
            assertThat(heard(proxy, origin, post("application/json", "{\"a\":1}"))).isEqualTo("1");
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void aRuleWithoutAnythingToWriteIsTold() {
        assertThat(proxy("request_rules: { rules: [ " + rule("a", "on_missing: { key: k }") + " ] }").problems())
                .singleElement().asString().startsWith("ERROR").contains("on_missing.value");
        assertThat(proxy("").problems()).singleElement().asString().contains("no rules");
    }
}
