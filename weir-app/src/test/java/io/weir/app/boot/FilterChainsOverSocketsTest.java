package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.weir.testkit.Hellos;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which filter chain of a whole Weir in this process a connection gets, by its first bytes. */
@Timeout(60)
class FilterChainsOverSocketsTest {
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";
    private static final String LISTENER = "type.googleapis.com/envoy.extensions.filters.listener.";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static String tcp(String match, String cluster) {
        return """
                          - filter_chain_match: { %s }
                            filters:
                              - name: tcp
                                typed_config:
                                  "@type": %stcp_proxy.v3.TcpProxy
                                  stat_prefix: %s
                                  cluster: %s
                """.formatted(match, NETWORK, cluster, cluster);
    }

    private static String http(String match, String answer) {
        return """
                          - filter_chain_match: { %s }
                            filters:
                              - name: http
                                typed_config:
                                  "@type": %shttp_connection_manager.v3.HttpConnectionManager
                                  stat_prefix: in
                                  route_config:
                                    virtual_hosts:
                                      - name: all
                                        domains: ["*"]
                                        routes: [ { match: { prefix: / }, direct_response: { status: 200, body: { inline_string: "%s" } } } ]
                                  http_filters: [ { name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ]
                """
                .formatted(match, NETWORK, answer);
    }

    private static String text(String more, String chains, String clusters) {
        return """
                static_resources:
                  listeners:
                    - name: in
                      stat_prefix: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                %s
                      filter_chains:
                %s
                  clusters:
                %s
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                """.formatted(more, chains, clusters);
    }

    private static String cluster(String name, int port) {
        return """
                    - name: %s
                      load_assignment:
                        cluster_name: %s
                        endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ]
                """
                .formatted(name, name, port);
    }

    private static ServerSocket backend() throws IOException {
        var backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        backend.setSoTimeout(20_000);
        return backend;
    }

    private static boolean closed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void namesOfTlsChooseTheChainAndTheHostGetsEveryByte() throws Exception {
        try (var one = backend(); var rest = backend()) {
            weir.start(text("", tcp("server_names: [ one.example ]", "one")
                    + tcp("server_names: [ \"*.example\" ]", "rest") + http("transport_protocol: raw_buffer", "plain"),
                    cluster("one", one.getLocalPort()) + cluster("rest", rest.getLocalPort())));
            passed("one.example", one);
            passed("two.example", rest);
            assertThat(weir.ask("/")).startsWith("HTTP/1.1 200 ").endsWith("plain");
            try (var client = weir.connect()) {
                client.getOutputStream().write(Hellos.of("other.test"));
                assertThat(closed(client)).isTrue();
            }
            assertThat(weir.stats("no_filter_chain_match")).contains("listener.in.no_filter_chain_match: 1");
            assertThat(weir.stats("tls_inspector")).contains("tls_inspector.sni_found: 3",
                    "tls_inspector.tls_not_found: 1");
        }
    }

    private void passed(String name, ServerSocket backend) throws Exception {
        byte[] hello = Hellos.of(name);
        try (var client = weir.connect()) {
            client.getOutputStream().write(hello);
            try (var host = backend.accept()) {
                host.setSoTimeout(20_000);
                assertThat(host.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
                host.getOutputStream().write('!');
                assertThat(client.getInputStream().read()).isEqualTo('!');
            }
        }
    }

    @Test
    void aConnectionThatFitsNoChainIsInTheListenersLogWithItsFlag() throws Exception {
        var log = weir.folder().resolve("listener.log");
        weir.start(
                text("""
                              access_log:
                                - name: log
                                  typed_config:
                                    "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                                    path: %s
                                    log_format: { text_format_source: { inline_string: "%%RESPONSE_FLAGS%% %%REQUESTED_SERVER_NAME%%\\n" } }
                        """
                        .formatted(log), http("server_names: [ one.example ]", "one"), "    []"));
        try (var client = weir.connect()) {
            client.getOutputStream().write(Hellos.of("two.example"));
            assertThat(closed(client)).isTrue();
        }
        assertThat(weir.logged(log)).containsExactly("NR two.example");
    }

    @Test
    void whereAConnectionComesFromChoosesTheChainToo() throws Exception {
        weir.start(text("      listener_filters: [ { name: proxy, typed_config: { \"@type\": " + LISTENER
                + "proxy_protocol.v3.ProxyProtocol, allow_requests_without_proxy_protocol: true } } ]",
                http("source_prefix_ranges: [ { address_prefix: 192.0.2.0, prefix_len: 24 } ]", "far")
                        + http("source_type: SAME_IP_OR_LOOPBACK", "near"),
                "    []"));
        String get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        assertThat(ServedWeir.ask(weir.listener(0), get)).endsWith("near");
        assertThat(ServedWeir.ask(weir.listener(0), "PROXY TCP4 192.0.2.7 198.51.100.1 5000 80\r\n" + get))
                .endsWith("far");
        try (var client = weir.connect()) {
            client.getOutputStream().write("PROXY TCP4 203.0.113.7 198.51.100.1 5000 80\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(closed(client)).isTrue();
        }
        assertThat(weir.stats("proxy_proto")).contains("proxy_proto.not_found_allowed: 1",
                "proxy_proto.versions.v1.found: 2");
    }

    @Test
    void rulesOfTheConnectionsSourceGoByWhatAProxyTellsAndThoseOfTheSocketDoNot() throws Exception {
        var policies = new ArrayList<String>();
        for (String who : List.of("source_ip", "direct_remote_ip", "remote_ip")) {
            for (String ip : List.of("192.0.2.7", "127.0.0.1", "198.51.100.9")) {
                policies.add(("\"%s/%s\": { permissions: [ { url_path: { path: { exact: /%s/%s } } } ], "
                        + "principals: [ { %s: { address_prefix: %s, prefix_len: 32 } } ] }")
                        .formatted(who, ip, who, ip, who, ip));
            }
        }
        String rbac = "http_filters: [ { name: rbac, typed_config: { \"@type\": type.googleapis.com/envoy.extensions"
                + ".filters.http.rbac.v3.RBAC, rules: { policies: { " + String.join(", ", policies) + " } } } }, ";
        weir.start(text("      listener_filters: [ { name: proxy, typed_config: { \"@type\": " + LISTENER
                + "proxy_protocol.v3.ProxyProtocol } } ]", http("", "in").replace("http_filters: [ ", rbac),
                "    []"));
        assertThat(whoPass("source_ip")).containsExactly("192.0.2.7");
        assertThat(whoPass("direct_remote_ip")).containsExactly("127.0.0.1");
        assertThat(whoPass("remote_ip")).containsExactly("198.51.100.9");
    }

    private List<String> whoPass(String who) throws IOException {
        var passed = new ArrayList<String>();
        for (String ip : List.of("192.0.2.7", "127.0.0.1", "198.51.100.9")) {
            String answer = ServedWeir.ask(weir.listener(0), "PROXY TCP4 192.0.2.7 198.51.100.1 5000 80\r\nGET /" + who
                    + '/' + ip + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.9\r\nConnection: close\r\n\r\n");
            if (answer.startsWith("HTTP/1.1 200 ")) {
                passed.add(ip);
            }
        }
        return passed;
    }

    @Test
    void theChainForAllOthersGoesByTheNameOfTlsToo() throws Exception {
        try (var one = backend()) {
            String chain = tcp("", "other").replace("filter_chain_match: {  }\n", "name: rest\n").replace("filters:\n",
                    "filters:\n              - { name: sni, typed_config: { \"@type\": " + NETWORK
                            + "sni_cluster.v3.SniCluster } }\n")
                    .replace("          - name: rest", "        default_filter_chain:\n            name: rest");
            weir.start(text("", "          []\n", cluster("one.example", one.getLocalPort()) + cluster("other", 1))
                    .replace("  clusters:\n", chain.indent(-2) + "  clusters:\n"));
            passed("one.example", one);
        }
    }

    @Test
    void whatAProxyTellsIsInTheLogOfRequests() throws Exception {
        var log = weir.folder().resolve("requests.log");
        String chain = http("source_type: EXTERNAL", "far").replace("stat_prefix: in\n",
                """
                        stat_prefix: in
                                          access_log:
                                            - name: log
                                              typed_config:
                                                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                                                path: %s
                                                log_format: { text_format_source: { inline_string: "%%DOWNSTREAM_REMOTE_ADDRESS%% %%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%% %%DYNAMIC_METADATA(envoy.filters.listener.proxy_protocol:tenant)%%\\n" } }
                        """
                        .formatted(log).stripTrailing() + "\n");
        weir.start(text("      listener_filters: [ { name: proxy, typed_config: { \"@type\": " + LISTENER
                + "proxy_protocol.v3.ProxyProtocol, rules: [ { tlv_type: 234,"
                + " on_tlv_present: { key: tenant } } ] } } ]", chain, "    []"));
        try (var client = weir.connect()) {
            client.getOutputStream().write(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a"
                    + "21110011c0000207c6336402138801bb" + "ea00026869"));
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).endsWith("far");
        }
        assertThat(weir.logged(log)).containsExactly("192.0.2.7:5000 127.0.0.1 hi");
    }

    @Test
    void aNameWithoutAFileMayBeListenedOnAndConnectedTo() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the abstract namespace needs epoll");
        String name = "@weir-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        weir.start(
                """
                        static_resources:
                          listeners:
                            - name: front
                              address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                              filter_chains:
                        %1$s
                            - name: back
                              address: { pipe: { path: "%2$s" } }
                              filter_chains:
                                - filters: [ { name: f, typed_config: { "@type": %3$sdirect_response.v3.Config, response: { inline_string: hello } } } ]
                          clusters:
                            - name: back
                              load_assignment: { cluster_name: back, endpoints: [ { lb_endpoints: [ { endpoint: { address: { pipe: { path: "%2$s" } } } } ] } ] }
                        """
                        .formatted(tcp("", "back"), name, NETWORK));
        try (var client = weir.connect()) {
            assertThat(client.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
        }
    }
}
