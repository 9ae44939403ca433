package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Haproxy;
import io.weir.testkit.Nginx;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS of a whole Weir in this process with real hosts: nginx and haproxy. */
@Timeout(120)
class TlsToHostsTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @AutoClose
    private final Certificates certificates = Certificates.make();
    private final int port = Ports.free();

    private void nginx(Issued issued, String more) {
        weir.before(Nginx.http("""
                server {
                  listen 127.0.0.1:%d ssl http2;
                  ssl_certificate "%s";
                  ssl_certificate_key "%s";
                  keepalive_requests 1;
                  %s
                  location / { return 200 "$server_protocol $ssl_server_name $ssl_session_reused $ssl_client_s_dn\\n"; }
                }
                """.formatted(port, issued.chain(), issued.key(), more), port));
    }

    private Issued shop() {
        return certificates.issue("shop", "DNS:shop.example");
    }

    private String socket(String more) {
        return """
                { name: tls, typed_config: {
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext,
                    %s } }""".formatted(more).replaceAll("\\s*\\n\\s*", " ");
    }

    private String believing(String more) {
        return socket("sni: shop.example, auto_sni_san_validation: true, common_tls_context: { validation_context:"
                + " { trusted_ca: { filename: \"" + certificates.authority() + "\" } }" + more + " }");
    }

    private static String protocol(String options) {
        return """
                typed_extension_protocol_options:
                          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                            %s""".formatted(options);
    }

    private static final String HTTP1 = protocol("explicit_http_config: { http_protocol_options: {} }");

    /** One HTTP listener in front of the host, and one that passes bytes. */
    private String text(String socket, String more, String metadata) {
        return """
                admin: "127.0.0.1:0"
                listen:
                  - { on: "127.0.0.1:0", to: shop, log: { to: "%s", format: "%s" } }
                  - { on: "127.0.0.1:0", protocol: tcp, to: shop }
                envoy:
                  static_resources:
                    clusters:
                      - name: shop
                        connect_timeout: 5s
                        transport_socket: %s
                        %s
                        load_assignment:
                          cluster_name: shop
                          endpoints:
                            - lb_endpoints:
                                - endpoint:
                                    address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                                  %s
                """.formatted(log(), "%RESPONSE_CODE% %RESPONSE_FLAGS% %UPSTREAM_TRANSPORT_FAILURE_REASON%\\n", socket,
                more, port, metadata);
    }

    private Path log() {
        return weir.folder().resolve("access.log");
    }

    private String ask(int listener) throws IOException {
        return ServedWeir.ask(weir.listener(listener), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    @Test
    void nginxIsAskedForItsNameAndSessionsAreTakenUpAgain() throws Exception {
        nginx(shop(), "");
        weir.start(text(believing(""), HTTP1, ""));
        assertThat(ask(0)).contains("HTTP/1.1 200").contains("HTTP/1.1 shop.example .");
        assertThat(ask(0)).contains("HTTP/1.1 shop.example r");
        assertThat(ask(1)).contains("HTTP/1.1 200").contains("HTTP/1.1 shop.example");
        assertThat(weir.stats("cluster.shop.ssl")).contains("ssl.handshake: 3").contains("ssl.session_reused: 1");
    }

    @Test
    void http2IsSpokenWhereTheHostPrefersIt() throws Exception {
        nginx(shop(), "");
        weir.start(text(believing(""), protocol("auto_config: { http2_protocol_options: {} }"), ""));
        assertThat(ask(0)).contains("HTTP/1.1 200").contains("HTTP/2.0 shop.example");
        assertThat(weir.stats("upstream_cx_http")).contains("shop.upstream_cx_http2_total: 1")
                .contains("shop.upstream_cx_http1_total: 0");
    }

    @Test
    void http1IsSpokenWhereTheHostPrefersThat() throws Exception {
        Issued issued = shop();
        Path both = Files.writeString(certificates.folder().resolve("both.pem"),
                Files.readString(issued.chain()) + Files.readString(issued.key()));
        weir.before(Haproxy.start("""
                defaults
                  mode http
                  timeout client 20s
                  timeout server 20s
                  timeout connect 5s
                frontend f
                  bind 127.0.0.1:%d ssl crt %s alpn http/1.1
                  http-request return status 200 content-type text/plain lf-string "%%[ssl_fc_sni] %%[ssl_fc_alpn]"
                """.formatted(port, both), port));
        weir.start(text(believing(""), protocol("auto_config: { http2_protocol_options: {} }"), ""));
        assertThat(ask(0)).contains("HTTP/1.1 200").contains("shop.example http/1.1");
    }

    @Test
    void aClientsCertificateIsShown() throws Exception {
        nginx(shop(), "ssl_verify_client on; ssl_client_certificate \"" + certificates.authority() + "\";");
        Issued own = certificates.issue("weir", "URI:spiffe://weir.example/proxy");
        weir.start(text(believing(", tls_certificates: { certificate_chain: { filename: \"" + own.chain()
                + "\" }, private_key: { filename: \"" + own.key() + "\" } }"), HTTP1, ""));
        assertThat(ask(0)).contains("HTTP/1.1 200").contains("CN=weir");
    }

    @Test
    void healthChecksGoOverTlsToo() throws Exception {
        nginx(shop(), "");
        weir.start(text(believing(""), HTTP1 + "\n        health_checks: [ { timeout: 5s, interval: 60s,"
                + " unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: { path: / } } ]", ""));
        Await.until("a check succeeds", () -> weir.stats("health_check").contains("health_check.success: 1"));
        assertThat(weir.stats("health_check")).contains("health_check.failure: 0");
    }

    @Test
    void hostsOfOneClusterMayHaveDifferentSockets() throws Exception {
        nginx(shop(), "");
        weir.start(text("{ name: envoy.transport_sockets.raw_buffer }", """
                transport_socket_matches:
                          - { name: secured, match: { tls: yes-please }, transport_socket: %s }
                        %s""".formatted(believing(""), HTTP1), "metadata: { filter_metadata: {"
                + " envoy.transport_socket_match: { tls: yes-please } } }"));
        assertThat(ask(0)).contains("HTTP/1.1 200").contains("shop.example");
    }

    private static String checks(String more) {
        return "health_checks: [ { timeout: 20s, interval: 60s, unhealthy_threshold: 1, healthy_threshold: 1,"
                + " http_health_check: { path: / }" + more + " } ]";
    }

    /** A start waits for the first check of a host, which is the only one for a long time. */
    private void firstCheck(String result) throws Exception {
        assertThat(weir.stats("cluster.shop.health_check")).contains("health_check." + result + ": 1");
    }

    @ParameterizedTest
    @CsvSource({"', tls_options: { alpn_protocols: [ http/1.1 ] }', success", "'', failure"})
    void checksOfferTheirOwnProtocols(String more, String result) throws Exception {
        nginx(shop(), "");
        weir.start(text(believing(", alpn_protocols: [ h2 ]"), checks(more), ""));
        firstCheck(result);
    }

    @ParameterizedTest
    @CsvSource({"', transport_socket_match_criteria: { tls: yes-please }', success", "'', failure"})
    void checksGoOverTheSocketThatTheyChoose(String more, String result) throws Exception {
        nginx(shop(), "");
        weir.start(text("{ name: raw, typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer } }", """
                        transport_socket_matches:
                        - { name: secured, match: { tls: yes-please }, transport_socket: %s }
                        %s""".formatted(believing(""), checks(more)).indent(8).strip(), ""));
        firstCheck(result);
    }

    private String shortText(String tls) {
        return """
                listen:
                  - { on: "127.0.0.1:0", to: shop }
                services:
                  shop: { at: "127.0.0.1:%d", tls: %s }
                """.formatted(port, tls);
    }

    @Test
    void theShortFormVerifiesTheNameThatItAsksFor() throws Exception {
        nginx(shop(), "");
        weir.start(shortText("{ ca: \"" + certificates.authority() + "\", sni: shop.example }"));
        assertThat(ask(0)).contains("HTTP/1.1 200").contains("shop.example");
    }

    @Test
    void theShortFormVerifiesAddressesByTheMachinesOwnAuthorities() throws Exception {
        nginx(shop(), "");
        weir.start(shortText("true"));
        assertThat(ask(0)).startsWith("HTTP/1.1 503").contains("it leads to nobody who is believed");
    }

    @Test
    void theShortFormBelievesACertificateThatIsMadeForTheAddress() throws Exception {
        nginx(certificates.issue("address", "IP:127.0.0.1"), "");
        weir.start(shortText("{ ca: \"" + certificates.authority() + "\" }"));
        assertThat(ask(0)).contains("HTTP/1.1 200");
    }

    @Test
    void theShortFormBelievesEverybodyOnlyWhenToldTo() throws Exception {
        nginx(certificates.stranger().issue("other", "DNS:other.example"), "");
        weir.start(shortText("{ verify: false }"));
        assertThat(ask(0)).contains("HTTP/1.1 200");
    }

    /** The answer, and what the log says of it. */
    private void refused(String socket, String reason) throws Exception {
        weir.start(text(socket, HTTP1, ""));
        assertThat(ask(0)).startsWith("HTTP/1.1 503").contains(reason);
        assertThat(weir.logged(log())).singleElement().asString().startsWith("503 ").contains("UF").contains(reason);
    }

    @Test
    void aHostWithAnotherNameIsRefused() throws Exception {
        nginx(certificates.issue("other", "DNS:other.example"), "");
        refused(believing(""), "it is not made for shop.example");
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        certificates.run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=old", "-keyout", "old.key", "-out", "old.csr", "-addext", "subjectAltName=DNS:shop.example");
        certificates.run("x509", "-req", "-in", "old.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                "-CAcreateserial", "-days", "-1", "-copy_extensions", "copy", "-out", "old.pem");
        nginx(new Issued(certificates.folder().resolve("old.pem"), certificates.folder().resolve("old.key")), "");
        refused(believing(""), "it has expired");
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsRefused() throws Exception {
        nginx(certificates.stranger().issue("shop", "DNS:shop.example"), "");
        refused(believing(""), "it leads to nobody who is believed");
    }

    @Test
    void aHostThatSpeaksNoTlsIsRefused() throws Exception {
        weir.before(Nginx.answering(port, "plain"));
        refused(believing(""), "TLS error: the host does not speak TLS");
    }

    /** With TLS 1.3 the handshake is over for Weir when the host looks for its certificate. */
    @Test
    void aHostThatMissesWeirsCertificateIsToldAndCounted() throws Exception {
        weir.start("""
                listen:
                  - { on: "127.0.0.1:0", to: inner }
                  - { on: "127.0.0.1:%d", tls: { cert: "%s", key: "%s", client_ca: "%s" }, to: inner }
                services:
                  inner: { at: "127.0.0.1:%d", tls: { ca: "%s", sni: shop.example } }
                admin: "127.0.0.1:0"
                """.formatted(port, shop().chain(), shop().key(), certificates.authority(), port,
                certificates.authority()));
        Await.until("what the host has said is counted", () -> {
            // a connection that breaks while Weir writes may hide it
            assertThat(ask(0)).startsWith("HTTP/1.1 503");
            return weir.stats("cluster.inner.ssl.connection_error").matches("(?s).*connection_error: [1-9].*");
        });
    }

    @Test
    void anAuthorityThatIsNotThereIsToldBeforeAnythingIsServed() throws Exception {
        String text = text(believing(""), HTTP1, "").replace(certificates.authority().toString(), "/nowhere/ca.pem");
        Running.Start start = Running.start(Source.file(weir.write(text)), RunOptions.of(1, 1, true));
        assertThat(start.toString()).contains("static_resources.clusters[0].transport_socket.typed_config"
                + ".common_tls_context.validation_context.trusted_ca.filename").contains("there is no such file");
    }

    @Test
    @SuppressWarnings("try") // a port is taken for as long as the test runs
    void aRefusedReloadLeavesAClusterAsItIsThoughItsFilesAreGone() throws Exception {
        nginx(shop(), "keepalive_timeout 0;");
        Path authority = Files.copy(certificates.authority(), certificates.folder().resolve("own.pem"));
        String before = text(believing(""), HTTP1, "").replace(certificates.authority().toString(),
                authority.toString());
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            weir.start(before);
            assertThat(ask(0)).contains("HTTP/1.1 200");
            Files.delete(authority);
            weir.reload(text("{ name: envoy.transport_sockets.raw_buffer }", HTTP1, "").replace("protocol: tcp",
                    "protocol: tcp, log: stdout").replace("listen:\n",
                            "listen:\n  - { on: \"127.0.0.1:"
                                    + taken.getLocalPort() + "\", to: shop }\n"));
            assertThat(ask(0)).as("still over TLS").contains("HTTP/1.1 200").contains("HTTP/1.1 shop.example");
            assertThat(ask(1)).contains("HTTP/1.1 200");
            assertThat(weir.stats("cluster_modified")).contains("cluster_manager.cluster_modified: 0");
            assertThat(weir.stats("lds.update_rejected")).contains("listener_manager.lds.update_rejected: 1");
        }
    }
}
