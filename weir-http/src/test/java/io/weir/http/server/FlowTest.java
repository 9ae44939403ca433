package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Timeouts;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.Redirect;
import io.weir.http.route.RouteAction;
import io.weir.http.route.RouteTable;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Await;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Much data, slow peers, and the times that end a connection; answers that need no host. */
@Timeout(60)
final class FlowTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int BODY_BYTES = 64 << 20;
    private static final long MILLI = 1_000_000;

    private static byte[] block(int seed) {
        byte[] block = new byte[1 << 16];
        new SplittableRandom(seed).nextBytes(block);
        return block;
    }

    private static Timeouts times(long idle, long streamIdle, long request, long headers) {
        return new Timeouts(idle, streamIdle, request, headers, 0, 0, 5_000 * MILLI, 1_000 * MILLI);
    }

    static HttpManagerSpec spec(RouteAction action, Timeouts times) {
        var base = HttpManagerSpec.of("test", RouteTable.of(action));
        return new HttpManagerSpec(base.statPrefix(), base.codec(), base.routes(), base.identity(),
                base.clientAddress(), base.requestId(), base.limits(), times, base.normalize(), base.http10(),
                base.suppressEnvoyHeaders(), base.accessLog(), base.chains(), base.localReplies(),
                base.http2());
    }

    @Test
    void aLargeBodyArrivesWholeInBothDirections() throws Exception {
        byte[] block = block(1);
        var digest = MessageDigest.getInstance("SHA-256");
        var received = MessageDigest.getInstance("SHA-256");
        try (var origin = Origin.streaming((request, wire) -> {
            byte[] some = new byte[1 << 16];
            long left = BODY_BYTES;
            while (left > 0) {
                int n = wire.in().read(some, 0, (int) Math.min(some.length, left));
                if (n < 0) {
                    return;
                }
                received.update(some, 0, n);
                left -= n;
            }
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            for (int i = 0; i < BODY_BYTES / block.length; i++) {
                wire.send(block);
            }
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            for (int i = 0; i < BODY_BYTES / block.length; i++) {
                client.send(block);
                digest.update(block);
            }
            byte[] sent = digest.digest();
            var back = client.response();
            assertThat(received.digest()).isEqualTo(sent);
            assertThat(MessageDigest.getInstance("SHA-256").digest(back.bodyBytes())).isEqualTo(sent);
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsTheHostBack() throws Exception {
        byte[] block = block(2);
        var sent = new AtomicLong();
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            for (int i = 0; i < BODY_BYTES / block.length; i++) {
                wire.send(block);
                sent.addAndGet(block.length);
            }
        });
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port),
                        16 * 1024)) {
            client.send(GET);
            Await.standstill("what is sent", sent::get);
            assertThat(sent.get()).isLessThan(BODY_BYTES / 2);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()).isLessThan(32 << 20);
            assertThat(client.patience(Duration.ofSeconds(30)).response().bodyBytes()).hasSize(BODY_BYTES);
        }
    }

    @Test
    void aHostThatDoesNotReadHoldsTheClientBack() throws Exception {
        byte[] block = block(3);
        var release = new CountDownLatch(1);
        var sent = new AtomicLong();
        try (var origin = Origin.streaming((request, wire) -> {
            held(release);
            skip(wire.in(), BODY_BYTES);
            wire.reply(200, "all");
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < BODY_BYTES / block.length; i++) {
                        client.send(block);
                        sent.addAndGet(block.length);
                    }
                } catch (IOException ended) {
                    sent.set(Long.MAX_VALUE);
                }
            });
            Await.standstill("what is sent", sent::get);
            assertThat(sent.get()).isLessThan(BODY_BYTES / 2);
            release.countDown();
            sender.join();
            assertThat(client.patience(Duration.ofSeconds(30)).response().body()).isEqualTo("all");
        }
    }

    static void skip(InputStream in, long bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    static void held(CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aHeadThatDoesNotEndInTimeIsAnswered408() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, spec(Forward.to("origins"), times(0, 0, 0, 200 * MILLI)), origin);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHos");
            assertThat(client.response().status()).isEqualTo(408);
            assertThat(client.closedByPeer()).isTrue();
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void aConnectionThatRestsTooLongIsClosed() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, spec(Forward.to("origins"), times(200 * MILLI, 0, 0, 0)), origin);
                var client = proxy.client();
                var silent = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            assertThat(client.closedByPeer()).isTrue();
            assertThat(silent.closedByPeer()).isTrue();
        }
    }

    @Test
    void aRequestThatStandsStillIsEnded() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, spec(Forward.to("origins"), times(0, 200 * MILLI, 0, 0)), origin);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(client.response().status()).isEqualTo(408);
            assertThat(client.closedByPeer()).isTrue();
            assertThat(proxy.logged().has(ResponseFlag.SI)).isTrue();
        }
    }

    @Test
    void aRequestThatTakesTooLongToArriveIsEndedHoweverBusy() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(c -> c, spec(Forward.to("origins"), times(0, 0, 300 * MILLI, 0)), origin);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
            var trickle = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        client.send("x");
                        Origin.pause(Duration.ofMillis(20));
                    }
                } catch (IOException closed) {
                    return;
                }
            });
            assertThat(client.response().status()).isEqualTo(408);
            trickle.interrupt();
            trickle.join();
        }
    }

    @Test
    void aDirectResponseNeedsNoHost() throws Exception {
        var direct = new Direct(418, "short and stout".getBytes(StandardCharsets.ISO_8859_1));
        try (var proxy = ProxyFixture.with(c -> c, spec(direct, Timeouts.DEFAULT)); var client = proxy.client()) {
            var response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(418);
            assertThat(response.body()).isEqualTo("short and stout");
            assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").responseTo("HEAD").header("content-length"))
                    .contains("15");
            assertThat(client.send(GET).response().status()).isEqualTo(418);
        }
    }

    @Test
    void aRedirectNamesTheNewPlace() throws Exception {
        try (var proxy = ProxyFixture.with(c -> c, spec(Redirect.to("https", null, 301), Timeouts.DEFAULT));
                var client = proxy.client()) {
            var response = client.send("GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\n\r\n").response();
            assertThat(response.status()).isEqualTo(301);
            assertThat(response.header("location")).contains("https://shop.example/a?b=c");
        }
    }

    @Test
    void aRequestThatNoRouteTakesIsAnswered404() throws Exception {
        var table = new RouteTable("", List.of(), false);
        try (var proxy = ProxyFixture.with(c -> c, HttpManagerSpec.of("test", table)); var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(404);
            assertThat(proxy.logged().has(ResponseFlag.NR)).isTrue();
        }
    }

    @Test
    void withoutHostsTheAnswerSaysSo() throws Exception {
        try (var proxy = ProxyFixture.with(c -> c, spec(Forward.to("origins"), Timeouts.DEFAULT));
                var client = proxy.client()) {
            var response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).isEqualTo("no healthy upstream");
            assertThat(proxy.logged().has(ResponseFlag.UH)).isTrue();
        }
    }

    @Test
    void aThousandConnectionsThatCloseLeaveNothingBehind() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = ProxyFixture.before(origin)) {
            for (int i = 0; i < 1000; i++) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port)) {
                    socket.getOutputStream().write(GET.getBytes(StandardCharsets.ISO_8859_1), 0, i % GET.length());
                }
            }
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
            ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
        }
    }
}
