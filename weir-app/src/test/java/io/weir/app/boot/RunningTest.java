package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.demo.Demo;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole Weir in this process, on loopback, before demo backends. */
@Timeout(60)
class RunningTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @TempDir
    private Path folder = Path.of("");
    private Demo demo = started();
    private @Nullable Running served;

    private static Demo started() {
        try {
            return Demo.start(List.of(ANY, ANY));
        } catch (Demo.AddressTaken e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() {
        if (served != null) {
            served.close();
        }
        demo.close();
    }

    private Running running() {
        return Objects.requireNonNull(served, "nothing was started");
    }

    private String at(int backend) {
        return "\"127.0.0.1:" + demo.backends().get(backend).address().getPort() + "\"";
    }

    private String services(int backend) {
        return "services:\n  demo: { at: [" + at(backend) + "] }\n";
    }

    private Path write(String text) throws IOException {
        Path next = Files.writeString(folder.resolve("next.yaml"), text);
        return Files.move(next, folder.resolve("weir.yaml"), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void start(String text, int drainSeconds) throws IOException {
        Running.Start start = Running.start(Source.file(write(text)), RunOptions.of(2, drainSeconds, true));
        if (start instanceof Running.Start.Serving(Running serving)) {
            served = serving;
        }
        assertThat(start).isInstanceOf(Running.Start.Serving.class);
    }

    private InetSocketAddress listener(int index) {
        return (InetSocketAddress) running().addresses().get(index);
    }

    private InetSocketAddress admin() {
        return (InetSocketAddress) Objects.requireNonNull(running().adminAddress(), "an admin");
    }

    private static String ask(InetSocketAddress to, String request) throws IOException {
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            }
        }
    }

    private static void eventually(Callable<Boolean> holds) throws Exception {
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!holds.call()) {
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void requestsAndConnectionsAreProxiedSideBySide() throws Exception {
        start("""
                listen:
                  - { on: "127.0.0.1:0", to: demo }
                  - { on: "127.0.0.1:0", protocol: tcp, to: demo }
                services:
                  demo: { at: [%s] }
                """.formatted(at(0)), 5);
        assertThat(ask(listener(0), GET)).startsWith("HTTP/1.1 200").contains("Hello from one");
        assertThat(ask(listener(1), GET)).startsWith("HTTP/1.1 200").contains("Hello from one");
    }

    @Test
    void aBackendThatIsNotThereCostsNoRequest() throws Exception {
        start("listen:\n  - { on: \"127.0.0.1:0\", to: demo }\nservices:\n  demo: { at: [" + at(0) + ", "
                + at(0).replace("127.0.0.1", "127.0.0.2") + "] }\n", 5);
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            seen.merge(ask(listener(0), GET).substring(0, 12), 1, Integer::sum);
        }
        // The second address is one where the demo does not listen: whoever is sent there is sent on to the other.
        assertThat(seen).containsExactly(Map.entry("HTTP/1.1 200", 4));
    }

    @Test
    @SuppressWarnings("try") // closing early is what is tested
    void aTakenPortStartsNothing() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            free.close();
            Path file = write("listen:\n  - { on: \"127.0.0.1:" + port + "\", to: demo }\n  - { on: \"127.0.0.1:"
                    + taken.getLocalPort() + "\", to: demo }\n" + services(0));
            Running.Start start = Running.start(Source.file(file), RunOptions.of(1, 1, true));
            assertThat(start).isInstanceOfSatisfying(Running.Start.Refused.class,
                    refused -> assertThat(refused.problems().toString()).contains("weir.yaml:3:", "in use"));
            org.assertj.core.api.Assertions
                    .assertThatThrownBy(() -> ask(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), GET))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aFileReplacedByRenamingIsTakenOverWithinASecondAndTheListenerStays() throws Exception {
        String listen = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        start(listen + services(0), 5);
        InetSocketAddress where = listener(0);
        assertThat(ask(where, GET)).contains("Hello from one");
        write(listen + services(1));
        long changedNanos = System.nanoTime();
        eventually(() -> ask(where, GET).contains("Hello from two"));
        assertThat(Duration.ofNanos(System.nanoTime() - changedNanos)).isLessThan(Duration.ofSeconds(3));
        assertThat(listener(0)).isEqualTo(where);
    }

    @Test
    void aBrokenFileChangesNothing() throws Exception {
        String listen = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        start(listen + services(0), 5);
        write(listen + "services: {}\n");
        running().reload();
        running().conductor().call(() -> 0);
        assertThat(ask(listener(0), GET)).contains("Hello from one");
    }

    @Test
    @SuppressWarnings("try") // a port is taken for as long as the test runs
    void everythingThatIsInTheWayOfAStartIsTold() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = write("""
                    admin: 127.0.0.1:%d
                    listen:
                      - { on: "127.0.0.1:%d", to: demo }
                      - { on: "127.0.0.1:0", to: demo, log: /nonexistent/a.log }
                    """.formatted(taken.getLocalPort(), other.getLocalPort()) + services(0));
            Running.Start start = Running.start(Source.file(file), RunOptions.of(1, 1, true));
            assertThat(start).isInstanceOfSatisfying(Running.Start.Refused.class,
                    refused -> assertThat(refused.problems().stream().map(Object::toString).toList())
                            .satisfiesExactly(admin -> assertThat(admin).contains("weir.yaml:1:", "admin.address"),
                                    listener -> assertThat(listener).contains("weir.yaml:3:", "in use"),
                                    log -> assertThat(log).contains("weir.yaml:4:", "access_log[0]",
                                            "(/nonexistent/a.log)", "the file cannot be opened: no such directory")));
        }
    }

    @Test
    void aListenersOwnLogHasALineForEachConnection() throws Exception {
        Path log = folder.resolve("connections.log");
        start("""
                static_resources:
                  listeners:
                  - address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    access_log:
                    - name: log
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                        path: %s
                        log_format: { text_format_source: { inline_string: "%%BYTES_RECEIVED%% %%BYTES_SENT%%\\n" } }
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
                HttpConnectionManager
                          stat_prefix: p
                          route_config: { virtual_hosts: [ { name: v, domains: [ "*" ], routes:
                            [ { match: { prefix: / }, direct_response: { status: 204 } } ] } ] }
                          http_filters:
                          - name: router
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                """.formatted(log), 5);
        String answer = ask(listener(0), GET);
        eventually(() -> Files.readString(log).equals(GET.length() + " " + answer.length() + "\n"));
    }

    @Test
    void aReloadMovesTheAdmin() throws Exception {
        String rest = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + services(0);
        start("admin: 127.0.0.1:0\n" + rest, 5);
        InetSocketAddress before = admin();
        write("admin: 127.0.0.2:0\n" + rest);
        running().reload();
        running().conductor().call(() -> 0);
        InetSocketAddress after = admin();
        assertThat(after.getAddress().getHostAddress()).isEqualTo("127.0.0.2");
        assertThat(ask(after, GET.replace("/ ", "/ready "))).startsWith("HTTP/1.1 200");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ask(before, GET)).isInstanceOf(ConnectException.class);
        write(rest);
        running().reload();
        running().conductor().call(() -> 0);
        assertThat(running().adminAddress()).isNull();
    }

    @Test
    void aReloadMovesTheAdminToASocketFileAndItsLogWithIt() throws Exception {
        String rest = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + services(0);
        String bootstrap = "envoy: { admin: { access_log_path: '%s', address: { %s } } }\n" + rest;
        Path first = folder.resolve("first.log");
        Path second = folder.resolve("second.log");
        Path socket = folder.resolve("admin.sock");
        start(bootstrap.formatted(first, "socket_address: { address: 127.0.0.1, port_value: 0 }"), 5);
        String get = GET.replace("/ ", "/ready?a=b ");
        ask(admin(), get);
        eventually(() -> Files.readString(first).contains("\"GET /ready?a=b HTTP/1.1\" 200 - 0 5 "));
        reload(bootstrap.formatted(second, "pipe: { path: '" + socket + "', mode: 384 }"));
        assertThat(running().adminAddress()).isEqualTo(UnixDomainSocketAddress.of(socket));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-------");
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            client.write(ByteBuffer.wrap(get.getBytes(StandardCharsets.US_ASCII)));
            assertThat(new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n").endsWith("LIVE\n");
        }
        eventually(() -> Files.readString(second).contains("\"GET /ready?a=b HTTP/1.1\" 200"));
        reload(bootstrap.formatted(second, "pipe: { path: '" + socket + "', mode: 432 }"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-rw----");
        running().close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void anAdminThatCannotLogIsRefusedAtItsPlace() throws Exception {
        String text = """
                envoy:
                  admin:
                    access_log_path: /nowhere/a.log
                    access_log:
                    - name: a
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                        path: /nowhere/b.log
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                listen:
                  - { on: "127.0.0.1:0", to: demo }
                """ + services(0);
        Running.Start start = Running.start(Source.file(write(text)), RunOptions.of(1, 1, false));
        assertThat(start).isInstanceOfSatisfying(Running.Start.Refused.class,
                refused -> assertThat(refused.problems()).extracting(Object::toString)
                        .satisfiesExactly(
                                list -> assertThat(list).contains("weir.yaml:8:",
                                        "admin.access_log[0].typed_config.path", "/nowhere/b.log"),
                                path -> assertThat(path).contains("weir.yaml:3:", "admin.access_log_path",
                                        "/nowhere/a.log")));
    }

    private void reload(String text) throws IOException {
        write(text);
        running().reload();
        running().conductor().call(() -> 0);
    }

    @Test
    void nothingIsTakenOverOnceADrainHasBegun() throws Exception {
        String listen = "listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n";
        start(listen + services(0), 30);
        InetSocketAddress where = listener(0);
        try (Socket open = new Socket(where.getAddress(), where.getPort())) {
            open.getOutputStream().write('G');
            eventually(() -> running().listeners().connections() == 1);
            running().drain();
            write(listen + "  - { on: \"127.0.0.1:0\", to: demo }\n" + services(0));
            running().reload();
            running().conductor().call(() -> 0);
            assertThat(running().addresses()).isEmpty();
        }
    }

    @Test
    void aReloadChangesRoutesOnTheSameSocket() throws Exception {
        start("listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + services(0), 5);
        InetSocketAddress where = listener(0);
        write("listen:\n  - on: \"127.0.0.1:0\"\n    routes:\n      - { path: /other, to: demo }\n" + services(0));
        running().reload();
        running().conductor().call(() -> 0);
        assertThat(listener(0)).isEqualTo(where);
        assertThat(ask(where, GET)).startsWith("HTTP/1.1 404");
        assertThat(ask(where, GET.replace("/ ", "/other "))).startsWith("HTTP/1.1 200");
    }

    @Test
    @SuppressWarnings("try") // closing early is what is tested
    void aDrainRefusesNewConnectionsAndWaitsForThoseThereAre() throws Exception {
        start("listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n" + services(0), 30);
        InetSocketAddress where = listener(0);
        try (Socket open = new Socket(where.getAddress(), where.getPort())) {
            open.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(open.getInputStream().read()).isEqualTo('H');
            assertThat(running().drain()).isTrue();
            assertThat(running().drain()).isFalse();
            eventually(() -> {
                try (Socket refused = new Socket(where.getAddress(), where.getPort())) {
                    return !refused.isConnected();
                } catch (ConnectException e) {
                    return true;
                }
            });
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(running()::awaitStopped);
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(stopped).isNotDone();
            open.close();
            stopped.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void whenTheDrainTimeIsOverConnectionsAreClosed() throws Exception {
        start("listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n" + services(0), 1);
        InetSocketAddress where = listener(0);
        try (Socket open = new Socket(where.getAddress(), where.getPort())) {
            open.setSoTimeout(10_000);
            open.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(open.getInputStream().read()).isEqualTo('H');
            running().drain();
            running().awaitStopped();
            byte[] rest = new byte[4096];
            int read = 0;
            while (read >= 0) {
                read = read(open, rest);
            }
            assertThat(read).isEqualTo(-1);
        }
    }

    private static int read(Socket socket, byte[] into) throws SocketTimeoutException {
        try {
            return socket.getInputStream().read(into);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return -1;
        }
    }
}
