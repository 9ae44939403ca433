package io.weir.filters.cors;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What browsers are told of other origins, over real sockets. */
@Timeout(60)
final class CorsTest {
    private static final String CORS = "envoy.extensions.filters.http.cors.v3.Cors";
    private static final String POLICY = "envoy.extensions.filters.http.cors.v3.CorsPolicy";
    private static final String SHOP = "allow_origin_string_match: [ { suffix: .shop.example } ]";

    private static FilteredProxy policy(String host, String route) {
        return filter(CORS, "", host.isEmpty() ? "" : perFilter(POLICY, host) + "\n",
                "- { match: { prefix: / }, route: { cluster: origins }"
                        + (route.isEmpty() ? "" : ", " + perFilter(POLICY, route)) + " }");
    }

    private static HttpMessage ask(ProxyFixture proxy, String method, String... lines) throws Exception {
        try (var client = proxy.client()) {
            return client.send(method + " / HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", lines)
                    + (lines.length > 0 ? "\r\n\r\n" : "\r\n")).responseTo(method);
        }
    }

    private static long count(ProxyFixture proxy, String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("cors")
                .counter(name).value();
    }

    @Test
    void aPreflightOfAnAllowedOriginIsAnsweredWithoutAskingAHost() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = policy("", SHOP + ", allow_methods: \"GET, PUT\", allow_headers: x-a, max_age: \"60\", "
                        + "expose_headers: x-b, allow_credentials: true, allow_private_network_access: true")
                        .before(origin)) {
            var answer = ask(proxy, "OPTIONS", "Origin: https://a.shop.example", "Access-Control-Request-Method: PUT",
                    "Access-Control-Request-Headers: x-a", "Access-Control-Request-Private-Network: true");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("access-control-allow-origin")).contains("https://a.shop.example");
            assertThat(answer.header("access-control-allow-methods")).contains("GET, PUT");
            assertThat(answer.header("access-control-allow-headers")).contains("x-a");
            assertThat(answer.header("access-control-max-age")).contains("60");
            assertThat(answer.header("access-control-allow-credentials")).contains("true");
            assertThat(answer.header("access-control-allow-private-network")).contains("true");
            assertThat(answer.header("access-control-expose-headers")).isEmpty();
            assertThat(proxy.logged().details()).isEqualTo("cors_response");
            assertThat(origin.requests()).isEmpty();
            assertThat(count(proxy, "origin_valid")).isEqualTo(1);
        }
    }

    @Test
    void aStarRepeatsWhatThePreflightAsksFor() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = policy("", "allow_origin_string_match: [ { exact: \"*\" } ], allow_methods: \"*\", "
                        + "allow_headers: \"*\"").before(origin)) {
            var answer = ask(proxy, "OPTIONS", "Origin: https://any.example", "Access-Control-Request-Method: PURGE",
                    "Access-Control-Request-Headers: x-one, x-two");
            assertThat(answer.header("access-control-allow-origin")).contains("https://any.example");
            assertThat(answer.header("access-control-allow-methods")).contains("PURGE");
            assertThat(answer.header("access-control-allow-headers")).contains("x-one, x-two");
            assertThat(answer.header("access-control-allow-private-network")).isEmpty();
        }
    }

    @Test
    void anAnswerSaysWhoMayReadItToThoseWhoMay() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://old.example\r\n"
                + "Content-Length: 0\r\n\r\n");
                var proxy = policy("", SHOP + ", expose_headers: x-b, allow_methods: GET").before(origin)) {
            var may = ask(proxy, "GET", "Origin: https://a.shop.example");
            assertThat(may.headers("access-control-allow-origin")).containsExactly("https://a.shop.example");
            assertThat(may.header("access-control-expose-headers")).contains("x-b");
            assertThat(may.header("access-control-allow-methods")).isEmpty();
            var mayNot = ask(proxy, "GET", "Origin: https://evil.example");
            assertThat(mayNot.headers("access-control-allow-origin")).containsExactly("https://old.example");
            assertThat(mayNot.header("access-control-expose-headers")).isEmpty();
            ask(proxy, "GET");
            assertThat(count(proxy, "origin_valid")).isEqualTo(1);
            assertThat(count(proxy, "origin_invalid")).isEqualTo(1);
        }
    }

    @Test
    void aPreflightOfAnotherOriginIsAHostsToAnswerUnlessToldOtherwise() throws Exception {
        String[] preflight = {"Origin: https://evil.example", "Access-Control-Request-Method: PUT"};
        try (var origin = Origin.answering("hello")) {
            try (var proxy = policy("", SHOP).before(origin)) {
                assertThat(ask(proxy, "OPTIONS", preflight).body()).isEqualTo("hello");
            }
            try (var proxy = policy("", SHOP + ", allow_methods: PUT, forward_not_matching_preflights: false")
                    .before(origin)) {
                var answer = ask(proxy, "OPTIONS", preflight);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEmpty();
                assertThat(answer.header("access-control-allow-origin")).isEmpty();
            }
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void whatARouteLeavesOutComesFromItsVirtualHost() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = policy(SHOP + ", allow_methods: GET, max_age: \"60\"", "allow_methods: PUT")
                        .before(origin)) {
            var answer = ask(proxy, "OPTIONS", "Origin: https://a.shop.example", "Access-Control-Request-Method: PUT");
            assertThat(answer.header("access-control-allow-methods")).contains("PUT");
            assertThat(answer.header("access-control-max-age")).contains("60");
        }
    }

    @Test
    void aPolicyInTheShadowCountsAndSaysNothing() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = policy("", SHOP + ", filter_enabled: { default_value: { numerator: 0 } }, "
                        + "shadow_enabled: { default_value: { numerator: 100 } }").before(origin)) {
            var answer = ask(proxy, "OPTIONS", "Origin: https://a.shop.example", "Access-Control-Request-Method: PUT");
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.header("access-control-allow-origin")).isEmpty();
            assertThat(count(proxy, "origin_valid")).isEqualTo(1);
        }
    }

    @Test
    void withoutAPolicyNothingIsDone() throws Exception {
        try (var origin = Origin.answering("hello"); var proxy = policy("", "").before(origin)) {
            ask(proxy, "GET", "Origin: https://a.shop.example");
            assertThat(count(proxy, "origin_valid") + count(proxy, "origin_invalid")).isZero();
        }
    }

    @Test
    void anAnswerOfWeirsOwnWayThroughTheRoutesHasNoPolicy() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(CORS, "", perFilter(POLICY, SHOP) + "\n",
                        "- { match: { prefix: / }, direct_response: { status: 204 } }").before(origin)) {
            assertThat(ask(proxy, "GET", "Origin: https://a.shop.example").header("access-control-allow-origin"))
                    .isEmpty();
        }
    }

    @Test
    void cookiesForEveryOriginAreWarnedOf() {
        assertThat(policy("", "allow_origin_string_match: [ { exact: \"*\" } ], allow_credentials: true").problems())
                .singleElement().asString().startsWith("WARNING").contains("allow_origin_string_match[0]");
    }

    @Test
    void aValueThatWouldBreakAHeadIsRefused() {
        assertThat(policy("", SHOP + ", max_age: \"1\\r\\nx: y\"").problems()).singleElement().asString()
                .startsWith("ERROR").contains("max_age");
    }
}
