package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rules about who may have a connection served, in a whole Weir. */
@Timeout(120)
class ConnectionRulesTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @TempDir
    Path directory;

    private static final String HELLO = """
              - name: hello
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config
                  response: { inline_string: hello }
            """;

    private static final String HTTP = """
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  http_filters:
                  - name: router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                  route_config:
                    virtual_hosts:
                    - { name: all, domains: [ "*" ], routes: [ { match: { prefix: / }, direct_response: { status: 200 } } ] }
            """;

    private static String listener(String more, String rules, String last, String tls) {
        return """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                %s
                    filter_chains:
                    - filters:
                      - name: rules
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
                          stat_prefix: door
                %s
                %s
                %s
                """.formatted(more.indent(4), rules.indent(10), last.indent(4), tls.indent(6));
    }

    private static String from(String network, String field) {
        return """
                %s: { policies: { friends: { permissions: [ { any: true } ], principals: [ { %s } ] } } }
                """.formatted(field, network);
    }

    private String said() throws IOException {
        try (Socket socket = weir.connect()) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void onlyAClientFromTheNetworkIsServed() throws Exception {
        weir.start(listener("", from("source_ip: { address_prefix: 127.0.0.0, prefix_len: 8 }", "rules"), HELLO, ""));
        assertThat(said()).isEqualTo("hello");
    }

    @Test
    void aClientFromElsewhereIsClosedWithoutAByteAndTheListenersLogSaysWhy() throws Exception {
        Path log = directory.resolve("access.log");
        String more = """
                access_log:
                - name: file
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                    path: "%s"
                    log_format: { text_format_source: { inline_string: "%%CONNECTION_TERMINATION_DETAILS%% %%DYNAMIC_METADATA(envoy.filters.network.rbac:shadow_engine_result)%%\\n" } }
                """
                .formatted(log);
        weir.start(listener(more, from("source_ip: { address_prefix: 10.0.0.0, prefix_len: 8 }", "rules")
                + from("direct_remote_ip: { address_prefix: 127.0.0.1, prefix_len: 32 }", "shadow_rules"), HELLO, ""));
        assertThat(said()).isEmpty();
        while (!Files.exists(log) || Files.size(log) == 0) {
            Thread.sleep(5); // until the log's writer has come to it; the test's time is bounded
        }
        assertThat(Files.readString(log)).isEqualTo("rbac_access_denied_matched_policy[none] allowed\n");
    }

    @Test
    void aDelayHoldsARefusedConnectionOpenAndThenClosesIt() throws Exception {
        weir.start(listener("", from("source_ip: { address_prefix: 10.0.0.0, prefix_len: 8 }", "rules")
                + "delay_deny: 0.2s\n", HELLO, ""));
        long before = System.nanoTime();
        assertThat(said()).isEmpty();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(199_000_000L);
    }

    @Test
    void refusedConnectionsThatWaitForTheirEndAreClosedWithAllOthers() throws Exception {
        weir.start(listener("", from("source_ip: { address_prefix: 10.0.0.0, prefix_len: 8 }", "rules")
                + "delay_deny: 3600s\n", HELLO, ""));
        try (Socket refused = weir.connect()) {
            closedWithAllOthers(refused);
        }
        String limit = "  - name: limit\n    typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit,"
                + " stat_prefix: door, max_connections: 1, delay: 3600s }\n";
        weir.reload(listener("", "rules: { action: DENY }\n", limit + HTTP, ""));
        try (Socket first = weir.connect(); Socket refused = weir.connect()) {
            closedWithAllOthers(first, refused);
        }
    }

    private void closedWithAllOthers(Socket... sockets) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (weir.running().listeners().connections() != sockets.length) {
            assertThat(System.nanoTime() - end).as("connections have not come or gone").isNegative();
            Thread.sleep(2); // until they are taken
        }
        weir.running().listeners().closeAll();
        for (Socket socket : sockets) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theAddressThatAProxyTellsCountsAsTheClientsAndNotAsTheSockets() throws Exception {
        String more = """
                listener_filters:
                - name: proxy
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol }
                """;
        weir.start(listener(more, from("remote_ip: { address_prefix: 10.0.0.0, prefix_len: 8 }", "rules"), HELLO, ""));
        assertThat(told("10.1.2.3")).isEqualTo("hello");
        assertThat(told("192.0.2.1")).isEmpty();
    }

    private String told(String client) throws IOException {
        try (Socket socket = weir.connect()) {
            socket.getOutputStream().write(("PROXY TCP4 " + client + " 127.0.0.1 1000 80\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String tls(Issued shop, Path authority) {
        return """
                transport_socket:
                  name: tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                    common_tls_context:
                      tls_certificates: [ { certificate_chain: { filename: "%s" }, private_key: { filename: "%s" } } ]
                      validation_context: { trusted_ca: { filename: "%s" } }
                """.formatted(shop.chain(), shop.key(), authority);
    }

    /** {@code 000} where there was no answer. */
    private String status(Certificates certificates, String host, String... words)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Peers.require("curl").toString(), "-s", "--max-time", "20", "-o",
                "/dev/null", "-w", "%{http_code}", "--cacert", certificates.authority().toString(), "--connect-to",
                host + ":443:127.0.0.1:" + weir.listener(0).getPort()));
        command.addAll(List.of(words));
        command.add("https://" + host + "/");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private static String[] by(Issued client) {
        return new String[]{"--cert", client.chain().toString(), "--key", client.key().toString()};
    }

    @Test
    void behindTlsTheNameOfTheClientsCertificateDecidesBeforeAnyRequestIsRead() throws Exception {
        try (var certificates = Certificates.make()) {
            Issued shop = certificates.issue("shop", "DNS:shop.example");
            Issued named = certificates.issue("named", "URI:spiffe://weir.example/named");
            Issued other = certificates.issue("other", "URI:spiffe://weir.example/other");
            weir.start(listener("",
                    from("authenticated: { principal_name: { exact: \"spiffe://weir.example/named\" } }", "rules"),
                    HTTP, tls(shop, certificates.authority())));
            assertThat(status(certificates, "shop.example", by(named))).isEqualTo("200");
            assertThat(status(certificates, "shop.example", by(other))).isEqualTo("000");
            assertThat(status(certificates, "shop.example")).isEqualTo("000");
        }
    }

    @Test
    void theNameThatAClientAsksForDecides() throws Exception {
        try (var certificates = Certificates.make()) {
            Issued shop = certificates.issue("shop", "DNS:shop.example,DNS:back.example");
            weir.start(listener("",
                    """
                            rules:
                              action: DENY
                              policies:
                                back: { permissions: [ { requested_server_name: { prefix: back. } } ], principals: [ { any: true } ] }
                            """,
                    HTTP, tls(shop, certificates.authority())));
            assertThat(status(certificates, "shop.example")).isEqualTo("200");
            assertThat(status(certificates, "back.example")).isEqualTo("000");
        }
    }
}
