package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server that answers late, between two quick ones, and one that is not there: what becomes of them shows. */
@Timeout(300)
class SlowHostPeerTest {
    private static final int SLOW = 2;

    @TempDir
    Path folder;

    private final int[] at = {Ports.free(), Ports.free(), Ports.free()};
    private final int port = Ports.free();
    private final int admin = Ports.free();

    /** Three servers that answer with their number; the last of them lets 16 requests a second through. */
    private PeerProcess servers() {
        int behind = Ports.free();
        return Nginx.http("""
                limit_req_zone $server_port zone=slow:1m rate=16r/s;
                server { listen 127.0.0.1:%d; keepalive_requests 1000000; location / { return 200 "0"; } }
                server { listen 127.0.0.1:%d; keepalive_requests 1000000; location / { return 200 "1"; } }
                server { listen 127.0.0.1:%d; keepalive_requests 1000000;
                  location / { limit_req zone=slow burst=1000; proxy_pass http://127.0.0.1:%d; } }
                server { listen 127.0.0.1:%d; location / { return 200 "2"; } }
                """.formatted(at[0], at[1], at[2], behind, behind), at);
    }

    private WeirProcess weir(boolean soft, int... hosts) throws IOException {
        return WeirProcess.run("""
                listen: { on: "127.0.0.1:%d", to: web }
                admin: "127.0.0.1:%d"
                services: {}
                envoy:
                  cluster_manager: { outlier_detection: { event_log_path: %s } }
                  static_resources:
                    clusters:
                    - name: web
                      load_assignment: { cluster_name: web, endpoints: [ { lb_endpoints: [ %s ] } ] }
                      outlier_detection: { interval: 1s, base_ejection_time: 300s, max_ejection_percent: 50 }
                      typed_extension_protocol_options:
                        weir.health.v1.Outliers:
                          "@type": type.googleapis.com/weir.health.v1.Outliers
                          latency_factor: 4
                          latency_floor: 0.005s
                          latency_request_volume: 5
                          soft: %s
                          soft_minimum_percent: 10
                """.formatted(port, admin, folder.resolve("outliers.json"), endpoints(hosts), soft), port);
    }

    private static String endpoints(int... hosts) {
        String one = "{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } }";
        return String.join(", ", IntStream.of(hosts).mapToObj(one::formatted).toList());
    }

    private static Map<String, Integer> answers(int port, int requests) throws IOException {
        Map<String, Integer> answers = new HashMap<>();
        try (RawHttp client = RawHttp.connect(port)) {
            for (int i = 0; i < requests; i++) {
                var response = client.send("GET / HTTP/1.1\r\nHost: weir.example\r\n\r\n").response();
                assertThat(response.status()).isEqualTo(200);
                answers.merge(response.body().strip(), 1, Integer::sum);
            }
        }
        return answers;
    }

    private String clusters() throws IOException {
        try (RawHttp client = RawHttp.connect(admin)) {
            return client.send("GET /clusters HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n").response().body();
        }
    }

    /** Sends requests until the page of clusters says this of the host. */
    private void until(WeirProcess weir, int host, String says) {
        Await.until(() -> says + '\n' + clusters() + '\n' + weir.output(), () -> {
            answers(port, 30);
            return clusters().contains("127.0.0.1:" + host + "::" + says);
        });
    }

    private List<String> events(int host, String text, int count) throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        Await.until(text + " of " + host, () -> {
            found.clear();
            Files.readAllLines(folder.resolve("outliers.json")).stream()
                    .filter(line -> line.contains("\"127.0.0.1:" + host + "\"") && line.contains(text))
                    .forEach(found::add);
            return found.size() >= count;
        });
        return found;
    }

    @Test
    void aServerFarSlowerThanItsPeersIsEjectedWithItsLatencyAsTheReason() throws Exception {
        try (PeerProcess servers = servers(); WeirProcess weir = weir(false, at)) {
            assertThat(servers.alive()).isTrue();
            until(weir, at[SLOW], "health_flags::/failed_outlier_check");
            assertThat(clusters()).contains("127.0.0.1:" + at[SLOW] + "::health_reason::latency: p50 is ");
            assertThat(events(at[SLOW], "\"action\":\"EJECT\"", 1).getFirst()).contains("\"type\":\"LATENCY\"",
                    "\"enforced\":true", "\"host_latency_ms\":", "\"reason\":\"latency: p50 is ");
            assertThat(answers(port, 60)).containsOnlyKeys("0", "1");
        }
    }

    @Test
    void inSoftModeItKeepsSomeRequestsAndShowsHowManyAndWhy() throws Exception {
        try (PeerProcess servers = servers(); WeirProcess weir = weir(true, at)) {
            assertThat(servers.alive()).isTrue();
            until(weir, at[SLOW], "health_reason::latency: p50 is ");
            assertThat(clusters()).contains(" % of its weight").doesNotContain("/failed_outlier_check");
            assertThat(events(at[SLOW], "\"action\":\"CUT_WEIGHT\"", 1).getFirst()).contains("\"type\":\"LATENCY\"",
                    "\"weight_percent\":", " % of its weight\"");
            // 60 ms against some: a tenth of its weight is what is left, one request in twenty-one
            Map<String, Integer> answers = answers(port, 210);
            assertThat(answers.get("2")).as("%s", answers).isBetween(1, 40);
            assertThat(answers.get("0")).as("%s", answers).isGreaterThan(70);
            // with too few requests in an interval nothing is found, and a step of its weight comes back each time
            assertThat(events(at[SLOW], "\"action\":\"RESTORE_WEIGHT\"", 1).getFirst())
                    .contains("\"reason\":\"trusted again: ");
        }
    }

    @Test
    void aHostThatIsNotThereIsShownAsUnreachableThenOnTrialAndAtLastAsReached() throws Exception {
        int dead = Ports.free();
        try (PeerProcess servers = servers(); WeirProcess weir = weir(false, at[0], at[1], dead)) {
            assertThat(servers.alive()).isTrue();
            until(weir, dead, "health_reason::unreachable: a connect failed");
            assertThat(events(dead, "\"action\":\"EJECT\"", 1).getFirst()).contains("\"type\":\"UNREACHABLE\"",
                    "\"num_ejections\":1", "\"reason\":\"unreachable: a connect failed\"");
            assertThat(events(dead, "\"action\":\"UNEJECT\"", 1).getFirst()).contains("\"type\":\"UNREACHABLE\"",
                    "\"reason\":\"on trial: ");
            try (PeerProcess back = Nginx.answering(dead, "2")) {
                assertThat(back.alive()).isTrue();
                until(weir, dead, "health_reason::back: it was reached again");
                assertThat(clusters()).contains("127.0.0.1:" + dead + "::health_flags::healthy");
            }
        }
    }
}
