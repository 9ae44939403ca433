package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules about the names of clients' certificates, in a whole Weir with a real client. */
@Timeout(120)
class ClientRulesTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static String config(Issued shop, Path authority) {
        return """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: in
                          http_filters:
                          - name: rbac
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                              rules:
                                policies:
                                  named:
                                    permissions: [ { url_path: { path: { exact: /named } } } ]
                                    principals: [ { authenticated: { principal_name: { exact: "spiffe://weir.example/named" } } } ]
                                  any:
                                    permissions: [ { url_path: { path: { exact: /any } } } ]
                                    principals: [ { authenticated: {} } ]
                          - name: router
                            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                          route_config:
                            virtual_hosts:
                            - { name: all, domains: [ "*" ], routes: [ { match: { prefix: / }, direct_response: { status: 200 } } ] }
                      transport_socket:
                        name: tls
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                          common_tls_context:
                            tls_certificates: [ { certificate_chain: { filename: "%s" }, private_key: { filename: "%s" } } ]
                            validation_context: { trusted_ca: { filename: "%s" } }
                """
                .formatted(shop.chain(), shop.key(), authority);
    }

    private String status(Certificates certificates, String path, String... words)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Peers.require("curl").toString(), "-sS", "--max-time", "20", "-o",
                "/dev/null", "-w", "%{http_code}", "--cacert", certificates.authority().toString(), "--connect-to",
                "shop.example:443:127.0.0.1:" + weir.listener(0).getPort()));
        command.addAll(List.of(words));
        command.add("https://shop.example" + path);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private static String[] by(Issued client) {
        return new String[]{"--cert", client.chain().toString(), "--key", client.key().toString()};
    }

    @Test
    void onlyAClientWhoseCertificateHasTheNamePassesAndOneWithoutIsNobody() throws Exception {
        try (var certificates = Certificates.make()) {
            Issued shop = certificates.issue("shop", "DNS:shop.example");
            Issued named = certificates.issue("named", "URI:spiffe://weir.example/named");
            Issued other = certificates.issue("other", "URI:spiffe://weir.example/other");
            weir.start(config(shop, certificates.authority()));
            assertThat(status(certificates, "/named", by(named))).isEqualTo("200");
            assertThat(status(certificates, "/named", by(other))).isEqualTo("403");
            assertThat(status(certificates, "/named")).isEqualTo("403");
            assertThat(status(certificates, "/any", by(other))).isEqualTo("200");
            assertThat(status(certificates, "/any")).isEqualTo("403");
        }
    }
}
