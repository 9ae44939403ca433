package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Nginx;
import io.weir.testkit.OwnNetwork;
import io.weir.testkit.PeerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hosts see the client's own address, in a network of the test's own, where only root may come as somebody else. */
class OriginalSourcePeerTest {
    private static final int HOST = 20_080;
    private static final int HTTP = 15_001;
    private static final int TCP = 15_002;
    private static final int UDP = 15_003;
    private static final List<String> ADDRESSES = List.of("10.9.0.1/32", "10.9.0.100/32", "10.9.0.101/32");

    private static String config() {
        String filters = "listener_filters: [ { name: src, typed_config: { '@type':"
                + " type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc, mark: 7 } } ]";
        return """
                static_resources:
                  listeners:
                  - name: http
                    address: { socket_address: { address: 0.0.0.0, port_value: 15001 } }
                    %1$s
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: http
                          http_filters:
                          - name: router
                            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                          route_config:
                            virtual_hosts:
                            - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: host } } ] }
                  - name: tcp
                    address: { socket_address: { address: 0.0.0.0, port_value: 15002 } }
                    %1$s
                    filter_chains: [ { filters: [ { name: tcp, typed_config: { "@type":
                      type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: host } } ] } ]
                  - name: udp
                    address: { socket_address: { protocol: UDP, address: 10.9.0.1, port_value: 15003 } }
                    listener_filters: [ { name: udp, typed_config: { "@type":
                      type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig, stat_prefix: u,
                      use_original_src_ip: true, matcher: { on_no_match: { action: { name: route, typed_config: { "@type":
                      type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.Route, cluster: host } } } } } } ]
                  clusters:
                  - name: host
                    load_assignment: { cluster_name: host, endpoints: [ { lb_endpoints: [ { endpoint:
                      { address: { socket_address: { address: 10.9.0.1, port_value: 20080 } } } } ] } ] }
                """
                .formatted(filters);
    }

    /** What the host says of who asks. */
    private static String ask(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        var answer = new StringBuilder();
        while (answer.indexOf("|") < 0) {
            int next = in.read();
            assertThat(next).as("%s", answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static Socket connect(String from, int port) throws IOException {
        return new Socket(InetAddress.ofLiteral("10.9.0.1"), port, InetAddress.ofLiteral(from), 0);
    }

    @Test
    void hostsSeeTheClientWhoeverAsksAndNoClientHasTheConnectionOfAnother() throws Exception {
        OwnNetwork.run(ADDRESSES, "", () -> {
            try (PeerProcess nginx = Nginx.http("server { listen 127.0.0.1:20999; return 200 ready; }"
                    + " server { listen 10.9.0.1:20080; return 200 \"$remote_addr $connection|\"; }", 20_999);
                    WeirProcess weir = WeirProcess.run(config(), HTTP, TCP)) {
                assertThat(nginx.alive()).isTrue();
                for (int port : List.of(HTTP, TCP)) {
                    try (Socket one = connect("10.9.0.100", port); Socket other = connect("10.9.0.101", port)) {
                        String first = ask(one);
                        assertThat(first).as(weir.output()).startsWith("10.9.0.100 ");
                        assertThat(ask(other)).startsWith("10.9.0.101 ");
                        assertThat(ask(one)).as("the same connection").isEqualTo(first);
                    }
                }
                datagrams();
            }
        });
    }

    private static void datagrams() throws IOException {
        try (DatagramSocket host = new DatagramSocket(new InetSocketAddress("10.9.0.1", HOST));
                DatagramSocket client = new DatagramSocket(new InetSocketAddress("10.9.0.100", 0))) {
            host.setSoTimeout(10_000);
            client.setSoTimeout(10_000);
            client.send(new DatagramPacket(new byte[]{1}, 1, new InetSocketAddress("10.9.0.1", UDP)));
            var heard = new DatagramPacket(new byte[10], 10);
            host.receive(heard);
            assertThat(heard.getAddress().getHostAddress()).isEqualTo("10.9.0.100");
            host.send(new DatagramPacket(new byte[]{2}, 1, heard.getSocketAddress()));
            client.receive(heard);
            assertThat(heard.getData()[0]).isEqualTo((byte) 2);
            assertThat(heard.getPort()).isEqualTo(UDP);
        }
    }
}
