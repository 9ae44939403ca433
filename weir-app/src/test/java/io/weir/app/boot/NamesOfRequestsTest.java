package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Nginx;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts that are asked for the names of requests, with a real one: nginx. */
@Timeout(120)
class NamesOfRequestsTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @AutoClose
    private final Certificates certificates = Certificates.make();
    private final int port = Ports.free();

    private void start(String names, String socket, String route) throws IOException {
        start(names, socket, route, "validation_context: { trusted_ca: { filename: \"" + certificates.authority()
                + "\" } }");
    }

    private void start(String names, String socket, String route, String validation) throws IOException {
        var issued = certificates.issue("shop", "DNS:shop.example,DNS:*.shop.example,IP:127.0.0.1");
        weir.before(Nginx.http("""
                server {
                  listen 127.0.0.1:%d ssl;
                  ssl_certificate "%s";
                  ssl_certificate_key "%s";
                  location / { return 200 "sni=$ssl_server_name host=$host nth=$connection_requests.\\n"; }
                }
                server { listen 127.0.0.1:%d ssl; server_name rejected.example; ssl_reject_handshake on; }
                """.formatted(port, issued.chain(), issued.key(), port), port));
        weir.start("""
                admin: "127.0.0.1:0"
                envoy:
                  static_resources:
                    listeners:
                      - name: main
                        address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                        filter_chains:
                          - filters:
                              - name: http
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager\
                .v3.HttpConnectionManager
                                  stat_prefix: main
                                  route_config:
                                    virtual_hosts:
                                      - { name: all, domains: ["*"], routes: [ { match: { prefix: / },
                                          route: { cluster: shop, %s } } ] }
                                  http_filters:
                                    - name: router
                                      typed_config:
                                        "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                      - name: raw
                        address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                        filter_chains:
                          - filters:
                              - name: tcp
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                                  stat_prefix: raw
                                  cluster: shop
                    clusters:
                      - name: shop
                        connect_timeout: 20s
                        typed_extension_protocol_options:
                          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                            explicit_http_config: { http_protocol_options: {} }
                            upstream_http_protocol_options: { %s }
                        transport_socket:
                          name: tls
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                            %s
                            common_tls_context: { %s }
                        load_assignment:
                          cluster_name: shop
                          endpoints:
                            - lb_endpoints:
                                - endpoint:
                                    hostname: endpoint.shop.example
                                    address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                """.formatted(route, names, socket, validation, port));
    }

    private String ask(String name, String more) throws IOException {
        return ServedWeir.ask(weir.listener(0), "GET / HTTP/1.1\r\nHost: " + name + "\r\n" + more
                + "Connection: close\r\n\r\n");
    }

    @Test
    void aConnectionServesRequestsOfOneNameAlone() throws Exception {
        start("auto_sni: true", "sni: configured.example", "");
        String both = ServedWeir.ask(weir.listener(0), "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: B.example:80\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
        assertThat(both).contains("sni=a.example host=a.example nth=1.").contains("sni=b.example host=b.example nth=1.")
                .contains("sni=a.example host=a.example nth=2.");
        assertThat(weir.stats("cluster.shop")).contains("upstream_cx_total: 2");
        assertThat(ask("127.0.0.1", "")).as("an address is no name to ask for")
                .contains("sni=configured.example host=127.0.0.1");
    }

    @Test
    void aHostProvesTheNameOfTheRequest() throws Exception {
        start("auto_sni: true, auto_san_validation: true", "", "");
        assertThat(ask("shop.example", "")).contains("sni=shop.example");
        assertThat(ask("a.shop.example", "")).contains("sni=a.shop.example");
        assertThat(ask("127.0.0.1:80", "")).contains("HTTP/1.1 200");
        assertThat(ask("other.example", "")).startsWith("HTTP/1.1 503").contains("it is not made for other.example");
        assertThat(ask("127.0.0.2", "")).startsWith("HTTP/1.1 503").contains("it is not made for 127.0.0.2");
        assertThat(weir.stats("cluster.shop")).as("that clients ask for odd names is no fault of the host's")
                .contains("membership_healthy: 1\n");
    }

    @Test
    void aHostThatKnowsNoSuchNameIsNotLeftOut() throws Exception {
        start("auto_sni: true", "", "");
        assertThat(ask("rejected.example", "")).startsWith("HTTP/1.1 503").contains("UNRECOGNIZED_NAME");
        assertThat(weir.stats("cluster.shop")).contains("membership_healthy: 1\n");
    }

    @Test
    void aHostThatNobodyBelievesIsLeftOutWhateverItIsAskedFor() throws Exception {
        try (var others = Certificates.make()) {
            start("auto_sni: true, auto_san_validation: true", "", "",
                    "validation_context: { trusted_ca: { filename: \"" + others.authority() + "\" } }");
            assertThat(ask("shop.example", "")).startsWith("HTTP/1.1 503").contains("nobody who is believed");
            until("cluster.shop.membership_healthy: 0");
        }
    }

    @Test
    void theNameIsProvenThoughAnotherIsAskedFor() throws Exception {
        start("auto_san_validation: true", "sni: shop.example", "");
        assertThat(ask("a.shop.example", "")).contains("sni=shop.example host=a.shop.example");
        assertThat(ask("other.example", "")).startsWith("HTTP/1.1 503").contains("it is not made for other.example");
    }

    /** A secret whose rules believe the authority, if certificates are made for this name. */
    private String secret(String name) throws IOException {
        Path file = weir.folder().resolve("secrets.yaml");
        Files.writeString(file, """
                resources:
                  - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
                    name: hosts
                    validation_context:
                      trusted_ca: { filename: "%s" }
                      match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: "%s" } } ]
                """.formatted(certificates.authority(), name));
        return "validation_context_sds_secret_config: { name: hosts, sds_config: { path_config_source: { path: \""
                + file + "\" } } }";
    }

    @Test
    void theNameOfTheRequestGoesBeforeThoseOfASecret() throws Exception {
        start("auto_sni: true, auto_san_validation: true", "", "", secret("configured.example"));
        assertThat(ask("a.shop.example", "")).contains("sni=a.shop.example");
        assertThat(ask("other.example", "")).startsWith("HTTP/1.1 503").contains("it is not made for other.example");
    }

    @Test
    void theNameThatAHostIsAskedForGoesBeforeThoseOfASecret() throws Exception {
        start("", "sni: shop.example\n            auto_sni_san_validation: true", "", secret("configured.example"));
        assertThat(ask("a.example", "")).contains("sni=shop.example");
    }

    private void until(String stat) throws IOException {
        Await.until(() -> stat + " in " + weir.stats("cluster.shop"),
                () -> weir.stats("cluster.shop").contains(stat + "\n"));
    }

    @Test
    void theHostOfACopyProvesTheNameOfTheCopy() throws Exception {
        start("auto_sni: true, auto_san_validation: true", "", "request_mirror_policies: [ { cluster: shop } ]");
        assertThat(ask("shop.example", "")).contains("sni=shop.example");
        until("cluster.shop.ssl.fail_verify_san: 1"); // it is sent to shop.example-shadow
    }

    @Test
    void aHostThatIsAskedForNoRequestProvesTheConfiguredName() throws Exception {
        start("auto_san_validation: true", "sni: a.shop.example", "");
        assertThat(ServedWeir.ask(weir.listener(1), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .contains("sni=a.shop.example host=x");
    }

    @Test
    void aHostThatIsAskedForNoRequestAndDoesNotCarryTheConfiguredNameIsRefused() throws Exception {
        start("auto_san_validation: true", "sni: other.example", "");
        assertThat(ServedWeir.ask(weir.listener(1), "")).isEmpty();
        until("cluster.shop.ssl.fail_verify_san: 1");
    }

    @Test
    void aFieldOfTheRequestMayTellTheName() throws Exception {
        start("auto_sni: true, auto_san_validation: true, override_auto_sni_header: x-name", "", "");
        assertThat(ask("other.example", "x-name: b.shop.example\r\n")).contains("sni=b.shop.example");
        assertThat(ask("c.shop.example", "x-name:\r\n")).contains("sni=c.shop.example");
        assertThat(ask("shop.example", "x-name: other.example\r\n")).startsWith("HTTP/1.1 503");
    }

    @Test
    void theNameIsWhatTheRouteMakesOfIt() throws Exception {
        start("auto_sni: true", "", "host_rewrite_literal: d.shop.example");
        assertThat(ask("a.example", "")).contains("sni=d.shop.example host=d.shop.example");
    }

    @Test
    void theNameMayBeThatOfTheEndpoint() throws Exception {
        start("auto_sni: true", "", "auto_host_rewrite: true");
        assertThat(ask("a.example", "")).contains("sni=endpoint.shop.example host=endpoint.shop.example");
    }

    @Test
    void namesCannotBeProvenWhereEverybodyIsBelieved() throws Exception {
        String text = """
                envoy:
                  static_resources:
                    clusters:
                      - name: shop
                        upstream_http_protocol_options: { auto_san_validation: true }
                        transport_socket:
                          name: tls
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                """;
        assertThat(Running.start(Source.file(weir.write(text)), RunOptions.of(1, 1, true)).toString())
                .contains("auto_san_validation").contains("add trusted_ca");
    }
}
