package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.RouteTable;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that close their sending direction and go on listening, as {@code nc -N} does. */
@Timeout(60)
final class HalfCloseTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int BODY_BYTES = 16 << 20;

    private static void held(CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCompleteRequestIsAnsweredAndTheConnectionClosed() throws Exception {
        var release = new CountDownLatch(1);
        try (var origin = Origin.start((_, wire) -> {
            held(release);
            wire.reply(200, "late");
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send(GET).finish();
            origin.awaitRequests(1);
            assertThat(client.silentFor(Duration.ofMillis(100))).isTrue(); // the end has been seen by now
            release.countDown();
            var answer = client.response();
            assertThat(answer.body()).isEqualTo("late");
            assertThat(answer.header("connection")).contains("close");
            assertThat(client.closedByPeer()).isTrue();
            assertThat(proxy.logged().flags()).isZero();
        }
    }

    @Test
    void everyPipelinedRequestThatIsCompleteIsAnswered() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.target()));
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            client.send(GET.replace("/ ", "/1 ") + GET.replace("/ ", "/2 ") + GET.replace("/ ", "/3 ")).finish();
            for (String target : new String[]{"/1", "/2", "/3"}) {
                assertThat(client.response().body()).isEqualTo(target);
            }
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void anAnswerOfWeirsOwnIsGivenToo() throws Exception {
        var spec = HttpManagerSpec.of("test", RouteTable.of(new Direct(200, new byte[]{'o', 'k'})));
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(cluster -> cluster, spec, origin);
                var client = proxy.client()) {
            client.send(GET + GET).finish();
            assertThat(client.response().body()).isEqualTo("ok");
            assertThat(client.response().body()).isEqualTo("ok");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void anUploadIsAnsweredWhenItsLastByteHasCome() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body().length() + " bytes"));
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n")
                    .send(new byte[BODY_BYTES]).finish();
            assertThat(client.response().body()).isEqualTo(BODY_BYTES + " bytes");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void aSlowReaderGetsItsAnswerWhole() throws Exception {
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            wire.send(new byte[BODY_BYTES]);
        });
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port),
                        16 * 1024)) {
            client.send(GET).finish();
            Origin.pause(Duration.ofMillis(200));
            assertThat(client.patience(Duration.ofSeconds(30)).response().bodyBytes()).hasSize(BODY_BYTES);
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void aRequestThatEndsWithinItsBodyIsGivenUp() throws Exception {
        var end = new CompletableFuture<Integer>();
        try (var origin = Origin.streaming((_, wire) -> {
            wire.in().skipNBytes(3);
            end.complete(wire.in().read());
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
            origin.awaitRequests(1);
            client.finish();
            assertThat(client.closedByPeer()).isTrue();
            assertThat(end.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(proxy.logged().has(ResponseFlag.DC)).isTrue();
        }
    }

    @Test
    void aRequestThatEndsWithinItsHeadIsNone() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send(GET + "GET / HTTP/1.1\r\nHo").finish();
            assertThat(client.response().body()).isEqualTo("x"); // the one before it was complete
            assertThat(client.closedByPeer()).isTrue();
            assertThat(origin.requests()).hasSize(1);
        }
    }

    /** A proxy that waits far longer for its clients' close than a test for anything. */
    private static ProxyFixture patient(Origin origin) {
        var base = HttpManagerSpec.Timeouts.DEFAULT;
        var times = new HttpManagerSpec.Timeouts(base.idleNanos(), base.streamIdleNanos(), base.requestNanos(),
                base.requestHeadersNanos(), 0, 0, base.drainNanos(), 3_600_000_000_000L);
        return ProxyFixture.with(c -> c, FlowTest.spec(Forward.to("origins"), times), origin);
    }

    @Test
    void aConnectionThatRestsIsClosedAtOnce() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = patient(origin); var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("x");
            client.finish();
            assertThat(client.closedByPeer()).isTrue();
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
        }
    }

    @Test
    void aClientThatHasGoneIsNoticedWhenItsAnswerIsWritten() throws Exception {
        var release = new CountDownLatch(1);
        try (var origin = Origin.start((_, wire) -> {
            held(release);
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            wire.send(new byte[BODY_BYTES]);
        }); var proxy = ProxyFixture.before(origin)) {
            try (var client = proxy.client()) {
                client.send(GET);
                origin.awaitRequests(1);
            }
            release.countDown();
            assertThat(proxy.logged().has(ResponseFlag.DC)).isTrue();
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
        }
    }

    @Test
    void aClientThatLeavesAfterAnAnswerThatClosesDoesNotLinger() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = patient(origin)) {
            try (var client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                assertThat(client.response().body()).isEqualTo("x");
                assertThat(client.closedByPeer()).isTrue();
            }
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
        }
    }
}
