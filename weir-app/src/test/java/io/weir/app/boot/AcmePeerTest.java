package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.AnyCertificate;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Pebble;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Certificates that Weir has issued for itself, by a real authority: pebble. */
@Timeout(120)
class AcmePeerTest {
    private static final long DAY_SECONDS = 86_400;

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private final int httpPort = Ports.free();
    private final int tlsPort = Ports.free();
    private @Nullable Pebble pebble;

    @AfterEach
    void stop() {
        if (pebble != null) {
            pebble.close();
        }
    }

    private Pebble authority(long lifeSeconds) {
        Pebble started = Pebble.start(httpPort, tlsPort, lifeSeconds);
        pebble = started;
        return started;
    }

    private Path storage() {
        return weir.folder().resolve("acme");
    }

    private String acme(Pebble authority, String names, String more) {
        return "acme: { names: [%s], email: ops@shop.example, agree_to_terms: true, directory: \"%s\", ca: \"%s\","
                .formatted(names, authority.directory(), authority.authority())
                + " storage: \"%s\" %s }".formatted(storage(), more);
    }

    private String listening(String tls) {
        return """
                listen:
                  - { on: "127.0.0.1:%d", to: demo }
                  - { on: "127.0.0.1:%d", tls: [ %s ], to: demo }
                admin: "127.0.0.1:0"
                %s""".formatted(httpPort, tlsPort, tls, weir.services(0));
    }

    private void await(BooleanSupplier state, String what) {
        Await.until(Duration.ofSeconds(90), () -> what, state::getAsBoolean);
    }

    private void awaitStat(String line) {
        Await.until(Duration.ofSeconds(90), () -> line,
                () -> weir.stats("^acme").lines().anyMatch(each -> each.matches(line)));
    }

    /**
     * The certificate that a client of this name is shown; null: there is no handshake. It is not checked: the
     * authority's root is made anew in each run.
     */
    private @Nullable X509Certificate shown(String name) {
        try (SSLSocket socket = (SSLSocket) AnyCertificate.context().getSocketFactory().createSocket("127.0.0.1",
                tlsPort)) {
            socket.setSoTimeout(20_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException refused) {
            return null;
        }
    }

    private static boolean issuedByPebble(@Nullable X509Certificate certificate) {
        return certificate != null && certificate.getIssuerX500Principal().getName().contains("Pebble");
    }

    @Test
    void overHttpTwoNamesAreProvedAndTheCertificateIsShownFromTheNextHandshakeOn() throws Exception {
        weir.start(listening("{ " + acme(authority(DAY_SECONDS), "shop.example, www.shop.example", "") + " }"));
        awaitStat("acme.shop.example.issued: 1");
        await(() -> issuedByPebble(shown("www.shop.example")), "the certificate is shown");
        X509Certificate certificate = Objects.requireNonNull(shown("shop.example"));
        assertThat(certificate.getSubjectAlternativeNames()).extracting(name -> String.valueOf(name.get(1)))
                .containsExactlyInAnyOrder("shop.example", "www.shop.example");
        assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(weir.stats("^acme")).contains("acme.shop.example.failed: 0", "acme.shop.example.ready: 1")
                .containsPattern("acme.shop.example.expires_in_seconds: 8\\d{4}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(storage()))).isEqualTo("rwx------");
        assertThat(weir.ask("/.well-known/acme-challenge/unknown")).as("a token of nobody is routed")
                .contains("Hello from one");
    }

    @Test
    void byACertificateANameIsProvedWhereNothingSpeaksHttp() throws Exception {
        String tls = acme(authority(DAY_SECONDS), "alpn.example", ", challenge: tls-alpn-01, key: rsa-2048");
        weir.start("""
                listen: { on: "127.0.0.1:%d", tls: { %s }, to: demo }
                admin: "127.0.0.1:0"
                %s""".formatted(tlsPort, tls, weir.services(0)));
        awaitStat("acme.alpn.example.issued: 1");
        await(() -> issuedByPebble(shown("alpn.example")), "the certificate is shown");
        X509Certificate certificate = Objects.requireNonNull(shown("alpn.example"));
        assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo("RSA");
    }

    @Test
    void aCertificateIsRenewedBeforeItsEndAndShownFromTheNextHandshakeOn() throws Exception {
        weir.start(listening("{ " + acme(authority(9), "short.example", "") + " }"));
        awaitStat("acme.short.example.issued: 1");
        await(() -> issuedByPebble(shown("short.example")), "the certificate is shown");
        X509Certificate first = Objects.requireNonNull(shown("short.example"));
        awaitStat("acme.short.example.renewed: [1-9]");
        await(() -> {
            X509Certificate now = shown("short.example");
            return now != null && !now.getSerialNumber().equals(first.getSerialNumber());
        }, "another certificate is shown");
        assertThat(weir.stats("^acme.short.example.failed")).contains("failed: 0");
    }

    @Test
    void untilItsCertificateIsHereANameIsRefusedAndOthersAreServed() throws Exception {
        String nowhere = "acme: { names: [late.example], agree_to_terms: true, storage: \"" + storage()
                + "\", directory: \"https://127.0.0.1:" + Ports.free() + "/dir\" }";
        try (Certificates certificates = Certificates.make()) {
            Certificates.Issued other = certificates.issue("other", "DNS:other.example");
            weir.start(listening("{ cert: \"%s\", key: \"%s\" }, { %s }".formatted(other.chain(), other.key(),
                    nowhere)));
            awaitStat("acme.late.example.failed: 1");
            assertThat(shown("late.example")).isNull();
            X509Certificate served = Objects.requireNonNull(shown("other.example"));
            assertThat(served.getSubjectX500Principal().getName()).contains("CN=other");
            assertThat(weir.stats("not_ready")).containsPattern("downstream_context_secrets_not_ready: 1\\b");
            weir.reload(listening("{ " + nowhere + " }"));
            assertThat(shown("other.example")).as("there is no certificate at all").isNull();
            assertThat(said("s_client", "-connect", "127.0.0.1:" + tlsPort, "-servername", "late.example"))
                    .contains("alert internal error");
        }
    }

    @Test
    void aReloadThatHasNamesProvedByCertificatesReachesListenersThatAreAsBefore() throws Exception {
        try (Certificates certificates = Certificates.make()) {
            Certificates.Issued old = certificates.issue("old", "DNS:old.example");
            Files.createDirectories(storage()); // the listener has a certificate, and none that fits
            Files.writeString(storage().resolve("alpn.example.pem"),
                    Files.readString(old.chain()) + Files.readString(old.key()));
        }
        Pebble pebble = authority(DAY_SECONDS);
        String config = """
                listen: { on: "127.0.0.1:%d", tls: { %s }, to: demo }
                admin: "127.0.0.1:0"
                %s""";
        weir.start(config.formatted(tlsPort, acme(pebble, "alpn.example", ""), weir.services(0)));
        awaitStat("acme.alpn.example.failed: [1-9]"); // nobody listens where files would be asked for
        assertThat(issuedByPebble(shown("alpn.example"))).isFalse();
        weir.reload(config.formatted(tlsPort, acme(pebble, "alpn.example", ", challenge: tls-alpn-01"),
                weir.services(0)));
        awaitStat("acme.alpn.example.issued: 1");
        await(() -> issuedByPebble(shown("alpn.example")), "the certificate is shown");
    }

    private static String said(String... words) throws Exception {
        var command = new ArrayList<>(List.of(Peers.require("openssl").toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void aRestartUsesWhatIsKeptAndAsksNobody() throws Exception {
        String config = listening("{ " + acme(authority(DAY_SECONDS), "kept.example", "") + " }");
        weir.start(config);
        awaitStat("acme.kept.example.issued: 1");
        weir.running().close();
        authorityGone();
        Path file = storage().resolve("kept.example.pem");
        FileTime written = Files.getLastModifiedTime(file);
        weir.start(config);
        assertThat(issuedByPebble(shown("kept.example"))).as("shown at once").isTrue();
        assertThat(weir.stats("^acme")).contains("acme.kept.example.ready: 1", "acme.kept.example.issued: 0");
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
    }

    private void authorityGone() {
        if (pebble != null) {
            pebble.close();
            pebble = null;
        }
    }
}
