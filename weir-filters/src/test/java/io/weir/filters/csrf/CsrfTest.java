package io.weir.filters.csrf;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which requests from other pages are turned away, over real sockets. */
@Timeout(60)
final class CsrfTest {
    private static final String CSRF = "envoy.extensions.filters.http.csrf.v3.CsrfPolicy";
    private static final String ON = "filter_enabled: { default_value: { numerator: 100 } }";
    private static final String OFF = "filter_enabled: { default_value: { numerator: 0 } }";

    private static int ask(ProxyFixture proxy, String method, String... lines) throws Exception {
        try (var client = proxy.client()) {
            var text = new StringBuilder(method + " / HTTP/1.1\r\nHost: shop.example:8080\r\nContent-Length: 0\r\n");
            for (String line : lines) {
                text.append(line).append("\r\n");
            }
            return client.send(text + "\r\n").response().status();
        }
    }

    private static long count(ProxyFixture proxy, String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("csrf")
                .counter(name).value();
    }

    @Test
    void onlyWhatChangesSomethingMustComeFromTheSameOrigin() throws Exception {
        try (var origin = Origin.answering("hello"); var proxy = filter(CSRF, ON).before(origin)) {
            for (String method : new String[]{"POST", "PUT", "DELETE", "PATCH"}) {
                assertThat(ask(proxy, method, "Origin: https://evil.example")).as(method).isEqualTo(403);
                assertThat(proxy.logged().details()).isEqualTo("csrf_origin_mismatch");
                assertThat(ask(proxy, method, "Origin: http://shop.example:8080")).as(method).isEqualTo(200);
                proxy.logged();
            }
            assertThat(ask(proxy, "GET", "Origin: https://evil.example")).isEqualTo(200);
            assertThat(ask(proxy, "OPTIONS")).isEqualTo(200);
            assertThat(count(proxy, "request_invalid")).isEqualTo(4);
            assertThat(count(proxy, "request_valid")).isEqualTo(4);
            assertThat(count(proxy, "missing_source_origin")).isZero();
        }
    }

    @Test
    void withoutAnOriginTheRefererCounts() throws Exception {
        try (var origin = Origin.answering("hello"); var proxy = filter(CSRF, ON).before(origin)) {
            assertThat(ask(proxy, "POST", "Referer: http://shop.example:8080/cart?x=http://evil.example/"))
                    .isEqualTo(200);
            assertThat(ask(proxy, "POST", "Referer: http://evil.example/?http://shop.example:8080/")).isEqualTo(403);
            assertThat(ask(proxy, "POST", "Referer: http://shop.example:8080@evil.example/")).isEqualTo(403);
            assertThat(ask(proxy, "POST", "Origin: null", "Referer: http://shop.example:8080/")).isEqualTo(403);
            assertThat(ask(proxy, "POST")).isEqualTo(403);
            assertThat(count(proxy, "missing_source_origin")).isEqualTo(1);
        }
    }

    @Test
    void otherOriginsMayBeNamed() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(CSRF, ON + ", additional_origins: [ { suffix: .partner.example } ]")
                        .before(origin)) {
            assertThat(ask(proxy, "POST", "Origin: https://a.partner.example")).isEqualTo(200);
            assertThat(ask(proxy, "POST", "Origin: https://partner.example.evil")).isEqualTo(403);
        }
    }

    @Test
    void inTheShadowItIsCountedOnly() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(CSRF, OFF + ", shadow_enabled: { default_value: { numerator: 100 } }")
                        .before(origin)) {
            assertThat(ask(proxy, "POST", "Origin: https://evil.example")).isEqualTo(200);
            assertThat(count(proxy, "request_invalid")).isEqualTo(1);
        }
    }

    @Test
    void aRouteHasItsOwnPolicy() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(CSRF, ON, perFilter(CSRF, OFF) + "\n",
                        "- { match: { prefix: / }, route: { cluster: origins } }").before(origin)) {
            assertThat(ask(proxy, "POST", "Origin: https://evil.example")).isEqualTo(200);
            assertThat(count(proxy, "request_invalid")).isZero();
        }
    }
}
