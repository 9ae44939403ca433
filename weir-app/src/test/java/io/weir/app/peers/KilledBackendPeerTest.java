package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import io.weir.testkit.Wrk;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Three nginx behind Weir under load, one of which is killed and comes back. */
class KilledBackendPeerTest {
    private static final Duration SHARE_WITHIN = Duration.ofSeconds(5);
    private static final int LOAD_SECONDS = Integer.getInteger("weir.load.seconds", 5);

    @Test
    @SuppressWarnings("try") // who still waits for an answer is waited for before it is looked at
    void aBackendKilledUnderLoadFailsNoRequestAndHasItsShareSoonAfterItsReturn() throws Exception {
        int[] at = {Ports.free(), Ports.free(), Ports.free()};
        int port = Ports.free();
        try (PeerProcess first = Nginx.answering(at[0], "0");
                PeerProcess second = Nginx.answering(at[1], "1");
                PeerProcess third = Nginx.answering(at[2], "2");
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: web }
                        services: { web: { at: ["127.0.0.1:%d", "127.0.0.1:%d", "127.0.0.1:%d"] } }
                        """.formatted(port, at[0], at[1], at[2]), port);
                LoyalClients asking = LoyalClients.start(HttpClient.Version.HTTP_1_1, 8, port)) {
            assertThat(first.alive() && third.alive()).isTrue();
            CompletableFuture<Wrk.Report> load = CompletableFuture.supplyAsync(
                    () -> Wrk.on("http://127.0.0.1:" + port + "/").threads(2).connections(64).seconds(LOAD_SECONDS)
                            .patienceSeconds(60).run());
            Thread.sleep(LOAD_SECONDS * 300L);
            second.kill();
            Thread.sleep(LOAD_SECONDS * 300L);
            try (PeerProcess returned = Nginx.answering(at[1], "1")) {
                long returnedNanos = System.nanoTime();
                double afterSeconds = awaitShare(port, returnedNanos);
                Wrk.Report report = load.join();
                System.out.printf("killed under load: %.0f requests/s, errors %d, share after %.2f s%n",
                        report.requestsPerSecond(), report.errors(), afterSeconds);
                assertThat(report.errors()).as(report.text() + weir.output()).isZero();
                asking.close(); // who has no answer waits for it, which wrk does not
                assertThat(asking.errors()).as(weir.output()).isEmpty();
                assertThat(returned.alive()).isTrue();
                Map<String, Integer> answers = answers(port, 30);
                assertThat(answers).isEqualTo(Map.of("0", 10, "1", 10, "2", 10));
            }
        }
    }

    /** Asks until the returned backend answers a fair part of twelve requests; how long that took. */
    private static double awaitShare(int port, long sinceNanos) {
        Await.until(SHARE_WITHIN, () -> "a share for the returned backend: " + answers(port, 12),
                () -> answers(port, 12).getOrDefault("1", 0) >= 3);
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    private static Map<String, Integer> answers(int port, int requests) throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        try (RawHttp client = RawHttp.connect(port)) {
            for (int i = 0; i < requests; i++) {
                String body = client.send("GET / HTTP/1.1\r\nHost: weir.example\r\n\r\n").response().body();
                answers.merge(body, 1, Integer::sum);
            }
        }
        return answers;
    }
}
