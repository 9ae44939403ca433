package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.weir.core.socket.SocketRules;
import io.weir.testkit.Await;
import io.weir.testkit.Ports;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.spec.ListenPlace;
import io.weir.xds.spec.ListenerSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a listener of a whole Weir in this process does on the sockets that it keeps, after its kind has changed, and by
 * which it listens when its addresses have.
 */
@Timeout(60)
class ReloadsOverSocketsTest {
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";
    private static final String PROXY_PROTOCOL = "listener_filters: [ { name: proxy, typed_config: { \"@type\":"
            + " type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol } } ]";
    private static final String SAYS = "{ \"@type\": " + NETWORK
            + "direct_response.v3.Config, response: { inline_string: hello } }";
    private static final String HTTP = """
            { "@type": %shttp_connection_manager.v3.HttpConnectionManager, stat_prefix: in,
              route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [
                { match: { prefix: / }, direct_response: { status: 200, body: { inline_string: web } } } ] } ] },
              http_filters: [ { name: router, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ] }"""
            .formatted(NETWORK);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private static final String FILE = """
                - name: file
                  address: { pipe: { path: "%s" } }
                  %s
                  filter_chains: [ { filters: [ { name: last, typed_config: %s } ] } ]
            """;
    private static final String GREETS = NETWORK + "direct_response.v3.Config";
    private static final int CLIENTS = 6;
    private static final int SOL_IP = 0;
    private static final int IP_TRANSPARENT = 19;

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static String listening(String more, String filter) {
        return """
                static_resources:
                  listeners:
                    - name: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      %s
                      filter_chains:
                        - filters:
                            - name: last
                              typed_config: %s
                """.formatted(more, filter.replace("\n", "\n                    "));
    }

    @Test
    void aListenerThatNoLongerLooksFirstStillReads() throws Exception {
        weir.start(listening(PROXY_PROTOCOL, HTTP));
        InetSocketAddress where = weir.listener(0);
        assertThat(ServedWeir.ask(where, "PROXY TCP4 192.0.2.7 198.51.100.1 5000 80\r\n" + GET)).endsWith("web");
        weir.reload(listening("", HTTP));
        assertThat(weir.listener(0)).isEqualTo(where);
        assertThat(ServedWeir.ask(where, GET)).startsWith("HTTP/1.1 200 ").endsWith("web");
    }

    @Test
    void aListenerOfBytesBecomesOneOfHttpAndBack() throws Exception {
        weir.start(listening("", SAYS));
        InetSocketAddress where = weir.listener(0);
        assertThat(ServedWeir.ask(where, "")).isEqualTo("hello");
        weir.reload(listening("", HTTP));
        assertThat(weir.listener(0)).isEqualTo(where);
        assertThat(ServedWeir.ask(where, GET)).startsWith("HTTP/1.1 200 ").endsWith("web");
        weir.reload(listening("", SAYS));
        assertThat(weir.listener(0)).isEqualTo(where);
        assertThat(ServedWeir.ask(where, GET)).isEqualTo("hello");
    }

    /** A socket of a file is none that the system makes transparent, whoever asks. */
    @Test
    void aReloadIsRefusedAsAWholeWhereASocketCannotBecomeTransparent() throws Exception {
        Path path = weir.folder().resolve("listener");
        weir.start(listening("", SAYS) + FILE.formatted(path, "", SAYS));
        assertThat(ServedWeir.ask(weir.listener(0), "")).isEqualTo("hello");
        weir.reload(listening("", HTTP) + FILE.formatted(path, "transparent: true", SAYS));
        assertThat(ServedWeir.ask(weir.listener(0), "")).as("all is as before").isEqualTo("hello");
        weir.reload(listening("", HTTP) + FILE.formatted(path, "", SAYS));
        assertThat(ServedWeir.ask(weir.listener(0), GET)).endsWith("web");
    }

    @Test
    void aListenerThatCannotBecomeTransparentKeepsNothingOpenOfWhatWasMadeForIt() throws Exception {
        Path open = Path.of("/proc/self/fd");
        Assumptions.assumeTrue(Files.isDirectory(open), "what is open is told by Linux only");
        Path log = weir.folder().resolve("connections.log");
        Path path = weir.folder().resolve("listener");
        String more = """
                access_log: [ { name: log, typed_config: {
                        "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog,
                        path: "%s" } } ]
                """.formatted(log).strip();
        weir.start(listening("", SAYS) + FILE.formatted(path, "", SAYS));
        weir.reload(listening("", SAYS) + FILE.formatted(path, "transparent: true\n      " + more, SAYS));
        assertThat(log).as("it was opened").exists();
        Await.until("it is closed again", () -> {
            try (Stream<Path> all = Files.list(open)) {
                return all.map(ReloadsOverSocketsTest::target).noneMatch(log.toString()::equals);
            }
        });
    }

    /** What IP_TRANSPARENT is at the sockets of a port. */
    private static Set<Integer> transparent(int port) throws IOException {
        Set<Integer> all = new HashSet<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : open.filter(fd -> target(fd).startsWith("socket:")).toList()) {
                var socket = new io.netty.channel.unix.Socket(Integer.parseInt(each.getFileName().toString()));
                InetSocketAddress local = socket.localAddress();
                if (local != null && local.getPort() == port) {
                    all.add(socket.getIntOpt(SOL_IP, IP_TRANSPARENT));
                }
            }
        }
        return all;
    }

    @Test
    void whatHasBecomeTransparentIsSoNoMoreWhereAnotherListenerIsRefused() throws Exception {
        onlyWithEpoll();
        Assumptions.assumeTrue(System.getProperty("user.name", "").equals("root"), "IP_TRANSPARENT needs a capability");
        Path path = weir.folder().resolve("listener");
        weir.start(listening("", SAYS) + FILE.formatted(path, "", SAYS));
        int port = weir.listener(0).getPort();
        weir.reload(listening("transparent: true", SAYS) + FILE.formatted(path, "transparent: true", SAYS));
        assertThat(transparent(port)).containsExactly(0);
        weir.reload(listening("transparent: true", SAYS) + FILE.formatted(path, "", SAYS));
        assertThat(transparent(port)).containsExactly(1);
    }

    @Test
    void whatWasBoundIsClosedAgainWhereABugEndsAReload() throws Exception {
        weir.start(listening("", SAYS));
        Snapshot now = weir.running().snapshot();
        ListenerSpec in = now.listeners().getFirst();
        int port = Ports.free();
        SocketAddress broken = new SocketAddress() {
            private static final long serialVersionUID = 1L;

            @Override
            public String toString() {
                throw new IllegalStateException("a bug");
            }
        };
        var place = new ListenPlace(List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), broken),
                Map.of(), false, true, true, 16, SocketRules.PLAIN, Map.of());
        var changed = new ListenerSpec(in.name(), in.statPrefix(), place, in.firstLook(), in.chainSet(),
                in.bufferBytesMax(), in.accessLog(), in.redirection(), in.drain(), in.overload());
        var next = new Snapshot(now.node(), now.localCluster(), now.outlierLog(), List.of(changed), now.clusters(),
                now.admin(), now.demo(), now.acme(), now.overload(), now.interception(), now.source());
        assertThatThrownBy(() -> weir.running().conductor()
                .call(() -> weir.running().listeners().prepare(next, Set.of()))).hasRootCauseMessage("a bug");
        assertRefused("127.0.0.1", port);
        assertThat(ServedWeir.ask(weir.listener(0), "")).isEqualTo("hello");
    }

    @Test
    void aSocketHasTheModeOfTheListenerThatTakesItOver() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "sockets have files with epoll");
        String unix = """
                    - name: file
                      stat_prefix: %s
                      address: { pipe: { path: "%s", mode: %d } }
                      filter_chains: [ { filters: [ { name: last, typed_config: %s } ] } ]
                """;
        Path path = weir.folder().resolve("listener");
        weir.start(listening("", SAYS) + unix.formatted("one", path, 0600, SAYS));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
        Object file = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        weir.reload(listening("", SAYS) + unix.formatted("two", path, 0660, SAYS));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-rw----");
        assertThat(Files.readAttributes(path, BasicFileAttributes.class).fileKey()).as("the same").isEqualTo(file);
    }

    /** What the start is refused for. */
    private String refusal(String more) throws IOException {
        return Running.start(Source.file(weir.write(listening(more, SAYS))), RunOptions.of(1, 1, true)).toString();
    }

    @Test
    void eachAddressHasTheOptionsOfItsListenerOrItsOwnInTheirPlace() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "options by number are those of the epoll transport");
        Path path = weir.folder().resolve("own");
        String file = "additional_addresses: [ { address: { pipe: { path: \"" + path + "\" } }%s } ]";
        String own = ", socket_options: { socket_options: [ { level: 6, name: 4, int_value: 78 } ] }";
        String all = "socket_options: [ { level: 6, name: 4, int_value: 77 } ]\n      ";
        // no option can be set by number on the socket of a file: it is refused where it has any
        assertThat(refusal(all + file.formatted(""))).contains(path.toString());
        assertThat(refusal(file.formatted(own))).contains(path.toString());
        weir.start(listening(all + file.formatted(", socket_options: {}"), SAYS));
        assertThat(ServedWeir.ask(weir.listener(0), "")).isEqualTo("hello");
        assertThat(path).exists();
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    /** Several sockets share a port there only. */
    private static void onlyWithEpoll() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "several sockets share a port with epoll only");
    }

    /** At the first address, and further ones. */
    private static String at(String protocol, int port, String... literals) {
        List<String> all = List.of(literals).stream().map(literal -> ("{ socket_address: { protocol: %s, address:"
                + " \"%s\", port_value: %d } }").formatted(protocol, literal, port)).toList();
        return "address: " + all.getFirst() + "\n    additional_addresses: [" + all.stream().skip(1)
                .map(each -> " { address: " + each + " }").collect(Collectors.joining(",")) + " ]\n";
    }

    /** A listener that greets by its name. */
    private static String greeter(String name, String where, String more) {
        return """
                  - name: %s
                    %s    %s
                    filter_chains: [ { filters: [ { name: last, typed_config: { "@type": %s,
                      response: { inline_string: "I am %s" } } } ] } ]
                """.formatted(name, where, more, GREETS, name);
    }

    private static String listeners(String... all) {
        return "static_resources:\n  listeners:\n" + String.join("", all);
    }

    private static String said(String literal, int port) throws IOException {
        return ServedWeir.ask(new InetSocketAddress(InetAddress.ofLiteral(literal), port), "");
    }

    private static void assertRefused(String literal, int port) {
        assertThatThrownBy(() -> said(literal, port)).isInstanceOf(ConnectException.class);
    }

    private void reload(String text) throws IOException {
        long before = rejected();
        weir.reload(text);
        assertThat(rejected()).as("reloads that were refused").isEqualTo(before);
    }

    private long rejected() {
        return weir.running().stats().root().child("listener_manager").counter("lds.update_rejected").value();
    }

    private void halted(boolean on) {
        weir.running().conductor().call(() -> {
            weir.running().listeners().halted(on);
            return 0;
        });
    }

    /** Clients who wait at an address where nobody takes them at the moment. */
    private static List<Socket> waiting(int port) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
            client.setSoTimeout(20_000);
            clients.add(client);
        }
        return clients;
    }

    private static void assertHear(List<Socket> clients, String text) throws IOException {
        for (Socket client : clients) {
            try (client) {
                assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void furtherAddressesComeAndGoWhileTheOthersStay() throws Exception {
        onlyWithEpoll();
        int port = Ports.free();
        weir.start(listeners(greeter("one", at("TCP", port, "127.0.0.1"), "")));
        assertThat(said("127.0.0.1", port)).isEqualTo("I am one");
        assertRefused("127.0.0.2", port);
        for (int round = 0; round < 2; round++) {
            halted(true);
            List<Socket> clients = waiting(port);
            reload(listeners(greeter("one", at("TCP", port, "127.0.0.1", "127.0.0.2", "127.0.0.3"), "")));
            halted(false);
            assertHear(clients, "I am one");
            assertThat(weir.running().addresses()).hasSize(3);
            assertThat(said("127.0.0.2", port) + said("127.0.0.3", port)).isEqualTo("I am oneI am one");
            reload(listeners(greeter("one", at("TCP", port, "127.0.0.3", "127.0.0.1"), "")));
            assertThat(said("127.0.0.3", port) + said("127.0.0.1", port)).isEqualTo("I am oneI am one");
            assertRefused("127.0.0.2", port);
            reload(listeners(greeter("one", at("TCP", port, "127.0.0.1"), "")));
            assertRefused("127.0.0.3", port);
        }
    }

    @Test
    void anAddressThatHoldsTheOneBeforeTakesItsPlaceAndWhoWaitsThereIsServed() throws Exception {
        onlyWithEpoll();
        int port = Ports.free();
        for (String more : List.of("enable_reuse_port: false", "enable_reuse_port: true")) {
            String narrow = listeners(greeter("one", at("TCP", port, "127.0.0.1"), more));
            String wide = listeners(greeter("one", at("TCP", port, "0.0.0.0"), more));
            if (more.endsWith("false")) {
                weir.start(narrow);
            }
            for (String next : List.of(wide, narrow)) {
                halted(true);
                List<Socket> clients = waiting(port);
                reload(next);
                halted(false);
                assertHear(clients, "I am one");
                assertThat(said("127.0.0.1", port)).isEqualTo("I am one");
                assertThat(weir.running().addresses()).hasSize(1);
            }
            assertRefused("127.0.0.2", port);
        }
    }

    /** The numbers of those that listen at a port, as the kernel has them (proc_pid_net(5)). */
    private static List<String> sockets(int port) throws IOException {
        String listening = ":%04X 00000000:0000 0A ".formatted(port);
        return Files.readAllLines(Path.of("/proc/self/net/tcp")).stream().filter(line -> line.contains(listening))
                .map(line -> line.strip().split(" +", -1)[9]).sorted().toList();
    }

    @Test
    void listenersThatSwapTheirAddressesSwapTheirSockets() throws Exception {
        onlyWithEpoll();
        int first = Ports.free();
        int second = Ports.free();
        String[] more = {"stat_prefix: a", "stat_prefix: b"};
        weir.start(listeners(greeter("a", at("TCP", first, "127.0.0.1"), more[0]),
                greeter("b", at("TCP", second, "127.0.0.1"), more[1])));
        List<String> sockets = sockets(first);
        assertThat(sockets).isNotEmpty();
        reload(listeners(greeter("a", at("TCP", second, "127.0.0.1"), more[0]),
                greeter("b", at("TCP", first, "127.0.0.1"), more[1])));
        assertThat(sockets(first)).isEqualTo(sockets);
        assertThat(said("127.0.0.1", first)).isEqualTo("I am b");
        assertThat(said("127.0.0.1", second)).isEqualTo("I am a");
    }

    @Test
    void aFurtherAddressThatSomebodyElseHasLeavesEverythingAsItWas() throws Exception {
        onlyWithEpoll();
        int port = Ports.free();
        weir.start(listeners(greeter("one", at("TCP", port, "127.0.0.1"), "")));
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"))) {
            long before = rejected();
            weir.reload(listeners(greeter("two", at("TCP", port, "127.0.0.1", "127.0.0.3"), ""),
                    greeter("three", at("TCP", taken.getLocalPort(), "127.0.0.2"), "")));
            assertThat(rejected()).isEqualTo(before + 1);
        }
        assertThat(said("127.0.0.1", port)).isEqualTo("I am one");
        assertRefused("127.0.0.3", port);
    }

    private static String heard(DatagramSocket client, DatagramSocket host, String literal, int port)
            throws IOException {
        client.send(new DatagramPacket(new byte[9], 9, InetAddress.ofLiteral(literal), port));
        var asked = new DatagramPacket(new byte[100], 100);
        host.receive(asked);
        host.send(new DatagramPacket(new byte[9], 9, asked.getSocketAddress()));
        var answer = new DatagramPacket(new byte[100], 100);
        client.receive(answer);
        return answer.getAddress().getHostAddress() + " by " + asked.getPort();
    }

    @Test
    void datagramsComeByFurtherAddressesTooAndSessionsStayWhereTheirAddressDoes() throws Exception {
        onlyWithEpoll();
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        int port = Ports.free();
        try (DatagramSocket host = new DatagramSocket(any); DatagramSocket client = new DatagramSocket(any)) {
            host.setSoTimeout(20_000);
            client.setSoTimeout(20_000);
            String config = DatagramReloadTest.config(port, host.getLocalPort(), 100);
            String line = config.lines().filter(each -> each.contains("    address: {")).findFirst().orElseThrow();
            weir.start(config);
            String session = heard(client, host, "127.0.0.1", port);
            reload(config.replace(line + "\n", "    " + at("UDP", port, "127.0.0.1", "127.0.0.2")));
            assertThat(heard(client, host, "127.0.0.1", port)).isEqualTo(session);
            assertThat(heard(client, host, "127.0.0.2", port)).startsWith("127.0.0.2 by ");
            reload(config.replace(line + "\n", "    " + at("UDP", port, "0.0.0.0")));
            assertThat(heard(client, host, "127.0.0.1", port)).startsWith("127.0.0.1 by ");
            reload(config);
            assertThat(heard(client, host, "127.0.0.1", port)).startsWith("127.0.0.1 by ");
            assertThat(weir.running().addresses()).hasSize(1);
        }
    }
}
