package io.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PeerTest {
    @Test
    void haproxyInFrontOfNginxServesALoadWithoutAnError() throws Exception {
        Peers.require("nginx");
        Peers.require("haproxy");
        Peers.require("wrk");
        int backend = Ports.free();
        int front = Ports.free();
        try (PeerProcess nginx = Nginx.answering(backend, "hello");
                PeerProcess haproxy = Haproxy.start("""
                        defaults
                          mode http
                          timeout connect 5s
                          timeout client 5s
                          timeout server 5s
                        listen front
                          bind 127.0.0.1:%d
                          server a 127.0.0.1:%d
                        """.formatted(front, backend), front)) {
            assertThat(nginx.pid()).isNotEqualTo(haproxy.pid());
            try (RawHttp client = RawHttp.connect(front)) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").response().body()).isEqualTo("hello");
            }
            Wrk.Report report = Wrk.on("http://127.0.0.1:" + front + "/").connections(4).seconds(1).patienceSeconds(60)
                    .run();
            assertThat(report.errors()).as(report.text()).isZero();
            assertThat(report.requests()).isPositive();
            nginx.kill();
            assertThat(PeerProcess.answers(backend)).isFalse();
        }
        assertThat(PeerProcess.answers(front)).isFalse();
    }

    @Test
    void aProgramThatEndsBeforeItListensFailsWithItsOwnWords() {
        assertThatThrownBy(() -> PeerProcess.start("shell", PeerProcess.folder("shell"),
                List.of("/bin/sh", "-c", "echo port taken; exit 3"), Ports.free()))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("port taken").hasMessageContaining("3");
    }

    @Test
    void aProgramThatIsNotThereIsNotFound() {
        assertThat(Peers.find("no-such-program-anywhere")).isEmpty();
    }

    @Test
    void wrksReportIsReadWithItsErrors() {
        Wrk.Report report = Wrk.read("""
                Running 1s test @ http://127.0.0.1:1/
                  Latency Distribution
                     50%    1.50ms
                     99%   20.00us
                  2500 requests in 1.25s, 1.90MB read
                  Socket errors: connect 1, read 2, write 3, timeout 4
                  Non-2xx or 3xx responses: 5
                Requests/sec:   2000.00
                """);
        assertThat(report.requests()).isEqualTo(2500);
        assertThat(report.errors()).isEqualTo(15);
        assertThat(report.p50Nanos()).isEqualTo(1_500_000);
        assertThat(report.p99Nanos()).isEqualTo(20_000);
        assertThat(report.requestsPerSecond()).isEqualTo(2000.0);
    }

    @Test
    void h2loadsReportIsReadWithItsErrors() {
        H2load.Report report = H2load.read("""
                finished in 2.50s, 1000.00 req/s, 1.20MB/s
                requests: 2509 total, 2510 started, 2509 done, 2500 succeeded, 2 failed, 3 errored, 4 timeout
                status codes: 2500 2xx, 0 3xx, 0 4xx, 9 5xx
                """);
        assertThat(report.requests()).isEqualTo(2500);
        assertThat(report.errors()).isEqualTo(9);
        assertThat(report.requestsPerSecond()).isEqualTo(1000.0);
    }
}
