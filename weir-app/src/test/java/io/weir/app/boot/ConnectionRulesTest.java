package io.weir.app.boot;

import static io.weir.app.text.OneListener.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.text.OneListener;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Curl;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static String listener(String more, String rules, String last, String tls) {
        return OneListener.text(more, OneListener.filter("rbac.v3.RBAC", "stat_prefix: door\n" + rules) + last, tls);
    }

    private static String from(String network, String field) {
        return """
                %s: { policies: { friends: { permissions: [ { any: true } ], principals: [ { %s } ] } } }
                """.formatted(field, network);
    }

    @Test
    void onlyAClientFromTheNetworkIsServed() throws Exception {
        weir.start(listener("", from("source_ip: { address_prefix: 127.0.0.0, prefix_len: 8 }", "rules"), HELLO, ""));
        assertThat(weir.said("")).isEqualTo("hello");
    }

    @Test
    void aClientFromElsewhereIsClosedWithoutAByteAndTheListenersLogSaysWhy() throws Exception {
        Path log = directory.resolve("access.log");
        String more = OneListener.log(log, "%CONNECTION_TERMINATION_DETAILS%"
                + " %DYNAMIC_METADATA(envoy.filters.network.rbac:shadow_engine_result)%");
        weir.start(listener(more, from("source_ip: { address_prefix: 10.0.0.0, prefix_len: 8 }", "rules")
                + from("direct_remote_ip: { address_prefix: 127.0.0.1, prefix_len: 32 }", "shadow_rules"), HELLO, ""));
        assertThat(weir.said("")).isEmpty();
        Await.until("the log's writer comes to it", () -> Files.exists(log) && Files.size(log) > 0);
        assertThat(Files.readString(log)).isEqualTo("rbac_access_denied_matched_policy[none] allowed\n");
    }

    @Test
    void aDelayHoldsARefusedConnectionOpenAndThenClosesIt() throws Exception {
        weir.start(listener("", from("source_ip: { address_prefix: 10.0.0.0, prefix_len: 8 }", "rules")
                + "delay_deny: 0.2s\n", HELLO, ""));
        long before = System.nanoTime();
        assertThat(weir.said("")).isEmpty();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(199_000_000L);
    }

    @Test
    void refusedConnectionsThatWaitForTheirEndAreClosedWithAllOthers() throws Exception {
        weir.start(listener("", from("source_ip: { address_prefix: 10.0.0.0, prefix_len: 8 }", "rules")
                + "delay_deny: 3600s\n", HELLO, ""));
        try (Socket refused = weir.connect()) {
            closedWithAllOthers(refused);
        }
        String limit = OneListener.filter("connection_limit.v3.ConnectionLimit",
                "stat_prefix: door\nmax_connections: 1\ndelay: 3600s\n");
        weir.reload(listener("", "rules: { action: DENY }\n", limit + HTTP, ""));
        try (Socket first = weir.connect(); Socket refused = weir.connect()) {
            closedWithAllOthers(first, refused);
        }
        assertThat(weir.running().stats().root().child("connection_limit")
                .tagged("envoy.connection_limit_prefix", "door").counter("limited_connections").value()).isEqualTo(1);
    }

    private void closedWithAllOthers(Socket... sockets) throws Exception {
        Await.until("all are taken, and those before have gone",
                () -> weir.running().listeners().connections() == sockets.length);
        weir.reload("static_resources: {}\n"); // the drain of who has gone ends so
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
        return weir.said("PROXY TCP4 " + client + " 127.0.0.1 1000 80\r\n");
    }

    private static final String HTTP = OneListener.http("",
            "routes: [ { match: { prefix: / }, direct_response: { status: 200 } } ]");

    @Test
    void behindTlsTheNameOfTheClientsCertificateDecidesBeforeAnyRequestIsRead() throws Exception {
        try (var certificates = Certificates.make()) {
            Issued shop = certificates.issue("shop", "DNS:shop.example");
            Issued named = certificates.issue("named", "URI:spiffe://weir.example/named");
            Issued other = certificates.issue("other", "URI:spiffe://weir.example/other");
            weir.start(listener("",
                    from("authenticated: { principal_name: { exact: \"spiffe://weir.example/named\" } }", "rules"),
                    HTTP, OneListener.tls(shop, certificates.authority())));
            Curl curl = new Curl(certificates, weir.listener(0).getPort());
            assertThat(curl.status("shop.example", "/", Curl.by(named))).isEqualTo("200");
            assertThat(curl.status("shop.example", "/", Curl.by(other))).isEqualTo("000");
            assertThat(curl.status("shop.example", "/")).isEqualTo("000");
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
                    HTTP, OneListener.tls(shop, certificates.authority())));
            Curl curl = new Curl(certificates, weir.listener(0).getPort());
            assertThat(curl.status("shop.example", "/")).isEqualTo("200");
            assertThat(curl.status("back.example", "/")).isEqualTo("000");
        }
    }
}
