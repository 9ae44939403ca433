package io.weir.filters.cache;

import static io.weir.filters.cache.CachedOrigin.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.server.ProxyFixture;
import io.weir.testkit.RawHttp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many who want the same at once, over real sockets. */
@Timeout(60)
final class CacheCrowdTest {
    private static final String FRESH = "Cache-Control: max-age=600";
    private static final int CROWD = 20;
    /** Longer than a test takes: what ends a waiting is what the test does. */
    private static final CacheSpec.Patience LONG = new CacheSpec.Patience(100_000_000_000L, 100_000_000_000L);

    /** An origin that answers when it is let. */
    private static final class Slow implements AutoCloseable {
        final CountDownLatch go = new CountDownLatch(1);
        final AtomicInteger count = new AtomicInteger();
        final CachedOrigin cached;

        Slow(String first, String later) {
            this(LONG, first, later);
        }

        Slow(CacheSpec.Patience patience, String first, String later) {
            cached = CachedOrigin.of(patience, (request, wire) -> {
                boolean isFirst = count.incrementAndGet() == 1;
                if (isFirst) {
                    try {
                        go.await();
                    } catch (InterruptedException over) {
                        Thread.currentThread().interrupt();
                    }
                }
                if (isFirst && first.isEmpty()) {
                    wire.reset();
                } else {
                    wire.send(isFirst ? first : later);
                }
            });
        }

        List<RawHttp> crowd() throws Exception {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < CROWD; i++) {
                clients.add(cached.proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
                if (i == 0) {
                    cached.origin.awaitRequests(1);
                }
            }
            ProxyFixture.eventually(() -> cached.count("waited") == CROWD - 1);
            return clients;
        }

        @Override
        public void close() {
            go.countDown();
            cached.close();
        }
    }

    private static List<String> bodies(List<RawHttp> clients) throws Exception {
        var bodies = new ArrayList<String>();
        for (var client : clients) {
            bodies.add(client.response().body());
            client.close();
        }
        return bodies;
    }

    @Test
    void oneGoesAndAllOthersGetWhatItBrings() throws Exception {
        String answer = response("200 OK", "body", FRESH);
        try (var slow = new Slow(answer, answer)) {
            var clients = slow.crowd();
            slow.go.countDown();
            assertThat(bodies(clients)).containsOnly("body").hasSize(CROWD);
            assertThat(slow.cached.asked()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNotForTheCacheIsFetchedByEachAndNobodyWaitsForItAgain() throws Exception {
        String answer = response("200 OK", "mine", "Cache-Control: private");
        try (var slow = new Slow(answer, answer)) {
            var clients = slow.crowd();
            slow.go.countDown();
            assertThat(bodies(clients)).containsOnly("mine").hasSize(CROWD);
            assertThat(slow.cached.asked()).isEqualTo(CROWD);
            slow.cached.get("/");
            assertThat(slow.cached.count("waited")).isEqualTo(CROWD - 1);
        }
    }

    @Test
    void ofTheOnesThatWaitNoneGetsAnothersVariant() throws Exception {
        String answer = response("200 OK", "for all without cookie", FRESH, "Vary: cookie");
        try (var slow = new Slow(answer, response("200 OK", "for one", FRESH, "Vary: cookie"))) {
            var first = slow.cached.proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            slow.cached.origin.awaitRequests(1);
            var second = slow.cached.proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\nCookie: me\r\n\r\n");
            ProxyFixture.eventually(() -> slow.cached.count("waited") == 1);
            slow.go.countDown();
            assertThat(bodies(List.of(first, second))).containsExactly("for all without cookie", "for one");
        }
    }

    @Test
    void whereTheOneThatWentIsCutOffAnotherGoes() throws Exception {
        try (var slow = new Slow("HTTP/1.1 200 OK\r\n" + FRESH + "\r\nContent-Length: 10\r\n\r\n",
                response("200 OK", "body", FRESH))) {
            var clients = slow.crowd();
            clients.getFirst().reset();
            slow.go.countDown();
            assertThat(bodies(clients.subList(1, CROWD))).containsOnly("body").hasSize(CROWD - 1);
            assertThat(slow.cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void whoWaitsAndLeavesIsForgotten() throws Exception {
        String answer = response("200 OK", "body", FRESH);
        try (var slow = new Slow(answer, answer)) {
            var clients = slow.crowd();
            for (var client : clients.subList(1, CROWD - 1)) {
                client.reset();
            }
            slow.go.countDown();
            assertThat(clients.getFirst().response().body()).isEqualTo("body");
            assertThat(clients.getLast().response().body()).isEqualTo("body");
            assertThat(slow.cached.asked()).isEqualTo(1);
        }
    }

    @Test
    void whereAHostFailsThoseWhoWaitAskThemselves() throws Exception {
        try (var slow = new Slow(response("503 Service Unavailable", "down"), response("200 OK", "up", FRESH))) {
            var clients = slow.crowd();
            slow.go.countDown();
            var bodies = bodies(clients);
            assertThat(bodies.getFirst()).isEqualTo("down");
            assertThat(bodies.subList(1, CROWD)).containsOnly("up");
        }
    }

    @Test
    void whoBringsCredentialsWaitsForNobodyAndNobodyForHim() throws Exception {
        String answer = response("200 OK", "mine", "Cache-Control: private");
        try (var slow = new Slow(answer, answer);
                var first = slow.cached.proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\n\r\n")) {
            slow.cached.origin.awaitRequests(1);
            assertThat(slow.cached.get("/", "Authorization: b").body()).isEqualTo("mine");
            assertThat(slow.cached.get("/").body()).isEqualTo("mine");
            slow.go.countDown();
            assertThat(first.response().body()).isEqualTo("mine");
            assertThat(slow.cached.count("waited")).isZero();
        }
    }

    @Test
    void whoeverWaitsGoesBeforeASlowHostAnswers() throws Exception {
        String answer = response("200 OK", "body", FRESH);
        try (var slow = new Slow(new CacheSpec.Patience(1_000_000, 100_000_000_000L), answer, answer);
                var first = slow.cached.proxy.client().send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")) {
            slow.cached.origin.awaitRequests(1);
            assertThat(slow.cached.get("/").body()).as("while the first one's host says nothing").isEqualTo("body");
            assertThat(slow.cached.count("waited")).isEqualTo(1);
            slow.go.countDown();
            assertThat(first.response().body()).isEqualTo("body");
        }
    }

    @Test
    void whoHasWaitedForAHeadWaitsForItsBodyToo() throws Exception {
        var body = new CountDownLatch(1);
        var patience = new CacheSpec.Patience(1_000_000, 100_000_000_000L);
        try (var cached = CachedOrigin.of(patience, (request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\n" + FRESH + "\r\nContent-Length: 4\r\n\r\nbo");
            try {
                body.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            wire.send("dy");
        }); var first = cached.proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) {
            String head = new String(first.read(1), java.nio.charset.StandardCharsets.ISO_8859_1);
            try (var second = cached.proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) {
                ProxyFixture.eventually(() -> cached.count("waited") == 1);
                body.countDown();
                assertThat(second.response().body()).isEqualTo("body");
            }
            assertThat(head).isEqualTo("H");
            assertThat(cached.asked()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerThatIsTooLongForTheCacheKeepsNobodyWaiting() throws Exception {
        String answer = response("200 OK", "x".repeat(9_000_000), FRESH);
        try (var slow = new Slow(answer, response("200 OK", "short", FRESH))) {
            var clients = slow.crowd();
            slow.go.countDown();
            assertThat(bodies(clients.subList(1, CROWD))).containsOnly("short");
            assertThat(clients.getFirst().response().body()).hasSize(9_000_000);
        }
    }
}
