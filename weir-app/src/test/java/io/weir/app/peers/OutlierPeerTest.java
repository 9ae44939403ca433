package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Nginx;
import io.weir.testkit.Origin;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that answers 503, between two real ones, over sockets. */
class OutlierPeerTest {
    private static final long WAIT_NANOS = 10_000_000_000L;

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
            List<Integer> statuses = statuses(port, 60);
            assertThat(statuses).as(weir.output()).filteredOn(status -> status == 503).hasSizeBetween(3, 4);
            assertThat(statuses.subList(20, 60)).containsOnly(200);
            assertThat(clusters(admin)).contains("127.0.0.1:" + bad.port() + "::health_flags::/failed_outlier_check")
                    .contains("127.0.0.1:" + bad.port() + "::health_reason::consecutive_5xx: 3 in a row");
            long until = System.nanoTime() + WAIT_NANOS;
            while (clusters(admin).contains("/failed_outlier_check") && System.nanoTime() < until) {
                Thread.sleep(50);
            }
            assertThat(clusters(admin)).contains("::health_reason::back: the time of its ejection is over");
            assertThat(statuses(port, 9)).contains(503);
            assertThat(Files.readAllLines(log)).hasSizeGreaterThanOrEqualTo(2).allSatisfy(line -> assertThat(line)
                    .contains("\"type\":\"CONSECUTIVE_5XX\"", "\"upstream_url\":\"127.0.0.1:" + bad.port() + "\""));
            assertThat(Files.readAllLines(log).getFirst()).contains("\"action\":\"EJECT\"", "\"enforced\":true");
            assertThat(Files.readAllLines(log).get(1)).contains("\"action\":\"UNEJECT\"");
        }
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
        try (RawHttp client = RawHttp.connect(admin)) {
            return client.send("GET /clusters HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n").response().body();
        }
    }
}
