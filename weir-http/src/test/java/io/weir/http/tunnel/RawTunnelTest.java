package io.weir.http.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.Route;
import io.weir.http.route.RouteTable;
import io.weir.http.route.VirtualHost;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import io.weir.testkit.Peers;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT that ends at Weir (RFC 9110 section 9.3.6): the host gets the tunnel's bytes and nothing else. */
@Timeout(30)
final class RawTunnelTest {
    private static final Route.Note TERMINATES = new UpgradeRules(Map.of(UpgradeRules.CONNECT, true), true, false);
    private static final Route.Note WITH_POST = new UpgradeRules(Map.of(UpgradeRules.CONNECT, true), true, true);

    /** A host that speaks no HTTP, and greets first. */
    private static final class Plain implements AutoCloseable {
        final ServerSocket server;
        final LinkedBlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();

        Plain(boolean echoes) throws IOException {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> serve(echoes));
        }

        private void serve(boolean echoes) {
            try {
                while (true) {
                    var socket = server.accept();
                    accepted.add(socket);
                    if (echoes) {
                        Thread.ofVirtual().start(() -> echo(socket));
                    }
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private static void echo(Socket socket) {
            try (socket) {
                socket.getOutputStream().write("welcome".getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().transferTo(socket.getOutputStream());
                socket.getOutputStream().write(Hosts.GOODBYE.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        Socket next() throws InterruptedException {
            var socket = accepted.poll(10, TimeUnit.SECONDS);
            assertThat(socket).isNotNull();
            return socket;
        }

        ProxyFixture proxy(HttpManagerSpec.Timeouts times, Route.Note note) {
            var cluster = ClusterSpec.of("origins",
                    List.of(Endpoint.of((InetSocketAddress) server.getLocalSocketAddress())));
            return ProxyFixture.to(cluster, Hosts.manager(times, note));
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (var socket : accepted) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHostsBytesAndTheClientsPassUntouched(boolean http2) throws Exception {
        try (var host = new Plain(true);
                var proxy = host.proxy(HttpManagerSpec.Timeouts.DEFAULT, TERMINATES);
                var client = TunnelClient.of(http2, proxy.port)) {
            assertThat(client.connect()).isEqualTo(200);
            assertThat(client.read(7)).isEqualTo("welcome");
            client.send("GET / HTTP/1.1\r\nHost: inside\r\n\r\n");
            assertThat(client.read(32)).isEqualTo("GET / HTTP/1.1\r\nHost: inside\r\n\r\n");
            client.finish();
            assertThat(client.read(Hosts.GOODBYE.length())).isEqualTo(Hosts.GOODBYE);
            assertThat(client.ended()).isTrue();
            var logged = proxy.logged();
            assertThat(logged.status()).isEqualTo(200);
            assertThat(logged.received()).isEqualTo(32);
            assertThat(logged.sent()).isEqualTo(7 + 32 + Hosts.GOODBYE.length());
        }
    }

    @Test
    void bytesSentBeforeTheAnswerReachTheHostBehindItAndAreNoRequest() throws Exception {
        try (var host = new Plain(true);
                var proxy = host.proxy(HttpManagerSpec.Timeouts.DEFAULT, TERMINATES);
                var client = proxy.client()) {
            client.send("CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\nGET /early HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.responseTo("CONNECT").status()).isEqualTo(200);
            assertThat(Hosts.text(client.read(7 + 32))).endsWith("GET /early HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(proxy.exchanges()).isZero();
        }
    }

    @Test
    void aResetByTheHostIsAResetForTheClientAndTheOtherWayRound() throws Exception {
        try (var host = new Plain(false); var proxy = host.proxy(HttpManagerSpec.Timeouts.DEFAULT, TERMINATES)) {
            var client = TunnelClient.of(true, proxy.port);
            assertThat(client.connect()).isEqualTo(200);
            var socket = host.next();
            socket.setSoLinger(true, 0);
            socket.close();
            assertThat(client.reset()).isEqualTo("CONNECT_ERROR"); // RFC 9113 section 8.5
            client.close();

            var other = RawHttp.connect(proxy.port);
            other.send("CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n");
            assertThat(other.responseTo("CONNECT").status()).isEqualTo(200);
            var far = host.next();
            far.setSoTimeout(10_000);
            other.reset();
            assertThat(catchThrowable(() -> far.getInputStream().read()))
                    .hasMessageContaining("reset");
            far.close();
        }
    }

    @Test
    void aHostThatCannotBeReachedIs503AndTheConnectionCloses() throws Exception {
        var host = new Plain(false);
        try (var proxy = host.proxy(HttpManagerSpec.Timeouts.DEFAULT, TERMINATES)) {
            host.close();
            String all = RawHttp.exchange(proxy.port,
                    "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(all).startsWith("HTTP/1.1 503 ").containsIgnoringCase("connection: close");
            assertThat(all.indexOf("HTTP/1.1", 5)).isNegative();
            proxy.logged();
            assertThat(proxy.exchanges()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theContentOfAPostIsATunnelWhereItsRouteAllowsThat(boolean allowed) throws Exception {
        try (var host = new Plain(true)) {
            var cluster = ClusterSpec.of("origins",
                    List.of(Endpoint.of((InetSocketAddress) host.server.getLocalSocketAddress())));
            var note = allowed ? WITH_POST : TERMINATES;
            var route = new Route("", RouteMatch.of(new PathMatch.Prefix("/", false)), Forward.to("origins"),
                    HeaderEdits.NONE, Route.OUTERMOST, List.of(note));
            var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(route))), false);
            try (var proxy = ProxyFixture.to(cluster, HttpManagerSpec.of("test", table));
                    var client = proxy.client()) {
                client.send("POST /t HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
                var answer = client.response();
                assertThat(answer.status()).isEqualTo(allowed ? 200 : 502); // "welcome" is no HTTP
                assertThat(answer.body()).isEqualTo(allowed ? "welcomehello" + Hosts.GOODBYE : answer.body());
            }
        }
    }

    @Test
    void theTrailersOfSuchAPostAreItsEndAndNoBytesOfTheTunnel() throws Exception {
        try (var host = new Plain(true)) {
            var cluster = ClusterSpec.of("origins",
                    List.of(Endpoint.of((InetSocketAddress) host.server.getLocalSocketAddress())));
            var route = new Route("", RouteMatch.of(new PathMatch.Prefix("/", false)), Forward.to("origins"),
                    HeaderEdits.NONE, Route.OUTERMOST, List.of(WITH_POST));
            var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(route))), false);
            try (var proxy = ProxyFixture.to(cluster, HttpManagerSpec.of("test", table));
                    var client = proxy.client()) {
                client.send("POST /t HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
                        + "X-Sum: 42\r\n\r\n");
                assertThat(client.response().body()).isEqualTo("welcomehello" + Hosts.GOODBYE);
            }
        }
    }

    @Test
    void aFlowThatNobodyReadsIsHeldBack() throws Exception {
        try (var host = new Plain(false);
                var proxy = host.proxy(HttpManagerSpec.Timeouts.DEFAULT, TERMINATES);
                var client = RawHttp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port),
                        8192)) {
            client.send("CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n");
            assertThat(client.responseTo("CONNECT").status()).isEqualTo(200);
            var socket = host.next();
            socket.setSendBufferSize(8192);
            var sent = new AtomicLong();
            Thread.ofPlatform().daemon().start(() -> {
                byte[] much = new byte[65_536];
                try {
                    for (int i = 0; i < 1_000; i++) {
                        socket.getOutputStream().write(much);
                        sent.addAndGet(much.length);
                    }
                } catch (IOException over) {
                    // the test is over
                }
            });
            ProxyFixture.eventually(
                    () -> proxy.cluster.stats().upstreamFlowControlPausedReadingTotal().value() > 0);
            long before = sent.get();
            assertThat(before).isLessThan(32L << 20);
            byte[] all = client.read(65_536_000);
            assertThat(all).hasSize(65_536_000);
        }
    }

    @Test
    void curlTunnelsThroughIt() throws Exception {
        Path curl = Peers.require("curl");
        try (var origin = Origin.answering("through the tunnel")) {
            var cluster = ClusterSpec.of("origins", List.of(Endpoint.of(origin.address())));
            try (var proxy = ProxyFixture.to(cluster, Hosts.manager(HttpManagerSpec.Timeouts.DEFAULT, TERMINATES))) {
                var process = new ProcessBuilder(curl.toString(), "-sS", "-p", "-x", "http://127.0.0.1:" + proxy.port,
                        "http://inside.example:8080/x").redirectErrorStream(true).start();
                assertThat(Hosts.text(process.getInputStream().readAllBytes())).isEqualTo("through the tunnel");
                assertThat(process.waitFor()).isZero();
                assertThat(origin.requests().getFirst().target()).isEqualTo("/x");
                assertThat(proxy.logged().status()).isEqualTo(200);
            }
        }
    }
}
