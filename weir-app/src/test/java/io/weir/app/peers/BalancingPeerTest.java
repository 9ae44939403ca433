package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Nginx;
import io.weir.testkit.Origin;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets how much, counted at real backends behind a whole Weir with a worker for each core. */
@Timeout(120)
class BalancingPeerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: weir.example\r\n\r\n";

    @TempDir
    private Path folder;

    private final int port = Ports.free();
    private final int admin = Ports.free();

    /** Servers of one nginx that answer their number, each well until a file of its number is there. */
    private PeerProcess servers(int... ports) {
        StringBuilder http = new StringBuilder();
        for (int i = 0; i < ports.length; i++) {
            http.append("""
                    server { listen 127.0.0.1:%d; keepalive_requests 1000000;
                      location / { return 200 "%d"; }
                      location /healthz { if (-f %s) { return 503; } return 200; } }
                    """.formatted(ports[i], i, folder.resolve("sick" + i)));
        }
        return Nginx.http(http.toString(), ports);
    }

    private static int[] ports(int count) {
        return IntStream.range(0, count).map(_ -> Ports.free()).toArray();
    }

    /** Answers by who gave them, over some connections at once, each of which a worker of its own may have. */
    private Map<String, Integer> answers(int requests) throws IOException {
        List<RawHttp> clients = new ArrayList<>();
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < 8; i++) {
            clients.add(RawHttp.connect(port));
        }
        for (int i = 0; i < requests; i++) {
            HttpMessage answer = clients.get(i % clients.size()).send(GET).response();
            answers.merge(answer.status() == 200 ? answer.body() : "" + answer.status(), 1, Integer::sum);
        }
        for (RawHttp client : clients) {
            client.close();
        }
        return answers;
    }

    @Test
    void weightsOf1And2And1AreThoseOfAThousandRequestsToOneRequest() throws Exception {
        int[] at = ports(3);
        try (PeerProcess nginx = servers(at);
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: web }
                        services: { web: { at: { "127.0.0.1:%d": 1, "127.0.0.1:%d": 2, "127.0.0.1:%d": 1 } } }
                        """.formatted(port, at[0], at[1], at[2]), port)) {
            assertThat(nginx.alive()).as(weir.output()).isTrue();
            Map<String, Integer> answers = answers(1_000);
            assertThat(answers).containsOnlyKeys("0", "1", "2");
            // all workers take their turns from one cursor, so that no worker is a turn of its own off
            assertThat(answers.get("0")).isBetween(249, 251);
            assertThat(answers.get("1")).isBetween(499, 501);
            assertThat(answers.get("2")).isBetween(249, 251);
        }
    }

    private static String endpoints(int[] ports, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "{ endpoint: { address: { socket_address: { address: 127.0.0.1,"
                + " port_value: " + ports[i] + " } } } }").collect(Collectors.joining(", ", "[", "]"));
    }

    private void awaitHealthy(int hosts, WeirProcess weir) throws Exception {
        Await.until(() -> hosts + " are healthy\n" + weir.output(), () -> {
            try (RawHttp client = RawHttp.connect(admin)) {
                return client.send("GET /stats?filter=membership_healthy HTTP/1.1\r\nHost: admin\r\n"
                        + "Connection: close\r\n\r\n").response().body()
                        .contains("membership_healthy: " + hosts + "\n");
            }
        });
    }

    /** How many of these requests the first priority's servers, 0 to 9, had; none of them may be sick. */
    private int ofFirstPriority(int requests, int sick) throws IOException {
        int first = 0;
        for (var answer : answers(requests).entrySet()) {
            int server = Integer.parseInt(answer.getKey());
            assertThat(server).as("no sick server").isGreaterThanOrEqualTo(sick);
            first += server < 10 ? answer.getValue() : 0;
        }
        return first;
    }

    @Test
    void aFirstPriorityOfWhichHalfIsDeadKeeps70OfAHundredAndOneOfWhichMoreIsDeadDoesNotPanicWhileAnotherCanTakeIt()
            throws Exception {
        int[] at = ports(12);
        try (PeerProcess nginx = servers(at);
                WeirProcess weir = WeirProcess
                        .run("""
                                listen: { on: "127.0.0.1:%d", to: web }
                                admin: "127.0.0.1:%d"
                                services: {}
                                envoy:
                                  static_resources:
                                    clusters:
                                    - name: web
                                      load_assignment:
                                        cluster_name: web
                                        endpoints: [ { lb_endpoints: %s }, { priority: 1, lb_endpoints: %s } ]
                                      health_checks:
                                      - { timeout: 5s, interval: 0.1s, no_traffic_interval: 0.1s, unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: { path: /healthz } }
                                """
                                .formatted(port, admin, endpoints(at, 0, 10), endpoints(at, 10, 12)), port)) {
            assertThat(nginx.alive()).isTrue();
            awaitHealthy(12, weir);
            assertThat(ofFirstPriority(100, 0)).isEqualTo(100);
            for (int i = 0; i < 5; i++) {
                Files.createFile(folder.resolve("sick" + i));
            }
            awaitHealthy(7, weir);
            assertThat(ofFirstPriority(2_000, 5)).as("of 2000; six standard deviations are 123")
                    .isBetween(1_277, 1_523);
            Files.createFile(folder.resolve("sick5"));
            awaitHealthy(6, weir);
            // 140 * 0.4 = 56
            assertThat(ofFirstPriority(2_000, 6)).as("of 2000; six standard deviations are 133")
                    .isBetween(987, 1_253);
        }
    }

    @Test
    void ofAHundredRequestsAtOnceExactlyTenReachABackendWhoseClusterAllowsTen() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        Path log = folder.resolve("access.log");
        try (Origin origin = Origin.start((request, wire) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            now.decrementAndGet();
            wire.reply(200, "done");
        });
                WeirProcess weir = WeirProcess
                        .run("""
                                listen: { on: "127.0.0.1:%d", to: web, log: { to: "%s", format: "%%RESPONSE_CODE%% %%RESPONSE_FLAGS%%" } }
                                services: {}
                                envoy:
                                  static_resources:
                                    clusters:
                                    - name: web
                                      load_assignment: { cluster_name: web, endpoints: [ { lb_endpoints: %s } ] }
                                      circuit_breakers: { thresholds: [ { max_requests: 10 } ] }
                                """
                                .formatted(port, log, endpoints(new int[]{origin.port()}, 0, 1)), port)) {
            List<RawHttp> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(RawHttp.connect(port).patience(Duration.ofSeconds(20)).send(GET));
            }
            origin.awaitRequests(10);
            awaitLines(log, 90, weir); // the ten are still at the backend
            // a request counts as arrived just before it is answered
            Await.until(() -> "ten are at the backend, and not " + now, () -> now.get() >= 10);
            release.countDown();
            int served = 0;
            int overloaded = 0;
            for (RawHttp client : clients) {
                HttpMessage answer = client.response();
                served += answer.status() == 200 ? 1 : 0;
                overloaded += answer.status() == 503
                        && answer.header("x-envoy-overloaded").filter("true"::equals).isPresent() ? 1 : 0;
                client.close();
            }
            assertThat(List.of(served, overloaded)).containsExactly(10, 90);
            assertThat(most).hasValue(10);
            assertThat(Files.readAllLines(log)).filteredOn("503 UO"::equals).hasSize(90);
        } finally {
            release.countDown();
        }
    }

    private static void awaitLines(Path log, int lines, WeirProcess weir) throws Exception {
        Await.until(() -> lines + " lines\n" + weir.output(),
                () -> Files.exists(log) && Files.readAllLines(log).size() >= lines);
    }

    @Test
    void aBackendThatBecomesFiftyMillisecondsSlowerLosesItsShareWithinTenSeconds() throws Exception {
        AtomicBoolean slow = new AtomicBoolean();
        try (Origin first = Origin.answering("0");
                Origin second = Origin.start((request, wire) -> {
                    if (slow.get()) {
                        Origin.pause(Duration.ofMillis(50));
                    }
                    wire.reply(200, "1");
                });
                Origin third = Origin.answering("2");
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: web }
                        services:
                          web: { at: ["127.0.0.1:%d", "127.0.0.1:%d", "127.0.0.1:%d"], balance: peak_ewma }
                        """.formatted(port, first.port(), second.port(), third.port()), port)) {
            assertThat(answers(600)).as(weir.output()).containsOnlyKeys("0", "1", "2");
            slow.set(true);
            Await.until(Duration.ofSeconds(10), () -> "5 of a hundred at most, a third before" + weir.output(),
                    () -> answers(100).getOrDefault("1", 0) <= 5);
            assertThat(answers(300).getOrDefault("1", 0)).isLessThan(30);
        }
    }
}
