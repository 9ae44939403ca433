package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Haproxy;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** haproxy and nginx are told of the client, by the PROXY protocol in front of HTTP and of TLS. */
@Timeout(120)
class IntroducedPeerTest {
    private static final String SOCKETS = "type.googleapis.com/envoy.extensions.transport_sockets.";
    private static final String LISTENER = "type.googleapis.com/envoy.extensions.filters.listener.";

    private static Running serving(String configuration) {
        Running.Start start = Running.start(Source.text("peers", configuration), RunOptions.of(2, 1, false));
        assertThat(start).isInstanceOf(Running.Start.Serving.class);
        return ((Running.Start.Serving) start).running();
    }

    private static int port(Running weir, int listener) {
        return ((InetSocketAddress) weir.addresses().get(listener)).getPort();
    }

    private static String body(RawHttp client) throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return client.response().body();
    }

    @Test
    void nginxIsToldOfEachClientAndNoClientHasTheConnectionOfAnother() throws Exception {
        int nginx = Ports.free();
        String configuration = """
                listen:
                  - { on: "127.0.0.1:0", to: one }
                  - { on: "127.0.0.1:0", to: two }
                  - { on: "127.0.0.1:0", protocol: tcp, to: one }
                services:
                  one: { at: ["127.0.0.1:%1$d"], proxy_protocol: v1, health: { http: /, every: 1s, fails: 1 } }
                  two: { at: ["127.0.0.1:%1$d"], proxy_protocol: v2 }
                """.formatted(nginx);
        try (PeerProcess host = Nginx.http("""
                server { listen 127.0.0.1:%d proxy_protocol;
                  location / { return 200 "$proxy_protocol_addr:$proxy_protocol_port $connection"; } }
                """.formatted(nginx), nginx);
                Running weir = serving(configuration)) {
            for (int listener = 0; listener < 3; listener++) {
                try (RawHttp one = RawHttp.connect(port(weir, listener));
                        RawHttp other = RawHttp.connect(port(weir, listener))) {
                    String first = body(one);
                    String second = body(other);
                    assertThat(first).startsWith("127.0.0.1:" + one.localAddress().getPort() + " ");
                    assertThat(second).startsWith("127.0.0.1:" + other.localAddress().getPort() + " ");
                    assertThat(body(one)).as("its own connection serves a client again").isEqualTo(first);
                    assertThat(body(other)).isEqualTo(second);
                }
            }
            assertThat(host.pid()).isPositive();
        }
    }

    /** haproxy tells Weir, and Weir tells haproxy: the client and what came with it, before TLS. */
    @Test
    void haproxyBehindTlsIsToldOfTheClientAndOfWhatHaproxyBeforeWeirSaid() throws Exception {
        try (Certificates certificates = Certificates.make()) {
            Issued shop = certificates.issue("shop", "DNS:shop.example");
            int front = Ports.free();
            int host = Ports.free();
            String cluster = """
                    static_resources:
                      listeners:
                      - name: in
                        address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                        listener_filters:
                        - { name: proxy, typed_config: { '@type': %sproxy_protocol.v3.ProxyProtocol,
                            pass_through_tlvs: { match_type: INCLUDE, tlv_type: [5] } } }
                        filter_chains:
                        - filters: [ { name: tcp, typed_config: { '@type':
                            type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,
                            stat_prefix: t, cluster: shop } } ]
                      clusters:
                      - name: shop
                        load_assignment: { cluster_name: shop, endpoints: [ { lb_endpoints: [ { endpoint:
                          { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                        transport_socket:
                          name: proxy
                          typed_config:
                            '@type': %sproxy_protocol.v3.ProxyProtocolUpstreamTransport
                            config: { version: V2, pass_through_tlvs: { match_type: INCLUDE_ALL } }
                            transport_socket: { name: tls, typed_config: { '@type': %stls.v3.UpstreamTlsContext,
                              sni: shop.example, auto_sni_san_validation: true, common_tls_context:
                              { validation_context: { trusted_ca: { filename: "%s" } } } } }
                    """.formatted(LISTENER, host, SOCKETS, SOCKETS, certificates.authority());
            try (Running weir = serving(cluster);
                    PeerProcess haproxy = Haproxy
                            .start("""
                                    defaults
                                      timeout connect 5s
                                      timeout client 20s
                                      timeout server 20s
                                    listen front
                                      mode tcp
                                      bind 127.0.0.1:%d
                                      server weir 127.0.0.1:%d send-proxy-v2 proxy-v2-options unique-id,crc32c
                                      unique-id-format told-by-haproxy
                                    frontend host
                                      mode http
                                      bind 127.0.0.1:%d accept-proxy ssl crt %s
                                      http-request return status 200 content-type text/plain lf-string "%%[src]:%%[src_port] %%[dst_port] %%[fc_pp_unique_id]"
                                    """
                                    .formatted(front, port(weir, 0), host, pem(certificates, shop)), front, host);
                    RawHttp client = RawHttp.connect(front)) {
                assertThat(body(client)).isEqualTo("127.0.0.1:" + client.localAddress().getPort() + " " + front
                        + " told-by-haproxy");
                assertThat(haproxy.pid()).isPositive();
            }
        }
    }

    /** haproxy wants a certificate and its key in one file. */
    private static Path pem(Certificates certificates, Issued issued) throws Exception {
        return Files.writeString(certificates.folder().resolve("both.pem"),
                Files.readString(issued.chain()) + Files.readString(issued.key()));
    }
}
