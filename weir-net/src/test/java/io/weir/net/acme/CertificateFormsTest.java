package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.tls.AcmeSpec.KeyKind;
import io.weir.testkit.Certificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written by hand is read by openssl and by the JDK. */
final class CertificateFormsTest {

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void opensslVerifiesTheRequestAndFindsItsNames(KeyKind kind) throws Exception {
        KeyPair keys = Keys.make(kind);
        try (Certificates openssl = Certificates.make()) {
            Files.write(openssl.folder().resolve("request.der"),
                    CertificateRequest.make(keys, List.of("shop.example", "www.shop.example")));
            String said = openssl.run("req", "-inform", "DER", "-in", "request.der", "-verify", "-noout", "-text");
            assertThat(said).containsPattern("verify OK|Certificate request self-signature verify OK")
                    .contains("DNS:shop.example, DNS:www.shop.example")
                    .contains(kind == KeyKind.RSA_2048 ? "sha256WithRSAEncryption" : "ecdsa-with-SHA256");
        }
    }

    /** RFC 8737 section 3: one name, and a critical extension with the digest in an octet string of its own. */
    @Test
    void theProofIsACertificateForOneNameWithTheDigestOfTheKeyAuthorization() throws Exception {
        Instant now = Instant.parse("2026-11-28T03:00:00Z");
        X509Certificate made = ChallengeCertificate.make("shop.example", "token.thumbprint", now).certificate();
        made.verify(made.getPublicKey());
        made.checkValidity(java.util.Date.from(now));
        assertThat(StoredCertificate.names(made)).containsExactly("shop.example");
        assertThat(made.getCriticalExtensionOIDs()).containsExactly("1.3.6.1.5.5.7.1.31");
        byte[] digest = MessageDigest.getInstance("SHA-256")
                .digest("token.thumbprint".getBytes(StandardCharsets.US_ASCII));
        assertThat(HexFormat.of().formatHex(made.getExtensionValue("1.3.6.1.5.5.7.1.31")))
                .isEqualTo("04220420" + HexFormat.of().formatHex(digest));
        try (Certificates openssl = Certificates.make()) {
            Files.write(openssl.folder().resolve("proof.der"), made.getEncoded());
            assertThat(openssl.run("x509", "-inform", "DER", "-in", "proof.der", "-noout", "-text"))
                    .contains("Version: 3", "DNS:shop.example", "prime256v1");
        }
    }
}
