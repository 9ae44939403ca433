package io.weir.app.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.admin.AdminServer.Patience;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.stats.Stats;
import io.weir.net.transport.ListenFailure;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessLogs;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin's bytes over TCP and over UNIX sockets. */
@Timeout(60)
class AdminWireTest {
    private static final String READY = "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String READY_CLOSE = "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    /** Where it listens. */
    enum Kind {
        TCP, UNIX
    }

    private final StandInWeir weir = new StandInWeir();
    @TempDir
    private Path folder = Path.of("");
    private @Nullable AdminServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private SocketAddress open(Kind kind) throws ListenFailure {
        return open(kind, Patience.USUAL, AccessLog.none());
    }

    private SocketAddress open(Kind kind, Patience patience, AccessLog log) throws ListenFailure {
        SocketAddress on = switch (kind) {
            case TCP -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            case UNIX -> UnixDomainSocketAddress.of(folder.resolve("admin.sock"));
        };
        AdminServer opened = AdminServer.open(on, -1, patience, weir, log);
        server = opened;
        return opened.address();
    }

    /** A client whose reads wait until there is something, or the end. */
    private record Client(SocketChannel channel, InputStream in) implements AutoCloseable {
        static Client to(SocketAddress address) throws IOException {
            SocketChannel channel = SocketChannel.open(address);
            return new Client(channel, Channels.newInputStream(channel));
        }

        Client send(String text) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return this;
        }

        String rest() throws IOException {
            return new String(in.readAllBytes(), ISO_8859_1);
        }

        /** The next answer, head and body, by its Content-Length. */
        String answer() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                assertThat(next).as("an answer, behind %s", head).isGreaterThanOrEqualTo(0);
                head.append((char) next);
            }
            String length = head.substring(head.indexOf("content-length: ") + "content-length: ".length());
            int bytes = Integer.parseInt(length.substring(0, length.indexOf("\r\n")));
            return head + new String(in.readNBytes(bytes), ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static String exchange(SocketAddress to, String request) throws IOException {
        try (Client client = Client.to(to)) {
            return client.send(request).rest();
        }
    }

    private static String get(SocketAddress to, String target) throws IOException {
        return exchange(to, "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"filter=shop.used|none", "filter=^shop\\.us", "filter=shop.(us|unus)ed$&usedonly",
            "filter=s.op.u+s*e{1,2}d", "filter=%5Eshop%5C.u%73ed", "filter=[s]hop\\.used&format=text",
            "usedonly&filter=shop", "filter=shop.used&filter=none", "filter=shop.used&%zz=%"})
    void aQueryIsTakenAsCurlSendsIt(String query) throws Exception {
        SocketAddress address = open(Kind.TCP);
        weir.stats.root().child("shop").counter("used").add(3);
        weir.stats.root().child("shop").counter("unused");
        weir.stats.root().child("other").counter("used").add(1);
        assertThat(get(address, "/stats?" + query)).startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\nshop.used: 3\n");
    }

    @Test
    void formatsAreAskedForInAQuery() throws Exception {
        SocketAddress address = open(Kind.TCP);
        weir.stats.root().child("shop").counter("used").add(3);
        assertThat(get(address, "/stats?format=prometheus&usedonly")).contains("# TYPE envoy_shop_used counter");
        assertThat(get(address, "/stats?usedonly&format=json")).contains("content-type: application/json\r\n");
        assertThat(get(address, "/stats?format=xml")).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void requestsOnOneConnectionAreAnsweredInTheirOrder(Kind kind) throws Exception {
        SocketAddress address = open(kind);
        try (Client client = Client.to(address)) {
            client.send(READY + "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n" + READY);
            assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("LIVE\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 404 Not Found\r\n").contains("  /ready: ");
            assertThat(client.answer()).endsWith("LIVE\n");
            assertThat(client.send(READY_CLOSE).rest()).contains("connection: close\r\n").endsWith("LIVE\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aHeadHasTheLengthOfTheBodyThatItLeavesOut(Kind kind) throws Exception {
        SocketAddress address = open(kind);
        String answer = exchange(address, "HEAD /ready HTTP/1.1\r\nHost: a\r\n\r\n" + READY_CLOSE);
        assertThat(answer.split("HTTP/1.1 200 OK\r\n", -1)[1]).contains("content-length: 5\r\n").endsWith("\r\n\r\n");
        assertThat(answer).endsWith("LIVE\n");
    }

    @Test
    void anOldClientIsClosedUnlessItAsksToStay() throws Exception {
        SocketAddress address = open(Kind.TCP);
        assertThat(exchange(address, "GET /ready HTTP/1.0\r\n\r\n")).endsWith("LIVE\n");
        try (Client client = Client.to(address)) {
            client.send("GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.answer()).contains("connection: keep-alive\r\n");
            assertThat(client.send(READY).answer()).endsWith("LIVE\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aClientThatClosesItsDirectionIsAnswered(Kind kind) throws Exception {
        SocketAddress address = open(kind);
        try (Client client = Client.to(address)) {
            client.send(READY);
            client.channel().shutdownOutput();
            assertThat(client.rest()).endsWith("LIVE\n");
        }
    }

    @Test
    void bodiesAreReadAndThrownAway() throws Exception {
        SocketAddress address = open(Kind.TCP);
        try (Client client = Client.to(address)) {
            client.send("POST /healthcheck/fail HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
            assertThat(client.answer()).endsWith("OK\n");
            client.send("POST /healthcheck/ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            assertThat(client.send("0\r\na: b\r\n\r\n").answer()).endsWith("OK\n");
            client.send("POST /reopen_logs HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
            assertThat(new String(client.in().readNBytes(25), ISO_8859_1)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("x").answer()).endsWith("OK\n");
            assertThat(client.send(READY).answer()).endsWith("LIVE\n");
        }
        assertThat(weir.asked).containsExactly("healthy false", "healthy true", "reopen");
    }

    @Test
    void aBodyThatIsTooLongIsRefusedAndAsksNothing() throws Exception {
        SocketAddress address = open(Kind.TCP);
        int length = AdminConnection.BODY_BYTES_MAX + 1;
        assertThat(exchange(address, "POST /quitquitquit HTTP/1.1\r\nHost: a\r\nContent-Length: " + length
                + "\r\n\r\n")).startsWith("HTTP/1.1 413 ");
        String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
        assertThat(exchange(address, "POST /quitquitquit HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(3))).startsWith("HTTP/1.1 413 ");
        assertThat(weir.asked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatCanBeReadInTwoWaysIsRefusedAndTheConnectionCloses(Kind kind) throws Exception {
        SocketAddress address = open(kind);
        assertThat(exchange(address, "GET /ready HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + READY))
                .startsWith("HTTP/1.1 400 Bad Request\r\n").contains("connection: close\r\n").doesNotContain("LIVE");
        assertThat(exchange(address, "GET /ready HTTP/1.1\r\nHost: a\r\nx: " + "y".repeat(1 << 17) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void aSlowReaderOfALargeDumpKeepsNobodyWaiting() throws Exception {
        SocketAddress address = open(Kind.UNIX);
        weir.dump = "0123456789abcde\n".repeat(1 << 19);
        try (Client slow = Client.to(address)) {
            slow.send("GET /config_dump HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(slow.in().read()).isEqualTo('H');
            for (int i = 0; i < 5; i++) {
                assertThat(exchange(address, READY_CLOSE)).endsWith("LIVE\n");
            }
            assertThat(slow.answer()).endsWith("\r\n\r\n" + weir.dump);
            assertThat(slow.send(READY).answer()).endsWith("LIVE\n");
        }
    }

    @Test
    void largePagesThatNobodyTakesAreHeldUpToABoundAndProbesAreStillAnswered() throws Exception {
        SocketAddress address = open(Kind.UNIX);
        weir.dump = "0123456789abcde\n".repeat((int) (AdminServer.HELD_BYTES_MAX / 40));
        String get = "GET /config_dump HTTP/1.1\r\nHost: a\r\n\r\n";
        try (Client third = Client.to(address)) {
            try (Client first = Client.to(address); Client second = Client.to(address)) {
                assertThat(first.send(get).in().read()).isEqualTo('H');
                assertThat(second.send(get).in().read()).isEqualTo('H');
                assertThat(third.send(get).answer()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
                assertThat(exchange(address, "HEAD" + READY_CLOSE.substring(3))).contains("content-length: 5\r\n");
                assertThat(exchange(address, READY_CLOSE)).endsWith("LIVE\n");
                assertThat(first.answer()).endsWith(weir.dump);
                assertThat(first.send(READY).answer()).endsWith("LIVE\n");
            }
            // the second has gone without taking its page, which the admin hears of when it next writes
            assertThat(exchange(address, READY_CLOSE)).endsWith("LIVE\n");
            assertThat(third.send(get).answer()).endsWith(weir.dump);
        }
    }

    @Test
    void oneConnectionTooManyTakesThePlaceOfTheOneThatRestedLongest() throws Exception {
        SocketAddress address = open(Kind.TCP);
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < AdminServer.CONNECTIONS_MAX; i++) {
                Client client = Client.to(address);
                clients.add(client);
                assertThat(client.send(READY).answer()).endsWith("LIVE\n");
            }
            assertThat(clients.getFirst().send(READY).answer()).endsWith("LIVE\n");
            assertThat(exchange(address, READY_CLOSE)).endsWith("LIVE\n");
            assertThat(clients.get(1).rest()).isEmpty();
            assertThat(clients.getFirst().send(READY).answer()).endsWith("LIVE\n");
            assertThat(clients.getLast().send(READY).answer()).endsWith("LIVE\n");
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whoSaysNothingIsClosedAndWhoIsTooSlowIsToldSo() throws Exception {
        long soon = TimeUnit.MILLISECONDS.toNanos(50);
        SocketAddress address = open(Kind.TCP, new Patience(soon, soon, soon), AccessLog.none());
        assertThat(exchange(address, "")).isEmpty();
        assertThat(exchange(address, READY)).endsWith("LIVE\n");
        assertThat(exchange(address, "GET /ready HTT")).startsWith("HTTP/1.1 408 ");
        assertThat(exchange(address, "POST /ready HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx"))
                .startsWith("HTTP/1.1 408 ");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyRequestHasALineInEnvoysFormat(Kind kind) throws Exception {
        Path file = folder.resolve("admin.log");
        try (AccessLogs logs = new AccessLogs(new Stats())) {
            AccessLogs.Opened opened = logs.open(new AccessLogSpec(new AccessLogSpec.Sink.File(file.toString()),
                    new AccessLogSpec.Format.Default(), null));
            SocketAddress address = open(kind, Patience.USUAL, ((AccessLogs.Opened.Ready) opened).log());
            exchange(address, "GET /ready?a|b HTTP/1.1\r\nHost: w.example\r\nUser-Agent: probe/1\r\n\r\n"
                    + "POST /logging HTTP/1.0\r\nHost: w.example\r\nContent-Length: 2\r\n\r\nab");
            exchange(address, "nonsense\r\n\r\n");
            assertThat(logs.flush(TimeUnit.SECONDS.toNanos(10))).isTrue();
            List<String> lines = Files.readAllLines(file);
            assertThat(lines).hasSize(3);
            assertThat(lines.get(0)).matches("\\[\\S+] \"GET /ready\\?a\\|b HTTP/1.1\" 200 - 0 5 \\d+ - \"-\" "
                    + "\"probe/1\" \"-\" \"w.example\" \"-\"");
            assertThat(lines.get(1)).contains("] \"POST /logging HTTP/1.0\" 200 - 2 ");
            assertThat(lines.get(2)).contains(" 400 - 0 ");
        }
    }

    @Test
    void aSocketFileThatNobodyListensOnIsReplacedAndGoesWithTheServer() throws Exception {
        Path file = folder.resolve("admin.sock");
        ServerSocketChannel killed = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        killed.bind(UnixDomainSocketAddress.of(file));
        killed.close(); // leaves its file, as a process that is killed does
        assertThat(file).exists();
        SocketAddress address = open(Kind.UNIX);
        assertThat(exchange(address, READY_CLOSE)).endsWith("LIVE\n");
        assertThatThrownBy(() -> AdminServer.open(address, -1, weir, AccessLog.none()))
                .isInstanceOf(ListenFailure.class).hasMessageContaining("the address is in use");
        assertThat(exchange(address, READY_CLOSE)).endsWith("LIVE\n");
        close();
        assertThat(file).doesNotExist();
        Files.writeString(file, "somebody's");
        assertThatThrownBy(() -> open(Kind.UNIX)).isInstanceOf(ListenFailure.class)
                .hasMessageContaining("not a socket");
        assertThat(file).hasContent("somebody's");
    }

    @Test
    void theFileOfASocketHasTheModeAskedFor() throws Exception {
        Path file = folder.resolve("admin.sock");
        AdminServer opened = AdminServer.open(UnixDomainSocketAddress.of(file), 0600, weir, AccessLog.none());
        server = opened;
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        opened.permit(0666);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-rw-rw-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ready LIVE", "/stats?filter=^shop.(used|none)$ shop.used: 3"})
    void curlIsAnsweredOnAUnixSocket(String asked) throws Exception {
        String curl = Peers.require("curl").toString();
        SocketAddress address = open(Kind.UNIX);
        weir.stats.root().child("shop").counter("used").add(3);
        int space = asked.indexOf(' ');
        Process process = new ProcessBuilder(curl, "-sS", "--globoff", "--unix-socket", address.toString(),
                "http://localhost" + asked.substring(0, space)).redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo(asked.substring(space + 1) + "\n");
        assertThat(process.waitFor()).isZero();
    }
}
