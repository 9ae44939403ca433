package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Admission;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.RetryLimit;
import io.weir.core.model.RoutingPriority;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.Forward;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.RouteTable;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is let in, who waits and who is turned away, over real sockets. */
@Timeout(60)
final class AdmissionTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final long MILLI = 1_000_000;

    private static ProxyFixture proxy(UnaryOperator<Admission> rules, Forward forward, Origin... origins) {
        return ProxyFixture.with(cluster -> cluster.withAdmission(rules.apply(cluster.admission())),
                HttpManagerSpec.of("test", RouteTable.of(forward)), origins);
    }

    /** An origin that notes how many requests it has at once, and keeps them until the test lets go. */
    private static final class Holding implements AutoCloseable {
        final AtomicInteger now = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final CountDownLatch release = new CountDownLatch(1);
        final Origin origin = Origin.start((request, wire) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                release.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            now.decrementAndGet();
            wire.reply(200, "done");
        });

        @Override
        public void close() {
            release.countDown();
            origin.close();
        }
    }

    @Test
    void ofAHundredRequestsAtOnceExactlyTenPassALimitOfTen() throws Exception {
        try (var holding = new Holding();
                var proxy = proxy(rules -> rules.withLimits(new CircuitLimits(100, 100, 10, 3)), Forward.to("origins"),
                        holding.origin)) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 100; i++) {
                clients.add(proxy.client().send(GET));
            }
            for (int i = 0; i < 90; i++) { // the others hear nothing before the origin answers
                var turnedAway = proxy.logged();
                assertThat(turnedAway.status()).isEqualTo(503);
                assertThat(turnedAway.has(ResponseFlag.UO)).isTrue();
            }
            holding.origin.awaitRequests(10);
            assertThat(holding.now).hasValue(10);
            holding.release.countDown();
            int served = 0;
            int overloaded = 0;
            for (var client : clients) {
                HttpMessage response = client.response();
                served += response.status() == 200 ? 1 : 0;
                overloaded += response.status() == 503 && response.header("x-envoy-overloaded").isPresent()
                        ? 1
                        : 0;
                client.close();
            }
            assertThat(List.of(served, overloaded)).containsExactly(10, 90);
            assertThat(holding.most).hasValue(10);
            assertThat(proxy.cluster.stats().upstreamRqPendingOverflow().value()).isEqualTo(90);
        }
    }

    @Test
    void whoMaySendNoHeadersOfEnvoysSaysNothingOfOverload() throws Exception {
        var base = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")));
        var silent = new HttpManagerSpec(base.statPrefix(), base.codec(), base.routes(), base.identity(),
                base.clientAddress(), base.requestId(), base.limits(), base.timeouts(), base.normalize(),
                base.http10(), true, base.accessLog(), base.chains(), base.localReplies(),
                base.http2());
        try (var holding = new Holding();
                var proxy = ProxyFixture.with(cluster -> cluster.withAdmission(
                        cluster.admission().withLimits(new CircuitLimits(1, 1, 0, 3))), silent, holding.origin);
                var client = proxy.client()) {
            HttpMessage response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.fields()).noneMatch(field -> field.name().startsWith("x-envoy-"));
            assertThat(proxy.logged().has(ResponseFlag.UO)).isTrue();
        }
    }

    @Test
    void aPriorityHasPlaceWhereTheOtherHasNone() throws Exception {
        var high = new CircuitLimits(100, 100, 1, 3);
        try (var holding = new Holding();
                var proxy = proxy(rules -> rules.withLimits(new CircuitLimits(100, 100, 0, 3)).withHigh(high),
                        Forward.to("origins").withPriority(RoutingPriority.HIGH), holding.origin);
                var first = proxy.client();
                var second = proxy.client()) {
            first.send(GET);
            holding.origin.awaitRequests(1);
            assertThat(proxy.cluster.circuit().requestsActive()).isZero();
            assertThat(proxy.cluster.circuit(RoutingPriority.HIGH).requestsActive()).isEqualTo(1);
            assertThat(second.send(GET).response().status()).isEqualTo(503);
            holding.release.countDown();
            assertThat(first.response().body()).isEqualTo("done");
            ProxyFixture.eventually(() -> proxy.cluster.circuit(RoutingPriority.HIGH).requestsActive() == 0);
        }
    }

    @Test
    void whoWaitsTooLongForAConnectionIsTurnedAway() throws Exception {
        try (var holding = new Holding();
                var proxy = proxy(
                        rules -> rules.withLimits(new CircuitLimits(1, 100, 100, 3)).withQueueNanos(80 * MILLI),
                        Forward.to("origins"), holding.origin);
                var first = proxy.client();
                var second = proxy.client();
                var third = proxy.client()) {
            first.send(GET);
            holding.origin.awaitRequests(1);
            second.send(GET);
            third.send(GET);
            for (var waiting : List.of(second, third)) {
                HttpMessage response = waiting.response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.header("x-envoy-overloaded")).contains("true");
                var logged = proxy.logged();
                assertThat(logged.has(ResponseFlag.UO)).isTrue();
                assertThat(logged.details()).isEqualTo("queue_timeout");
            }
            assertThat(proxy.cluster.stats().upstreamRqPendingTimeout().value()).isEqualTo(2);
            assertThat(proxy.cluster.circuit().pendingActive()).isZero();
            holding.release.countDown();
            assertThat(first.response().body()).isEqualTo("done");
            assertThat(second.send(GET).response().body()).isEqualTo("done");
        }
    }

    @Test
    void beyondALimitOfWaitingRequestsNobodyMayWait() throws Exception {
        try (var holding = new Holding();
                var proxy = proxy(rules -> rules.withLimits(new CircuitLimits(1, 1, 100, 3)), Forward.to("origins"),
                        holding.origin);
                var first = proxy.client();
                var second = proxy.client();
                var third = proxy.client()) {
            first.send(GET);
            holding.origin.awaitRequests(1);
            second.send(GET);
            ProxyFixture.eventually(() -> proxy.cluster.circuit().pendingActive() == 1);
            assertThat(third.send(GET).response().header("x-envoy-overloaded")).contains("true");
            holding.release.countDown();
            assertThat(second.response().body()).isEqualTo("done");
        }
    }

    @Test
    void aHostHasNoMoreConnectionsThanItsOwnLimit() throws Exception {
        try (var holding = new Holding();
                var proxy = proxy(rules -> rules.withLimits(CircuitLimits.DEFAULT.withHostConnectionsMax(2)),
                        Forward.to("origins"), holding.origin)) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 5; i++) {
                clients.add(proxy.client().send(GET));
            }
            ProxyFixture.eventually(() -> proxy.cluster.circuit().pendingActive() == 3);
            var host = proxy.cluster.view().hosts().all().getFirst();
            assertThat(host.connectionsActive()).isEqualTo(2);
            holding.release.countDown();
            for (var client : clients) {
                assertThat(client.response().body()).isEqualTo("done");
                client.close();
            }
            assertThat(holding.origin.connections()).isEqualTo(2);
        }
    }

    @Test
    void aWrittenLimitOfRetriesHoldsForTheBuiltInRetryToo() throws Exception {
        try (var dying = Origin.resetting();
                var proxy = proxy(rules -> rules.withLimits(CircuitLimits.DEFAULT
                        .withRetries(new RetryLimit.AtOnce(0))), Forward.to("origins"), dying);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(503);
            var logged = proxy.logged();
            assertThat(logged.attempts()).isEqualTo(1);
            assertThat(logged.has(ResponseFlag.UO)).isTrue();
            assertThat(proxy.cluster.stats().upstreamRqRetryOverflow().value()).isEqualTo(1);
        }
    }

    @Test
    void oneHostOfThreeThatFailsThirtyPercentCostsNoRequestAndATenthMoreWork() throws Exception {
        var turn = new AtomicInteger();
        try (var failing = Origin.start((request, wire) -> {
            boolean fails = turn.getAndIncrement() % 10 < 3;
            wire.reply(fails ? 503 : 200, "x");
        });
                var second = Origin.answering("x");
                var third = Origin.answering("x");
                var proxy = ProxyFixture.routing(
                        Forward.to("origins").withRetry(RetrySpec.of(Set.of(RetryOn.SERVER_ERROR), 2)), failing, second,
                        third);
                var client = proxy.client()) {
            int served = 0;
            for (int i = 0; i < 300; i++) {
                served += client.send(GET).response().status() == 200 ? 1 : 0;
            }
            assertThat(served).isEqualTo(300);
            assertThat(proxy.cluster.stats().upstreamRqTotal().value()).isBetween(320L, 345L);
        }
    }
}
