package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.drain.Drain;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One request and its response over real sockets, in every framing that RFC 9112 has. */
@Timeout(30)
final class ProxyTest {
    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: a.example\r\n\r\n";

    @Test
    void aRequestPassesWithItsFieldsAndTheProxysOwn() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            var response = client.send("GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nX-Own: 1\r\n\r\n").response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.header("server")).contains("weir");
            assertThat(response.header("date")).isPresent();
            assertThat(response.header("x-envoy-upstream-service-time")).isPresent();
            HttpMessage seen = origin.requests().getFirst();
            assertThat(seen.startLine()).isEqualTo("GET /a?b=c HTTP/1.1");
            assertThat(seen.headers("host")).containsExactly("a.example");
            assertThat(seen.header("x-own")).contains("1");
            assertThat(seen.header("x-forwarded-proto")).contains("http");
            assertThat(seen.header("x-request-id").orElseThrow())
                    .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            assertThat(seen.header("x-envoy-expected-rq-timeout-ms")).contains("15000");
        }
    }

    @Test
    void aConnectionServesManyRequestsOverOneUpstreamConnection() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("x");
            }
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.target()));
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            var all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(all.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(client.response().body()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void aBodyPassesBothWaysByLengthAndChunked() throws Exception {
        String body = "0123456789".repeat(3000);
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.chunk(request.body());
            wire.chunk("tail");
            wire.chunk("");
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(client.response().body()).isEqualTo(body + "tail");
            client.sendInPieces("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 3);
            assertThat(client.response().body()).isEqualTo("hello worldtail");
            assertThat(origin.requests().get(1).header("transfer-encoding")).contains("chunked");
            assertThat(origin.requests().get(1).header("content-length")).isEmpty();
        }
    }

    @Test
    void trailersPassBothWays() throws Exception {
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: "
                    + request.trailers().getFirst().value() + "\r\n\r\n");
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\nX-Sum: 42\r\n\r\n");
            var response = client.response();
            assertThat(response.body()).isEqualTo("abc");
            assertThat(response.trailers()).extracting(HttpMessage.Field::value).containsExactly("42");
        }
    }

    @Test
    void aResponseUntilCloseIsChunkedForTheClientWhoseConnectionLives() throws Exception {
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end");
            wire.close();
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                var response = client.send(GET).response();
                assertThat(response.body()).isEqualTo("until the end");
                assertThat(response.header("transfer-encoding")).contains("chunked");
            }
            assertThat(origin.connections()).isEqualTo(2);
        }
    }

    @Test
    void headAndNotModifiedKeepTheirLengthAndHaveNoBody() throws Exception {
        try (var origin = Origin.start((request, wire) -> {
            if (request.target().equals("/old")) {
                wire.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: \"x\"\r\n\r\n");
            } else if (request.target().equals("/none")) {
                wire.send("HTTP/1.1 204 No Content\r\n\r\n");
            } else {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
            }
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            var head = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").responseTo("HEAD");
            assertThat(head.header("content-length")).contains("1234");
            var old = client.send("GET /old HTTP/1.1\r\nHost: a\r\n\r\n").response();
            assertThat(old.status()).isEqualTo(304);
            assertThat(old.header("content-length")).contains("77");
            var none = client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").response();
            assertThat(none.status()).isEqualTo(204);
            assertThat(none.header("content-length")).isEmpty();
            assertThat(none.header("transfer-encoding")).isEmpty();
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void anEmptyBodyStaysAnEmptyBody() throws Exception {
        try (var origin = Origin.answering("");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            var response = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").response();
            assertThat(response.header("content-length")).contains("0");
            assertThat(origin.requests().getFirst().header("content-length")).contains("0");
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatExpectsContinueIsToldToSendItsBody() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(new String(client.read(25), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("hello").response().body()).isEqualTo("hello");
            assertThat(origin.requests().getFirst().header("expect")).isEmpty();
        }
    }

    @Test
    void earlyHintsPassAndContinueDoesNot() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            client.send(GET);
            String hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
            assertThat(new String(client.read(hints.length()), StandardCharsets.ISO_8859_1))
                    .isEqualTo(hints);
            assertThat(client.response().body()).isEqualTo("ok");
        }
    }

    @Test
    void fieldsOfOneHopDoNotPass() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x-secret\r\n"
                + "X-Secret: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: a\r\nX-Stays: 2\r\n\r\n");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            var response = client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n"
                    + "Keep-Alive: 3\r\nUpgrade: websocket\r\nTE: gzip\r\nX-Stays: 1\r\n\r\n").response();
            var seen = origin.requests().getFirst();
            for (String name : List.of("connection", "x-hop", "keep-alive", "upgrade", "te")) {
                assertThat(seen.header(name)).as(name).isEmpty();
            }
            assertThat(seen.header("x-stays")).contains("1");
            for (String name : List.of("connection", "x-secret", "keep-alive", "proxy-connection")) {
                assertThat(response.header(name)).as(name).isEmpty();
            }
            assertThat(response.header("x-stays")).contains("2");
        }
    }

    @Test
    void connectionCloseIsHonoured() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            var response = client.response();
            assertThat(response.header("connection")).contains("close");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void aDrainedServerClosesWithItsNextResponse() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().header("connection")).isEmpty();
            proxy.server.drain(new Drain(System.nanoTime(), 0));
            assertThat(client.send(GET).response().header("connection")).contains("close");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void aDrainedServerLetsGoOfConnectionsThatRest() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client().patience(Duration.ofSeconds(10))) {
            client.send(GET).response();
            proxy.server.drain(new Drain(System.nanoTime(), 0));
            assertThat(client.closedByPeer()).isTrue();
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
        }
    }

    @Test
    void aResponseBeforeTheRequestIsCompleteArrivesAndEndsTheConnection() throws Exception {
        try (var origin = Origin.streaming((request, wire) -> {
            wire.reply(413, "too much");
            wire.close();
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nonly the beginning");
            assertThat(client.response().body()).isEqualTo("too much");
            assertThat(client.closedByPeer()).isTrue();
        }
    }
}
