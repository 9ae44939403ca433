package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two Weirs before one backend; the first is told to end while it is asked, and while calls of gRPC last. */
@Timeout(120)
class SigtermPeerTest {
    private static final Duration END_WITHIN = Duration.ofSeconds(40);

    @Test
    @SuppressWarnings("try") // the calls end before all else does
    void aWeirThatEndsUnderLoadFailsNoRequestOfClientsThatHeedWhatItSays() throws Exception {
        int backend = Ports.free();
        int leaving = Ports.free();
        int staying = Ports.free();
        int calls = Ports.free();
        String configuration = """
                listen:
                  - { on: "127.0.0.1:%d", to: web }
                  - { on: "127.0.0.1:%d", routes: [ { to: calls, timeout: 0s } ] }
                services:
                  web: { at: ["127.0.0.1:%d"] }
                  calls: { at: ["127.0.0.1:%d"], protocol: http2 }
                """;
        try (PeerProcess web = Nginx.answering(backend, "well");
                GrpcStreams.Backend grpc = GrpcStreams.Backend.start();
                WeirProcess second = WeirProcess.run(
                        configuration.formatted(staying, Ports.free(), backend, grpc.port()), staying);
                WeirProcess first = WeirProcess.run(configuration.formatted(leaving, calls, backend, grpc.port()),
                        leaving, calls);
                GrpcStreams streams = GrpcStreams.begin(2, 3, calls);
                GrpcStreams.Talking talking = streams.talking();
                LoyalClients old = LoyalClients.start(Version.HTTP_1_1, 24, leaving, staying);
                LoyalClients modern = LoyalClients.start(Version.HTTP_2, 24, leaving, staying)) {
            awaitAnswers(old, 500);
            awaitAnswers(modern, 500);
            first.terminate();
            // when all connections have been asked to end, nobody new is taken
            Await.until(() -> "nobody is taken any more\n" + first.output(), () -> !PeerProcess.answers(calls));
            assertThat(talking.brokenAfter(2)).as("calls go on after GOAWAY").isEmpty();
            talking.close();
            assertThat(streams.endings()).as(first.output()).isEmpty();
            assertThat(first.awaitExit(END_WITHIN)).as(first.output()).isZero();
            awaitAnswers(old, old.answered() + 200);
            awaitAnswers(modern, modern.answered() + 200);
            System.out.printf("ended under load: %d answers over HTTP/1.1, %d over HTTP/2, %d messages of each call%n",
                    old.answered(), modern.answered(), talking.rounds());
            assertThat(old.errors()).as(first.output()).isEmpty();
            assertThat(modern.errors()).as(first.output()).isEmpty();
            assertThat(first.output()).contains("draining: ", "drained").doesNotContain("connections left");
            assertThat(web.alive() && second.alive()).isTrue();
        }
    }

    private static void awaitAnswers(LoyalClients clients, long count) throws InterruptedException {
        Await.until(END_WITHIN, () -> count + " answers, and not " + clients.answered(),
                () -> clients.answered() >= count || !clients.errors().isEmpty());
    }
}
