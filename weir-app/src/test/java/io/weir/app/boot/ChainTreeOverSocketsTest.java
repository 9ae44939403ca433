package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Hellos;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which filter chain of a whole Weir in this process a connection gets, where a tree of questions says so. */
@Timeout(60)
class ChainTreeOverSocketsTest {
    private static final String INPUTS = "type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    /** A chain whose answers to requests are its name. */
    private static String saying(String name) {
        return """
                        - name: %s
                          filters:
                            - name: http
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                stat_prefix: in
                                route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [ { match: { prefix: / }, direct_response: { status: 200, body: { inline_string: %s } } } ] } ] }
                                http_filters: [ { name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ]
                """
                .formatted(name, name);
    }

    private static String to(String chain) {
        return "{ action: { name: chain, typed_config: { '@type': type.googleapis.com/google.protobuf.StringValue,"
                + " value: " + chain + " } } }";
    }

    private static String input(String type) {
        return "input: { name: in, typed_config: { '@type': " + INPUTS + type + " } }";
    }

    private static String text(String tree, int shop, String more) {
        return """
                static_resources:
                  listeners:
                    - name: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      filter_chain_matcher: { %s }
                      filter_chains:
                        - name: shop
                          filters: [ { name: tcp, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: shop } } ]
                %s
                      %s
                  clusters:
                    - name: shop
                      load_assignment: { cluster_name: shop, endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                """
                .formatted(tree, saying("local") + saying("proxied"), more, shop);
    }

    private String said(String before) throws IOException {
        return ServedWeir.ask(weir.listener(0), before + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    @Test
    void namesAndAddressesLeadToChainsByTheirNamesAndTheRestToTheDefault() throws Exception {
        String byName = "matcher_tree: { " + input("ServerNameInput")
                + ", custom_match: { name: names, typed_config: { '@type':"
                + " type.googleapis.com/xds.type.matcher.v3.ServerNameMatcher, domain_matchers: [ { domains:"
                + " [ '*.shop.example' ], on_match: " + to("shop") + " } ] } } }";
        String bySource = "matcher_list: { matchers: [ { predicate: { single_predicate: { " + input("SourceIPInput")
                + ", custom_match: { name: ip, typed_config: { '@type':"
                + " type.googleapis.com/envoy.extensions.matching.input_matchers.ip.v3.Ip, stat_prefix: s, cidr_ranges:"
                + " [ { address_prefix: 192.0.2.0, prefix_len: 24 } ] } } } }, on_match: " + to("proxied")
                + " } ] }";
        var shop = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        shop.setSoTimeout(20_000);
        weir.start(text("matcher_tree: { " + input("TransportProtocolInput") + ", exact_match_map: { map: { tls:"
                + " { matcher: { " + byName + " } }, raw_buffer: { matcher: { " + bySource + " } } } } }",
                shop.getLocalPort(),
                """
                                default_filter_chain:
                        %s
                              listener_filters:
                                - { name: proxy, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol, allow_requests_without_proxy_protocol: true } }
                                - { name: tls, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector } }
                        """
                        .formatted(saying("rest").indent(-6).replace("  - name: rest", "    name: rest").indent(6))
                        .strip()));
        byte[] hello = Hellos.of("a.shop.example");
        try (Socket client = weir.connect(); shop; Socket host = connected(client, hello, shop)) {
            assertThat(host.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
        }
        assertThat(said("PROXY TCP4 192.0.2.7 198.51.100.1 5000 80\r\n")).endsWith("proxied");
        assertThat(said("")).endsWith("rest");
    }

    private static Socket connected(Socket client, byte[] first, ServerSocket host) throws IOException {
        client.getOutputStream().write(first);
        Socket taken = host.accept();
        taken.setSoTimeout(20_000);
        return taken;
    }

    @ParameterizedTest
    @CsvSource({"10, nobody", "127, local"})
    void thePlaceAloneTakesNoLookAtTheFirstBytes(int network, String chain) throws Exception {
        weir.start(text("matcher_tree: { " + input("DestinationIPInput")
                + ", custom_match: { name: ip, typed_config: { '@type':"
                + " type.googleapis.com/xds.type.matcher.v3.IPMatcher,"
                + " range_matchers: [ { ranges: [ { address_prefix: " + network + ".0.0.0, prefix_len: 8 } ],"
                + " on_match: " + to("local") + " } ] } } }", 1, ""));
        if (chain.equals("local")) {
            assertThat(said("")).endsWith("local");
        } else {
            try (Socket client = weir.connect()) {
                assertThat(client.getInputStream().read()).as("closed before it says anything").isNegative();
            }
        }
    }
}
