package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Nginx;
import io.weir.testkit.Origin;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that answers 503, between two real ones, over sockets. */
class OutlierPeerTest {

    @TempDir
    Path folder;

    @Test
    void aBackendThatAnswers503ThreeTimesIsOutWithItsReasonShownAndIsBackAfterItsTime() throws Exception {
        int[] at = {Ports.free(), Ports.free()};
        int port = Ports.free();
        int admin = Ports.free();
        Path log = folder.resolve("outliers.json");
        try (PeerProcess first = Nginx.answering(at[0], "ok");
                PeerProcess second = Nginx.answering(at[1], "ok");
                Origin bad = Origin.start((request, wire) -> wire
                        .send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"));
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: web }
                        services:
                          web:
                            at: ["127.0.0.1:%d", "127.0.0.1:%d", "127.0.0.1:%d"]
                            health: { errors: 3, out: 2s }
                        admin: "127.0.0.1:%d"
                        envoy: { cluster_manager: { outlier_detection: { event_log_path: %s } } }
                        """.formatted(port, at[0], at[1], bad.port(), admin, log), port)) {
            assertThat(first.alive() && second.alive()).isTrue();
            List<Integer> statuses = new ArrayList<>();
            // it is the conductor that throws it out, a moment after the third of its answers
            Await.until(() -> clusters(admin) + weir.output(), () -> {
                statuses.addAll(statuses(port, 3));
                return stats(admin).contains("cluster.web.membership_healthy: 2\n");
            });
            assertThat(statuses).as(weir.output()).filteredOn(status -> status == 503).hasSizeGreaterThanOrEqualTo(3);
            assertThat(statuses(port, 20)).containsOnly(200);
            assertThat(clusters(admin)).contains("127.0.0.1:" + bad.port() + "::health_flags::/failed_outlier_check")
                    .contains("127.0.0.1:" + bad.port() + "::health_reason::consecutive_5xx: 3 in a row");
            // requests go on all the while: it is by none of them that the host is found to be back
            int reached = bad.requests().size();
            Await.until(() -> "it is asked again\n" + weir.output(), () -> {
                statuses(port, 3);
                return bad.requests().size() > reached;
            });
            Await.until("both are in the log", () -> Files.readAllLines(log).size() >= 2);
            List<String> told = Files.readAllLines(log);
            assertThat(told).hasSizeGreaterThanOrEqualTo(2).allSatisfy(line -> assertThat(line)
                    .contains("\"type\":\"CONSECUTIVE_5XX\"", "\"upstream_url\":\"127.0.0.1:" + bad.port() + "\""));
            assertThat(told.getFirst()).contains("\"action\":\"EJECT\"", "\"enforced\":true");
            assertThat(told.get(1)).contains("\"action\":\"UNEJECT\"");
            // 2 s at least, and not the 30 s of the default; how exact it is, OutlierDetectorTest says by its own clock
            assertThat(Duration.between(time(told.getFirst()), time(told.get(1))))
                    .isBetween(Duration.ofMillis(1_950), Duration.ofSeconds(20));
            assertThat(clusters(admin)).contains("::health_reason::back: the time of its ejection is over");
        }
    }

    private static Instant time(String line) {
        Matcher time = Pattern.compile("\"timestamp\":\"([^\"]+)\"").matcher(line);
        assertThat(time.find()).as(line).isTrue();
        return Instant.parse(time.group(1));
    }

    private static List<Integer> statuses(int port, int requests) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        try (RawHttp client = RawHttp.connect(port)) {
            for (int i = 0; i < requests; i++) {
                statuses.add(client.send("GET / HTTP/1.1\r\nHost: weir.example\r\n\r\n").response().status());
            }
        }
        return statuses;
    }

    private static String clusters(int admin) throws IOException {
        return page(admin, "/clusters");
    }

    private static String stats(int admin) throws IOException {
        return page(admin, "/stats?filter=membership");
    }

    private static String page(int admin, String path) throws IOException {
        try (RawHttp client = RawHttp.connect(admin)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n").response()
                    .body();
        }
    }
}
