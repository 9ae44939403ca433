package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Tiers;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.Route;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.RouteTable;
import io.weir.http.route.VirtualHost;
import io.weir.http.shadow.ShadowPolicy;
import io.weir.http.shadow.ShadowRules;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the copies of requests, and that their clients never hear of it. */
@Timeout(30)
final class ShadowTest {
    private static final String GET = "GET /p?q=1 HTTP/1.1\r\nHost: shop.example:81\r\nX-A:  b \r\n\r\n";

    private static HttpManagerSpec spec(ShadowPolicy... policies) {
        var route = new Route("", RouteMatch.of(new PathMatch.Prefix("/", false)), Forward.to("origins"),
                HeaderEdits.NONE, Route.OUTERMOST, List.of(new ShadowRules(List.of(policies))));
        return HttpManagerSpec.of("test",
                new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(route))), false));
    }

    private static ProxyFixture proxy(Origin origin, ShadowPolicy... policies) {
        return ProxyFixture.with(spec -> spec, spec(policies), origin);
    }

    private static boolean idle(Cluster cluster) {
        return cluster.stats().upstreamRqActive().value() == 0 && cluster.circuit().requestsActive() == 0;
    }

    @Test
    void aCopyIsTheRequestUnderAnotherHostName() throws Exception {
        try (var origin = Origin.answering("own");
                var other = Origin.answering("copy");
                var proxy = proxy(origin, ShadowPolicy.to("copies"));
                var client = proxy.client()) {
            var copies = proxy.add("copies", other);
            assertThat(client.send(GET).response().body()).isEqualTo("own");
            other.awaitRequests(1);
            HttpMessage own = origin.requests().getFirst();
            HttpMessage copy = other.requests().getFirst();
            assertThat(copy.startLine()).isEqualTo(own.startLine()).isEqualTo("GET /p?q=1 HTTP/1.1");
            assertThat(own.header("host")).contains("shop.example:81");
            assertThat(copy.header("host")).contains("shop.example-shadow:81");
            assertThat(copy.header("x-a")).contains("b");
            assertThat(copy.header("x-request-id")).isEqualTo(own.header("x-request-id"));
            ProxyFixture.eventually(() -> copies.stats().upstreamRqTotal().value() == 1 && idle(copies));
        }
    }

    @Test
    void aBodyIsCopiedAsItComes() throws Exception {
        String body = "0123456789".repeat(8_000);
        try (var origin = Origin.answering("own");
                var other = Origin.answering("copy");
                var proxy = proxy(origin, ShadowPolicy.to("copies"));
                var client = proxy.client()) {
            var copies = proxy.add("copies", other);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(client.response().body()).isEqualTo("own");
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("own");
            other.awaitRequests(2);
            assertThat(other.requests().get(0).body()).isEqualTo(body);
            assertThat(other.requests().get(1).body()).isEqualTo("abc");
            ProxyFixture.eventually(() -> idle(copies));
        }
    }

    @Test
    void whatIsSaidOfACopyChangesItAlone() throws Exception {
        var edits = HeaderEdits.of(List.of(new HeaderEdits.Level(List.of(), List.of(HeaderName.of("x-a")))));
        var policy = new ShadowPolicy("", HeaderName.of("x-to"), RouteMatch.Share.ALL, edits, "lab", true);
        try (var origin = Origin.answering("own");
                var other = Origin.answering("copy");
                var proxy = proxy(origin, policy);
                var client = proxy.client()) {
            proxy.add("copies", other);
            String named = "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-To: copies\r\n\r\n";
            assertThat(client.send(GET).response().body()).isEqualTo("own");
            assertThat(client.send(named).response().body()).isEqualTo("own");
            other.awaitRequests(1);
            assertThat(other.requests()).hasSize(1);
            assertThat(other.requests().getFirst().header("host")).contains("lab");
            assertThat(other.requests().getFirst().header("x-a")).isEmpty();
            assertThat(origin.requests().get(1).header("x-a")).contains("1");
        }
    }

    @Test
    void onlyTheNamedShareIsCopied() throws Exception {
        var tenth = new ShadowPolicy("copies", null, new RouteMatch.Share(10, 100), HeaderEdits.NONE, "", true);
        try (var origin = Origin.answering("own");
                var other = Origin.answering("copy");
                var proxy = proxy(origin, tenth);
                var client = proxy.client()) {
            var copies = proxy.add("copies", other);
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.send(GET).response().status()).isEqualTo(200);
            }
            ProxyFixture.eventually(() -> idle(copies));
            assertThat(copies.stats().upstreamRqTotal().value()).isBetween(50L, 160L); // 5 sigma around 100
        }
    }

    @Test
    void aDeadClusterOfCopiesChangesNothing() throws Exception {
        try (var origin = Origin.answering("own");
                var dead = Origin.answering("copy");
                var proxy = proxy(origin, ShadowPolicy.to("copies"), ShadowPolicy.to("missing"));
                var client = proxy.client()) {
            var copies = proxy.add("copies", dead);
            dead.kill();
            for (int i = 0; i < 50; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("own");
            }
            ProxyFixture.eventually(() -> idle(copies) && copies.stats().upstreamRqPendingActive().value() == 0);
            assertThat(copies.stats().upstreamCxConnectFail().value()).isBetween(1L, 49L); // not one for each
        }
    }

    @Test
    void aCopyThatIsDroppedCountsNoMissingHost() throws Exception {
        try (var origin = Origin.answering("own");
                var other = Origin.answering("copy");
                var proxy = proxy(origin, ShadowPolicy.to("copies"));
                var client = proxy.client()) {
            var spec = ClusterSpec.of("copies", List.of(Endpoint.of(other.address())));
            var drops = Tiers.DEFAULT.withDrops(List.of(new Tiers.Drop("all", Tiers.Drop.WHOLE)));
            var copies = proxy.add(spec.withBalancing(spec.balancing().withTiers(drops)));
            assertThat(client.send(GET).response().body()).isEqualTo("own");
            ProxyFixture.eventually(() -> copies.stats().balance().dropOverload().value() == 1 && idle(copies));
            assertThat(copies.stats().upstreamCxNoneHealthy().value()).isZero();
        }
    }

    @Test
    void aStalledClusterOfCopiesHoldsNoUploadBack() throws Exception {
        var release = new CountDownLatch(1);
        String body = "x".repeat(8 << 20);
        try (var origin = Origin.answering("own");
                var stalled = Origin.streaming((request, wire) -> {
                    try {
                        release.await();
                    } catch (InterruptedException over) {
                        Thread.currentThread().interrupt();
                    }
                });
                var proxy = proxy(origin, ShadowPolicy.to("copies"));
                var client = proxy.client()) {
            var copies = proxy.add("copies", stalled);
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                assertThat(client.response().body()).isEqualTo("own");
            }
            ProxyFixture.eventually(() -> idle(copies));
            assertThat(copies.stats().upstreamRqCancelled().value()).isEqualTo(3);
            assertThat(origin.requests()).allSatisfy(request -> assertThat(request.body()).hasSize(8 << 20));
            release.countDown();
        }
    }

    private static final int ROUNDS = 24;
    private static final int REQUESTS = 100;

    /** Microseconds that requests took: their median, and what one in a hundred took at least. */
    private record Took(double median, double hundredth) {
        static Took of(List<Long> nanos) {
            var sorted = nanos.stream().sorted().toList();
            return new Took(sorted.get(sorted.size() / 2) / 1e3, sorted.get(sorted.size() * 99 / 100) / 1e3);
        }
    }

    /**
     * Three proxies before one origin take turns, so that what else the machine does falls upon all alike: one copies
     * nothing, the others all requests, to hosts that are dead or never answer.
     */
    @Test
    void aDeadOrSilentClusterOfCopiesIsNotFeltByTheClient() throws Exception {
        var release = new CountDownLatch(1);
        try (var origin = Origin.answering("own");
                var dead = Origin.answering("copy");
                var silent = Origin.streaming((request, wire) -> {
                    try {
                        release.await();
                    } catch (InterruptedException over) {
                        Thread.currentThread().interrupt();
                    }
                });
                var without = ProxyFixture.before(origin);
                var toDead = proxy(origin, ShadowPolicy.to("copies"));
                var toSilent = proxy(origin, ShadowPolicy.to("copies"))) {
            toDead.add("copies", dead);
            toSilent.add(ClusterSpec.of("copies", List.of(Endpoint.of(silent.address())))
                    .withLimits(CircuitLimits.DEFAULT.withRequestsMax(64))); // so many wait, the others are not sent
            dead.kill();
            var proxies = List.of(without, toDead, toSilent);
            var nanos = List.of(new ArrayList<Long>(), new ArrayList<Long>(), new ArrayList<Long>());
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < proxies.size(); i++) {
                    int which = (i + round) % proxies.size(); // nobody always goes first
                    try (var client = proxies.get(which).client()) {
                        for (int n = 0; n < REQUESTS; n++) {
                            long began = System.nanoTime();
                            assertThat(client.send(GET).response().body()).isEqualTo("own");
                            if (round > ROUNDS / 6) { // by then all of it is compiled
                                nanos.get(which).add(System.nanoTime() - began);
                            }
                        }
                    }
                }
            }
            release.countDown();
            var took = nanos.stream().map(Took::of).toList();
            System.out.printf(Locale.ROOT, "us, median and 99th: no copies %.0f %.0f; to a dead host %.0f %.0f;"
                    + " to a silent one %.0f %.0f%n", took.get(0).median, took.get(0).hundredth, took.get(1).median,
                    took.get(1).hundredth, took.get(2).median, took.get(2).hundredth);
            for (var copied : took) { // what a copy costs is work; waiting for one would be seconds
                assertThat(copied.median).isLessThan(3 * took.getFirst().median + 2_000);
            }
        }
    }

    @Test
    void aCopyOfARequestThatIsGivenUpIsGivenUp() throws Exception {
        try (var origin = Origin.answering("own");
                var other = Origin.answering("copy");
                var proxy = proxy(origin, ShadowPolicy.to("copies"))) {
            var copies = proxy.add("copies", other);
            try (var client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
                ProxyFixture.eventually(() -> copies.stats().upstreamRqActive().value() == 1);
            }
            ProxyFixture.eventually(() -> idle(copies));
            assertThat(copies.stats().upstreamRqCancelled().value()).isEqualTo(1);
        }
    }
}
