package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import io.weir.testkit.Wrk;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One change of the configuration after another, under load. */
@Timeout(180)
class ChangesPeerTest {
    private static final int HELD = 200;
    private static final int LOAD_SECONDS = 10;

    @TempDir
    private Path folder = Path.of("");
    private final int http = Ports.free();
    private final int tcp = Ports.free();
    private final int sockets = Ports.free();
    private final int further = Ports.free();
    private final int web = Ports.free();
    private final int admin = Ports.free();

    /**
     * What the configuration has beside what always stays.
     *
     * @param route
     *            whether the listener of all clients has one more route
     * @param cluster
     *            whether there is one more cluster
     * @param filter
     *            whether its routes have a limit of bodies
     * @param listener
     *            whether there is one more listener
     */
    private record Extras(boolean route, boolean cluster, boolean filter, boolean listener) {
        static Extras of(int bits) {
            return new Extras((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
        }
    }

    private String configuration(Extras extras, int echo) {
        String upgrades = """
                envoy:
                  static_resources:
                    listeners:
                    - name: sockets
                      address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                      filter_chains:
                      - filters:
                        - name: http
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
                HttpConnectionManager
                            stat_prefix: sockets
                            upgrade_configs: [ { upgrade_type: websocket } ]
                            route_config: { virtual_hosts: [ { name: v, domains: [ "*" ], routes: [
                              %s
                              { match: { prefix: / }, route: { cluster: echo } } ] } ] }
                            http_filters:
                            - name: router
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                """.formatted(sockets,
                extras.route ? "{ match: { prefix: /gone }, direct_response: { status: 410 } }," : "");
        String listeners = """
                admin: 127.0.0.1:%d
                listen:
                  - { on: "127.0.0.1:%d", protocol: tcp, to: echo }
                  - on: "127.0.0.1:%d"
                %s    routes:
                %s      - { to: web }
                """.formatted(admin, tcp, http, extras.filter ? "    max_body: 1MiB\n" : "",
                extras.route ? "      - { path: /more, to: web }\n" : "")
                + (extras.listener ? "  - { on: \"127.0.0.1:" + further + "\", to: web }\n" : "");
        return listeners + "services:\n  web: { at: [\"127.0.0.1:" + web + "\"] }\n  echo: { at: [\"127.0.0.1:" + echo
                + "\"] }\n" + (extras.cluster ? "  other: { at: [\"127.0.0.1:" + web + "\"] }\n" : "") + upgrades;
    }

    private Path write(Extras extras, int echo) throws IOException {
        Path next = Files.writeString(folder.resolve("next.yaml"), configuration(extras, echo));
        return Files.move(next, folder.resolve("weir.yaml"), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** A walk through all sixteen configurations and some of the way back, one thing at a time: a Gray code. */
    private static List<Extras> changes() {
        List<Extras> changes = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            int number = i % 16;
            changes.add(Extras.of(number ^ (number >> 1)));
        }
        return changes;
    }

    @Test
    void twentyChangesUnderLoadCostNobodyAnythingThatTheyDoNotRemove() throws Exception {
        try (PeerProcess backend = Nginx.answering(web, "well");
                EchoBackend echo = EchoBackend.start();
                WeirProcess weir = WeirProcess.following(write(Extras.of(0), echo.port()),
                        List.of("--drain-time-s", "5"), http, tcp, sockets, admin);
                LongConnections held = new LongConnections().plain(HELD, tcp).webSockets(HELD, sockets);
                LoyalClients old = LoyalClients.start(Version.HTTP_1_1, 8, http);
                LoyalClients modern = LoyalClients.start(Version.HTTP_2, 8, http)) {
            CompletableFuture<Wrk.Report> load = CompletableFuture.supplyAsync(
                    () -> Wrk.on("http://127.0.0.1:" + http + "/").connections(16).seconds(LOAD_SECONDS).run());
            int taken = 0;
            for (Extras extras : changes()) {
                write(extras, echo.port());
                awaitTaken(weir, ++taken);
                assertThat(answers(further)).as("%s", extras).isEqualTo(extras.listener);
                assertThat(held.broken()).as("after %s", extras).isEmpty();
            }
            Wrk.Report report = load.join();
            System.out.printf("twenty changes: wrk %d requests, errors %d; %d and %d answers of clients that heed%n",
                    report.requests(), report.errors(), old.answered(), modern.answered());
            assertThat(report.errors()).as(report.text() + weir.output()).isZero();
            assertThat(old.errors()).as(weir.output()).isEmpty();
            assertThat(modern.errors()).as(weir.output()).isEmpty();
            assertThat(held.broken()).isEmpty();
            assertThat(backend.alive()).isTrue();
        }
    }

    private static boolean answers(int port) throws IOException {
        return PeerProcess.answers(port) && RawHttp.exchange(port,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200");
    }

    private static void awaitTaken(WeirProcess weir, int count) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (weir.output().split("taken over: ", -1).length - 1 < count) {
            assertThat(System.nanoTime()).as(weir.output()).isLessThan(deadlineNanos);
            Thread.sleep(20);
        }
    }
}
