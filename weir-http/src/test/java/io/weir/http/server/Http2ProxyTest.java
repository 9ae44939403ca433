package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.h2.RawHttp2;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests by HTTP/2 to origins that speak HTTP/1.1. */
@Timeout(60)
final class Http2ProxyTest {
    private static final Http2Options DEFAULT = Http2Options.DEFAULT;

    private static HttpManagerSpec spec() {
        return HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))).withHttp2(Codec.AUTO, DEFAULT);
    }

    @Test
    void aRequestBecomesOneOfHttp1AndItsAnswerComesBack() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.get(1, "/path?q=1", "x-a: b", "cookie: a=1", "cookie: b=2", "te: trailers");
            var answer = client.answer(1);
            assertThat(answer.status).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.header("content-length")).isEqualTo("5");
            assertThat(answer.header("server")).isEqualTo("weir");
            var request = origin.requests().getFirst();
            assertThat(request.startLine()).isEqualTo("GET /path?q=1 HTTP/1.1");
            assertThat(request.header("host")).contains("a");
            assertThat(request.header("x-a")).contains("b");
            assertThat(request.headers("cookie")).containsExactly("a=1; b=2");
            assertThat(request.header("x-forwarded-proto")).contains("http");
            assertThat(proxy.logged().status()).isEqualTo(200);
        }
    }

    @Test
    void theFirstBytesTellWhichProtocolAClientSpeaks() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.before(origin);
                var old = RawHttp.connect(proxy.port);
                var split = RawHttp2.silent(proxy.port)) {
            for (char c : RawHttp2.PREFACE.toCharArray()) {
                split.send(String.valueOf(c));
            }
            assertThat(split.settings().get(1, "/").answer(1).status).isEqualTo(200);
            assertThat(old.send("P").send("UT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").response().status())
                    .isEqualTo(200);
            assertThat(proxy.server.stats().cxHttp1Total.value()).isEqualTo(1);
            assertThat(proxy.server.stats().cxHttp2Total.value()).isEqualTo(1);
            assertThat(proxy.server.stats().cxHttp2Active.value()).isEqualTo(1);
        }
    }

    @Test
    void whoseCodecIsHttp1IsNotAskedForItsPreface() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.with(c -> c, spec().withHttp2(Codec.HTTP1, DEFAULT), origin)) {
            assertThat(RawHttp.exchange(proxy.port, RawHttp2.PREFACE)).startsWith("HTTP/1.1 505 ");
        }
    }

    @Test
    void streamsAreServedTogetherAndAnsweredAsTheyCome() throws Exception {
        var slow = new CountDownLatch(1);
        try (var origin = Origin.start((request, wire) -> {
            if (request.target().equals("/slow")) {
                FlowTest.held(slow);
            }
            wire.reply(200, request.target());
        }); var proxy = ProxyFixture.before(origin); var client = RawHttp2.connect(proxy.port)) {
            client.get(1, "/slow").get(3, "/a").get(5, "/b");
            assertThat(client.answer(5).text()).isEqualTo("/b");
            assertThat(client.answer(3).text()).isEqualTo("/a");
            assertThat(client.soFar(1).complete).isFalse();
            slow.countDown();
            assertThat(client.answer(1).text()).isEqualTo("/slow");
        }
    }

    @Test
    void aBodyWithoutLengthBecomesChunksAndTrailersPassBothWays() throws Exception {
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.chunk(request.body());
            wire.send("0\r\nx-end: " + request.trailers().getFirst().value() + "\r\n\r\n");
        }); var proxy = ProxyFixture.before(origin); var client = RawHttp2.connect(proxy.port)) {
            client.post(1, "/").data(1, "ab", false).data(1, "cd", false).frame(RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.block("x-sum: 7"));
            var answer = client.answer(1);
            assertThat(answer.text()).isEqualTo("abcd");
            assertThat(String.valueOf(answer.trailers)).contains("x-end: 7");
            assertThat(origin.requests().getFirst().header("transfer-encoding")).contains("chunked");
        }
    }

    @Test
    void aClientThatWaitsForLeaveToSendGetsIt() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.post(1, "/", "expect: 100-continue", "content-length: 2");
            client.await(RawHttp2.HEADERS, RawHttp2.END_HEADERS);
            assertThat(client.soFar(1).status).isEqualTo(100);
            client.data(1, "ab", true);
            assertThat(client.answer(1).text()).isEqualTo("ab");
            assertThat(client.answer(1).interims).isEqualTo(1);
        }
    }

    @Test
    void interimAnswersPass() throws Exception {
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            wire.reply(200, "x");
        }); var proxy = ProxyFixture.before(origin); var client = RawHttp2.connect(proxy.port)) {
            var answer = client.get(1, "/").answer(1);
            assertThat(answer.interims).isEqualTo(1);
            assertThat(answer.status).isEqualTo(200);
        }
    }

    @Test
    void anAnswerToHeadHasALengthAndNoBody() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1,
                    RawHttp2.request("HEAD", "/"));
            var answer = client.answer(1);
            assertThat(answer.header("content-length")).isEqualTo("5");
            assertThat(answer.text()).isEmpty();
        }
    }

    @Test
    void anAnswerBeforeTheRequestIsCompleteEndsTheUploadWithoutAnError() throws Exception {
        try (var fixture = new Http2Fixture(DEFAULT); var client = fixture.client()) {
            client.post(1, "/direct").data(1, "some", false);
            assertThat(client.answer(1).text()).isEqualTo("at once");
            assertThat(client.reaction()).isEqualTo("RST_STREAM NO_ERROR");
            client.data(1, "the rest", true);
            assertThat(client.get(3, "/").answer(3).status).isEqualTo(200);
        }
    }

    @Test
    void aResetEndsTheRequestUpstreamAndNoOther() throws Exception {
        try (var fixture = new Http2Fixture(DEFAULT); var client = fixture.client()) {
            client.get(1, "/wait").get(3, "/wait");
            fixture.origin.awaitRequests(2);
            client.reset(1, Http2Error.CANCEL);
            var logged = fixture.proxy.logged();
            assertThat(logged.has(ResponseFlag.DC)).isTrue();
            assertThat(client.get(5, "/").answer(5).status).isEqualTo(200);
            assertThat(fixture.proxy.cluster.stats().upstreamRqCancelled().value()).isEqualTo(1);
        }
    }

    @Test
    void aClosedConnectionEndsAllItsRequests() throws Exception {
        try (var fixture = new Http2Fixture(DEFAULT)) {
            try (var client = fixture.client()) {
                client.get(1, "/wait").get(3, "/wait");
                fixture.origin.awaitRequests(2);
            }
            assertThat(fixture.proxy.logged().has(ResponseFlag.DC)).isTrue();
            assertThat(fixture.proxy.logged().has(ResponseFlag.DC)).isTrue();
            ProxyFixture.eventually(() -> fixture.proxy.server.connectionsActive() == 0);
            assertThat(fixture.proxy.server.stats().cxHttp2Active.value()).isZero();
        }
    }

    @Test
    void anAnswerThatBreaksOffResetsItsStream() throws Exception {
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
            wire.close();
        }); var proxy = ProxyFixture.before(origin); var client = RawHttp2.connect(proxy.port)) {
            var answer = client.get(1, "/").answer(1);
            assertThat(answer.status).isEqualTo(200);
            assertThat(answer.reset).isEqualTo(Http2Error.INTERNAL_ERROR);
        }
    }

    @Test
    void hundredsOfRequestsOneAfterAnotherAreServedByTheSameStreams() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            for (int id = 1; id < 1_000; id += 2) {
                assertThat(client.get(id, "/").answer(id).text()).isEqualTo("x");
            }
            assertThat(origin.connections()).isEqualTo(1);
        }
    }
}
