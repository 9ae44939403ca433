package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.CircuitLimits;
import io.weir.core.rule.EjectionSpec;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Await;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a request when hosts refuse, die, stall or are too many requests behind. */
@Timeout(30)
final class RetryTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String CALL = "POST /s/m HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n"
            + "Content-Length: 0\r\n\r\n";
    private static final String UNAVAILABLE = "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\ngrpc-status: 14\r\n"
            + "Content-Length: 0\r\n\r\n";
    private static final long MILLI = 1_000_000;

    private static Forward forward(long timeoutNanos, RetrySpec retry) {
        return new Forward(new ClusterChoice.Single(Target.of("origins")), timeoutNanos,
                Forward.INHERIT_NANOS, Forward.INHERIT_NANOS, retry,
                PathRewrite.KEEP, HostRewrite.KEEP, false, 503, true, true);
    }

    /** Keeps an origin from answering until the test lets it, or is over. */
    private static void held(CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static RetrySpec retryOn(int retries, RetryOn... conditions) {
        return RetrySpec.of(Set.of(conditions), retries);
    }

    @Test
    void aDeadHostCostsNoRequestAndIsEjected() throws Exception {
        try (var dead = Origin.answering("dead");
                var alive = Origin.answering("alive");
                var proxy = ProxyFixture.before(dead, alive);
                var client = proxy.client()) {
            dead.kill();
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("alive");
            }
            assertThat(proxy.cluster.stats().upstreamRqRetry().value()).isEqualTo(1);
            assertThat(proxy.cluster.stats().upstreamCxConnectFail().value()).isEqualTo(1);
            ProxyFixture.eventually(() -> proxy.cluster.circuit().retriesActive() == 0);
        }
    }

    @Test
    void aHostThatDiesUnderARequestCostsAnIdempotentOneNothing() throws Exception {
        try (var dying = Origin.resetting();
                var alive = Origin.answering("alive");
                var proxy = ProxyFixture.before(dying, alive);
                var client = proxy.client()) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("alive");
            }
            assertThat(dying.requests()).isNotEmpty();
        }
    }

    @Test
    void aRequestThatMayNotBeRepeatedIsNot() throws Exception {
        try (var dying = Origin.resetting(); var proxy = ProxyFixture.before(dying); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            var response = client.response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("connection termination");
            assertThat(dying.requests()).hasSize(1);
            assertThat(proxy.logged().has(ResponseFlag.UC)).isTrue();
        }
    }

    @Test
    void allHostsDeadIsSaidWithEveryTryCounted() throws Exception {
        try (var dead = Origin.answering("x"); var proxy = ProxyFixture.before(dead); var client = proxy.client()) {
            dead.kill();
            var response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("remote connection failure");
            var logged = proxy.logged();
            assertThat(logged.has(ResponseFlag.UF)).isTrue();
            assertThat(logged.has(ResponseFlag.URX)).isTrue();
            assertThat(logged.attempts()).isEqualTo(3);
            assertThat(logged.host()).isEqualTo("127.0.0.1:" + dead.port());
        }
    }

    @Test
    void aBodyIsSentAgainWhole() throws Exception {
        var first = new AtomicInteger();
        String body = "0123456789".repeat(2000);
        try (var origin = Origin.start((request, wire) -> {
            if (first.getAndIncrement() == 0) {
                wire.reset();
            } else {
                wire.reply(200, request.body());
            }
        });
                var proxy = ProxyFixture.routing(forward(0, retryOn(1, RetryOn.RESET)), origin);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n" + body
                    + "\r\n0\r\n\r\n");
            var response = client.response();
            assertThat(response.body()).isEqualTo(body);
            assertThat(response.header("x-envoy-attempt-count")).contains("2");
            assertThat(origin.requests().get(1).header("x-envoy-attempt-count")).contains("2");
        }
    }

    @Test
    void aBodyBeyondTheBoundIsNotKeptForAnotherTry() throws Exception {
        String body = "x".repeat(200_000);
        try (var origin = Origin.resetting(); var alive = Origin.streaming((request, wire) -> {
            wire.whole(request);
            wire.reset();
        });
                var proxy = ProxyFixture.routing(forward(0, retryOn(3, RetryOn.RESET)), alive);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + body);
            assertThat(client.response().status()).isEqualTo(503);
            assertThat(proxy.logged().attempts()).isEqualTo(1);
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void anAnswerThatThePolicyNamesIsThrownAwayAndTriedElsewhere() throws Exception {
        try (var bad = Origin.start((request, wire) -> wire.reply(503, "bad"));
                var good = Origin.answering("good");
                var proxy = ProxyFixture.routing(forward(0, retryOn(2, RetryOn.SERVER_ERROR)), bad, good);
                var client = proxy.client()) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("good");
            }
            assertThat(bad.requests()).isNotEmpty();
            assertThat(proxy.cluster.stats().upstreamRqRetrySuccess().value()).isPositive();
        }
    }

    @Test
    void theLastAnswerPassesWhenTheTriesAreUsedUp() throws Exception {
        try (var bad = Origin.start((request, wire) -> wire.reply(503, "bad"));
                var proxy = ProxyFixture.routing(forward(0, retryOn(2, RetryOn.SERVER_ERROR)), bad);
                var client = proxy.client()) {
            var response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).isEqualTo("bad");
            assertThat(bad.requests()).hasSize(3);
            assertThat(proxy.logged().has(ResponseFlag.URX)).isTrue();
            ProxyFixture.eventually(() -> proxy.cluster.circuit().retriesActive() == 0);
        }
    }

    @Test
    void theRoutesTimeEndsARequest() throws Exception {
        var release = new CountDownLatch(1);
        try (var slow = Origin.start((request, wire) -> held(release));
                var proxy = ProxyFixture.routing(forward(100 * MILLI, RetrySpec.builtIn()), slow);
                var client = proxy.client()) {
            var response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.body()).isEqualTo("upstream request timeout");
            assertThat(proxy.logged().has(ResponseFlag.UT)).isTrue();
            assertThat(client.send(GET).response().status()).isEqualTo(504);
            assertThat(proxy.cluster.stats().upstreamRqTimeout().value()).isEqualTo(2);
            release.countDown();
        }
    }

    @Test
    void aTryThatTakesTooLongIsRepeatedElsewhere() throws Exception {
        var release = new CountDownLatch(1);
        // time enough for the fast one on a busy machine: its own try may not take too long
        var policy = new RetrySpecs(retryOn(1, RetryOn.RESET)).perTry(1_000 * MILLI);
        try (var slow = Origin.start((request, wire) -> held(release));
                var fast = Origin.answering("fast");
                var proxy = ProxyFixture.routing(forward(0, policy), slow, fast);
                var client = proxy.client()) {
            var tooLong = proxy.cluster.stats().upstreamRqPerTryTimeout();
            for (int i = 0; i < 4 && tooLong.value() == 0; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("fast");
            }
            assertThat(tooLong.value()).isPositive();
            release.countDown();
        }
    }

    @Test
    void beyondTheRequestLimitTheAnswerSaysOverloaded() throws Exception {
        var release = new CountDownLatch(1);
        var spec = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")));
        try (var slow = Origin.start((request, wire) -> {
            held(release);
            wire.reply(200, "done");
        });
                var proxy = ProxyFixture.with(cluster -> cluster.withLimits(new CircuitLimits(100, 100, 2, 3)), spec,
                        slow)) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 2; i++) {
                clients.add(proxy.client().send(GET));
            }
            slow.awaitRequests(2);
            try (var late = proxy.client()) {
                var response = late.send(GET).response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.header("x-envoy-overloaded")).contains("true");
                assertThat(proxy.logged().has(ResponseFlag.UO)).isTrue();
            }
            release.countDown();
            for (var client : clients) {
                assertThat(client.response().body()).isEqualTo("done");
                client.close();
            }
            ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
        }
    }

    @Test
    void beyondTheConnectionLimitRequestsWaitForTheirTurn() throws Exception {
        var spec = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")));
        try (var origin = Origin.start((request, wire) -> {
            Origin.pause(Duration.ofMillis(20));
            wire.reply(200, "x");
        });
                var proxy = ProxyFixture.with(cluster -> cluster.withLimits(new CircuitLimits(1, 100, 100, 3)), spec,
                        origin)) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 8; i++) {
                clients.add(proxy.client().send(GET));
            }
            for (var client : clients) {
                assertThat(client.response().body()).isEqualTo("x");
                client.close();
            }
            assertThat(origin.connections()).isEqualTo(1);
            ProxyFixture.eventually(() -> proxy.cluster.circuit().pendingActive() == 0);
        }
    }

    @Test
    void aClientThatResetsTakesItsRequestWithIt() throws Exception {
        var seen = new CountDownLatch(1);
        try (var origin = Origin.start((request, wire) -> {
            seen.countDown();
            wire.in().read();
        }); var proxy = ProxyFixture.before(origin)) {
            var client = proxy.client().send(GET);
            seen.await();
            client.reset();
            var logged = proxy.logged();
            assertThat(logged.has(ResponseFlag.DC)).isTrue();
            var host = proxy.cluster.view().hosts().all().getFirst();
            ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0 && host.requestsActive() == 0);
        }
    }

    @Test
    void aResponseThatBreaksOffIsCutForTheClientToo() throws Exception {
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            wire.close();
        }); var proxy = ProxyFixture.before(origin); var client = proxy.client()) {
            assertThat(client.send(GET).untilClose()).endsWith("only this");
            assertThat(proxy.logged().has(ResponseFlag.UC)).isTrue();
        }
    }

    @Test
    void aHostThatIsBackHasItsShareWithinFiveSeconds() throws Exception {
        var spec = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")));
        try (var one = Origin.answering("one");
                var two = Origin.answering("two");
                var proxy = ProxyFixture.with(cluster -> cluster.withEjection(EjectionSpec.DEFAULT), spec, one, two);
                var client = proxy.client()) {
            one.kill();
            for (int i = 0; i < 10; i++) {
                client.send(GET).response();
            }
            one.revive();
            Await.until(Duration.ofSeconds(5), () -> "it is back", () -> {
                proxy.cluster.tick(System.nanoTime());
                return client.send(GET).response().body().equals("one");
            });
        }
    }

    /** A policy with one thing changed. */
    private record RetrySpecs(RetrySpec base) {
        RetrySpec perTry(long nanos) {
            return new RetrySpec(base.conditions(), base.retriesMax(), nanos, 0, base.backOff(),
                    base.statusCodes(), base.responseHeaders(), base.requestHeaders());
        }
    }

    @Test
    void anAnswerOfWeirsOwnIsInGrpcsWords() throws Exception {
        try (var dead = Origin.answering("x");
                var proxy = ProxyFixture.routing(forward(0, RetrySpec.off()), dead);
                var client = proxy.client()) {
            dead.kill();
            var response = client.send(CALL).response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("content-type")).contains("application/grpc");
            assertThat(response.header("grpc-status")).contains("14");
            assertThat(response.header("grpc-message").orElseThrow()).contains("remote connection failure");
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    void aStatusOfGrpcThatTheRouteNamesIsTriedAgain() throws Exception {
        var calls = new AtomicInteger();
        try (var origin = Origin.start((request, wire) -> {
            if (calls.getAndIncrement() == 0) {
                wire.send(UNAVAILABLE);
            } else {
                wire.reply(200, "done");
            }
        });
                var proxy = ProxyFixture.routing(forward(0, retryOn(2, RetryOn.UNAVAILABLE)), origin);
                var client = proxy.client()) {
            assertThat(client.send(CALL).response().body()).isEqualTo("done");
            assertThat(calls.get()).isEqualTo(2);
        }
    }

    @Test
    void aStatusOfGrpcThatItDoesNotNameIsPassedOn() throws Exception {
        try (var origin = Origin.sending(UNAVAILABLE);
                var proxy = ProxyFixture.routing(forward(0, retryOn(2, RetryOn.CANCELLED)), origin);
                var client = proxy.client()) {
            assertThat(client.send(CALL).response().header("grpc-status")).contains("14");
            assertThat(origin.requests()).hasSize(1);
        }
    }
}
