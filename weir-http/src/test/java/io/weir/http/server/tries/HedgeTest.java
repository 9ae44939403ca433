package io.weir.http.server.tries;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Host;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that go to a second host before the first has answered. */
@Timeout(60)
final class HedgeTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String BACKUPS = "metadata: { filter_metadata: { weir.hedging: { extra_load: 1%, min_delay:"
            + " 0.02s } } }\nroute: { cluster: origins }";

    /** One route of everything. */
    private static HttpManagerSpec route(String yaml) {
        return ReadManager.route("match: { prefix: / }\n" + yaml).accepted();
    }

    private static HttpManagerSpec onTryTimeout(String retryOn) {
        return route("""
                route:
                  cluster: origins
                  hedge_policy: { hedge_on_per_try_timeout: true }
                  retry_policy: { retry_on: "%s", num_retries: 1, per_try_timeout: 0.2s }
                """.formatted(retryOn));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing is at any host, nobody holds a place. */
    private static void nothingIsLeft(ProxyFixture proxy) throws InterruptedException {
        ProxyFixture.eventually(() -> proxy.cluster.circuit().retriesActive() == 0
                && proxy.cluster.circuit().requestsActive() == 0 && proxy.cluster.circuit().pendingActive() == 0
                && proxy.cluster.stats().upstreamRqActive().value() == 0
                && proxy.cluster.view().hosts().all().stream().allMatch(host -> host.requestsActive() == 0));
    }

    private static long counter(ProxyFixture proxy, String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "in").counter(name).value();
    }

    @Test
    void aTryThatTookTooLongMayStillWin() throws Exception {
        var order = new AtomicInteger();
        var second = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        Origin.Script script = (request, wire) -> {
            if (order.incrementAndGet() == 1) {
                await(second);
                wire.reply(200, "first");
            } else {
                second.countDown();
                await(over);
            }
        };
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, onTryTimeout("5xx"), one, two);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("first");
            assertThat(proxy.logged().attempts()).isEqualTo(2);
            assertThat(proxy.cluster.stats().upstreamRqPerTryTimeout().value()).isEqualTo(1);
            nothingIsLeft(proxy);
            over.countDown();
        }
    }

    @Test
    void theFirstGoodAnswerWinsAndTheOtherIsGivenUp() throws Exception {
        var order = new AtomicInteger();
        var over = new CountDownLatch(1);
        Origin.Script script = (request, wire) -> {
            if (order.incrementAndGet() == 1) {
                await(over);
            } else {
                wire.reply(200, "second " + request.body());
            }
        };
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, onTryTimeout("reset"), one, two);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.response().body()).isEqualTo("second body");
            nothingIsLeft(proxy);
            assertThat(proxy.cluster.view().hosts().all().stream().mapToLong(h -> h.stats().rqTimeout().value()).sum())
                    .isEqualTo(1); // the late host is told of, once
            over.countDown();
        }
    }

    @Test
    void whatMayNotBeRepeatedIsNotAtTwoHosts() throws Exception {
        var over = new CountDownLatch(1);
        try (var one = Origin.start((request, wire) -> await(over));
                var two = Origin.start((request, wire) -> await(over));
                var proxy = ProxyFixture.with(c -> c, onTryTimeout("connect-failure"), one, two);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            assertThat(client.response().status()).isEqualTo(504);
            assertThat(proxy.logged().attempts()).isEqualTo(1);
            over.countDown();
        }
    }

    @Test
    void aFieldOfTheRequestTurnsHedgingOffAndOn() throws Exception {
        var over = new CountDownLatch(1);
        try (var one = Origin.start((request, wire) -> await(over));
                var proxy = ProxyFixture.with(c -> c, onTryTimeout("connect-failure"), one);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nx-envoy-hedge-on-per-try-timeout: false\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(504);
            assertThat(proxy.logged().details()).isEqualTo("upstream_per_try_timeout");
            assertThat(one.requests().getFirst().header("x-envoy-hedge-on-per-try-timeout")).isEmpty();
            over.countDown();
        }
    }

    @Test
    void aBadAnswerWaitsForABetterOne() throws Exception {
        var order = new AtomicInteger();
        var bad = new CountDownLatch(1);
        Origin.Script script = (request, wire) -> {
            if (order.incrementAndGet() == 1) {
                await(bad);
                wire.reply(200, "good");
            } else {
                wire.reply(503, "bad");
                bad.countDown();
            }
        };
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, onTryTimeout("5xx"), one, two);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("good");
            assertThat(proxy.logged().flags()).isZero();
            nothingIsLeft(proxy);
        }
    }

    @Test
    void whenAllTriesBreakOffTheClientHearsOnce() throws Exception {
        var both = new CountDownLatch(2);
        Origin.Script script = (request, wire) -> {
            both.countDown();
            await(both);
            wire.reset();
        };
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, onTryTimeout("reset"), one, two);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(503);
            var logged = proxy.logged();
            assertThat(logged.has(ResponseFlag.UC)).isTrue();
            assertThat(logged.has(ResponseFlag.URX)).isTrue();
            nothingIsLeft(proxy);
            assertThat(proxy.exchanges()).isZero();
        }
    }

    @Test
    void aClientThatGoesTakesAllTriesWithIt() throws Exception {
        var both = new CountDownLatch(2);
        var over = new CountDownLatch(1);
        Origin.Script script = (request, wire) -> {
            both.countDown();
            await(over);
        };
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, onTryTimeout("reset"), one, two)) {
            var client = proxy.client().send(GET);
            both.await();
            client.reset();
            assertThat(proxy.logged().has(ResponseFlag.DC)).isTrue();
            nothingIsLeft(proxy);
            over.countDown();
        }
    }

    @Test
    void severalHostsAreAskedAtOnceWhereTheRouteSaysSo() throws Exception {
        var both = new CountDownLatch(2);
        var over = new CountDownLatch(1);
        var order = new AtomicInteger();
        Origin.Script script = (request, wire) -> {
            both.countDown();
            await(both);
            if (order.incrementAndGet() == 1) {
                wire.reply(200, request.body());
            } else {
                await(over);
            }
        };
        var spec = route("route: { cluster: origins, hedge_policy: { initial_requests: 2 }, retry_policy: { retry_on:"
                + " reset } }");
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, spec, one, two);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.response().body()).isEqualTo("body");
            nothingIsLeft(proxy);
            over.countDown();
        }
    }

    /** Answers at once, but for a path with "slow" that comes for the first time. */
    private static void twoModes(HttpMessage request, OriginWire wire, Set<String> seen, AtomicInteger count)
            throws IOException {
        count.incrementAndGet();
        if (request.target().startsWith("/slow") && seen.add(request.target())) {
            Origin.pause(java.time.Duration.ofMillis(300));
        }
        wire.reply(200, "ok");
    }

    /** What 1000 requests of which one in 200 is slow at its first host took, and what they cost. */
    private record Tail(double p999Millis, double p50Millis, double extra) {
    }

    private static Tail tail(HttpManagerSpec spec) throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        var count = new AtomicInteger();
        int requests = 1000;
        long[] nanos = new long[requests];
        try (var one = Origin.start((request, wire) -> twoModes(request, wire, seen, count));
                var two = Origin.start((request, wire) -> twoModes(request, wire, seen, count));
                var proxy = ProxyFixture.with(c -> c, spec, one, two);
                var client = proxy.client()) {
            for (int i = 0; i < 300; i++) { // what is normal is learnt
                client.send(GET).response();
            }
            for (int i = 0; i < requests; i++) {
                String path = i % 200 == 100 ? "/slow" + i : "/fast";
                long began = System.nanoTime();
                assertThat(client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").response().body())
                        .isEqualTo("ok");
                nanos[i] = System.nanoTime() - began;
            }
            nothingIsLeft(proxy);
            for (Host host : proxy.cluster.view().hosts().all()) {
                assertThat(host.stats().rqError().value()).isZero(); // who was given up is not to blame
                assertThat(host.stats().rqTimeout().value()).isZero();
            }
            assertThat(proxy.cluster.view().hosts().all().stream().mapToLong(h -> h.stats().rqTotal().value()).sum())
                    .isEqualTo(requests + 300); // and no success of its host's either
        }
        Arrays.sort(nanos);
        return new Tail(nanos[requests - 2] / 1e6, nanos[requests / 2] / 1e6,
                (count.get() - 300 - requests) / (double) requests);
    }

    @Test
    void backupsTakeTheTailOffABackendOfTwoModesForOnePercentMoreLoad() throws Exception {
        Tail without = tail(route("route: { cluster: origins }"));
        Tail with = tail(route(BACKUPS));
        // what else a machine does makes tails of its own, and no shorter ones
        for (int i = 0; i < 3 && without.p999Millis <= 3 * with.p999Millis; i++) {
            with = tail(route(BACKUPS));
        }
        System.out.printf(Locale.ROOT, "without backups: p50 %.2f ms, p99.9 %.1f ms; with: p50 %.2f ms, p99.9 %.1f ms,"
                + " extra load %.2f %%%n", without.p50Millis, without.p999Millis, with.p50Millis, with.p999Millis,
                100 * with.extra);
        assertThat(without.p999Millis).isGreaterThan(3 * with.p999Millis);
        assertThat(with.extra).isPositive().isLessThanOrEqualTo(0.01 * 1300 / 1000);
    }

    @Test
    void aBackupGoesToNoHostThatHasTheRequest() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        var count = new AtomicInteger();
        try (var one = Origin.start((request, wire) -> twoModes(request, wire, seen, count));
                var proxy = ProxyFixture.with(c -> c, route(BACKUPS), one);
                var client = proxy.client()) {
            for (int i = 0; i < 300; i++) {
                client.send(GET).response();
            }
            assertThat(client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").response().body()).isEqualTo("ok");
            assertThat(count.get()).isEqualTo(301);
            assertThat(counter(proxy, "rq_backup_won")).isZero();
            nothingIsLeft(proxy);
        }
    }

    @Test
    void aBackupIsNotSentForWhatMayNotBeRepeated() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        var count = new AtomicInteger();
        var other = new CountDownLatch(1);
        var posts = new AtomicInteger();
        Origin.Script script = (request, wire) -> {
            posts.addAndGet(request.target().equals("/slow") ? 1 : 0);
            if (request.target().equals("/held") && !seen.add("/held")) {
                other.countDown();
            } else if (request.target().equals("/held")) {
                await(other); // it is answered when its backup has come, however late this machine makes that
            }
            twoModes(request, wire, seen, count);
        };
        // Of all requests some are late on a busy machine, and have backups too: there are more than those take.
        var spec = route(BACKUPS.replace("extra_load: 1%", "extra_load: 50%, percentile: 99"));
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, spec, one, two);
                RawHttp client = proxy.client()) {
            // What is normal is worked out twenty times a second: a quick machine has answered all before the first
            // time.
            long learnt = System.nanoTime() + 200_000_000L;
            for (int i = 0; i < 300 || System.nanoTime() - learnt < 0; i++) {
                client.send(GET).response();
            }
            long backups = counter(proxy, "rq_backup_total");
            client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            assertThat(client.response().body()).isEqualTo("ok");
            assertThat(posts).hasValue(1); // a backup of a request before it may come to its host as late as now
            assertThat(counter(proxy, "rq_backup_total")).isEqualTo(backups);
            client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("ok");
            assertThat(counter(proxy, "rq_backup_total")).isEqualTo(backups + 1);
            nothingIsLeft(proxy);
        }
    }
}
