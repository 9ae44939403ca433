package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health checks of real servers, whose health a file turns off and on. */
class HealthPeerTest {
    private static final long WAIT_NANOS = 10_000_000_000L;

    @TempDir
    Path folder;

    /** Servers of one nginx, each well until a file of its number is there. */
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

    private void sick(int server) throws IOException {
        Files.createFile(folder.resolve("sick" + server));
    }

    private void well(int server) throws IOException {
        Files.delete(folder.resolve("sick" + server));
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
        long until = System.nanoTime() + WAIT_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - until).as("%s%n%s", what, weir.output()).isNegative();
            Thread.sleep(20);
        }
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

    @Test
    void aServerWhoseHealthPathSays503IsOutWithinTheThresholdWithoutAFailedRequestAndComesBack() throws Exception {
        int[] at = {Ports.free(), Ports.free(), Ports.free()};
        int port = Ports.free();
        int admin = Ports.free();
        Path log = folder.resolve("events.json");
        try (PeerProcess nginx = servers(at);
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
                              - timeout: 1s
                                interval: 0.1s
                                no_traffic_interval: 0.1s
                                unhealthy_threshold: 3
                                healthy_threshold: 2
                                event_log_path: %s
                                http_health_check:
                                  path: /healthz
                                  retriable_statuses: [ { start: 500, end: 600 } ]
                        """.formatted(port, admin, endpoints(at), log), port)) {
            assertThat(nginx.alive()).isTrue();
            // the listener opened only after every server had been checked
            assertThat(clusters(admin)).as(weir.output()).contains("::health_reason::its first health check succeeded")
                    .doesNotContain("failed_active_hc");
            assertThat(answerers(port, 9)).contains("0", "1", "2");
            sick(1);
            long began = System.nanoTime();
            while (!shown(admin, at[1], "health_flags::/failed_active_hc")) {
                answerers(port, 10);
                assertThat(System.nanoTime() - began).as(clusters(admin)).isLessThan(WAIT_NANOS);
            }
            assertThat(shown(admin, at[1], "health_reason::health check failed 3 times in a row: HTTP 503")).isTrue();
            assertThat(answerers(port, 30)).containsOnly("0", "2");
            well(1);
            await("back", weir, () -> !clusters(admin).contains("failed_active_hc"));
            await("a view with it", weir, () -> number(admin, "membership_healthy") == 3);
            assertThat(shown(admin, at[1], "health_reason::its health checks succeed again: 2 in a row")).isTrue();
            assertThat(answerers(port, 9)).contains("0", "1", "2");
            await("events", weir, () -> read(log).contains("\"add_healthy_event\":{\"first_check\":false}"));
            assertThat(read(log).lines()).hasSize(5).anySatisfy(line -> assertThat(line)
                    .contains("\"health_checker_type\":\"HTTP\"", "\"port_value\":" + at[1], "\"cluster_name\":\"web\"",
                            "\"eject_unhealthy_event\":{\"failure_type\":\"ACTIVE\"}", "\"timestamp\":\"20"));
        }
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

    @Test
    void withSixOfTenServersDownAllAreUsedAsPanicSaysAndWithFiveOnlyTheOthers() throws Exception {
        int[] at = new int[10];
        for (int i = 0; i < at.length; i++) {
            at[i] = Ports.free();
        }
        int port = Ports.free();
        int admin = Ports.free();
        try (PeerProcess nginx = servers(at);
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: web }
                        admin: "127.0.0.1:%d"
                        services:
                          web: { at: [%s], health: { http: /healthz, every: 100ms, fails: 2, passes: 1 } }
                        """.formatted(port, admin, String.join(", ",
                        IntStream.of(at).mapToObj("\"127.0.0.1:%d\""::formatted).toList())), port)) {
            assertThat(nginx.alive()).isTrue();
            for (int i = 0; i < 5; i++) {
                sick(i);
            }
            await("five down", weir, () -> clusters(admin).split("/failed_active_hc", -1).length == 6);
            await("a view without them", weir, () -> number(admin, "membership_healthy") == 5);
            assertThat(answerers(port, 100)).containsOnly("5", "6", "7", "8", "9");
            sick(5);
            await("six down", weir, () -> number(admin, "membership_healthy") == 4);
            assertThat(answerers(port, 100)).contains("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
            well(0);
            well(1);
            await("two back", weir, () -> number(admin, "membership_healthy") == 6);
            assertThat(answerers(port, 100)).containsOnly("0", "1", "6", "7", "8", "9");
        }
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
                              - timeout: 1s
                                interval: 60s
                                unhealthy_interval: 0.2s
                                unhealthy_threshold: 3
                                healthy_threshold: 1
                                http_health_check: { path: /self, service_name_matcher: { exact: edge } }
                        """.formatted(port, admin, endpoints(innerPort)), port)) {
            assertThat(nginx.alive()).isTrue();
            assertThat(answerers(port, 3)).containsOnly("0");
            assertThat(status(innerPort, "GET /self")).isEqualTo(200);
            assertThat(status(innerAdmin, "POST /healthcheck/fail")).isEqualTo(200);
            assertThat(status(innerPort, "GET /self")).isEqualTo(503);
            assertThat(status(port, "GET /")).as("its own requests are still served").isEqualTo(200);
            assertThat(clusters(admin)).as(outer.output())
                    .contains("/failed_active_hc/excluded_via_immediate_hc_fail", "it asked to be left alone");
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
