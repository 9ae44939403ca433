package io.weir.app.chains;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reload that changes a listener leaves the filter chains alone that it does not change. */
@Timeout(120)
class KeptChainsTest {
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private final Certificates certificates = Certificates.make();
    private final Issued one = certificates.issue("one", "DNS:one.example");
    private final Issued two = certificates.issue("two", "DNS:two.example");

    @AfterEach
    void forget() {
        certificates.close();
    }

    /** The chain for the clients of a name. */
    private static String chain(String name, Issued issued, String manager) {
        return """
                        - name: "%s"
                          filter_chain_match: { server_names: [ "%s" ] }
                          transport_socket: { name: tls, typed_config: {
                            "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                            common_tls_context: { tls_certificates: [ {
                              certificate_chain: { filename: "%s" }, private_key: { filename: "%s" } } ] } } }
                          filters: [ %s ]
                """.formatted(name, name, issued.chain(), issued.key(), manager);
    }

    /** What answers with this text, and says in the answers that it is this server. */
    private static String manager(String server, String text) {
        return """
                { name: http, typed_config: {
                            "@type": %shttp_connection_manager.v3.HttpConnectionManager, stat_prefix: in,
                            server_name: %s, codec_type: HTTP1,
                            route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [
                              { match: { prefix: / }, direct_response: {
                                status: 200, body: { inline_string: "%s" } } } ] } ] },
                            http_filters: [ { name: router, typed_config: {
                              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ] } }"""
                .formatted(NETWORK, server, text);
    }

    private static String listening(String more, String chains) {
        return """
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                static_resources:
                  listeners:
                    - name: in
                      stat_prefix: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      %s
                      filter_chains:
                %s""".formatted(more, chains);
    }

    private String chains(String serverOfTwo) {
        return listening("", chain("one.example", one, manager("one", "one"))
                + chain("two.example", two, manager(serverOfTwo, "two")));
    }

    private TlsClient client(String name) throws Exception {
        return TlsClient.connect(weir.listener(0), name, certificates);
    }

    private String stat(String name) throws IOException {
        return ServedWeir.ask(weir.admin(), "GET /stats?filter=" + name
                + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    /** Asks until the connection ends, which a drain of a second must have it do. */
    private static void drained(TlsClient client) {
        Await.until("it is asked to end", () -> {
            try {
                boolean asked = client.ask("/").contains("connection: close");
                assertThat(!asked || client.closed()).isTrue();
                return asked;
            } catch (IOException closed) {
                return true; // it has rested for a second, on a busy machine
            }
        });
    }

    @Test
    void connectionsOfAChainThatStaysGoOnAndThoseOfAChangedOneAreAskedToEnd() throws Exception {
        weir.start(chains("two"));
        try (TlsClient first = client("one.example"); TlsClient second = client("two.example")) {
            assertThat(first.ask("/")).contains("server: one").doesNotContain("connection: close");
            assertThat(second.ask("/")).contains("server: two").doesNotContain("connection: close");
            weir.reload(chains("changed"));
            drained(second);
            try (TlsClient anew = client("two.example")) {
                assertThat(anew.ask("/")).contains("server: changed");
            }
            for (int i = 0; i < 3; i++) {
                assertThat(first.ask("/")).contains("server: one").doesNotContain("connection: close");
                weir.reload(chains("again" + i));
            }
            assertThat(first.ask("/")).endsWith("one").doesNotContain("connection: close");
        }
        assertThat(stat("listener.in.ssl.handshake")).contains("listener.in.ssl.handshake: 3");
    }

    @Test
    void chainsThatChangePlacesStay() throws Exception {
        weir.start(chains("two"));
        try (TlsClient first = client("one.example"); TlsClient second = client("two.example")) {
            assertThat(first.ask("/")).endsWith("one");
            weir.reload(listening("", chain("two.example", two, manager("two", "two"))
                    + chain("one.example", one, manager("one", "one"))));
            assertThat(first.ask("/")).endsWith("one").doesNotContain("connection: close");
            assertThat(second.ask("/")).endsWith("two").doesNotContain("connection: close");
            weir.reload(listening("", chain("one.example", one, manager("one", "one"))));
            drained(second);
            assertThat(first.ask("/")).endsWith("one").doesNotContain("connection: close");
        }
    }

    @Test
    void clientsTakeTheirSessionsOfTlsUpAgainWhetherTheirChainStaysOrChanges() throws Exception {
        weir.start(chains("two"));
        Path ofOne = certificates.folder().resolve("session-one");
        Path ofTwo = certificates.folder().resolve("session-two");
        assertThat(handshake("one.example", "-sess_out", ofOne)).contains("New, TLSv1.2");
        assertThat(handshake("two.example", "-sess_out", ofTwo)).contains("New, TLSv1.2");
        weir.reload(chains("changed"));
        assertThat(handshake("one.example", "-sess_in", ofOne)).contains("Reused, TLSv1.2");
        assertThat(handshake("two.example", "-sess_in", ofTwo)).contains("Reused, TLSv1.2");
        weir.reload(chains("again"));
        assertThat(handshake("two.example", "-sess_in", ofTwo)).contains("Reused, TLSv1.2");
    }

    @Test
    void whoHasNotShownACertificateTakesNothingUpWhereAChangedChainWantsOne() throws Exception {
        weir.start(chains("two"));
        Path session = certificates.folder().resolve("session");
        assertThat(handshake("two.example", "-sess_out", session)).contains("New, TLSv1.2");
        weir.reload(chains("two").replace("{ tls_certificates: [ {\n              certificate_chain: { filename: \""
                + two.chain(),
                "{ validation_context: { trusted_ca: { filename: \"" + certificates.authority()
                        + "\" } }, tls_certificates: [ {\n              certificate_chain: { filename: \""
                        + two.chain()));
        assertThat(handshake("two.example", "-sess_in", session)).doesNotContain("Reused").contains("New, TLSv1.2");
    }

    private String handshake(String name, String word, Path session) {
        return certificates.run("s_client", "-connect", "127.0.0.1:" + weir.listener(0).getPort(), "-servername", name,
                "-tls1_2", word, session.toString());
    }

    private String passing(String more, String cluster) {
        return listening(more, """
                        - filters: [ { name: tcp, typed_config: {
                            "@type": %stcp_proxy.v3.TcpProxy, stat_prefix: %s, cluster: demo } } ]
                """.formatted(NETWORK, cluster)) + cluster();
    }

    private String cluster() {
        return """
                  clusters:
                    - name: demo
                      load_assignment: { cluster_name: demo, endpoints: [ { lb_endpoints: [ { endpoint: {
                        address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                """.formatted(weir.port(0));
    }

    @Test
    void aStreamOfBeforeAChangeEndsWithTheDrainOfItsListener() throws Exception {
        weir.start(passing("", "before"));
        try (RawHttp stream = RawHttp.connect(weir.listener(0), 0)) {
            assertThat(stream.send(GET).response().status()).isEqualTo(200);
            weir.reload(passing("", "between"));
            weir.reload(passing("", "after"));
            assertThat(stream.send(GET).response().status()).isEqualTo(200);
            weir.reload(passing("", "after").replace("name: in\n", "name: other\n").replace("127.0.0.1, port_value: 0",
                    "127.0.0.2, port_value: 0"));
            assertThat(stream.untilClose().getBytes(StandardCharsets.ISO_8859_1)).isEmpty();
        }
    }

    @Test
    void connectionsThatAreLookedAtWhileTheirListenerChangesAreServed() throws Exception {
        String looking = "listener_filters_timeout: 0s\n      listener_filters: [ { name: proxy,"
                + " typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol } } ]";
        weir.start(passing(looking, "before"));
        try (RawHttp slow = RawHttp.connect(weir.listener(0), 0);
                RawHttp never = RawHttp.connect(weir.listener(0), 0)) {
            slow.send("PROXY TCP4 192.0.2.7 ");
            never.send("PROXY ");
            weir.reload(passing(looking, "after"));
            slow.send("198.51.100.1 5000 80\r\n");
            assertThat(slow.send(GET).response().status()).isEqualTo(200);
            weir.reload(passing(looking, "after").replace("name: in\n", "name: other\n")
                    .replace("127.0.0.1, port_value: 0", "127.0.0.2, port_value: 0"));
            assertThat(never.untilClose()).isEmpty();
        }
    }

    @Test
    void theLogOfAListenerIsWrittenForConnectionsOfBeforeAChangeToo() throws Exception {
        Path log = weir.write("").resolveSibling("connections.log");
        String logging = "access_log: [ { name: file, typed_config: { \"@type\": type.googleapis.com/envoy.extensions"
                + ".access_loggers.file.v3.FileAccessLog, path: \"" + log + "\", log_format: { text_format_source: {"
                + " inline_string: \"%s\\n\" } } } } ]";
        weir.start(listening(logging.formatted("before"), chain("one.example", one, manager("one", "one"))));
        try (TlsClient first = client("one.example")) {
            assertThat(first.ask("/")).endsWith("one");
            weir.reload(listening(logging.formatted("after"), chain("one.example", one, manager("one", "one"))));
            assertThat(first.ask("/")).endsWith("one").doesNotContain("connection: close");
        }
        Await.until("it is logged", () -> Files.readAllLines(log).contains("before"));
        assertThat(log).hasContent("before\n");
    }

    @Test
    void whatAChainHasCountedCountsOnWhenItStaysAndWhenItChangesThen() throws Exception {
        String limit = "{ name: limit, typed_config: { \"@type\": " + NETWORK + "local_ratelimit.v3.LocalRateLimit,"
                + " stat_prefix: limit, token_bucket: { max_tokens: 1, fill_interval: 3600s } } }, ";
        String limited = chain("one.example", one, limit + manager("one", "one"));
        weir.start(listening("", limited + chain("two.example", two, manager("two", "two"))));
        try (TlsClient first = client("one.example")) {
            assertThat(first.ask("/")).endsWith("one");
            weir.reload(listening("", limited + chain("two.example", two, manager("changed", "two"))));
            weir.reload(listening("", chain("one.example", one, limit + manager("changed", "one"))
                    + chain("two.example", two, manager("changed", "two"))));
            assertThat(stat("limit.rate_limited")).contains("rate_limited: 0");
            Path session = certificates.folder().resolve("session");
            assertThat(refused("one.example", session)).isTrue();
            assertThat(stat("limit.rate_limited")).contains("rate_limited: 1");
        }
    }

    private boolean refused(String name, Path session) {
        try {
            return !handshake(name, "-sess_out", session).contains("New, TLSv1.2, Cipher is E");
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
