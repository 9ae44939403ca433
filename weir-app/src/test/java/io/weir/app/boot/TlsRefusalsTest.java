package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.text.OneListener;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Nginx;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import io.weir.testkit.Program;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Why TLS could not be agreed on, and what was agreed on with hosts, as access logs tell it. */
@Timeout(120)
class TlsRefusalsTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    @AutoClose
    private final Certificates certificates = Certificates.make();
    private final Issued shop = certificates.issue("shop", "DNS:shop.example");

    private Path log() {
        return weir.folder().resolve("access.log");
    }

    /** A listener that says hello to clients with a certificate that these rules accept, and logs its connections. */
    private void listening(String rules) throws IOException {
        weir.start(OneListener.text(OneListener.log(log(), "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%"), OneListener.HELLO,
                OneListener.tls(shop, "require_client_certificate: true", "validation_context: { trusted_ca: {"
                        + " filename: \"" + certificates.authority() + "\" }, " + rules + " }")));
    }

    /** What a client with this certificate hears. */
    private String heard(@Nullable Issued own) {
        var command = new ArrayList<>(List.of(Peers.require("openssl").toString(), "s_client", "-quiet",
                "-ign_eof", "-connect", "127.0.0.1:" + weir.listener(0).getPort()));
        if (own != null) {
            command.addAll(List.of("-cert", own.chain().toString(), "-key", own.key().toString()));
        }
        return Program.run(command).said();
    }

    private void refused(@Nullable Issued own, String reason) throws Exception {
        assertThat(heard(own)).doesNotContain("hello");
        assertThat(weir.logged(log())).singleElement().asString().startsWith("TLS error: ").contains(reason);
    }

    @Test
    void whoHasTheRightCertificateIsServed() throws Exception {
        listening("max_verify_depth: 1");
        assertThat(heard(certificates.issue("good", "DNS:good.example"))).contains("hello");
        assertThat(weir.logged(log())).containsExactly("-");
    }

    @Test
    void whoHasNoneIsRefused() throws Exception {
        listening("");
        refused(null, "it has shown no certificate");
    }

    @Test
    void whoseHasExpiredIsRefused() throws Exception {
        listening("");
        certificates.run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=old", "-keyout", "old.key", "-out", "old.csr");
        certificates.run("x509", "-req", "-in", "old.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                "-CAcreateserial", "-days", "-1", "-out", "old.pem");
        refused(new Issued(certificates.folder().resolve("old.pem"), certificates.folder().resolve("old.key")),
                "its certificate is refused: it has expired, at ");
    }

    @Test
    void whoseNameIsNotExpectedIsRefused() throws Exception {
        listening("match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: good.example } } ]");
        refused(certificates.issue("other", "DNS:other.example"), "none of its names is accepted: [other.example]");
    }

    @Test
    void whoseIsNotPinnedIsRefused() throws Exception {
        listening("verify_certificate_spki: [ \"" + "A".repeat(43) + "=\" ]");
        refused(certificates.issue("good", "DNS:good.example"), "it is none of those that are pinned");
    }

    @Test
    void whoseIsRevokedIsRefused() throws Exception {
        Issued good = certificates.issue("good", "DNS:good.example");
        String serial = certificates.run("x509", "-in", good.chain().toString(), "-noout", "-serial").strip()
                .replace("serial=", "");
        Path folder = certificates.folder();
        Files.writeString(folder.resolve("index.txt"), "R\t491231235959Z\t250101000000Z\t" + serial
                + "\tunknown\t/CN=good\n");
        Files.writeString(folder.resolve("ca.cnf"), "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\n");
        certificates.run("ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "authority.key", "-cert", "authority.pem",
                "-crldays", "5", "-out", "list.crl");
        listening("crl: { filename: \"" + folder.resolve("list.crl") + "\" }");
        refused(good, "it is revoked: number " + new BigInteger(serial, 16).toString(16)); // openssl fills up with a 0
    }

    @Test
    void whoLeadsToNobodyWithinTheDepthIsRefused() throws Exception {
        certificates.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
                "-subj", "/CN=between", "-keyout", "between.key", "-out", "between.pem", "-CA", "authority.pem",
                "-CAkey", "authority.key", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign");
        certificates.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
                "-subj", "/CN=deep", "-keyout", "deep.key", "-out", "deep.pem", "-CA", "between.pem", "-CAkey",
                "between.key", "-addext", "basicConstraints=critical,CA:FALSE");
        Path folder = certificates.folder();
        Files.writeString(folder.resolve("chain.pem"), Files.readString(folder.resolve("deep.pem"))
                + Files.readString(folder.resolve("between.pem")));
        listening("max_verify_depth: 0");
        var command = List.of("s_client", "-connect", "127.0.0.1:" + weir.listener(0).getPort(), "-cert",
                folder.resolve("deep.pem").toString(), "-key", folder.resolve("deep.key").toString(), "-cert_chain",
                folder.resolve("chain.pem").toString(), "-quiet", "-ign_eof");
        String said;
        try {
            said = certificates.run(command.toArray(String[]::new));
        } catch (IllegalStateException e) {
            said = String.valueOf(e.getMessage());
        }
        assertThat(said).doesNotContain("hello");
        assertThat(weir.logged(log())).singleElement().asString().contains("it leads to nobody who is believed");
    }

    @Test
    void whatWasAgreedOnWithAHostIsTold() throws Exception {
        int port = Ports.free();
        weir.before(Nginx.http("""
                server {
                  listen 127.0.0.1:%d ssl;
                  ssl_certificate "%s";
                  ssl_certificate_key "%s";
                  ssl_verify_client optional_no_ca;
                  location / { return 200 "hello"; }
                }
                """.formatted(port, shop.chain(), shop.key()), port));
        Issued own = certificates.issue("weir", "URI:spiffe://weir.example/proxy");
        String format = "%UPSTREAM_TLS_VERSION% %UPSTREAM_TLS_CIPHER% %UPSTREAM_PEER_SUBJECT% %UPSTREAM_PEER_DNS_SAN%"
                + " %UPSTREAM_LOCAL_URI_SAN% %UPSTREAM_PEER_ISSUER%\\n";
        weir.start("""
                listen:
                  - { on: "127.0.0.1:0", to: shop, log: { to: "%s", format: "%s" } }
                  - { on: "127.0.0.1:0", protocol: tcp, to: shop, log: { to: "%s", format: "%s" } }
                services:
                  shop: { at: "127.0.0.1:%d", tls: { ca: "%s", sni: shop.example, cert: "%s", key: "%s" } }
                """.formatted(log(), format, log(), format, port, certificates.authority(), own.chain(), own.key()));
        assertThat(weir.ask("/")).contains("hello");
        assertThat(ServedWeir.ask(weir.listener(1), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .contains("hello");
        assertThat(weir.logged(log())).hasSize(2).allMatch(line -> line.matches("TLSv1.[23] \\S+ CN=shop,O=Weir"
                + " shop.example spiffe://weir.example/proxy CN=authority"));
    }
}
