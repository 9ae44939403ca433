package io.weir.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What requests say of the scheme, by {@code scheme_header_transformation}. */
@Timeout(30)
final class SchemeTest {
    private static String proto(String config) throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.to(origin.address(), ReadManager.withRouter(config + """
                        route_config:
                          virtual_hosts:
                          - name: all
                            domains: "*"
                            routes:
                            - { match: { prefix: /old }, redirect: { path_redirect: /new } }
                            - { match: { prefix: / }, route: { cluster: origins } }
                        """).accepted());
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: ftp\r\n\r\n").response();
            var redirect = client.send("GET /old HTTP/1.1\r\nHost: a\r\n\r\n").response();
            return origin.requests().getFirst().header("x-forwarded-proto").orElseThrow() + " "
                    + redirect.header("location").orElseThrow();
        }
    }

    @Test
    void whatTheClientSaysStaysUnlessItIsOverwritten() throws Exception {
        assertThat(proto("")).isEqualTo("ftp http://a/new");
        assertThat(proto("scheme_header_transformation: { match_upstream: true }\n")).isEqualTo("ftp http://a/new");
        assertThat(proto("scheme_header_transformation: { scheme_to_overwrite: https }\n"))
                .isEqualTo("https https://a/new");
        assertThat(proto("scheme_header_transformation: { scheme_to_overwrite: http }\n"))
                .isEqualTo("http http://a/new");
    }
}
