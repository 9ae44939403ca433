package io.weir.http.server.tries;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.ClusterSpec.Members;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.server.ProxyFixture;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a try leaves behind for the tries, and the requests, that follow it: nothing. */
@Timeout(30)
final class LeftBehindTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /** Requests by the order in which they come, at whatever host. */
    private interface Ordered {
        void answer(int number, HttpMessage request, OriginWire wire) throws IOException;
    }

    private static Origin.Script ordered(AtomicInteger order, Ordered script) {
        return (request, wire) -> script.answer(order.incrementAndGet(), request, wire);
    }

    private static HttpManagerSpec twoAtOnce(String retryPolicy) {
        return ReadManager.route("""
                match: { prefix: / }
                route: { cluster: origins, hedge_policy: { initial_requests: 2 }, retry_policy: %s }
                """.formatted(retryPolicy)).accepted();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private static void nothingIsLeft(Cluster cluster) throws InterruptedException {
        ProxyFixture.eventually(() -> cluster.circuit().retriesActive() == 0 && cluster.circuit().requestsActive() == 0
                && cluster.circuit().pendingActive() == 0 && cluster.stats().upstreamRqActive().value() == 0
                && cluster.view().hosts().all().stream().allMatch(host -> host.requestsActive() == 0));
    }

    @Test
    void theRestOfAnUnwantedAnswerReachesNoLaterRequest() throws Exception {
        var rest = new CountDownLatch(1);
        var sent = new CountDownLatch(1);
        var second = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        var order = new AtomicInteger();
        var script = ordered(order, (number, request, wire) -> {
            switch (number) {
                case 1 -> await(over); // it takes too long
                case 2 -> { // meanwhile another fails slowly: the first may do better
                    wire.send("HTTP/1.1 500 Bad\r\nContent-Length: 10\r\n\r\nxxxxx");
                    await(rest);
                    try {
                        wire.send("xxxxx");
                    } finally {
                        sent.countDown();
                    }
                }
                case 3 -> wire.reply(200, "third");
                default -> {
                    await(second);
                    wire.reply(200, "later");
                }
            }
        });
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, twoAtOnce("{ retry_on: reset, num_retries: 1,"
                        + " per_try_timeout: 0.5s, retry_back_off: { base_interval: 0.001s } }"), one, two);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("third");
            client.send(GET);
            ProxyFixture.eventually(() -> order.get() == 5);
            rest.countDown();
            sent.await();
            Origin.pause(java.time.Duration.ofMillis(50)); // time for it to do harm, were it to
            second.countDown();
            assertThat(client.response().body()).isEqualTo("later");
            over.countDown();
            nothingIsLeft(proxy.cluster);
        }
    }

    @Test
    void aTryThatTakesTooLongWhileAnotherIsToComeEndsNothing() throws Exception {
        var over = new CountDownLatch(1);
        var order = new AtomicInteger();
        var script = ordered(order, (number, request, wire) -> {
            switch (number) {
                case 1 -> await(over);
                case 2 -> wire.send("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
                default -> wire.reply(200, "third");
            }
        });
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, twoAtOnce("{ retry_on: \"5xx,reset\", num_retries: 1,"
                        + " per_try_timeout: 0.5s, rate_limited_retry_back_off: { reset_headers: [ { name:"
                        + " retry-after } ] } }"), one, two);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("third");
            assertThat(proxy.cluster.stats().upstreamRqPerTryTimeout().value()).isEqualTo(1);
            assertThat(proxy.logged().attempts()).isEqualTo(3);
            nothingIsLeft(proxy.cluster);
            over.countDown();
        }
    }

    @Test
    void aFullClusterBehindARedirectIs503AndHoldsNothing() throws Exception {
        var spec = ReadManager.routes("""
                virtual_hosts:
                - name: a
                  domains: "*"
                  routes:
                  - { match: { prefix: /there }, route: { cluster: full } }
                  - { match: { prefix: / }, route: { cluster: origins, internal_redirect_policy: {} } }
                """).accepted();
        try (var origin = Origin.sending("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
                var proxy = ProxyFixture.with(c -> c, spec, origin);
                var client = proxy.client()) {
            var full = proxy.add(ClusterSpec.of("full", List.of(Endpoint.of(origin.address())))
                    .withLimits(CircuitLimits.DEFAULT.withRequestsMax(0)));
            for (int i = 0; i < 2; i++) {
                var answer = client.send(GET).response();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("x-envoy-overloaded")).contains("true");
                var logged = proxy.logged();
                assertThat(logged.has(ResponseFlag.UO)).isTrue();
                assertThat(logged.details()).isEqualTo("overflow");
            }
            assertThat(full.stats().upstreamRqPendingOverflow().value()).isEqualTo(2);
            nothingIsLeft(proxy.cluster);
            nothingIsLeft(full);
        }
    }

    @Test
    void aFullClusterInThePlaceOfAnotherEndsNoTryThatMayYetAnswer() throws Exception {
        var overflown = new CountDownLatch(1);
        var order = new AtomicInteger();
        var script = ordered(order, (number, request, wire) -> {
            if (number == 1) {
                await(overflown);
                wire.reply(200, "first");
            } else {
                wire.reply(503, "busy");
            }
        });
        var spec = ReadManager.route("""
                match: { prefix: / }
                route: { cluster: all, hedge_policy: { initial_requests: 2 }, retry_policy: { retry_on: 5xx,
                  num_retries: 1, retry_back_off: { base_interval: 0.001s } } }
                """).accepted();
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var other = Origin.answering("other");
                var proxy = ProxyFixture.with(c -> c, spec, one, two);
                var client = proxy.client()) {
            var full = proxy.add(ClusterSpec.of("full", List.of(Endpoint.of(other.address())))
                    .withLimits(CircuitLimits.DEFAULT.withRequestsMax(0)));
            proxy.add(ClusterSpec.of("all", List.of()).withType(DiscoveryType.AGGREGATE)
                    .withExtensions(Map.of(Members.KEY, new Members(List.of("origins", "full")))));
            client.send(GET);
            ProxyFixture.eventually(() -> full.stats().upstreamRqPendingOverflow().value() == 1);
            overflown.countDown();
            assertThat(client.response().body()).isEqualTo("first");
            assertThat(proxy.logged().flags()).isZero();
            nothingIsLeft(proxy.cluster);
            nothingIsLeft(full);
        }
    }

    /** The first host of the cluster is late, the second busy once; then the other cluster is full. */
    @Test
    void aTryBesideThoseInAClusterThatAFullOneWasToReplaceStaysInThatCluster() throws Exception {
        var over = new CountDownLatch(1);
        var order = new AtomicInteger();
        var script = ordered(order, (number, request, wire) -> {
            switch (number) {
                case 1 -> await(over);
                case 2 -> wire.reply(503, "busy");
                default -> wire.reply(200, "third");
            }
        });
        var spec = ReadManager.route("""
                match: { prefix: / }
                route: { cluster: all, hedge_policy: { initial_requests: 2, hedge_on_per_try_timeout: true },
                  retry_policy: { retry_on: "5xx,reset", num_retries: 2, per_try_timeout: 0.5s,
                  retry_back_off: { base_interval: 0.001s } } }
                """).accepted();
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var other = Origin.answering("other");
                var proxy = ProxyFixture.with(c -> c, spec, one, two);
                var client = proxy.client()) {
            var full = proxy.add(ClusterSpec.of("full", List.of(Endpoint.of(other.address())))
                    .withLimits(CircuitLimits.DEFAULT.withRequestsMax(0)));
            proxy.add(ClusterSpec.of("all", List.of()).withType(DiscoveryType.AGGREGATE)
                    .withExtensions(Map.of(Members.KEY, new Members(List.of("origins", "full")))));
            client.send(GET);
            ProxyFixture.eventually(() -> full.stats().upstreamRqPendingOverflow().value() == 1);
            assertThat(proxy.cluster.circuit().requestsActive()).isEqualTo(1); // it is still there
            assertThat(client.response().body()).isEqualTo("third");
            assertThat(other.requests()).isEmpty();
            over.countDown();
            nothingIsLeft(proxy.cluster);
            nothingIsLeft(full);
        }
    }

    @Test
    void whatIsToGoBesideARequestThatHasFailedAtOnceGoesBesideNoOther() throws Exception {
        var spec = ReadManager.routes("""
                virtual_hosts:
                - name: a
                  domains: "*"
                  routes:
                  - { match: { prefix: /none }, route: { cluster: none, hedge_policy: { initial_requests: 3 } } }
                  - { match: { prefix: / }, route: { cluster: origins } }
                """).accepted();
        var all = new CountDownLatch(1);
        Origin.Script script = (request, wire) -> {
            await(all);
            wire.reply(200, "ok");
        };
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, spec.withChains(List.of(new ChainSpec(List.of(new Late())))), one,
                        two);
                var client = proxy.client()) {
            var none = proxy.add(ClusterSpec.of("none", List.of()));
            client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n" + GET);
            assertThat(client.response().status()).isEqualTo(503);
            all.countDown();
            assertThat(client.response().body()).isEqualTo("ok");
            assertThat(proxy.logged().attempts()).isZero();
            assertThat(proxy.logged().attempts()).isEqualTo(1);
            assertThat(one.requests().size() + two.requests().size()).isEqualTo(1);
            nothingIsLeft(proxy.cluster);
            nothingIsLeft(none);
        }
    }

    /** A filter that lets requests for nowhere go on later, so that they end on no read of their client's. */
    private record Late() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new FilterStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    if (!request.path().equals("/none")) {
                        return Flow.NEXT;
                    }
                    exchange.worker().loop().execute(() -> exchange.requestPassage().resume(this));
                    return Flow.PAUSE;
                }
            };
        }
    }
}
