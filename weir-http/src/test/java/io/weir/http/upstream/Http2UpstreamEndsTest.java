package io.weir.http.upstream;

import static io.weir.http.upstream.UpstreamFixture.GET;
import static io.weir.http.upstream.UpstreamFixture.HTTP2;
import static io.weir.http.upstream.UpstreamFixture.POST;
import static io.weir.http.upstream.UpstreamFixture.before;
import static io.weir.http.server.ProxyFixture.eventually;
import static io.weir.http.upstream.UpstreamFixture.raw;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How requests end before their time, by either side, and what is tried again. */
@Timeout(60)
final class Http2UpstreamEndsTest {
    @Test
    void aClientThatGoesResetsItsStreamAndNothingElse() throws Exception {
        var codes = new CopyOnWriteArrayList<Long>();
        var held = new CopyOnWriteArrayList<Http2Origin.Stream>();
        try (var origin = Http2Origin.start(new Http2Origin.Script() {
            @Override
            public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
                held.add(stream);
            }

            @Override
            public void reset(Http2Origin.Stream stream, long code) {
                codes.add(code);
            }
        }); var proxy = before(origin); var staying = proxy.client()) {
            staying.send(GET);
            eventually(() -> held.size() == 1);
            var going = proxy.client().send(POST);
            eventually(() -> held.size() == 2);
            going.reset();
            eventually(() -> codes.equals(List.of(Http2Error.CANCEL.code())));
            held.get(0).head(204, true);
            assertThat(staying.response().status()).isEqualTo(204);
            assertThat(origin.connections).hasSize(1);
            assertThat(origin.open()).isEqualTo(1);
        }
    }

    @Test
    void aHostThatAllowsNoMoreStreamsOnAConnectionGetsAnother() throws Exception { // RFC 9113 section 6.5.2
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            stream.context()
                    .write(new DefaultHttp2SettingsFrame(Http2Settings.defaultSettings().maxConcurrentStreams(0)));
            stream.head(204, true);
        }); var proxy = before(origin); var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(GET).response().status()).isEqualTo(204);
            }
            assertThat(origin.connections).hasSize(3);
        }
    }

    @Test
    void whatAHostRefusesGoesElsewhereWhateverItAsks() throws Exception { // RFC 9113 section 8.7
        var times = new AtomicInteger();
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            if (times.getAndIncrement() == 0) {
                stream.reset(Http2Error.REFUSED_STREAM);
            } else {
                stream.head(204, true);
            }
        }); var proxy = before(origin); var client = proxy.client()) {
            assertThat(client.send(POST).response().status()).isEqualTo(204);
            assertThat(origin.requests).containsExactly("POST /p", "POST /p");
            assertThat(proxy.logged().attempts()).isEqualTo(2);
        }
    }

    @Test
    void whatAGoawayLeavesOutGoesElsewhereWhateverItAsks() throws Exception { // RFC 9113 section 6.8
        try (var origin = Http2Origin.start(new Http2Origin.Script() {
            private boolean gone;

            @Override
            public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
                if (gone) {
                    stream.head(204, true);
                } else {
                    gone = true;
                    raw(stream, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); // GOAWAY, nothing looked at
                }
            }
        }); var proxy = before(origin); var client = proxy.client()) {
            assertThat(client.send(POST).response().status()).isEqualTo(204);
            assertThat(origin.connections).hasSize(2);
            assertThat(proxy.logged().attempts()).isEqualTo(2);
            assertThat(proxy.cluster.stats().upstreamCxCloseNotify().value()).isEqualTo(1);
            eventually(() -> origin.open() == 1);
        }
    }

    @Test
    void aHostThatGoesAwayAnswersWhatItHasAndGetsNothingMore() throws Exception { // RFC 9113 section 6.8
        var held = new CopyOnWriteArrayList<Http2Origin.Stream>();
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            held.add(stream);
            if (held.size() == 1) {
                stream.goAway(0);
            } else {
                stream.head(204, true);
            }
        }); var proxy = before(origin); var first = proxy.client(); var second = proxy.client()) {
            first.send(GET);
            eventually(() -> proxy.cluster.stats().upstreamCxCloseNotify().value() == 1);
            assertThat(second.send(GET).response().status()).isEqualTo(204);
            assertThat(origin.connections).hasSize(2);
            assertThat(origin.open()).isEqualTo(2);
            held.get(0).head(200, false);
            held.get(0).data("late", true);
            assertThat(first.response().body()).isEqualTo("late");
            eventually(() -> origin.open() == 1);
            assertThat(proxy.logged().attempts()).isEqualTo(1);
        }
    }

    @Test
    void aStreamThatItsHostResetsIsTriedAgainOnlyWhereThatIsSafe() throws Exception {
        var times = new AtomicInteger();
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            if (times.getAndIncrement() % 2 == 0) {
                stream.reset(Http2Error.INTERNAL_ERROR);
            } else {
                stream.head(204, true);
            }
        }); var proxy = before(origin); var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            proxy.logged();
            var response = client.send(POST).response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).endsWith("reset reason: remote reset");
            var logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("upstream_reset_before_response_started{remote_reset}");
            assertThat(logged.has(ResponseFlag.UR)).isTrue();
            assertThat(origin.connections).hasSize(1);
        }
    }

    @Test
    void aResponseThatIsResetIsCutForTheClientToo() throws Exception {
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            stream.head(200, false);
            stream.data("half", false);
            stream.reset(Http2Error.INTERNAL_ERROR);
        }); var proxy = before(origin); var client = proxy.client()) {
            String all = client.send(GET).untilClose();
            assertThat(all).contains("4\r\nhalf\r\n").doesNotContain("\r\n0\r\n");
            assertThat(proxy.logged().has(ResponseFlag.UR)).isTrue();
        }
    }

    @Test
    void anAnswerBeforeTheRequestIsCompletePasses() throws Exception { // RFC 9113 section 8.1
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            stream.head(413, false);
            stream.data("too much", true);
            stream.reset(Http2Error.NO_ERROR);
        }); var proxy = before(origin); var client = proxy.client(); var next = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome");
            var response = client.response();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).isEqualTo("too much");
            assertThat(next.send(GET).response().status()).isEqualTo(413);
            assertThat(origin.connections).hasSize(1);
        }
    }

    @Test
    void aMalformedResponseIsAnswered502() throws Exception { // RFC 9113 section 8.1.1
        try (var origin = Http2Origin.start((stream, headers, last) -> stream.head(200, true, "Bad", "1"));
                var proxy = before(origin);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(502);
            var logged = proxy.logged();
            assertThat(logged.has(ResponseFlag.UPE)).isTrue();
            assertThat(logged.details())
                    .isEqualTo("upstream_reset_before_response_started{protocol_error|http2.invalid_header_name}");
        }
    }

    @Test
    void aHostThatClosesCostsAnIdempotentRequestNothing() throws Exception {
        var times = new AtomicInteger();
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            if (times.getAndIncrement() == 0) {
                stream.context().close();
            } else {
                stream.head(204, true);
            }
        }); var proxy = before(origin); var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            assertThat(origin.connections).hasSize(2);
        }
    }

    @Test
    void aHostThatSpeaksAnotherProtocolIsAnswered502() throws Exception {
        try (var origin = Origin.answering("HTTP/1.1");
                var proxy = before(HTTP2, origin.address());
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isIn(502, 503);
        }
    }

    @Test
    void aHostThatIsNotThereIsAnswered503() throws Exception {
        var gone = Http2Origin.answering("");
        gone.close();
        try (var proxy = before(gone); var client = proxy.client(); var other = proxy.client()) {
            other.send(GET);
            assertThat(client.send(GET).response().status()).isEqualTo(503);
            assertThat(other.response().status()).isEqualTo(503);
        }
    }
}
