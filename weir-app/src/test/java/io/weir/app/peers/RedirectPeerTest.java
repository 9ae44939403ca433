package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Nginx;
import io.weir.testkit.OwnNetwork;
import io.weir.testkit.PeerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Connections that a real packet filter redirects to Weir, in a network of the test's own. */
class RedirectPeerTest {
    private static final int READY = 20_999;
    private static final int WEIR = 15_001;
    private static final int ADMIN = 15_000;
    private static final List<String> ADDRESSES = List.of("10.9.0.1/32", "10.9.0.2/32", "10.9.0.100/32", "fd00::1/128",
            "fd00::100/128");
    private static final String CLIENT = "10.9.0.100";
    private static final String CLIENT6 = "fd00::100";

    /** What the clients send is redirected; what Weir sends on is not. */
    private static final String RULES = """
            table ip weir {
              chain out {
                type nat hook output priority -100;
              ip saddr 10.9.0.100 ip daddr { 10.9.0.1, 10.9.0.2 } meta l4proto tcp redirect to :15001
              }
            }
            table ip6 weir {
              chain out {
                type nat hook output priority -100;
              ip6 saddr fd00::100 ip6 daddr fd00::1 meta l4proto tcp redirect to :15001
              }
            }
            """;

    private static final String BACKENDS = """
            server { listen 127.0.0.1:%d; return 200 ready; }
            server { listen 10.9.0.1:7777; listen 10.9.0.1:8080; return 200 "one $connection\\n"; }
            server { listen 10.9.0.2:7777; listen 10.9.0.2:8080; return 200 "two $connection\\n"; }
            server { listen [fd00::1]:7777; listen [fd00::1]:8080; return 200 "six $connection\\n"; }
            """.formatted(READY);

    /** A listener of HTTP that does not listen itself. */
    private static String http(String address, int port, String cluster) {
        return """
                - name: "http %1$s %2$d"
                  address: { socket_address: { address: "%1$s", port_value: %2$d } }
                  bind_to_port: false
                  filter_chains:
                  - filters:
                    - name: http
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: http_%2$d
                        http_filters:
                        - name: router
                          typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                        route_config:
                          response_headers_to_add:
                          - header: { key: x-going-to, value: "%%DOWNSTREAM_LOCAL_ADDRESS%%" }
                          virtual_hosts:
                          - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: %3$s } } ] }
                """
                .formatted(address, port, cluster).indent(2);
    }

    private static String config() {
        return """
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } }
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: "::", port_value: %d, ipv4_compat: true } }
                    use_original_dst: true
                    filter_chains:
                    - filters:
                      - name: tcp
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                          stat_prefix: tcp
                          cluster: anywhere
                """.formatted(ADMIN, WEIR) + http("0.0.0.0", 8080, "anywhere") + http("10.9.0.1", 9090, "port")
                + http("10.9.0.2", 9090, "said") + http("::", 8080, "anywhere")
                + """
                          clusters:
                          - { name: anywhere, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED }
                          - { name: port, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { upstream_port_override: 8080 } }
                          - { name: said, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { use_http_header: true, upstream_port_override: 8080 } }
                        """;
    }

    private static Socket connect(String from, String to, int port) throws IOException {
        Socket socket = new Socket(InetAddress.ofLiteral(to), port, InetAddress.ofLiteral(from), 0);
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Everything that comes back until the other end closes; a reset is an end too. */
    private static String ask(String from, String to, int port, String lines) throws IOException {
        try (Socket socket = connect(from, to, port); InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "Connection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }

    private static String said(String answer) {
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        return body.substring(0, Math.max(0, body.indexOf(' ')));
    }

    private static void everyDestination(WeirProcess weir) throws IOException {
        // bytes that no listener of their port is there for
        assertThat(said(ask(CLIENT, "10.9.0.1", 7777, ""))).as(weir.output()).isEqualTo("one");
        assertThat(said(ask(CLIENT, "10.9.0.2", 7777, ""))).isEqualTo("two");
        assertThat(said(ask(CLIENT6, "fd00::1", 7777, ""))).as(weir.output()).isEqualTo("six");
        // requests that another listener has: Weir adds its own fields
        assertThat(ask(CLIENT, "10.9.0.1", 8080, "")).contains("\r\nserver: weir\r\n")
                .contains("\r\nx-going-to: 10.9.0.1:8080\r\n").contains("one ");
        assertThat(ask(CLIENT, "10.9.0.2", 8080, "")).contains("\r\nx-going-to: 10.9.0.2:8080\r\n").contains("two ");
        assertThat(ask(CLIENT6, "fd00::1", 8080, "")).contains("\r\nx-going-to: [fd00::1]:8080\r\n").contains("six ");
        // another port than the one asked for; and the request may say where it goes
        assertThat(said(ask(CLIENT, "10.9.0.1", 9090, ""))).isEqualTo("one");
        assertThat(said(ask(CLIENT, "10.9.0.2", 9090, ""))).isEqualTo("two");
        assertThat(said(ask(CLIENT, "10.9.0.2", 9090, "x-envoy-original-dst-host: 10.9.0.1:1\r\n"))).isEqualTo("one");
        assertThat(said(ask(CLIENT, "10.9.0.2", 9090, "x-envoy-original-dst-host: nowhere\r\n"))).isEqualTo("two");
    }

    private static String requests(int times) throws IOException {
        StringBuilder answers = new StringBuilder();
        for (int i = 0; i < times; i++) {
            answers.append(said(ask(CLIENT, "10.9.0.1", 8080, ""))).append(' ');
        }
        return answers.toString().strip();
    }

    @Test
    void redirectedConnectionsGoWhereTheyWereGoingAndThroughTheListenerOfThatAddress() throws Exception {
        OwnNetwork.run(ADDRESSES, RULES, () -> {
            try (PeerProcess nginx = Nginx.http(BACKENDS, READY);
                    WeirProcess weir = WeirProcess.run(config(), ADMIN, WEIR)) {
                assertThat(nginx.alive()).isTrue();
                everyDestination(weir);
                assertThat(ask("127.0.0.1", "127.0.0.1", WEIR, "")).as("nobody redirected it").isEmpty();
                assertThat(clustersWith("said::10.9.0.1:8080::")).contains("anywhere::10.9.0.1:7777::cx_total::1",
                        "anywhere::10.9.0.2:8080::", "anywhere::[fd00::1]:7777::", "port::10.9.0.1:8080::")
                        .doesNotContain(":15001::");
                assertThat(admin("/stats?filter=listener.*downstream_cx_total"))
                        .contains("listener.[__]_15001.downstream_cx_total: ")
                        .contains("listener.10.9.0.1_9090.downstream_cx_total: 1")
                        .contains("listener.10.9.0.2_9090.downstream_cx_total: 3");
                assertThat(requests(3)).isEqualTo("one one one");
            }
        });
    }

    /** What the next tick shows. */
    private static String clustersWith(String line) {
        var clusters = new AtomicReference<>("");
        Await.until(() -> line + " in " + clusters.get(), () -> {
            clusters.set(admin("/clusters"));
            return clusters.get().contains(line);
        });
        return clusters.get();
    }

    private static String admin(String path) throws IOException {
        try (Socket socket = connect("127.0.0.1", "127.0.0.1", ADMIN); InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
