package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.ServerSocket;
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
    private static final int LOAD_SECONDS = 14;

    @TempDir
    private Path folder = Path.of("");
    /** Whoever was started; the older ones may end before the younger. */
    private final List<ProcessHandle> started = new ArrayList<>();
    private final BusyField field;

    UpgradePeerTest() throws IOException {
        field = new BusyField();
    }

    @BeforeEach
    void writeConfiguration() throws IOException {
        Files.writeString(file(), configuration(""));
    }

    @AfterEach
    void endAll() {
        started.forEach(ProcessHandle::destroyForcibly);
        field.close();
    }

    private Path file() {
        return folder.resolve("weir.yaml");
    }

    private Path unix() {
        return folder.resolve("echo.sock");
    }

    /**
     * @param last
     *            a listener behind all others
     */
    private String configuration(String last) {
        return field.services() + """
                listen:
                  - { on: "127.0.0.1:%d", to: web }
                  - { on: "%s", protocol: tcp, to: echo }
                """.formatted(field.http, unix()) + field.listeners() + last + field.webSockets("");
    }

    private WeirProcess serve() throws IOException {
        return WeirProcess.following(file(), List.of("--drain-time-s", "4", "--parent-shutdown-time-s", "300"),
                field.ports());
    }

    /** Has another process take over; what the command said. */
    private String upgrade(WeirProcess first, int expectedExit) throws Exception {
        Process process = new ProcessBuilder(WeirProcess.command("upgrade", "127.0.0.1:" + field.admin))
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
        try (WeirProcess first = serve()) {
            started.addAll(first.processes().toList());
            try (BusyField.Traffic traffic = field.traffic(first, LOAD_SECONDS)) {
                for (int epoch = 1; epoch <= UPGRADES; epoch++) {
                    assertThat(upgrade(first, 0)).contains("took over from ", "epoch " + epoch);
                    assertThat(field.ask("GET", "/stats?filter=restart_epoch"))
                            .contains("server.hot_restart_epoch: " + epoch);
                    assertThat(overUnix("through the file")).isEqualTo("through the file");
                    traffic.assertUnbroken("after upgrade " + epoch);
                }
                traffic.assertNoErrors("three upgrades");
            }
            quit();
        }
    }

    /** The last one ends, and leaves nothing behind. */
    private void quit() throws Exception {
        field.ask("POST", "/quitquitquit");
        for (ProcessHandle process : started) {
            process.onExit().get(60, TimeUnit.SECONDS);
        }
        // the last one is not among them where the process that began it had gone before it was looked for
        Await.until("it has gone, with its socket", () -> !PeerProcess.answers(field.http) && !Files.exists(unix()));
    }

    @Test
    void aNewProcessThatCannotServeLeavesTheOldOneServingAndSaysWhy() throws Exception {
        try (WeirProcess first = serve()) {
            started.addAll(first.processes().toList());
            Files.writeString(file(), configuration("").replace("to: web", "to: nobody"));
            assertThat(upgrade(first, 3)).contains("failed: ", "weir.yaml:7:", "nobody", "serves on");
            assertThat(overUnix("still there")).isEqualTo("still there");
            assertThat(BusyField.answers(field.http)).isTrue();
            assertThat(field.ask("GET", "/ready")).startsWith("HTTP/1.1 200");
            Files.writeString(file(), configuration(""));
            assertThat(upgrade(first, 0)).contains("epoch 1");
            assertThat(overUnix("and again")).isEqualTo("and again");
            quit();
        }
    }

    @Test
    void aNewProcessThatMeetsAnObstacleHasTakenNobodyFromTheOldOne() throws Exception {
        try (WeirProcess first = serve();
                ServerSocket taken = new ServerSocket(Ports.free());
                LoyalClients old = LoyalClients.start(Version.HTTP_1_1, 8, field.http);
                LoyalClients modern = LoyalClients.start(Version.HTTP_2, 8, field.http)) {
            started.addAll(first.processes().toList());
            Files.writeString(file(), configuration("  - { on: \"127.0.0.1:%d\", to: web }\n"
                    .formatted(taken.getLocalPort())));
            assertThat(upgrade(first, 3)).contains("failed: ", "in use", "serves on");
            assertThat(field.ask("GET", "/ready")).startsWith("HTTP/1.1 200");
            long answered = old.answered();
            assertThat(answered).isPositive();
            awaitMore(old, answered);
            awaitMore(modern, modern.answered());
            assertThat(old.errors()).as(first.output()).isEmpty();
            assertThat(modern.errors()).as(first.output()).isEmpty();
        }
    }

    private static void awaitMore(LoyalClients clients, long answered) throws InterruptedException {
        Await.until(() -> answered + 100 + " answers, and not " + clients.answered(),
                () -> clients.answered() >= answered + 100 || !clients.errors().isEmpty());
    }
}
