package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.text.OneListener;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Curl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules about the names of clients' certificates, in a whole Weir with a real client. */
@Timeout(120)
class ClientRulesTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static final String RULES = """
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
            """;

    @Test
    void onlyAClientWhoseCertificateHasTheNamePassesAndOneWithoutIsNobody() throws Exception {
        try (var certificates = Certificates.make()) {
            Issued shop = certificates.issue("shop", "DNS:shop.example");
            Issued named = certificates.issue("named", "URI:spiffe://weir.example/named");
            Issued other = certificates.issue("other", "URI:spiffe://weir.example/other");
            weir.start(OneListener.text("",
                    OneListener.http(RULES, "routes: [ { match: { prefix: / }, direct_response: { status: 200 } } ]"),
                    OneListener.tls(shop, certificates.authority())));
            Curl curl = new Curl(certificates, weir.listener(0).getPort());
            assertThat(curl.status("shop.example", "/named", Curl.by(named))).isEqualTo("200");
            assertThat(curl.status("shop.example", "/named", Curl.by(other))).isEqualTo("403");
            assertThat(curl.status("shop.example", "/named")).isEqualTo("403");
            assertThat(curl.status("shop.example", "/any", Curl.by(other))).isEqualTo("200");
            assertThat(curl.status("shop.example", "/any")).isEqualTo("403");
        }
    }
}
