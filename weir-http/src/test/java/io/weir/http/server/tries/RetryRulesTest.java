package io.weir.http.server.tries;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.BalancePolicy;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.ClusterSpec.Members;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What routes say of retries, over sockets. */
@Timeout(60)
final class RetryRulesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final long SEED = 4711;

    private static HttpManagerSpec route(String yaml) {
        return ReadManager.route("match: { prefix: / }\n" + yaml).accepted();
    }

    private static HttpManagerSpec policy(String retryPolicy) {
        return route("route: { cluster: origins, retry_policy: " + retryPolicy + " }");
    }

    /** Hosts of which one is called a canary. */
    private static ClusterSpec canary(ClusterSpec spec, Origin canary) {
        return spec.withPolicy(new BalancePolicy.Random())
                .withEndpoints(spec.endpoints().stream().map(endpoint -> endpoint.address()
                        .equals(canary.address())
                                ? endpoint.withMetadata(Map.of("envoy.lb", Map.of("canary", true, "stage", "next")))
                                : endpoint)
                        .toList());
    }

    private static void canaryIsLeftOut(String predicate) throws Exception {
        try (var bad = Origin.start((request, wire) -> wire.reply(503, "bad"));
                var canary = Origin.answering("canary");
                var good = Origin.answering("good");
                var proxy = ProxyFixture.with(spec -> canary(spec, canary),
                        policy("{ retry_on: 5xx, num_retries: 1, retry_back_off: { base_interval: 0.001s },"
                                + " retry_host_predicate: [ " + predicate + " ] }"),
                        bad, canary, good);
                var client = proxy.client()) {
            int retried = 0;
            for (int i = 0; i < 60; i++) {
                var response = client.send(GET).response();
                assertThat(response.status()).isEqualTo(200);
                if (proxy.logged().attempts() == 2) {
                    retried++;
                    assertThat(response.body()).isEqualTo("good");
                }
            }
            assertThat(retried).isPositive();
            assertThat(canary.requests()).isNotEmpty(); // first tries go there as ever
        }
    }

    @Test
    void aRetryLeavesCanariesOut() throws Exception {
        canaryIsLeftOut("{ name: envoy.retry_host_predicates.omit_canary_hosts, typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate } }");
    }

    @Test
    void aRetryLeavesHostsOutByTheirMetadata() throws Exception {
        canaryIsLeftOut("{ name: omit, typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig,"
                + " metadata_match: { filter_metadata: { envoy.lb: { stage: next } } } } }");
    }

    private static String priorities(int frequency) {
        return "{ retry_on: 5xx, num_retries: 3, retry_back_off: { base_interval: 0.001s }, retry_priority: { name: p,"
                + " typed_config: { \"@type\": type.googleapis.com/envoy.extensions.retry.priority."
                + "previous_priorities.v3.PreviousPrioritiesConfig, update_frequency: " + frequency + " } } }";
    }

    /** The first priority's two hosts, the second's, the third's: where the tries of one request went, in order. */
    private static List<String> wentTo(int frequency, int badPriorities) throws Exception {
        var order = new CopyOnWriteArrayList<String>();
        var origins = new ArrayList<Origin>();
        for (int i = 0; i < 4; i++) {
            int priority = Math.max(0, i - 1);
            origins.add(Origin.start((request, wire) -> {
                order.add("p" + priority);
                wire.reply(priority < badPriorities ? 503 : 200, "p" + priority);
            }));
        }
        UnaryOperator<ClusterSpec> spec = cluster -> {
            var endpoints = new ArrayList<Endpoint>();
            for (int i = 0; i < 4; i++) {
                endpoints.add(cluster.endpoints().get(i).withPriority(Math.max(0, i - 1)));
            }
            return cluster.withEndpoints(endpoints);
        };
        try (var proxy = ProxyFixture.with(spec, policy(priorities(frequency)), origins.toArray(Origin[]::new));
                var client = proxy.client()) {
            client.send(GET).response();
        } finally {
            origins.forEach(Origin::close);
        }
        return order;
    }

    @Test
    void aRetryLeavesThePrioritiesOutThatHaveFailed() throws Exception {
        assertThat(wentTo(1, 1)).containsExactly("p0", "p1");
        assertThat(wentTo(1, 2)).containsExactly("p0", "p1", "p2");
        assertThat(wentTo(1, 3)).containsExactly("p0", "p1", "p2", "p0"); // all have: from the beginning
        assertThat(wentTo(2, 1)).containsExactly("p0", "p0", "p1");
        assertThat(wentTo(2, 3)).containsExactly("p0", "p0", "p1", "p1"); // four tries, two for each update
    }

    @Test
    void behindAClusterThatStandsForOthersARetryGoesToTheNextOfThem() throws Exception {
        var order = new CopyOnWriteArrayList<String>();
        var origins = new ArrayList<Origin>();
        for (String name : List.of("a", "a", "b", "b", "c")) {
            origins.add(Origin.start((request, wire) -> {
                order.add(name);
                wire.reply(503, name);
            }));
        }
        var all = route("route: { cluster: all, retry_policy: " + priorities(1) + " }");
        try (var proxy = ProxyFixture.with(c -> c, all, origins.get(0)); var client = proxy.client()) {
            for (String name : List.of("a", "b", "c")) {
                var endpoints = new ArrayList<Endpoint>();
                for (int i = 0; i < 5; i++) {
                    if (i / 2 == "abc".indexOf(name)) {
                        endpoints.add(Endpoint.of(origins.get(i).address()));
                    }
                }
                proxy.add(ClusterSpec.of(name, endpoints));
            }
            proxy.add(ClusterSpec.of("all", List.of()).withType(DiscoveryType.AGGREGATE)
                    .withExtensions(Map.of(Members.KEY, new Members(List.of("a", "b", "c")))));
            assertThat(client.send(GET).response().status()).isEqualTo(503);
            assertThat(order).containsExactly("a", "b", "c", "a");
        } finally {
            origins.forEach(Origin::close);
        }
    }

    @Test
    void aRetryWaitsAsLongAsTheAnswerAsks() throws Exception {
        var count = new AtomicInteger();
        try (var origin = Origin.start((request, wire) -> {
            if (count.incrementAndGet() == 1) {
                wire.send("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
            } else {
                wire.reply(200, "ok");
            }
        });
                var proxy = ProxyFixture.with(c -> c, policy("{ retry_on: 5xx, rate_limited_retry_back_off: {"
                        + " reset_headers: [ { name: retry-after } ] } }"), origin);
                var client = proxy.client()) {
            long began = System.nanoTime();
            assertThat(client.send(GET).response().body()).isEqualTo("ok");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(proxy.cluster.stats().upstreamRqRetryBackoffRatelimited().value()).isEqualTo(1);
            assertThat(proxy.cluster.stats().upstreamRqRetryBackoffExponential().value()).isZero();
        }
    }

    @Test
    void anAnswerThatIsThrownAwayCostsNoConnection() throws Exception {
        var count = new AtomicInteger();
        try (var origin = Origin.start((request, wire) -> {
            if (count.incrementAndGet() % 2 == 1) {
                wire.send("HTTP/1.1 503 Busy\r\nContent-Length: 20000\r\n\r\n");
                wire.send("x".repeat(10_000));
                wire.send("x".repeat(10_000));
            } else {
                wire.reply(200, "ok");
            }
        });
                var proxy = ProxyFixture.with(c -> c,
                        policy("{ retry_on: 5xx, retry_back_off: { base_interval: 0.05s } }"), origin);
                var client = proxy.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("ok");
            }
            assertThat(origin.connections()).isLessThanOrEqualTo(2); // a retry that is quicker than the rest opens one
            ProxyFixture.eventually(() -> proxy.cluster.view().hosts().all().getFirst().requestsActive() == 0);
        }
    }

    @Test
    void aLongAnswerThatIsThrownAwayEndsItsConnection() throws Exception {
        var count = new AtomicInteger();
        try (var origin = Origin.start((request, wire) -> {
            if (count.incrementAndGet() == 1) {
                wire.send("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n");
                for (int i = 0; i < 64; i++) {
                    wire.chunk("x".repeat(10_000));
                }
            } else {
                wire.reply(200, "ok");
            }
        });
                var proxy = ProxyFixture.with(c -> c, policy("{ retry_on: 5xx }"), origin);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("ok");
            assertThat(origin.connections()).isEqualTo(2);
            ProxyFixture.eventually(() -> proxy.cluster.stats().upstreamCxActive().value() == 1);
        }
    }

    @Test
    void asMuchOfABodyIsKeptAsTheRouteSays() throws Exception {
        for (int limit : new int[]{0, 1_000, 100_000, 1_000_000}) {
            var count = new AtomicInteger();
            String body = "x".repeat(50_000);
            try (var origin = Origin.start((request, wire) -> {
                if (count.incrementAndGet() == 1) {
                    wire.reset();
                } else {
                    wire.reply(200, "got " + request.body().length());
                }
            });
                    var proxy = ProxyFixture.with(c -> c, route("request_body_buffer_limit: " + limit
                            + "\nroute: { cluster: origins, retry_policy: { retry_on: reset } }"), origin);
                    var client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + body);
                var response = client.response();
                if (limit >= 100_000) {
                    assertThat(response.body()).isEqualTo("got 50000");
                } else {
                    assertThat(response.status()).isEqualTo(503);
                    assertThat(count.get()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aHostHearsThatTheTryBeforeTookTooLong() throws Exception {
        var over = new CountDownLatch(1);
        var count = new AtomicInteger();
        var spec = ReadManager.routes("""
                virtual_hosts:
                - name: all
                  domains: "*"
                  include_is_timeout_retry_header: true
                  routes:
                  - match: { prefix: / }
                    route: { cluster: origins, retry_policy: { retry_on: 5xx, per_try_timeout: 0.05s } }
                """).accepted();
        try (var origin = Origin.start((request, wire) -> {
            if (count.incrementAndGet() == 1) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            } else {
                wire.reply(200, "ok");
            }
        }); var proxy = ProxyFixture.with(c -> c, spec, origin); var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("ok");
            assertThat(origin.requests().get(0).header("x-envoy-is-timeout-retry")).isEmpty();
            assertThat(origin.requests().get(1).header("x-envoy-is-timeout-retry")).contains("true");
            over.countDown();
        }
    }

    /** What many requests came to. */
    private record Run(double success, double amplification) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "success %.2f %%, %.3f times the load", 100 * success, amplification);
        }
    }

    private static Run run(ProxyFixture proxy, AtomicInteger tries, int requests) throws Exception {
        int good = 0;
        try (var client = proxy.client()) {
            for (int i = 0; i < requests; i++) {
                if (client.send(GET).response().status() == 200) {
                    good++;
                }
                if (i % 50 == 0) {
                    proxy.cluster.tick(System.nanoTime());
                }
            }
        }
        return new Run((double) good / requests, (double) tries.get() / requests);
    }

    /** Which answers are 503 is drawn for each try: then two retries can save 97.3 %, and cost 39 %. */
    @Test
    void whereAnyAnswerMayFailTwoRetriesSaveWhatTheirNumberCan() throws Exception {
        var tries = new AtomicInteger();
        var dice = new SplittableRandom(SEED);
        Origin.Script script = (request, wire) -> {
            tries.incrementAndGet();
            boolean bad;
            synchronized (dice) {
                bad = dice.nextDouble() < 0.3;
            }
            wire.reply(bad ? 503 : 200, "x");
        };
        try (var one = Origin.start(script);
                var two = Origin.start(script);
                var three = Origin.start(script);
                var proxy = ProxyFixture.with(c -> c, policy("{ retry_on: 5xx, num_retries: 2, retry_back_off: {"
                        + " base_interval: 0.001s } }"), one, two, three)) {
            var run = run(proxy, tries, 1000);
            System.out.println("30 % of all answers 503, seed " + SEED + ": " + run);
            assertThat(run.success).isBetween(0.955, 0.99); // 1 - 0.3^3
            assertThat(run.amplification).isBetween(1.3, 1.45); // 1 + 0.3 + 0.3^2
        }
    }

    /** Three of ten hosts answer every request with 503. */
    private static Run threeOfTen(int requests, UnaryOperator<ClusterSpec> cluster) throws Exception {
        var tries = new AtomicInteger();
        var origins = new ArrayList<Origin>();
        for (int i = 0; i < 10; i++) {
            int status = i % 3 == 1 && i < 9 ? 503 : 200;
            origins.add(Origin.start((request, wire) -> {
                tries.incrementAndGet();
                wire.reply(status, "x");
            }));
        }
        try (var proxy = ProxyFixture.with(cluster, policy("{ retry_on: 5xx, num_retries: 2, retry_back_off: {"
                + " base_interval: 0.001s } }"), origins.toArray(Origin[]::new))) {
            return run(proxy, tries, requests);
        } finally {
            origins.forEach(Origin::close);
        }
    }

    /** Hosts that were tried are avoided, so that retries do not find the same failure; each still costs its try. */
    @Test
    void whereHostsFailTheClientSeesNothingOfIt() throws Exception {
        var run = threeOfTen(700, c -> c);
        System.out.println("3 of 10 hosts answer 503, without outlier detection: " + run);
        assertThat(run.success).isGreaterThanOrEqualTo(0.999);
        assertThat(run.amplification).isBetween(1.35, 1.5); // ten tries for seven requests in a round of all hosts
    }

    @Test
    void whereFailingHostsAreEjectedTheLoadHardlyGrows() throws Exception {
        var most = new OutlierSpec.Ejection(30_000_000_000L, 300_000_000_000L, 0, 50, true);
        var run = threeOfTen(1500, c -> c.withHealth(HealthRules.DEFAULT.withOutliers(OutlierSpec.DEFAULT
                .withEjection(most))));
        System.out.println("3 of 10 hosts answer 503, with outlier detection: " + run);
        assertThat(run.success).isGreaterThanOrEqualTo(0.999);
        assertThat(run.amplification).isLessThanOrEqualTo(1.2);
    }

    @Test
    void wordsThatAClientInsideSendsAreConditionsToo() throws Exception {
        var count = new AtomicInteger();
        try (var origin = Origin.start((request, wire) -> {
            if (count.incrementAndGet() % 2 == 1) {
                wire.send("HTTP/1.1 200 OK\r\nX-Again: please\r\ngrpc-status: 14\r\nContent-Length: 0\r\n\r\n");
            } else {
                wire.reply(200, "ok");
            }
        });
                var proxy = ProxyFixture.with(c -> c, policy("{ num_retries: 1, retry_back_off: { base_interval:"
                        + " 0.001s } }"), origin);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nx-envoy-retry-on: retriable-headers\r\n"
                    + "x-envoy-retriable-header-names: x-other, x-again\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("ok");
            client.send("GET / HTTP/1.1\r\nHost: a\r\nx-envoy-retry-grpc-on: unavailable\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("ok");
            assertThat(client.send(GET).response().body()).isEmpty();
        }
    }
}
