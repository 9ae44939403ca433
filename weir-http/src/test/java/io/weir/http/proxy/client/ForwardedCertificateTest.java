package io.weir.http.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.tls.TlsFacts;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.HttpManagerSpec.CertificateRule;
import io.weir.http.config.HttpManagerSpec.CertificateRule.Forwarding;
import io.weir.http.config.ReadManager;
import io.weir.http.proxy.client.KnownTls.Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ForwardedCertificateTest {
    private static final Certificate OWN = new Certificate("CN=weir", List.of("spiffe://a/weir"), List.of("weir"));
    private static final Certificate CLIENT = new Certificate("CN=\"x\\\"\",O=A", List.of("spiffe://a/b", "urn:c"),
            List.of("one.example", "two.example"));

    private static CertificateRule all(Forwarding how) {
        return new CertificateRule(how, true, true, true, true, true);
    }

    private static List<String> told(CertificateRule rule, @Nullable TlsFacts tls, String... said) {
        var head = new HttpHead();
        for (String line : said) {
            head.add(HeaderName.X_FORWARDED_CLIENT_CERT, line);
        }
        var certificate = new ForwardedCertificate(rule, tls);
        certificate.apply(head);
        var told = new ArrayList<String>();
        for (int i = head.find(HeaderName.X_FORWARDED_CLIENT_CERT); i >= 0; i = head
                .find(HeaderName.X_FORWARDED_CLIENT_CERT, i + 1)) {
            told.add(head.value(i));
        }
        return told;
    }

    @Test
    void anElementHasItsKeysInEnvoysOrder() {
        assertThat(told(all(Forwarding.SANITIZE_SET), new KnownTls(CLIENT, OWN, true), "Hash=forged")).containsExactly(
                "By=spiffe://a/weir;Hash=abcd;Cert=\"pem%0A\";Chain=\"pem%0Apem%0A\";Subject=\"CN=\"x\\\"\",O=A\";"
                        + "URI=spiffe://a/b;URI=urn:c;DNS=one.example;DNS=two.example");
        var bare = new CertificateRule(Forwarding.SANITIZE_SET, false, false, false, false, false);
        assertThat(told(bare, new KnownTls(CLIENT, null, true))).containsExactly("Hash=abcd");
        var nameless = new Certificate("", List.of(), List.of());
        assertThat(told(all(Forwarding.SANITIZE_SET), new KnownTls(nameless, null, true)))
                .allMatch(line -> line.endsWith(";Subject=\"\";URI="));
    }

    @Test
    void whatTheClientSaysStandsBeforeItsOwnWhereThatIsWanted() {
        var append = new CertificateRule(Forwarding.APPEND_FORWARD, false, false, false, false, false);
        assertThat(told(append, new KnownTls(CLIENT, OWN, true), "Hash=1", "Hash=2"))
                .containsExactly("Hash=1,Hash=2,By=spiffe://a/weir;Hash=abcd");
        assertThat(told(append, new KnownTls(CLIENT, null, true))).containsExactly("Hash=abcd");
        assertThat(told(all(Forwarding.FORWARD_ONLY), new KnownTls(CLIENT, OWN, true), "Hash=1"))
                .containsExactly("Hash=1");
        assertThat(told(all(Forwarding.SANITIZE), new KnownTls(CLIENT, OWN, true), "Hash=1")).isEmpty();
    }

    @Test
    void withoutACertificateNothingIsBelievedUnlessThatIsSaid() {
        for (var how : Forwarding.values()) {
            var expected = how == Forwarding.ALWAYS_FORWARD_ONLY ? List.of("Hash=1") : List.of();
            assertThat(told(all(how), null, "Hash=1")).as(how.name()).isEqualTo(expected);
            assertThat(told(all(how), new KnownTls(null, OWN, true), "Hash=1")).as(how.name()).isEqualTo(expected);
        }
    }

    @Test
    void aNameThatIsMadeToMisleadStaysAName() {
        var sly = new Certificate("CN=a\r\nx: y,O=\u00e4",
                List.of("urn:a,By=b;URI=\"c", "urn:\r\nx-admin: 1\u00e4"), List.of());
        var rule = new CertificateRule(Forwarding.SANITIZE_SET, true, false, false, true, true);
        assertThat(told(rule, new KnownTls(sly, null, true))).containsExactly(
                "Hash=abcd;Subject=\"CN=a\\0D\\0Ax: y,O=\\C3\\A4\";URI=\"urn:a,By=b;URI=\\\"c\";"
                        + "URI=urn:%0D%0Ax-admin: 1%C3%A4");
    }

    @Test
    void detailsThatNothingIsToldOfAreWarnedOf() {
        assertThat(ReadManager.withRouter("set_current_client_cert_details: { uri: true }\n").problems())
                .anyMatch(problem -> problem.startsWith("WARNING set_current_client_cert_details:"));
        assertThat(ReadManager.withRouter("set_current_client_cert_details: { uri: true, subject: true }\n"
                + "forward_client_cert_details: SANITIZE_SET\n").problems())
                .noneMatch(problem -> problem.contains("client_cert"));
    }
}
