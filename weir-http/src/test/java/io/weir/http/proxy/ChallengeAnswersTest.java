package io.weir.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An authority proves over HTTP that a name is ours, and clients do not notice. */
@Timeout(30)
final class ChallengeAnswersTest {
    private static final String PATH = "/.well-known/acme-challenge/";
    private static final String MANAGER = """
            local_reply_config: { body_format: { text_format_source: { inline_string: "told otherwise" } } }
            route_config:
              virtual_hosts:
              - name: all
                domains: "*"
                routes:
                - { match: { prefix: /.well-known/ }, route: { cluster: origins } }
                - { match: { prefix: / }, redirect: { https_redirect: true } }
            """;

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    }

    @Test
    void whatIsAskedForIsAnsweredWhateverTheRoutesSayAsLongAsItIsWaitedFor() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.to(origin.address(), ReadManager.withRouter(MANAGER).accepted());
                var client = proxy.client()) {
            try (var _ = proxy.challenges.open("a_token", "a_token.thumbprint")) {
                var proof = client.send(get(PATH + "a_token")).response();
                assertThat(proof.body()).isEqualTo("a_token.thumbprint");
                assertThat(proof.header("content-type")).hasValue("application/octet-stream");
                assertThat(proxy.logged().details()).isEqualTo("acme_challenge");
                assertThat(origin.requests()).isEmpty();
                assertThat(client.send(get(PATH + "another")).response().body()).isEqualTo("hello");
                assertThat(client.send(get("/x" + PATH + "a_token")).response().status()).isEqualTo(301);
                assertThat(client.send("POST " + PATH + "a_token HTTP/1.1\r\nHost: shop.example\r\n"
                        + "Content-Length: 0\r\n\r\n").response().body()).isEqualTo("hello");
            }
            assertThat(client.send(get(PATH + "a_token")).response().body()).isEqualTo("hello");
        }
    }
}
