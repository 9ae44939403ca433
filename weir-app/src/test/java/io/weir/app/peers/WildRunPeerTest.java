package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bootstraps as others write them do not only compile but serve. Ports become free ones; every port that Weir does not
 * listen on gets a server that answers.
 */
class WildRunPeerTest {
    private static final Path WILD = Path.of("..", "weir-xds", "src", "test", "resources", "wild");
    private static final Pattern PORT = Pattern.compile("(port_?[vV]alue\"?\\s*:\\s*)(\\d+)");
    /** Names to resolve: there is one that every machine knows. */
    private static final Pattern NAME = Pattern
            .compile("(\\baddress\"?[ \t]*:[ \t]*\"?)[A-Za-z][A-Za-z0-9.-]*(?![\\w:.-])");

    @TempDir
    private Path folder = Path.of("");

    static List<Path> wild() throws IOException {
        try (Stream<Path> files = Files.list(WILD)) {
            return files.filter(WildRunPeerTest::serves).sorted().toList();
        }
    }

    private static boolean serves(Path file) {
        try {
            String text = Files.readString(file);
            boolean possible = !text.contains("::\"") || Files.exists(Path.of("/proc/net/if_inet6"));
            return possible && (text.contains("filter_chains") || text.contains("filterChains"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("wild")
    void everyListenerOfABootstrapOfOthersAnswers(Path file) throws IOException {
        Map<String, Integer> ports = new HashMap<>();
        String local = NAME.matcher(Files.readString(file)).replaceAll("$1localhost").replace("0.0.0.0", "127.0.0.1")
                .replace("/run/", folder + "/");
        String text = PORT.matcher(local).replaceAll(
                found -> found.group(1) + ports.computeIfAbsent(found.group(2), _ -> Ports.free()));
        Running.Start start = Running.start(Source.text(file.toString(), text), RunOptions.of(1, 1, false));
        assertThat(start).as("%s", start).isInstanceOf(Running.Start.Serving.class);
        List<HttpServer> servers = new ArrayList<>();
        try (Running running = ((Running.Start.Serving) start).running()) {
            Map<Integer, InetSocketAddress> own = new HashMap<>();
            for (SocketAddress address : running.addresses()) {
                InetSocketAddress inet = (InetSocketAddress) address;
                String loopback = inet.getAddress() instanceof Inet6Address ? "::1" : "127.0.0.1";
                own.put(inet.getPort(), new InetSocketAddress(loopback, inet.getPort()));
            }
            SocketAddress adminAt = running.adminAddress();
            int admin = adminAt instanceof InetSocketAddress inet ? inet.getPort() : 0;
            if (text.contains("app-admin.sock")) {
                assertThat(adminAt).isEqualTo(UnixDomainSocketAddress.of(folder.resolve("app-admin.sock")));
                assertThat(ready(adminAt)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("LIVE\n");
            }
            ports.values().stream().filter(port -> !own.containsKey(port)).filter(port -> port != admin)
                    .forEach(port -> servers.add(server(port)));
            assertThat(own).isNotEmpty();
            for (InetSocketAddress address : own.values()) {
                try (RawHttp client = RawHttp.connect(address, 0)) {
                    int status = client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").response().status();
                    assertThat(status).isBetween(200, 499);
                }
            }
        } finally {
            servers.forEach(server -> server.stop(0));
        }
    }

    private static String ready(@Nullable SocketAddress admin) throws IOException {
        try (SocketChannel client = SocketChannel.open(admin)) {
            client.write(StandardCharsets.US_ASCII.encode("GET /ready HTTP/1.0\r\n\r\n"));
            return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static HttpServer server(int port) {
        try {
            HttpServer server = HttpServer.create(Ports.loopback(port), 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
