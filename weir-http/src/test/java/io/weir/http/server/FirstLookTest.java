package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that Weir answers itself whatever the routes say. */
@Timeout(30)
final class FirstLookTest {
    private final Origin origin = Origin.answering("from the host");
    private final ProxyFixture proxy = ProxyFixture.before(origin);

    @AfterEach
    void end() throws Exception {
        proxy.close();
        origin.close();
    }

    private HttpMessage answer(String request) throws Exception {
        try (var client = proxy.client()) {
            return client.send(request).response();
        }
    }

    @Test
    void anUpgradeThatNobodyConfiguredIsForbidden() throws Exception {
        var answer = answer("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
                + "Upgrade: websocket\r\n\r\n");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(proxy.logged().details()).isEqualTo("upgrade_failed");
        assertThat(origin.requests()).isEmpty();
    }

    @Test
    void anUpgradeToUnencryptedHttp2OrWithoutConnectionIsPassedOver() throws Exception {
        for (String fields : new String[]{"Connection: Upgrade\r\nUpgrade: h2c\r\n", "Upgrade: websocket\r\n"}) {
            var answer = answer("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
            assertThat(answer.body()).as(fields).isEqualTo("from the host");
        }
        assertThat(origin.requests()).hasSize(2).allMatch(seen -> seen.header("upgrade").isEmpty());
    }

    @Test
    void aRequestThatMayGoNoFurtherIsAnsweredHere() throws Exception {
        var options = answer("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
        assertThat(options.status()).isEqualTo(200);
        assertThat(options.header("allow").orElseThrow()).contains("GET").contains("OPTIONS");
        var trace = answer("TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nCookie: secret\r\n\r\n");
        assertThat(trace.status()).isEqualTo(405);
        assertThat(trace.header("allow")).isPresent();
        assertThat(trace.body()).doesNotContain("secret");
        assertThat(origin.requests()).isEmpty();
    }

    @Test
    void aRequestThatMayGoFurtherMayGoOneHopLessFar() throws Exception {
        assertThat(answer("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\n\r\n").status()).isEqualTo(200);
        assertThat(origin.requests().getLast().header("max-forwards")).contains("2");
        assertThat(answer("GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n").status()).isEqualTo(200);
        assertThat(origin.requests().getLast().header("max-forwards")).contains("0");
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestSaysThatTheConnectionCloses() throws Exception {
        try (var hasty = Origin.streaming((_, wire) -> wire.reply(413, "too large"));
                var before = ProxyFixture.before(hasty);
                var client = before.client()) {
            var answer = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nbeginning")
                    .response();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("connection")).contains("close");
        }
    }
}
