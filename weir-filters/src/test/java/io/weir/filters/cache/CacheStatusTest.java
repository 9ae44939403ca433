package io.weir.filters.cache;

import static io.weir.filters.cache.CachedOrigin.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code Cache-Status} (RFC 9211) by another filter, of what the cache says of each exchange. */
@Timeout(60)
final class CacheStatusTest {
    private static String ask(ProxyFixture proxy, String method, String path, String fields) throws IOException {
        try (var client = proxy.client()) {
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").responseTo(method)
                    .header("cache-status").orElse("");
        }
    }

    @Test
    void eachAnswerSaysWhatTheCacheDid() throws Exception {
        String mutation = "mutations: { response_mutations: [ { append: { header: { key: cache-status, "
                + "value: \"weir; %DYNAMIC_METADATA(envoy.filters.http.cache:status)%\" } } } ] }";
        try (var origin = Origin.start((request, wire) -> wire.send(switch (request.target()) {
            case "/fresh" -> response("200 OK", "x", "Cache-Control: max-age=600", "Age: 100");
            case "/stale" -> request.header("if-none-match").isPresent()
                    ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"
                    : response("200 OK", "x", "Cache-Control: max-age=600", "Age: 700", "ETag: \"a\"");
            default -> response("404 Not Found", "", "Cache-Control: no-store");
        }));
                var proxy = FilteredProxy.manager(
                        """
                                stat_prefix: test
                                http_filters:
                                - %s
                                - %s
                                - %s
                                route_config:
                                  virtual_hosts:
                                  - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: origins } } ] }
                                """
                                .formatted(FilteredProxy.entry("m",
                                        "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation", mutation),
                                        FilteredProxy.entry("c", CachedOrigin.CACHE, CachedOrigin.MEMORY),
                                        FilteredProxy.entry("r", "envoy.extensions.filters.http.router.v3.Router", "")))
                        .before(origin)) {
            assertThat(ask(proxy, "GET", "/fresh", "")).isEqualTo("weir; fwd=miss; fwd-status=200; stored");
            assertThat(ask(proxy, "GET", "/fresh", "")).matches("weir; hit; ttl=(500|4\\d\\d)");
            assertThat(ask(proxy, "GET", "/fresh", "Cache-Control: no-cache\r\n"))
                    .isEqualTo("weir; fwd=request; fwd-status=200; stored");
            assertThat(ask(proxy, "GET", "/stale", "")).isEqualTo("weir; fwd=miss; fwd-status=200; stored");
            assertThat(ask(proxy, "GET", "/stale", "")).isEqualTo("weir; fwd=stale; fwd-status=304; stored");
            assertThat(ask(proxy, "GET", "/gone", "")).isEqualTo("weir; fwd=miss; fwd-status=404");
            assertThat(ask(proxy, "POST", "/fresh", "Content-Length: 0\r\n")).isEqualTo("weir; fwd=method");
            assertThat(ask(proxy, "GET", "/fresh", "If-Match: *\r\n")).isEqualTo("weir; fwd=bypass");
        }
    }
}
