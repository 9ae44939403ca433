package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.text.OneListener;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Curl;
import io.weir.testkit.Peers;
import io.weir.testkit.RawHttp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** TLS of a whole Weir in this process with real clients: curl and openssl. */
@Timeout(120)
class TlsOverSocketsTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private final Certificates certificates = Certificates.make();
    private Issued shop = new Issued(Path.of(""), Path.of(""));

    @BeforeEach
    void issue() {
        shop = certificates.issue("shop", "DNS:shop.example,DNS:*.wild.example");
    }

    @AfterEach
    void forget() {
        certificates.close();
    }

    private static String tls(Issued... issued) {
        var each = new ArrayList<String>();
        for (Issued one : issued) {
            each.add("{ cert: \"%s\", key: \"%s\" }".formatted(one.chain(), one.key()));
        }
        return "[ " + String.join(", ", each) + " ]";
    }

    private String listening(String tls, String more) {
        return """
                listen:
                  - { on: "127.0.0.1:0", tls: %s, %s to: demo }
                admin: "127.0.0.1:0"
                %s""".formatted(tls, more, weir.services(0));
    }

    /** What curl says of a name, whose address it is told. */
    private String curl(String name, String... words) {
        return new Curl(certificates, weir.listener(0).getPort()).answer(name, "/", words);
    }

    @Test
    void curlSpeaksBothVersionsOfHttpAndHostsHearOfHttps() throws Exception {
        Path log = weir.folder().resolve("access.log");
        weir.start(listening(tls(shop), "log: { to: \"%s\", format: \"%s\" },".formatted(log,
                "%PROTOCOL% %DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %REQUESTED_SERVER_NAME%"
                        + " %DOWNSTREAM_LOCAL_SUBJECT% %REQ(:SCHEME)% %REQ(X-FORWARDED-PROTO)%\\n")));
        assertThat(curl("shop.example", "--http2")).startsWith("HTTP/2 200").contains("Hello from one");
        assertThat(curl("a.wild.example", "--http1.1")).startsWith("HTTP/1.1 200").contains("Hello from one");
        assertThat(curl("shop.example", "--http1.1", "--tls-max", "1.2")).startsWith("HTTP/1.1 200");
        assertThat(weir.logged(log)).hasSize(3).satisfiesExactly(
                line -> assertThat(line).startsWith("HTTP/2 TLSv1.3 TLS_")
                        .endsWith("shop.example CN=shop,O=Weir https https"),
                line -> assertThat(line).startsWith("HTTP/1.1 TLSv1.3 TLS_").contains(" a.wild.example "),
                line -> assertThat(line).startsWith("HTTP/1.1 TLSv1.2 ECDHE-ECDSA-"));
    }

    @Test
    void threeNamesHaveThreeCertificatesAndTheStatsCountHandshakes() throws Exception {
        Issued second = certificates.issueRsa("second", "DNS:second.example");
        Issued third = certificates.issue("third", "DNS:third.example");
        weir.start(listening(tls(shop, second, third), ""));
        for (String name : List.of("shop.example", "second.example", "third.example", "b.wild.example")) {
            assertThat(curl(name)).as(name).startsWith("HTTP/2 200");
        }
        assertThat(curl("a.b.wild.example")).contains("no alternative certificate subject name matches");
        assertThat(weir.stats("ssl")).contains("ssl.handshake: ").contains("ssl.versions.TLSv1.3: ");
    }

    @Test
    void oldVersionsAndWeakCiphersAreNotSpoken() throws Exception {
        weir.start(listening(tls(shop), ""));
        String at = "127.0.0.1:" + weir.listener(0).getPort();
        for (List<String> weak : List.of(List.of("-tls1"), List.of("-tls1_1"), List.of("-tls1_2", "-cipher",
                "AES128-SHA:ECDHE-ECDSA-AES128-SHA"))) {
            var words = new ArrayList<>(List.of("s_client", "-connect", at));
            words.addAll(weak);
            words.addAll(List.of("-cipher", "ALL:@SECLEVEL=0"));
            String said;
            try {
                said = certificates.run((weak.size() > 1 ? words.subList(0, 6) : words).toArray(String[]::new));
            } catch (IllegalStateException e) {
                said = String.valueOf(e.getMessage());
            }
            assertThat(said).as(weak.toString()).containsAnyOf("Cipher is (NONE)", "alert");
        }
        assertThat(certificates.run("s_client", "-connect", at, "-servername", "shop.example", "-alpn", "h2,http/1.1",
                "-CAfile", certificates.authority().toString())).contains("Verify return code: 0 (ok)")
                .contains("ALPN protocol: h2").contains("TLSv1.3");
    }

    /** With TLS 1.2, where the refusal is a part of the handshake and no request is on its way meanwhile. */
    @Test
    void aClientIsToldByAnAlertWhyItsCertificateIsRefused() throws Exception {
        weir.start(listening("{ cert: \"%s\", key: \"%s\", client_ca: \"%s\" }".formatted(shop.chain(), shop.key(),
                certificates.authority()), ""));
        Map<String, Issued> refused = Map.of("unknown ca",
                certificates.stranger().issue("of-nobody", "DNS:a.example"), "unsupported certificate",
                certificates.issue("of-server", "DNS:a.example", List.of("-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-addext", "extendedKeyUsage=serverAuth")));
        refused.forEach((alert, own) -> assertThat(curl("shop.example", "--tls-max", "1.2", "--cert",
                own.chain().toString(), "--key", own.key().toString())).contains("alert " + alert));
    }

    @Test
    void withoutTheRightCertificateAClientIsTurnedAway() throws Exception {
        Issued client = certificates.issue("client", "URI:spiffe://weir.example/client");
        weir.start(listening("{ cert: \"%s\", key: \"%s\", client_ca: \"%s\" }".formatted(shop.chain(), shop.key(),
                certificates.authority()), ""));
        assertThat(curl("shop.example", Curl.by(client)))
                .startsWith("HTTP/2 200");
        assertThat(curl("shop.example")).doesNotContain("200").contains("curl: ");
        Issued stranger = certificates.stranger().issue("stranger-client", "URI:spiffe://weir.example/client");
        assertThat(curl("shop.example", Curl.by(stranger)))
                .doesNotContain("200").contains("curl: ");
        assertThat(weir.stats("ssl.fail")).contains("ssl.fail_verify_no_cert: 1").contains("ssl.fail_verify_error: 1");
    }

    @Test
    void streamsOfBytesAreCarriedToTheirEndInBothDirections() throws Exception {
        weir.start(listening(tls(shop), "protocol: tcp,"));
        assertThat(curl("shop.example", "--http1.1")).contains("Hello from one");
        String said = curl("shop.example", "--http1.0");
        assertThat(said).contains("Hello from one");
    }

    @Test
    void whatIsSaidBeforeTheClientSpeaksIsSaidUnderTlsTooAndEndsByAnAlert() throws Exception {
        weir.start(OneListener.text("", OneListener.HELLO, OneListener.tls(shop, "", "")));
        Path heard = weir.folder().resolve("heard");
        Process client = new ProcessBuilder(Peers.require("openssl").toString(), "s_client", "-connect", "127.0.0.1:"
                + weir.listener(0).getPort(), "-ign_eof", "-msg").redirectErrorStream(true)
                .redirectOutput(heard.toFile()).start();
        boolean ended = client.waitFor(30, TimeUnit.SECONDS);
        client.destroyForcibly();
        String said = Files.readString(heard);
        assertThat(ended).as(said).isTrue();
        assertThat(said).contains("hello").containsPattern("<<<[^\n]*close_notify");
    }

    @Test
    void aRenewedCertificateIsShownAfterAReloadOfTheSameTextAndABrokenOneIsNot() throws Exception {
        Issued renewed = certificates.issue("renewed", "DNS:renewed.example");
        String text = listening(tls(shop), "");
        weir.start(text);
        assertThat(curl("shop.example")).startsWith("HTTP/2 200");
        assertThat(curl("renewed.example")).contains("no alternative certificate subject name matches");
        Files.copy(renewed.chain(), shop.chain(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(renewed.key(), shop.key(), StandardCopyOption.REPLACE_EXISTING);
        weir.reload(text);
        assertThat(curl("renewed.example")).startsWith("HTTP/2 200");
        Files.writeString(shop.key(), "no key");
        weir.reload(text);
        assertThat(curl("renewed.example")).startsWith("HTTP/2 200");
    }

    @Test
    void aClientIsKnownByItsFingerprint() throws Exception {
        Path log = weir.folder().resolve("access.log");
        String look = """
                listener_filters:
                - name: look
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector
                    enable_ja3_fingerprinting: true
                    enable_ja4_fingerprinting: true
                """;
        weir.start(OneListener.text(look + OneListener.log(log, "%TLS_JA3_FINGERPRINT% %TLS_JA4_FINGERPRINT%"),
                OneListener.HELLO, OneListener.tls(shop, "", "")));
        for (int i = 0; i < 2; i++) {
            certificates.run("s_client", "-connect", "127.0.0.1:" + weir.listener(0).getPort(), "-servername",
                    "shop.example", "-alpn", "h2");
        }
        assertThat(weir.logged(log)).hasSize(2).allMatch(line -> line.matches(
                "[0-9a-f]{32} t13d\\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}"));
        assertThat(Files.readAllLines(log).getFirst().substring(33)).isEqualTo(Files.readAllLines(log).get(1)
                .substring(33));
    }

    @Test
    void aKeyThatDoesNotFitIsToldBeforeAnythingIsServed() throws Exception {
        Issued other = certificates.issue("other", "DNS:other.example");
        String text = listening(tls(new Issued(shop.chain(), other.key())), "");
        Running.Start start = Running.start(Source.file(weir.write(text)), RunOptions.of(1, 1, true));
        assertThat(start.toString()).contains("private_key").contains("does not fit the certificate");
    }

    @Test
    void connectionsThatAreNotSecuredYetAreClosedWhenTheDrainOfTheirListenerIsOver() throws Exception {
        String kept = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        weir.start(kept + "  - { on: \"127.0.0.1:0\", tls: " + tls(shop) + ", to: demo }\n" + weir.services(0), 1);
        try (RawHttp silent = RawHttp.connect(weir.listener(1), 0)) {
            weir.reload(kept + weir.services(0));
            assertThat(weir.running().addresses()).hasSize(1);
            assertThat(silent.untilClose()).isEmpty();
        }
    }
}
