package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.core.tls.AcmeSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateStoreTest {
    @TempDir
    Path folder = Path.of("");

    private AcmeSpec spec(String email) {
        return new AcmeSpec("shop.example", List.of("shop.example"), "https://authority.example/dir", email, true,
                folder.resolve("acme").toString(), AcmeSpec.Challenge.HTTP_01, AcmeSpec.KeyKind.ECDSA_P256, null, null);
    }

    private static Issuance.Issued issued(String name) {
        ChallengeCertificate made = ChallengeCertificate.make(name, "x.y", Instant.parse("2026-11-28T00:00:00Z"));
        X509Certificate certificate = made.certificate();
        return new Issuance.Issued(List.of(certificate), new KeyPair(certificate.getPublicKey(), made.key()));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void nobodyElseMayReadWhatIsKept() throws IOException {
        CertificateStore store = CertificateStore.open(spec("").storage());
        store.account(spec(""));
        store.keep(spec(""), issued("shop.example"));
        assertThat(mode(folder.resolve("acme"))).isEqualTo("rwx------");
        try (var files = Files.list(folder.resolve("acme"))) {
            for (Path file : files.toList()) {
                assertThat(mode(file)).as(file.toString()).isEqualTo("rw-------");
            }
        }
    }

    @Test
    void aCertificateIsFoundAgainWithItsKeyInTheSameFile() throws IOException {
        CertificateStore store = CertificateStore.open(spec("").storage());
        assertThat(CertificateStore.certificate(spec(""))).isNull();
        store.keep(spec(""), issued("old.example"));
        Issuance.Issued second = issued("shop.example");
        store.keep(spec(""), second);
        StoredCertificate found = Objects.requireNonNull(CertificateStore.certificate(spec("")));
        assertThat(found.certificate()).isEqualTo(second.chain().getFirst());
        assertThat(found.fits(spec(""))).isTrue();
        assertThat(Files.readString(Path.of(spec("").file()))).contains("BEGIN CERTIFICATE", "BEGIN PRIVATE KEY");
        try (var files = Files.list(folder.resolve("acme"))) {
            assertThat(files).as("nothing is left half written").hasSize(1);
        }
    }

    @Test
    void aFileThatIsNoCertificateIsToldAndNotTakenForNone() throws IOException {
        CertificateStore.open(spec("").storage());
        Files.writeString(Path.of(spec("").file()), "nothing");
        assertThatThrownBy(() -> CertificateStore.certificate(spec(""))).isInstanceOf(IOException.class)
                .hasMessageContaining("holds no certificate");
    }

    @Test
    void aCertificateOfAnotherAuthorityOrOfNobodyKnowsWhomIsNotTaken() throws IOException {
        CertificateStore store = CertificateStore.open(spec("").storage());
        store.keep(spec(""), issued("shop.example"));
        AcmeSpec elsewhere = new AcmeSpec("shop.example", List.of("shop.example"), "https://staging.example/dir", "",
                true, spec("").storage(), AcmeSpec.Challenge.HTTP_01, AcmeSpec.KeyKind.ECDSA_P256, null, null);
        StoredCertificate found = Objects.requireNonNull(CertificateStore.certificate(elsewhere));
        assertThat(found.directory()).isEqualTo("https://authority.example/dir");
        assertThat(List.of(found.fits(spec("")), found.fits(elsewhere))).containsExactly(true, false);
        Path file = Path.of(spec("").file());
        Files.writeString(file, Files.readString(file).replaceFirst("[^\n]*\n", ""));
        StoredCertificate unknown = Objects.requireNonNull(CertificateStore.certificate(spec("")));
        assertThat(unknown.directory()).isEmpty();
        assertThat(unknown.fits(spec(""))).isFalse();
    }

    @Test
    void anAccountKeepsItsKeyAndAnotherAddressHasAnother() throws IOException {
        CertificateStore store = CertificateStore.open(spec("").storage());
        AccountKey first = store.account(spec("ops@shop.example"));
        assertThat(CertificateStore.open(spec("").storage()).account(spec("ops@shop.example")).jwk())
                .isEqualTo(first.jwk());
        assertThat(store.account(spec("else@shop.example")).jwk()).isNotEqualTo(first.jwk());
    }

    @Test
    void onlyOneAtATimeHasCertificatesIssued() throws IOException {
        CertificateStore store = CertificateStore.open(spec("").storage());
        try (Closeable held = store.lock()) {
            assertThat(held).isNotNull();
            assertThat(store.lock()).isNull();
        }
        try (Closeable again = store.lock()) {
            assertThat(again).isNotNull();
        }
    }
}
