package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that are gathered before they are sent, and refused when they are too long. */
@Timeout(60)
final class BufferTest {
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";
    private static final int BYTES_MAX = 100_000;

    private static ProxyFixture gathering(RetrySpec retry, Origin... origins) {
        var target = new Target("origins", 1, HeaderEdits.NONE, HeaderEdits.NONE, HostRewrite.KEEP, null, BYTES_MAX);
        var forward = new Forward(new ClusterChoice.Single(target), Forward.TIMEOUT_NANOS, Forward.INHERIT_NANOS,
                Forward.INHERIT_NANOS, retry, PathRewrite.KEEP, HostRewrite.KEEP, false, 503, false, false);
        return ProxyFixture.with(cluster -> cluster, HttpManagerSpec.of("test", RouteTable.of(forward)), origins);
    }

    private static ProxyFixture gathering(Origin... origins) {
        return gathering(RetrySpec.builtIn(), origins);
    }

    private static Origin echo() {
        return Origin.start((request, wire) -> wire.reply(200, request.body()));
    }

    private static void refused(ProxyFixture proxy, RawHttp client) throws Exception {
        var answer = client.response();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("Payload Too Large");
        assertThat(answer.header("connection")).contains("close");
        assertThat(client.closedByPeer()).isTrue();
        var logged = proxy.logged();
        assertThat(logged.details()).isEqualTo("request_payload_too_large");
        assertThat(logged.attempts()).isZero();
    }

    @Test
    void aLengthBeyondTheBoundIsRefusedBeforeAByteOfTheBodyHasCome() throws Exception {
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            client.send(POST + "Expect: 100-continue\r\nContent-Length: " + (BYTES_MAX + 1) + "\r\n\r\n");
            refused(proxy, client);
            assertThat(origin.connections()).isZero();
        }
    }

    @Test
    void chunksBeyondTheBoundAreRefusedWhenItIsPassed() throws Exception {
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            String half = "x".repeat(BYTES_MAX / 2);
            String chunk = Integer.toHexString(half.length()) + "\r\n" + half + "\r\n";
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue(); // as long as it may be, and not over
            client.send("1\r\nx\r\n");
            refused(proxy, client);
            assertThat(origin.connections()).isZero();
        }
    }

    @Test
    void aBodyAtTheBoundPassesInEitherFraming() throws Exception {
        String body = "y".repeat(BYTES_MAX);
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            client.send(POST + "Content-Length: " + BYTES_MAX + "\r\n\r\n" + body);
            assertThat(client.response().body()).isEqualTo(body);
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(BYTES_MAX) + "\r\n" + body
                    + "\r\n0\r\n\r\n");
            assertThat(client.response().body()).isEqualTo(body);
            var second = origin.requests().getLast();
            assertThat(second.header("content-length")).contains("" + BYTES_MAX);
            assertThat(second.header("transfer-encoding")).isEmpty();
        }
    }

    @Test
    void aHostHearsNothingBeforeTheBodyIsWhole() throws Exception {
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            client.send(POST + "Content-Length: 6\r\n\r\nabc");
            assertThat(client.silentFor(Duration.ofMillis(100))).isTrue();
            assertThat(origin.connections()).isZero();
            client.send("def");
            assertThat(client.response().body()).isEqualTo("abcdef");
        }
    }

    @Test
    void noBodyAndAnEmptyOneNeedNoGathering() throws Exception {
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(200);
            assertThat(client.send(POST + "Content-Length: 0\r\n\r\n").response().status()).isEqualTo(200);
            assertThat(client.send(POST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").response().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void trailersFollowTheBodyThatWasGathered() throws Exception {
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("abc");
            assertThat(origin.requests().getFirst().trailers()).hasToString("[Field[name=X-Sum, value=7]]");
        }
    }

    @Test
    void aClientThatWaitsForContinueIsToldToSend() throws Exception {
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            client.send(POST + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(100);
            client.send("abc");
            assertThat(client.response().body()).isEqualTo("abc");
        }
    }

    @Test
    void aGatheredBodyIsRepeatedHoweverLongItIs() throws Exception {
        var tries = new AtomicInteger();
        String body = "z".repeat(BYTES_MAX); // more than is kept of a body that passes as it comes
        try (var origin = Origin.start((request, wire) -> {
            if (tries.getAndIncrement() == 0) {
                wire.reset();
            } else {
                wire.reply(200, request.body());
            }
        });
                var proxy = gathering(RetrySpec.of(Set.of(RetryOn.RESET), 1), origin);
                var client = proxy.client()) {
            client.send(POST + "Content-Length: " + BYTES_MAX + "\r\n\r\n" + body);
            assertThat(client.response().body()).isEqualTo(body);
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void aClientThatLeavesWhileItsBodyIsGatheredIsForgotten() throws Exception {
        try (var origin = echo(); var proxy = gathering(origin)) {
            try (var client = proxy.client()) {
                client.send(POST + "Content-Length: 6\r\n\r\nabc");
            }
            assertThat(proxy.logged().details()).isEqualTo("downstream_remote_disconnect");
            assertThat(origin.connections()).isZero();
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
        }
    }

    @Test
    void singleBytesDoNotHoldABufferEach() throws Exception {
        long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        try (var origin = echo(); var proxy = gathering(origin); var client = proxy.client()) {
            client.send(POST + "Content-Length: 20000\r\n\r\n").sendInPieces("b".repeat(19_999), 1);
            assertThat(client.silentFor(Duration.ofMillis(50))).isTrue();
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before).isLessThan(16 << 20);
            client.send("b");
            assertThat(client.response().body()).hasSize(20_000);
        }
    }
}
