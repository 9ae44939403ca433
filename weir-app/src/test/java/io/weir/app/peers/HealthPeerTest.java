package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Nginx;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health checks of real servers, beside one whose health is switched. */
class HealthPeerTest {

    @TempDir
    Path folder;

    /** Servers of one nginx that are always well and answer their number. */
    private static PeerProcess servers(int... ports) {
        StringBuilder http = new StringBuilder();
        for (int i = 0; i < ports.length; i++) {
            http.append("""
                    server { listen 127.0.0.1:%d; keepalive_requests 1000000;
                      location / { return 200 "%d"; }
                      location /healthz { return 200; } }
                    """.formatted(ports[i], i));
        }
        return Nginx.http(http.toString(), ports);
    }

    private static String clusters(int admin) {
        try (RawHttp client = RawHttp.connect(admin)) {
            return client.send("GET /clusters HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n").response().body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean shown(int admin, int port, String text) {
        return clusters(admin).contains("127.0.0.1:" + port + "::" + text);
    }

    private static void await(String what, WeirProcess weir, BooleanSupplier condition) throws InterruptedException {
        Await.until(() -> what + "\n" + weir.output(), condition::getAsBoolean);
    }

    /** Who answers these requests; every one must be answered with 200. */
    private static List<String> answerers(int port, int requests) throws IOException {
        List<String> bodies = new ArrayList<>();
        try (RawHttp client = RawHttp.connect(port)) {
            for (int i = 0; i < requests; i++) {
                var response = client.send("GET / HTTP/1.1\r\nHost: weir.example\r\n\r\n").response();
                assertThat(response.status()).as(response.body()).isEqualTo(200);
                bodies.add(response.body());
            }
        }
        return bodies;
    }

    /** A server whose health is switched, and which fails everything once it is said to be out. */
    private static final class Sickly implements Origin.Script {
        private final AtomicBoolean sick = new AtomicBoolean();
        private final AtomicBoolean out = new AtomicBoolean();
        private final List<Instant> failed = new CopyOnWriteArrayList<>();
        private final List<Instant> passed = new CopyOnWriteArrayList<>();
        private final Semaphore held = new Semaphore(0);
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public void answer(HttpMessage request, OriginWire wire) throws IOException {
            if (request.target().equals("/healthz")) {
                boolean ill = sick.get();
                (ill ? failed : passed).add(Instant.now());
                wire.reply(ill ? 503 : 200, "");
            } else if (request.target().equals("/long")) {
                held.release();
                hold();
                wire.reply(200, "sickly");
            } else {
                wire.reply(out.get() ? 503 : 200, "sickly");
            }
        }

        private void hold() {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static int until(List<Instant> checks, Instant from, Instant until) {
            return (int) checks.stream().filter(at -> at.isAfter(from) && at.isBefore(until)).count();
        }
    }

    /** Requests one after another over each of some connections at once, until it is closed. */
    private static final class Crowd implements AutoCloseable {
        private static final int SIZE = 6;
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<AtomicInteger> answered = new ArrayList<>();
        private final List<Thread> clients = new ArrayList<>();
        private final Queue<String> bad = new ConcurrentLinkedQueue<>();
        private final Map<String, AtomicInteger> bodies = new ConcurrentHashMap<>();

        Crowd(int port) {
            for (int i = 0; i < SIZE; i++) {
                AtomicInteger mine = new AtomicInteger();
                answered.add(mine);
                clients.add(Thread.ofVirtual().start(() -> ask(port, mine)));
            }
        }

        private void ask(int port, AtomicInteger mine) {
            try (RawHttp client = RawHttp.connect(port)) {
                while (!over.get()) {
                    HttpMessage answer = client.send("GET / HTTP/1.1\r\nHost: weir.example\r\n\r\n").response();
                    if (answer.status() == 200) {
                        bodies.computeIfAbsent(answer.body(), _ -> new AtomicInteger()).incrementAndGet();
                    } else {
                        bad.add(answer.status() + " " + answer.body());
                    }
                    mine.incrementAndGet();
                    Thread.sleep(1); // a crowd, not a load test
                }
            } catch (IOException e) {
                bad.add(e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Waits until each of them has had so many answers more. */
        void goOn(int requests, WeirProcess weir) throws InterruptedException {
            List<Integer> until = answered.stream().map(each -> each.get() + requests).toList();
            for (int i = 0; i < SIZE; i++) {
                int client = i;
                await("client " + i + ", bad so far " + bad, weir,
                        () -> answered.get(client).get() >= until.get(client));
            }
        }

        int of(String body) {
            return bodies.getOrDefault(body, new AtomicInteger()).get();
        }

        @Override
        public void close() {
            over.set(true);
            try {
                for (Thread client : clients) {
                    client.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** When the one event of this kind was written down. */
    private static Instant told(Path log, String event) {
        List<String> lines = read(log).lines().filter(line -> line.contains(event)).toList();
        assertThat(lines).as(read(log)).hasSize(1);
        Matcher time = Pattern.compile("\"timestamp\":\"([^\"]+)\"").matcher(lines.getFirst());
        assertThat(time.find()).as(lines.getFirst()).isTrue();
        return Instant.parse(time.group(1));
    }

    @Test
    void aServerWhoseHealthPathSays503IsOutWithinTheThresholdWithoutAFailedRequestAndComesBack() throws Exception {
        int[] at = {Ports.free(), Ports.free()};
        int port = Ports.free();
        int admin = Ports.free();
        Path log = folder.resolve("events.json");
        Sickly sickly = new Sickly();
        try (PeerProcess nginx = servers(at);
                Origin origin = Origin.start(sickly);
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: web }
                        admin: "127.0.0.1:%d"
                        services: {}
                        envoy:
                          static_resources:
                            clusters:
                            - name: web
                              connect_timeout: 1s
                              load_assignment: { cluster_name: web, endpoints: [ { lb_endpoints: [ %s ] } ] }
                              health_checks:
                              - timeout: 5s
                                interval: 0.1s
                                no_traffic_interval: 0.1s
                                unhealthy_threshold: 3
                                healthy_threshold: 2
                                event_log_path: %s
                                http_health_check:
                                  path: /healthz
                                  retriable_statuses: [ { start: 500, end: 600 } ]
                        """.formatted(port, admin, endpoints(at[0], at[1], origin.port()), log), port);
                Crowd crowd = new Crowd(port)) {
            assertThat(nginx.alive()).isTrue();
            // the listener opened only after every server had been checked
            assertThat(clusters(admin)).as(weir.output()).contains("::health_reason::its first health check succeeded")
                    .doesNotContain("failed_active_hc");
            crowd.goOn(10, weir);
            assertThat(crowd.bodies).containsOnlyKeys("0", "1", "sickly");
            List<RawHttp> slow = held(port, sickly);
            Instant began = Instant.now();
            sickly.sick.set(true);
            await("out", weir, () -> number(admin, "membership_healthy") == 2);
            assertThat(shown(admin, origin.port(), "health_flags::/failed_active_hc")).isTrue();
            assertThat(shown(admin, origin.port(), "health_reason::health check failed 3 times in a row: HTTP 503"))
                    .isTrue();
            await("written", weir, () -> read(log).contains("eject_unhealthy_event"));
            Instant out = told(log, "\"eject_unhealthy_event\":{\"failure_type\":\"ACTIVE\"}");
            assertThat(Sickly.until(sickly.failed, began, out)).as("bad checks before it was out").isEqualTo(3);
            assertThat(Duration.between(sickly.failed.getFirst(), out)).as("two intervals of 0.1 s")
                    .isBetween(Duration.ofMillis(190), Duration.ofSeconds(20));
            isLeftAlone(sickly, crowd, slow, weir);
            Instant cured = comesBack(sickly, crowd, admin, weir);
            Instant back = told(log, "\"add_healthy_event\":{\"first_check\":false}");
            assertThat(Sickly.until(sickly.passed, cured, back)).as("good checks before it was back").isEqualTo(2);
            assertThat(crowd.bad).as(weir.output()).isEmpty();
            assertThat(shown(admin, origin.port(), "health_reason::its health checks succeed again: 2 in a row"))
                    .isTrue();
            assertThat(read(log).lines()).hasSize(5).anySatisfy(line -> assertThat(line)
                    .contains("\"health_checker_type\":\"HTTP\"", "\"port_value\":" + origin.port(),
                            "\"cluster_name\":\"web\"",
                            "\"eject_unhealthy_event\":{\"failure_type\":\"ACTIVE\"}"));
        }
    }

    /** Fails whatever comes to it from now on, and nothing does; what it had in hand is answered all the same. */
    private static void isLeftAlone(Sickly sickly, Crowd crowd, List<RawHttp> slow, WeirProcess weir)
            throws Exception {
        crowd.goOn(2, weir); // whoever was sent to it before has had an answer
        sickly.out.set(true);
        int before = crowd.of("sickly");
        crowd.goOn(50, weir);
        assertThat(crowd.of("sickly")).isEqualTo(before);
        sickly.release.countDown();
        for (RawHttp client : slow) {
            assertThat(client.response().status()).as("begun before it was out").isEqualTo(200);
            client.close();
        }
    }

    /** Connections whose requests the sickly server has in hand; those that others got are answered. */
    private static List<RawHttp> held(int port, Sickly sickly) throws IOException {
        List<RawHttp> open = new ArrayList<>();
        for (int i = 0; i < 200 && sickly.held.availablePermits() < 2; i++) {
            open.add(RawHttp.connect(port).patience(Duration.ofSeconds(20))
                    .send("GET /long HTTP/1.1\r\nHost: weir.example\r\n\r\n"));
            open.getLast().silentFor(Duration.ofMillis(20));
        }
        assertThat(sickly.held.availablePermits()).as("requests in flight").isGreaterThanOrEqualTo(2);
        return open;
    }

    /** Lets it be well again; returns when that was, once it has its share. */
    private static Instant comesBack(Sickly sickly, Crowd crowd, int admin, WeirProcess weir) throws Exception {
        int before = crowd.of("sickly");
        Instant cured = Instant.now();
        sickly.out.set(false);
        sickly.sick.set(false);
        await("a view with it", weir, () -> number(admin, "membership_healthy") == 3);
        crowd.goOn(10, weir);
        assertThat(crowd.of("sickly")).isGreaterThan(before);
        return cured;
    }

    private static String endpoints(int... ports) {
        return String.join(", ", IntStream.of(ports).mapToObj(
                "{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } }"::formatted)
                .toList());
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "";
        }
    }

    /** Attempts to connect to this server that failed. */
    private static long refused(int admin, int port) {
        String before = "127.0.0.1:" + port + "::cx_connect_fail::";
        return clusters(admin).lines().filter(line -> line.contains(before))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(before) + before.length()))).sum();
    }

    @Test
    void withSixOfTenServersDeadAllAreTriedAsPanicSaysAndWithFiveOnlyTheOthers() throws Exception {
        int[] at = {Ports.free(), Ports.free(), Ports.free(), Ports.free()};
        int port = Ports.free();
        int admin = Ports.free();
        List<Origin> mortal = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            mortal.add(Origin.answering("mortal " + i));
        }
        int[] mortalAt = mortal.stream().mapToInt(Origin::port).toArray();
        try (PeerProcess nginx = servers(at);
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: web }
                        admin: "127.0.0.1:%d"
                        services:
                          web: { at: [%s], health: { http: /healthz, every: 100ms, fails: 2, passes: 1 } }
                        """.formatted(port, admin, IntStream.concat(IntStream.of(at), IntStream.of(mortalAt))
                        .mapToObj("\"127.0.0.1:%d\""::formatted).collect(Collectors.joining(", "))), port)) {
            assertThat(nginx.alive()).isTrue();
            mortal.subList(0, 5).forEach(Origin::kill);
            await("five dead", weir, () -> clusters(admin).split("/failed_active_hc", -1).length == 6);
            await("a view without them", weir, () -> number(admin, "membership_healthy") == 5);
            long[] before = IntStream.of(mortalAt).mapToLong(dead -> refused(admin, dead)).toArray();
            assertThat(answerers(port, 100)).containsOnly("mortal 5", "0", "1", "2", "3");
            for (int i = 0; i < 5; i++) {
                assertThat(refused(admin, mortalAt[i])).as("dead server %d is left alone", i).isEqualTo(before[i]);
            }
            mortal.get(5).kill();
            await("six dead", weir, () -> number(admin, "membership_healthy") == 4);
            before = IntStream.of(mortalAt).mapToLong(dead -> refused(admin, dead)).toArray();
            Set<String> seen = new HashSet<>(statuses(port, 100));
            assertThat(seen).as("refused connections are tried elsewhere").contains("200");
            for (int i = 0; i < 6; i++) {
                assertThat(refused(admin, mortalAt[i])).as("dead server %d is tried", i).isGreaterThan(before[i]);
            }
            mortal.get(0).revive();
            mortal.get(1).revive();
            await("two back", weir, () -> number(admin, "membership_healthy") == 6);
            assertThat(answerers(port, 100)).containsOnly("mortal 0", "mortal 1", "0", "1", "2", "3");
        } finally {
            mortal.forEach(Origin::close);
        }
    }

    private static List<String> statuses(int port, int requests) throws IOException {
        List<String> statuses = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            statuses.add(String.valueOf(status(port, "GET /")));
        }
        return statuses;
    }

    /** A Weir that answers for itself when it is checked. */
    private static String checked(int admin, int port, String endpoints) {
        return """
                node: { id: inner, cluster: edge }
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: %1$d } } }
                static_resources:
                  listeners:
                  - address: { socket_address: { address: 127.0.0.1, port_value: %2$d } }
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: in
                          route_config:
                            virtual_hosts:
                            - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: web } } ] }
                          http_filters:
                          - name: health
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck
                              pass_through_mode: false
                              cluster_min_healthy_percentages: { web: { value: 50 } }
                              headers: [ { name: ":path", string_match: { exact: /self } } ]
                          - name: router
                            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                  clusters:
                  - name: web
                    load_assignment: { cluster_name: web, endpoints: [ { lb_endpoints: [ %3$s ] } ] }
                """
                .formatted(admin, port, endpoints);
    }

    @Test
    void aWeirThatIsToldToLookUnwellIsLeftAloneByTheWeirBeforeItAndComesBack() throws Exception {
        int[] at = {Ports.free(), Ports.free()};
        int port = Ports.free();
        int admin = Ports.free();
        int innerPort = Ports.free();
        int innerAdmin = Ports.free();
        try (PeerProcess nginx = servers(at);
                WeirProcess inner = WeirProcess.run(checked(innerAdmin, innerPort, endpoints(at[0])),
                        innerPort, innerAdmin);
                WeirProcess outer = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%1$d", to: web }
                        admin: "127.0.0.1:%2$d"
                        services: {}
                        envoy:
                          static_resources:
                            clusters:
                            - name: web
                              load_assignment: { cluster_name: web, endpoints: [ { lb_endpoints: [ %3$s ] } ] }
                              common_lb_config: { healthy_panic_threshold: { value: 0 } }
                              health_checks:
                              - timeout: 10s
                                interval: 60s
                                unhealthy_interval: 0.2s
                                unhealthy_threshold: 3
                                healthy_threshold: 1
                                http_health_check: { path: /self, service_name_matcher: { exact: edge } }
                        """.formatted(port, admin, endpoints(innerPort)), port)) {
            assertThat(nginx.alive()).isTrue();
            await("well", outer, () -> number(admin, "membership_healthy") == 1);
            assertThat(answerers(port, 3)).containsOnly("0");
            assertThat(status(innerPort, "GET /self")).isEqualTo(200);
            assertThat(status(innerAdmin, "POST /healthcheck/fail")).isEqualTo(200);
            assertThat(status(innerPort, "GET /self")).isEqualTo(503);
            assertThat(status(port, "GET /")).as("its own requests are still served").isEqualTo(200);
            await("told", outer, () -> clusters(admin).contains("/failed_active_hc/excluded_via_immediate_hc_fail"));
            assertThat(clusters(admin)).contains("it asked to be left alone");
            await("a view without it", outer, () -> number(admin, "membership_excluded") == 1);
            assertThat(status(port, "GET /")).isEqualTo(503);
            assertThat(status(innerAdmin, "POST /healthcheck/ok")).isEqualTo(200);
            await("back", outer, () -> number(admin, "membership_healthy") == 1);
            assertThat(answerers(port, 3)).containsOnly("0");
            assertThat(inner.output()).doesNotContain("ERROR");
        }
    }

    private static int status(int port, String request) throws IOException {
        try (RawHttp client = RawHttp.connect(port)) {
            return client.send(request + " HTTP/1.1\r\nHost: weir.example\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n").response().status();
        }
    }

    private static long number(int admin, String name) {
        try (RawHttp client = RawHttp.connect(admin)) {
            String stats = client
                    .send("GET /stats?filter=membership HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n")
                    .response()
                    .body();
            return stats.lines().filter(line -> line.startsWith("cluster.web." + name + ": "))
                    .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
