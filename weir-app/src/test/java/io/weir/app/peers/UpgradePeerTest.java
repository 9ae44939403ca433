package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import io.weir.testkit.Wrk;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient.Version;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** New processes take over from old ones, under load. */
@Timeout(240)
class UpgradePeerTest {
    private static final int UPGRADES = 3;
    private static final int HELD = 200;
    private static final int LOAD_SECONDS = 14;

    @TempDir
    private Path folder = Path.of("");
    private final int http = Ports.free();
    private final int tcp = Ports.free();
    private final int sockets = Ports.free();
    private final int admin = Ports.free();
    private final int web = Ports.free();
    /** Whoever was started; the older ones may end before the younger. */
    private final List<ProcessHandle> started = new ArrayList<>();
    private EchoBackend echo;

    UpgradePeerTest() throws IOException {
        echo = EchoBackend.start();
    }

    @BeforeEach
    void writeConfiguration() throws IOException {
        Files.writeString(file(), configuration());
    }

    @AfterEach
    void endAll() {
        started.forEach(ProcessHandle::destroyForcibly);
        echo.close();
    }

    private Path file() {
        return folder.resolve("weir.yaml");
    }

    private Path unix() {
        return folder.resolve("echo.sock");
    }

    private String configuration() {
        return """
                admin: 127.0.0.1:%1$d
                listen:
                  - { on: "127.0.0.1:%2$d", to: web }
                  - { on: "127.0.0.1:%3$d", protocol: tcp, to: echo }
                  - { on: "%4$s", protocol: tcp, to: echo }
                services:
                  web: { at: ["127.0.0.1:%5$d"] }
                  echo: { at: ["127.0.0.1:%6$d"] }
                envoy:
                  static_resources:
                    listeners:
                    - name: sockets
                      address: { socket_address: { address: 127.0.0.1, port_value: %7$d } }
                      filter_chains:
                      - filters:
                        - name: http
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
                HttpConnectionManager
                            stat_prefix: sockets
                            upgrade_configs: [ { upgrade_type: websocket } ]
                            route_config: { virtual_hosts: [ { name: v, domains: [ "*" ], routes:
                              [ { match: { prefix: / }, route: { cluster: echo } } ] } ] }
                            http_filters:
                            - name: router
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                """.formatted(admin, http, tcp, unix(), web, echo.port(), sockets);
    }

    private WeirProcess serve() throws IOException {
        return WeirProcess.following(file(), List.of("--drain-time-s", "4", "--parent-shutdown-time-s", "120"), http,
                tcp, sockets, admin);
    }

    private String ask(String method, String path) throws IOException {
        return RawHttp.exchange(admin, method + " " + path
                + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    /** Has another process take over; what the command said. */
    private String upgrade(WeirProcess first, int expectedExit) throws Exception {
        Process process = new ProcessBuilder(WeirProcess.command("upgrade", "127.0.0.1:" + admin))
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said + first.output()).isEqualTo(expectedExit);
        first.processes().filter(each -> !started.contains(each)).forEach(started::add);
        return said;
    }

    private String overUnix(String word) throws IOException {
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(unix()));
            client.write(ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer heard = ByteBuffer.allocate(word.length());
            while (heard.hasRemaining() && client.read(heard) >= 0) {
                // all of it
            }
            return new String(heard.array(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void threeUpgradesUnderLoadCostNobodyAnything() throws Exception {
        try (PeerProcess backend = Nginx.answering(web, "well");
                WeirProcess first = serve();
                LongConnections held = new LongConnections().plain(HELD, tcp).webSockets(HELD, sockets);
                LoyalClients old = LoyalClients.start(Version.HTTP_1_1, 8, http);
                LoyalClients modern = LoyalClients.start(Version.HTTP_2, 8, http)) {
            started.addAll(first.processes().toList());
            assertThat(held.broken()).isEmpty();
            CompletableFuture<Wrk.Report> load = CompletableFuture.supplyAsync(
                    () -> Wrk.on("http://127.0.0.1:" + http + "/").connections(16).seconds(LOAD_SECONDS).run());
            for (int epoch = 1; epoch <= UPGRADES; epoch++) {
                assertThat(upgrade(first, 0)).contains("took over from ", "epoch " + epoch);
                awaitEpoch(epoch);
                assertThat(overUnix("through the file")).isEqualTo("through the file");
                assertThat(held.broken()).as("after upgrade " + epoch).isEmpty();
            }
            Wrk.Report report = load.join();
            System.out.printf("three upgrades: wrk %d requests, errors %d; %d and %d answers of clients that heed%n",
                    report.requests(), report.errors(), old.answered(), modern.answered());
            assertThat(report.errors()).as(report.text() + first.output()).isZero();
            assertThat(old.errors()).as(first.output()).isEmpty();
            assertThat(modern.errors()).as(first.output()).isEmpty();
            assertThat(held.broken()).isEmpty();
            assertThat(backend.alive()).isTrue();
            ask("POST", "/quitquitquit");
            awaitGone();
        }
    }

    /** The admin of the process before may answer for as long as it has not closed its socket. */
    private void awaitEpoch(int epoch) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!ask("GET", "/stats?filter=restart_epoch").contains("server.hot_restart_epoch: " + epoch)) {
            assertThat(System.nanoTime()).as("the old process answers for epoch %d", epoch).isLessThan(deadlineNanos);
            Thread.sleep(20);
        }
    }

    private void awaitGone() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (PeerProcess.answers(http) || Files.exists(unix())) { // one listener closes after the other
            assertThat(System.nanoTime()).as("listening, or its file left").isLessThan(deadlineNanos);
            Thread.sleep(20);
        }
    }

    @Test
    void aNewProcessThatCannotServeLeavesTheOldOneServingAndSaysWhy() throws Exception {
        try (PeerProcess backend = Nginx.answering(web, "well"); WeirProcess first = serve()) {
            started.addAll(first.processes().toList());
            Files.writeString(file(), configuration().replace("to: web", "to: nobody"));
            assertThat(upgrade(first, 3)).contains("failed: ", "weir.yaml:3:", "nobody", "serves on");
            assertThat(overUnix("still there")).isEqualTo("still there");
            assertThat(RawHttp.exchange(http, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(ask("GET", "/ready")).startsWith("HTTP/1.1 200");
            Files.writeString(file(), configuration());
            assertThat(upgrade(first, 0)).contains("epoch 1");
            assertThat(overUnix("and again")).isEqualTo("and again");
            assertThat(backend.alive()).isTrue();
            ask("POST", "/quitquitquit");
            awaitGone();
        }
    }
}
