package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.demo.Demo;
import io.weir.app.dist.SourceTree;
import io.weir.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Weir as a process of its own: signals, exit codes, and the options it is shipped with. */
@Timeout(120)
class ProcessTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Pattern LISTENER = Pattern.compile("listener \\S+ on \\[127\\.0\\.0\\.1:(\\d+)\\]");
    private static final Pattern ADMIN = Pattern.compile("admin on 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private Path folder = Path.of("");
    private final Demo demo = started();
    private final List<Process> processes = new ArrayList<>();

    private static Demo started() {
        try {
            return Demo.start(List.of(ANY));
        } catch (Demo.AddressTaken e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
        demo.close();
    }

    private Process weir(String... arguments) throws IOException {
        // a shell that runs tests in the background has them ignore what Ctrl-C sends, and their children with them
        List<String> command = new ArrayList<>(
                List.of("env", "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + SourceTree.root().resolve("dist/jvm.options"), "-cp",
                        System.getProperty("java.class.path"), "io.weir.app.cli.Main"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()).start();
        processes.add(process);
        return process;
    }

    private Process tcp(String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("weir.yaml"), """
                admin: "127.0.0.1:0"
                listen:
                  - { on: "127.0.0.1:0", protocol: tcp, to: demo }
                services:
                  demo: { at: ["127.0.0.1:%d"] }
                """.formatted(demo.backends().getFirst().address().getPort()));
        List<String> arguments = new ArrayList<>(List.of("run"));
        arguments.addAll(List.of(options));
        arguments.add(file.toString());
        return weir(arguments.toArray(new String[0]));
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private int port(Pattern where) throws IOException {
        Await.until(() -> where + " in: " + log(), () -> where.matcher(log()).find());
        Matcher matcher = where.matcher(log());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()).isZero();
    }

    private static Socket inUse(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    @Test
    @SuppressWarnings("try") // closing early is what is tested
    void sigtermDrainsAndTheEndOfTheLastConnectionIsTheEndOfTheProcess() throws Exception {
        Process process = tcp();
        int port = port(LISTENER);
        int admin = port(ADMIN);
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/ready")).build();
        try (Socket open = inUse(port); HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(ready, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            signal(process, "TERM");
            long deadlineNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (client.send(ready, BodyHandlers.ofString()).statusCode() != 503) {
                assertThat(System.nanoTime()).isLessThan(deadlineNanos);
            }
            assertThat(client.send(ready, BodyHandlers.ofString()).body()).isEqualTo("DRAINING\n");
            assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
            open.close();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).as(log()).isZero();
        assertThat(log()).contains("draining: 1 connections have 600 s", "drained", "stopped");
    }

    @Test
    void aSecondSigtermStopsAtOnce() throws Exception {
        Process process = tcp();
        try (Socket open = inUse(port(LISTENER))) {
            signal(process, "TERM");
            assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
            signal(process, "TERM");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(open.isConnected()).isTrue();
        }
        assertThat(process.exitValue()).as(log()).isZero();
        assertThat(log()).contains("a second time");
    }

    @Test
    void theDrainTimeOfTheCommandLineHolds() throws Exception {
        Process process = tcp("--drain-time-s", "1");
        try (Socket open = inUse(port(LISTENER))) {
            signal(process, "TERM");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(open.isConnected()).isTrue();
        }
        assertThat(log()).contains("1 connections have 1 s", "drained");
    }

    @Test
    void quitquitquitStopsAtOnce() throws Exception {
        Process process = tcp();
        try (Socket open = inUse(port(LISTENER)); HttpClient client = HttpClient.newHttpClient()) {
            URI quit = URI.create("http://127.0.0.1:" + port(ADMIN) + "/quitquitquit");
            assertThat(client.send(HttpRequest.newBuilder(quit).POST(HttpRequest.BodyPublishers.noBody()).build(),
                    BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(open.isConnected()).isTrue();
        }
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void proxyServesWithoutAFile() throws Exception {
        Process process = weir("proxy", "--from", "127.0.0.1:0", "--to",
                "http://127.0.0.1:" + demo.backends().getFirst().address().getPort());
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI any = URI.create("http://127.0.0.1:" + port(LISTENER) + "/");
            assertThat(client.send(HttpRequest.newBuilder(any).build(), BodyHandlers.ofString()).body())
                    .isEqualTo("Hello from one\n");
        }
        signal(process, "INT");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTakenPortEndsTheProcessWithExitCode1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = weir("proxy", "--from", "127.0.0.1:" + taken.getLocalPort(), "--to",
                    "http://127.0.0.1:1");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(log()).contains("127.0.0.1:" + taken.getLocalPort(), "in use", "nothing was started");
        }
    }

    @Test
    void theRehearsalServesItselfAndEnds() throws Exception {
        Process process = weir("rehearse");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(log()).isZero();
    }
}
