package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.drain.Drain;
import io.weir.http.h2.RawHttp2;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.HttpManagerSpec.Limits;
import io.weir.http.config.HttpManagerSpec.Timeouts;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.Http2Options.KeepAlive;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How HTTP/2 connections of clients come to their end. */
@Timeout(60)
final class Http2EndTest {
    private static final long MILLI = 1_000_000;

    private static HttpManagerSpec spec(Timeouts times, Limits limits) {
        var base = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")));
        return new HttpManagerSpec(base.statPrefix(), base.codec(), base.routes(), base.identity(),
                base.clientAddress(), base.requestId(), limits, times, base.normalize(), base.http10(),
                base.suppressEnvoyHeaders(), base.accessLog(), base.chains(), base.localReplies(), base.http2());
    }

    private static Timeouts times(long idleMillis, long lifeMillis) {
        return new Timeouts(idleMillis * MILLI, 300_000 * MILLI, 0, 10_000 * MILLI, lifeMillis * MILLI, 0,
                5_000 * MILLI, 1_000 * MILLI);
    }

    private static RawHttp2.Frame goAway(RawHttp2 client) throws Exception {
        return client.await(RawHttp2.GOAWAY, 0);
    }

    @Test
    void aDrainIsAnnouncedTwiceAndLosesNoRequest() throws Exception {
        var slow = new CountDownLatch(1);
        try (var origin = Origin.start((request, wire) -> {
            if (request.target().equals("/slow")) {
                FlowTest.held(slow);
            }
            wire.reply(200, request.target());
        }); var proxy = ProxyFixture.before(origin); var client = RawHttp2.connect(proxy.port)) {
            client.get(1, "/slow");
            origin.awaitRequests(1);
            proxy.server.drain(new Drain(System.nanoTime(), 0));
            var first = goAway(client);
            assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
            assertThat(first.number(4)).isEqualTo(Http2Error.NO_ERROR.code());
            var ping = client.await(RawHttp2.PING, 0);
            // This request was on its way when the first announcement came: it is served.
            client.get(3, "/early").frame(RawHttp2.PING, RawHttp2.ACK, 0, ping.payload());
            assertThat(goAway(client).number(0)).isEqualTo(3);
            client.get(5, "/late");
            slow.countDown();
            assertThat(client.answer(1).text()).isEqualTo("/slow");
            assertThat(client.answer(3).text()).isEqualTo("/early");
            assertThat(client.reaction()).isEqualTo("GOAWAY NO_ERROR");
            assertThat(client.soFar(5).status).isZero();
            assertThat(origin.requests()).noneMatch(request -> request.target().equals("/late"));
        }
    }

    @Test
    void noGoawayNamesAStreamThatCameTooLateToBeLookedAt() throws Exception { // RFC 9113 section 6.8
        var slow = new CountDownLatch(1);
        try (var origin = Origin.start((_, wire) -> {
            FlowTest.held(slow);
            wire.reply(200, "x");
        }); var proxy = ProxyFixture.before(origin); var client = RawHttp2.connect(proxy.port)) {
            client.get(1, "/slow");
            origin.awaitRequests(1);
            proxy.server.drain(new Drain(System.nanoTime(), 0));
            var ping = client.await(RawHttp2.PING, 0);
            client.frame(RawHttp2.PING, RawHttp2.ACK, 0, ping.payload());
            assertThat(goAway(client).number(0)).isEqualTo(1);
            client.get(3, "/late").settled();
            slow.countDown();
            assertThat(goAway(client).number(0)).isEqualTo(1);
        }
    }

    @Test
    void aClientThatDoesNotAcknowledgeOurSettingsIsNotWaitedForLong() throws Exception { // RFC 9113 section 6.5.3
        var base = Timeouts.DEFAULT;
        var times = new Timeouts(base.idleNanos(), base.streamIdleNanos(), 0, 700 * MILLI, 0, 0, base.drainNanos(),
                base.delayedCloseNanos());
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, spec(times, Limits.DEFAULT), origin)) {
            try (var client = RawHttp2.silent(proxy.port).send(RawHttp2.PREFACE).settings()) {
                assertThat(client.get(1, "/").answer(1).status).isEqualTo(200);
                assertThat(client.reaction()).isEqualTo("GOAWAY SETTINGS_TIMEOUT");
            }
            try (var client = RawHttp2.connect(proxy.port)) {
                Origin.pause(Duration.ofSeconds(1));
                assertThat(client.get(1, "/").answer(1).status).isEqualTo(200);
            }
        }
    }

    @Test
    void aConnectionThatIsNotUsedIsClosed() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, spec(times(700, 0), Limits.DEFAULT), origin);
                var client = RawHttp2.connect(proxy.port)) {
            assertThat(client.get(1, "/").answer(1).status).isEqualTo(200);
            assertThat(client.reaction()).isEqualTo("GOAWAY NO_ERROR");
            assertThat(proxy.server.stats().cxIdleTimeout.value()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatIsOldEnoughTakesNoMoreRequests() throws Exception {
        long lifeMillis = 200;
        while (!ends(lifeMillis)) {
            lifeMillis *= 4;
            assertThat(lifeMillis).as("a life in which no request arrives").isLessThan(20_000);
        }
    }

    /** False where a machine is so busy that the connection was old, and idle, before its request was here. */
    private static boolean ends(long lifeMillis) throws Exception {
        var slow = new CountDownLatch(1);
        try (var origin = Origin.start((_, wire) -> {
            FlowTest.held(slow);
            wire.reply(200, "x");
        });
                var proxy = ProxyFixture.with(c -> c, spec(times(0, lifeMillis), Limits.DEFAULT), origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.get(1, "/");
            int last = goAway(client).number(0);
            slow.countDown();
            if (last == 0) {
                return false;
            }
            assertThat(last).isEqualTo(Integer.MAX_VALUE);
            assertThat(client.answer(1).text()).isEqualTo("x");
            assertThat(client.reaction()).isEqualTo("GOAWAY NO_ERROR"); // it is idle now, and of no further use
            assertThat(proxy.server.stats().cxMaxDurationReached.value()).isEqualTo(1);
            return true;
        }
    }

    @Test
    void aConnectionThatHasHadItsRequestsTakesNoMore() throws Exception {
        var limits = new Limits(Limits.DEFAULT.headBytesMax(), Limits.DEFAULT.headersMax(), 2);
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, spec(times(0, 0), limits), origin);
                var client = RawHttp2.connect(proxy.port)) {
            assertThat(client.get(1, "/").answer(1).status).isEqualTo(200);
            var ping = client.get(3, "/").await(RawHttp2.PING, 0);
            assertThat(client.answer(3).status).isEqualTo(200);
            client.frame(RawHttp2.PING, RawHttp2.ACK, 0, ping.payload());
            assertThat(client.reaction()).isEqualTo("GOAWAY NO_ERROR");
        }
    }

    @Test
    void aClientThatAnswersNoPingIsGone() throws Exception {
        var alive = new KeepAlive(100 * MILLI, 200 * MILLI, 0, 0);
        var options = new Http2Options(4096, 100, 65_535, 1 << 20, 10_000, 1_000, 1, 100, 10, false, alive);
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                        .withHttp2(Codec.AUTO, options), origin);
                var client = RawHttp2.connect(proxy.port)) {
            for (int i = 0; i < 3; i++) {
                var ping = client.await(RawHttp2.PING, 0);
                client.frame(RawHttp2.PING, RawHttp2.ACK, 0, ping.payload());
            }
            assertThat(client.get(1, "/").answer(1).status).isEqualTo(200);
            assertThat(client.reaction()).isEqualTo("GOAWAY NO_ERROR");
            assertThat(proxy.stats.root().child("http2").counter("keepalive_timeout").value()).isEqualTo(1);
        }
    }
}
