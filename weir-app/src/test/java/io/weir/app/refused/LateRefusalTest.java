package io.weir.app.refused;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With TLS 1.3 the handshake is over for Weir when a host looks for its certificate, and says what it misses. */
@Timeout(180)
class LateRefusalTest {
    private static final String WORD = "CERTIFICATE_REQUIRED";

    @TempDir
    private Path folder = Path.of("");
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private final Certificates certificates = Certificates.make();
    private final int strict = Ports.free();
    private final int lenient = Ports.free();

    @AfterEach
    void end() {
        certificates.close();
    }

    private Path log() {
        return folder.resolve("access.log");
    }

    private static String endpoint(int port) {
        return "{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: " + port + " } } } }";
    }

    /** A proxy of requests and one of bytes before hosts of this Weir's own; the strict one wants a certificate. */
    private void start(String protocol, String retryOn, int... hosts) throws IOException {
        Issued shop = certificates.issue("shop", "DNS:shop.example");
        String tls = "cert: \"" + shop.chain() + "\", key: \"" + shop.key() + "\"";
        var endpoints = new StringBuilder();
        for (int each : hosts) {
            endpoints.append(endpoints.isEmpty() ? "" : ", ").append(endpoint(each));
        }
        weir.start(
                """
                        admin: "127.0.0.1:0"
                        listen:
                          - { on: "127.0.0.1:0", log: { to: "%s", format: "%%RESPONSE_CODE%% %%RESPONSE_FLAGS%% %%UPSTREAM_TRANSPORT_FAILURE_REASON%%\\n" },
                              routes: [ { to: inner, retries: { times: 3, on: [%s] } } ] }
                          - { on: "127.0.0.1:0", protocol: tcp, to: inner, log: { to: "%s", format: "%%RESPONSE_FLAGS%% %%UPSTREAM_TRANSPORT_FAILURE_REASON%%\\n" } }
                          - { on: "127.0.0.1:%d", tls: { %s, client_ca: "%s" }, to: plain }
                          - { on: "127.0.0.1:%d", tls: { %s }, to: plain }
                        services:
                          plain: { at: "127.0.0.1:%d" }
                        envoy:
                          static_resources:
                            clusters:
                              - name: inner
                                connect_timeout: 60s
                                transport_socket: { name: tls, typed_config: { "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext,
                                  sni: shop.example, common_tls_context: { validation_context: { trusted_ca: { filename: "%s" } } } } }
                                typed_extension_protocol_options:
                                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                                    common_http_protocol_options: { max_requests_per_connection: 1 }
                                    explicit_http_config: { %s: {} }
                                load_assignment: { cluster_name: inner, endpoints: [ { lb_endpoints: [ %s ] } ] }
                        """
                        .formatted(log(), retryOn, log(), strict, tls, certificates.authority(), lenient, tls,
                                weir.port(0),
                                certificates.authority(), protocol, endpoints));
    }

    private String ask() throws IOException {
        return ServedWeir.ask(weir.listener(0), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    private long number(String name) throws IOException {
        return weir.stats(name).lines().filter(line -> line.startsWith("cluster.inner." + name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http_protocol_options", "http2_protocol_options"})
    void whyAHostHasEndedTheConnectionIsToldToTheClientAndTheLog(String protocol) throws Exception {
        start(protocol, "connect-failure", strict);
        // a connection that breaks while Weir writes may hide what the host has said
        Await.until("the host's word is told", () -> {
            String said = ask();
            assertThat(said).startsWith("HTTP/1.1 503").contains("reset reason: connection termination");
            return said.contains("transport failure reason: TLS error: ") && said.contains(WORD);
        });
        assertThat(number("upstream_rq_retry")).as("it was connected").isZero();
        assertThat(weir.logged(log())).last().asString().startsWith("503 UC TLS error: ").contains(WORD);
    }

    @Test
    void aRequestThatIsTriedAgainAfterAResetGoesToAnotherHostAndItsLogTellsOfThatOne() throws Exception {
        start("http_protocol_options", "reset", strict, lenient);
        Await.until("the strict host was asked first", () -> {
            assertThat(ask()).startsWith("HTTP/1.1 200");
            return number("upstream_rq_retry_success") > 0;
        });
        assertThat(weir.logged(log())).containsOnly("200 - -");
    }

    @Test
    void whyAHostHasEndedAStreamIsToldToItsLog() throws Exception {
        start("http_protocol_options", "reset", strict);
        Await.until("the host's word is heard", () -> {
            try (Socket client = new Socket(weir.listener(1).getAddress(), weir.listener(1).getPort())) {
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
            } catch (SocketException reset) {
                // what a client of a broken stream sees
            }
            return number("ssl.connection_error") > 0;
        });
        List<String> lines = weir.logged(log());
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("UC TLS error: ").contains(WORD));
    }
}
