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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bootstraps as others write them do not only compile but serve. Ports become free ones; every port that Weir does not
 * listen on gets a server that answers.
 */
class WildRunPeerTest {
    private static final Path WILD = Path.of("..", "weir-xds", "src", "test", "resources", "wild");
    private static final Pattern PORT = Pattern.compile("(port_?[vV]alue\"?\\s*:\\s*)(\\d+)");
    private static final Pattern NAMES = Pattern.compile("(?i)(strict|logical)_dns|clusters\\.dns");

    static List<Path> wild() throws IOException {
        try (Stream<Path> files = Files.list(WILD)) {
            return files.filter(WildRunPeerTest::needsNothingElse).sorted().toList();
        }
    }

    /** Not what needs a name server or a folder that this machine may not have, nor what has no listener. */
    private static boolean needsNothingElse(Path file) {
        try {
            String text = Files.readString(file);
            boolean possible = !text.contains("::\"") || Files.exists(Path.of("/proc/net/if_inet6"));
            boolean serves = text.contains("filter_chains") || text.contains("filterChains");
            return possible && serves && !NAMES.matcher(text).find() && !text.contains("pipe:");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("wild")
    void everyListenerOfABootstrapOfOthersAnswers(Path file) throws IOException {
        Map<String, Integer> ports = new HashMap<>();
        String text = PORT.matcher(Files.readString(file).replace("0.0.0.0", "127.0.0.1"))
                .replaceAll(found -> found.group(1)
                        + ports.computeIfAbsent(found.group(2), _ -> Ports.free()));
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
            InetSocketAddress admin = running.adminAddress();
            ports.values().stream().filter(port -> !own.containsKey(port))
                    .filter(port -> admin == null || admin.getPort() != port)
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
