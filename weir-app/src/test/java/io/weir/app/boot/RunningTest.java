package io.weir.app.boot;

import static io.weir.app.boot.ServedWeir.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import java.io.IOException;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole Weir in this process, on loopback, before demo backends. */
@Timeout(60)
class RunningTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @Test
    void requestsAndConnectionsAreProxiedSideBySide() throws Exception {
        weir.start("""
                listen:
                  - { on: "127.0.0.1:0", to: demo }
                  - { on: "127.0.0.1:0", protocol: tcp, to: demo }
                services:
                  demo: { at: [%s] }
                """.formatted(weir.at(0)), 5);
        assertThat(ask(weir.listener(0), GET)).startsWith("HTTP/1.1 200").contains("Hello from one");
        assertThat(ask(weir.listener(1), GET)).startsWith("HTTP/1.1 200").contains("Hello from one");
    }

    @Test
    void aBackendThatIsNotThereCostsNoRequest() throws Exception {
        weir.start("listen:\n  - { on: \"127.0.0.1:0\", to: demo }\nservices:\n  demo: { at: [" + weir.at(0) + ", "
                + weir.at(0).replace("127.0.0.1", "127.0.0.2") + "] }\n", 5);
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            seen.merge(ask(weir.listener(0), GET).substring(0, 12), 1, Integer::sum);
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
            Path file = weir.write("listen:\n  - { on: \"127.0.0.1:" + port + "\", to: demo }\n  - { on: \"127.0.0.1:"
                    + taken.getLocalPort() + "\", to: demo }\n" + weir.services(0));
            Running.Start start = Running.start(Source.file(file), RunOptions.of(1, 1, true));
            assertThat(start).isInstanceOfSatisfying(Running.Start.Refused.class,
                    refused -> assertThat(refused.problems().toString()).contains("weir.yaml:3:", "in use"));
            org.assertj.core.api.Assertions
                    .assertThatThrownBy(() -> ask(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), GET))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aFileReplacedByRenamingIsTakenOverUnaskedAndTheListenerStays() throws Exception {
        String listen = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        weir.start(listen + weir.services(0), 5);
        InetSocketAddress where = weir.listener(0);
        assertThat(ask(where, GET)).contains("Hello from one");
        weir.write(listen + weir.services(1));
        Await.until("the other backend answers", () -> ask(where, GET).contains("Hello from two"));
        assertThat(weir.listener(0)).isEqualTo(where);
    }

    @Test
    void aBrokenFileChangesNothing() throws Exception {
        String listen = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        weir.start(listen + weir.services(0), 5);
        weir.reload(listen + "services: {}\n");
        assertThat(ask(weir.listener(0), GET)).contains("Hello from one");
    }

    @Test
    @SuppressWarnings("try") // a port is taken for as long as the test runs
    void everythingThatIsInTheWayOfAStartIsTold() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = weir.write("""
                    admin: 127.0.0.1:%d
                    listen:
                      - { on: "127.0.0.1:%d", to: demo }
                      - { on: "127.0.0.1:0", to: demo, log: /nonexistent/a.log }
                    """.formatted(taken.getLocalPort(), other.getLocalPort()) + weir.services(0));
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
        Path log = weir.folder().resolve("connections.log");
        weir.start("""
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
        String answer = ask(weir.listener(0), GET);
        Await.until("the connection is in the log",
                () -> Files.readString(log).equals(GET.length() + " " + answer.length() + "\n"));
    }

    @Test
    @SuppressWarnings("try") // a port is taken for as long as the test runs
    void aClusterOfARefusedReloadLeavesNoNumbersBehind() throws Exception {
        weir.start("admin: 127.0.0.1:0\nlisten:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + weir.services(0), 5);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            weir.reload("admin: 127.0.0.1:0\nlisten:\n  - { on: \"127.0.0.1:0\", to: other }\n  - { on: \"127.0.0.1:"
                    + taken.getLocalPort() + "\", to: demo }\n" + weir.services(1)
                    + "  other: { at: \"127.0.0.1:1\", tls: { verify: false } }\n");
            assertThat(ask(weir.listener(0), GET)).contains("Hello from one");
            assertThat(weir.running().clusters().all()).hasSize(1);
            assertThat(ask(weir.admin(), GET.replace("/ ", "/stats?filter=cluster "))).contains("cluster.demo.")
                    .doesNotContain("cluster.other.");
        }
    }

    @Test
    void aReloadThatComesWhileAnotherProcessIsAboutToTakeOverWaitsUntilThatHasFailed() throws Exception {
        String listen = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        weir.start(listen + weir.services(0), 5);
        weir.write(listen + listen.substring("listen:\n".length()) + weir.services(0));
        CountDownLatch begun = new CountDownLatch(1);
        var seen = new CompletableFuture<Integer>();
        weir.running().conductor().execute(() -> {
            try {
                begun.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        // behind the first, and before whatever the upgrade has the conductor do
        weir.running().reload();
        weir.running().conductor().execute(() -> seen.complete(weir.running().addresses().size()));
        assertThat(weir.running().upgrade()).isTrue();
        begun.countDown();
        assertThat(seen.get(20, TimeUnit.SECONDS)).as("put off").isEqualTo(1);
        // a Weir that was not started by a command of Weir's has nobody take over
        Await.until("both listen", () -> weir.running().addresses().size() == 2);
        assertThat(weir.running().upgradeText()).startsWith("failed: ");
    }

    @Test
    void aReloadMovesTheAdmin() throws Exception {
        String rest = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + weir.services(0);
        weir.start("admin: 127.0.0.1:0\n" + rest, 5);
        InetSocketAddress before = weir.admin();
        weir.reload("admin: 127.0.0.2:0\n" + rest);
        InetSocketAddress after = weir.admin();
        assertThat(after.getAddress().getHostAddress()).isEqualTo("127.0.0.2");
        assertThat(ask(after, GET.replace("/ ", "/ready "))).startsWith("HTTP/1.1 200");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ask(before, GET)).isInstanceOf(ConnectException.class);
        weir.reload(rest);
        assertThat(weir.running().adminAddress()).isNull();
    }

    @Test
    void aReloadMovesTheAdminToASocketFileAndItsLogWithIt() throws Exception {
        String rest = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + weir.services(0);
        String bootstrap = "envoy: { admin: { access_log_path: '%s', address: { %s } } }\n" + rest;
        Path first = weir.folder().resolve("first.log");
        Path second = weir.folder().resolve("second.log");
        Path socket = weir.folder().resolve("admin.sock");
        weir.start(bootstrap.formatted(first, "socket_address: { address: 127.0.0.1, port_value: 0 }"), 5);
        String get = GET.replace("/ ", "/ready?a=b ");
        ask(weir.admin(), get);
        Await.until("the request is in the first log",
                () -> Files.readString(first).contains("\"GET /ready?a=b HTTP/1.1\" 200 - 0 5 "));
        weir.reload(bootstrap.formatted(second, "pipe: { path: '" + socket + "', mode: 384 }"));
        assertThat(weir.running().adminAddress()).isEqualTo(UnixDomainSocketAddress.of(socket));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-------");
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            client.write(ByteBuffer.wrap(get.getBytes(StandardCharsets.US_ASCII)));
            assertThat(new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n").endsWith("LIVE\n");
        }
        Await.until("the request is in the second log",
                () -> Files.readString(second).contains("\"GET /ready?a=b HTTP/1.1\" 200"));
        weir.reload(bootstrap.formatted(second, "pipe: { path: '" + socket + "', mode: 432 }"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-rw----");
        weir.running().close();
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
                """ + weir.services(0);
        Running.Start start = Running.start(Source.file(weir.write(text)), RunOptions.of(1, 1, false));
        assertThat(start).isInstanceOfSatisfying(Running.Start.Refused.class,
                refused -> assertThat(refused.problems()).extracting(Object::toString)
                        .satisfiesExactly(
                                list -> assertThat(list).contains("weir.yaml:8:",
                                        "admin.access_log[0].typed_config.path", "/nowhere/b.log"),
                                path -> assertThat(path).contains("weir.yaml:3:", "admin.access_log_path",
                                        "/nowhere/a.log")));
    }

    @Test
    void nothingIsTakenOverOnceADrainHasBegun() throws Exception {
        String listen = "listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n";
        weir.start(listen + weir.services(0), 30);
        InetSocketAddress where = weir.listener(0);
        try (Socket open = new Socket(where.getAddress(), where.getPort())) {
            open.getOutputStream().write('G');
            Await.until("the connection is served", () -> weir.running().listeners().connections() == 1);
            weir.running().drain(true);
            weir.reload(listen + "  - { on: \"127.0.0.1:0\", to: demo }\n" + weir.services(0));
            assertThat(weir.running().addresses()).hasSizeLessThan(2);
        }
    }

    @Test
    void aReloadChangesRoutesOnTheSameSocket() throws Exception {
        weir.start("listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + weir.services(0), 5);
        InetSocketAddress where = weir.listener(0);
        weir.reload("listen:\n  - on: \"127.0.0.1:0\"\n    routes:\n      - { path: /other, to: demo }\n"
                + weir.services(0));
        assertThat(weir.listener(0)).isEqualTo(where);
        assertThat(ask(where, GET)).startsWith("HTTP/1.1 404");
        assertThat(ask(where, GET.replace("/ ", "/other "))).startsWith("HTTP/1.1 200");
    }

    @Test
    @SuppressWarnings("try") // closing early is what is tested
    void aDrainRefusesNewConnectionsAndWaitsForThoseThereAre() throws Exception {
        weir.start("listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n" + weir.services(0), 30);
        InetSocketAddress where = weir.listener(0);
        try (Socket open = new Socket(where.getAddress(), where.getPort())) {
            open.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(open.getInputStream().read()).isEqualTo('H');
            assertThat(weir.running().drain(true)).isTrue();
            assertThat(weir.running().drain(true)).isFalse();
            Await.until("nobody is taken any more", () -> {
                try (Socket refused = new Socket(where.getAddress(), where.getPort())) {
                    return !refused.isConnected();
                } catch (ConnectException e) {
                    return true;
                }
            });
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(weir.running()::awaitStopped);
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(stopped).isNotDone();
            open.close();
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void whenTheDrainTimeIsOverConnectionsAreClosed() throws Exception {
        weir.start("listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n" + weir.services(0), 1);
        InetSocketAddress where = weir.listener(0);
        try (Socket open = new Socket(where.getAddress(), where.getPort())) {
            open.setSoTimeout(10_000);
            open.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(open.getInputStream().read()).isEqualTo('H');
            weir.running().drain(true);
            weir.running().awaitStopped();
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
