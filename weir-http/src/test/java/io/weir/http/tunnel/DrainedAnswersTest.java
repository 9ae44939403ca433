package io.weir.http.tunnel;

import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.http.h2.RawHttp2;
import io.weir.http.server.ProxyFixture;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that may have no end as tunnels have none, when their turn in a drain comes. */
@Timeout(60)
final class DrainedAnswersTest {
    private static final long LONG_NANOS = 1_000_000_000_000L;
    private static final String GET = "GET %s HTTP/1.1\r\nHost: a\r\n\r\n";

    private final CountDownLatch over = new CountDownLatch(1);
    private final Origin origin = Origin.start(this::answer);
    private final ProxyFixture proxy = ProxyFixture.before(origin);

    @AfterEach
    void end() {
        over.countDown();
        proxy.close();
        origin.close();
    }

    private void answer(HttpMessage request, OriginWire wire) throws IOException {
        switch (request.target()) {
            case "/events" -> {
                wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                wire.chunk("event");
                held();
                wire.send("0\r\n\r\n");
            }
            case "/file" -> {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbegi");
                held();
                wire.send("nend");
            }
            default -> {
                held();
                wire.reply(200, "late");
            }
        }
    }

    private void held() {
        while (over.getCount() > 0) {
            Origin.pause(Duration.ofMillis(10));
        }
    }

    /** Those whose exchanges have begun by now have had their turn. */
    private void turn() {
        proxy.server.endStreams(dueNow(), System.nanoTime() + LONG_NANOS);
    }

    private static Turns dueNow() {
        long now = System.nanoTime();
        return new Turns(new Drain(now, 0), new Drain(now, 1), LONG_NANOS);
    }

    private static void reads(RawHttp client, String text) throws IOException {
        var heard = new StringBuilder();
        while (!heard.toString().contains(text)) {
            byte[] next = client.read(1);
            assertThat(next).as("more than %s", heard).hasSize(1);
            heard.append(new String(next, StandardCharsets.ISO_8859_1));
        }
    }

    private static void hears(RawHttp2 client, int stream, String text) throws IOException {
        while (!client.soFar(stream).text().contains(text)) {
            assertThat(client.next()).isNotNull();
        }
    }

    private long number(String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").counter(name).value();
    }

    private void isLoggedAsWeirsDoing() throws InterruptedException {
        var logged = proxy.logged();
        assertThat(logged.status()).isEqualTo(200);
        assertThat(logged.details()).isEqualTo("downstream_local_disconnect(drain)");
        assertThat(logged.has(ResponseFlag.DC)).isTrue();
    }

    @Test
    void anAnswerThatDoesNotTellItsLengthEndsWithoutSayingThatItIsWhole() throws Exception {
        try (var client = proxy.client()) {
            client.send(GET.formatted("/events"));
            reads(client, "event\r\n");
            turn();
            assertThat(client.untilClose()).isEmpty();
            isLoggedAsWeirsDoing();
        }
        eventually(() -> number("downstream_cx_drain_close") == 1);
        assertThat(number("downstream_rq_rx_reset")).isZero();
        assertThat(number("downstream_rq_tx_reset")).isEqualTo(1);
        eventually(() -> proxy.cluster.stats().upstreamRqActive().value() == 0);
    }

    @Test
    void overHttp2TheConnectionEndsWithItsAnswersAndNoStreamIsReset() throws Exception {
        try (var client = RawHttp2.connect(proxy.port)) {
            for (int stream : new int[]{1, 3}) {
                client.get(stream, "/events");
                hears(client, stream, "event");
            }
            turn();
            assertThat(client.reaction()).isEqualTo("GOAWAY NO_ERROR");
            assertThat(client.next()).as("the end of the connection").isNull();
            for (int stream : new int[]{1, 3}) {
                assertThat(client.soFar(stream).reset).isNull();
                assertThat(client.soFar(stream).complete).isFalse();
                isLoggedAsWeirsDoing();
            }
        }
        eventually(() -> number("downstream_cx_drain_close") == 1);
        assertThat(number("downstream_rq_rx_reset")).isZero();
        eventually(() -> proxy.cluster.stats().upstreamRqActive().value() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/file", "/late"})
    void anAnswerThatTellsItsLengthAndOneThatHasNotBegunHaveAllTheTime(String path) throws Exception {
        String whole = path.equals("/file") ? "beginend" : "late";
        try (var client = proxy.client(); var other = RawHttp2.connect(proxy.port)) {
            client.send(GET.formatted(path));
            other.get(1, path);
            origin.awaitRequests(2);
            if (path.equals("/file")) {
                reads(client, "begi");
                hears(other, 1, "begi");
            }
            turn();
            over.countDown();
            reads(client, path.equals("/file") ? "nend" : "late");
            assertThat(other.answer(1).text()).isEqualTo(whole);
        }
    }

    @Test
    void overHttp2AnswersWaitForWhatElseIsUnderWay() throws Exception {
        try (var client = RawHttp2.connect(proxy.port)) {
            client.get(1, "/events");
            hears(client, 1, "event");
            client.get(3, "/late");
            origin.awaitRequests(2);
            turn();
            over.countDown();
            assertThat(client.answer(3).text()).isEqualTo("late");
            assertThat(client.answer(1).complete).isTrue();
            assertThat(client.soFar(1).reset).isNull();
        }
    }

    @Test
    void answersThatHaveNotLastedLongEnoughGoOn() throws Exception {
        try (var client = proxy.client(); var other = RawHttp2.connect(proxy.port)) {
            client.send(GET.formatted("/events"));
            reads(client, "event\r\n");
            other.get(1, "/events");
            hears(other, 1, "event");
            proxy.server.endStreams(dueNow(), System.nanoTime() + LONG_NANOS / 2);
            over.countDown();
            reads(client, "0\r\n\r\n");
            assertThat(other.answer(1).complete).isTrue();
        }
    }
}
