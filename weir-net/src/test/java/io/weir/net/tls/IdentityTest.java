package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.DataSource;
import io.weir.testkit.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class IdentityTest {
    private static final String AT = "tls_certificates[0]";
    @RegisterExtension
    static final SharedCertificates SHARED = new SharedCertificates();

    private static Certificates all() {
        return SHARED.all();
    }

    private static CertificateSpec spec(Path chain, Path key, @Nullable String password) {
        return new CertificateSpec(new DataSource.File(chain.toString()), new DataSource.File(key.toString()),
                password == null ? null : new DataSource.Inline(password), null, null, null);
    }

    private static TlsFailure failure(CertificateSpec spec) {
        return catchThrowableOfType(TlsFailure.class, () -> Identity.read(spec, AT));
    }

    @Test
    void keysAreReadInEveryFormThatOpensslWrites() throws TlsFailure {
        for (Certificates.Issued one : List.of(all().issue("forms-ec", "DNS:a"),
                all().issueRsa("forms-rsa", "DNS:a"))) {
            String name = one.key().getFileName().toString();
            boolean ec = name.contains("ec");
            all().run(ec ? "ec" : "rsa", "-in", name, "-out", name + ".old", ec ? "-no_public" : "-traditional");
            all().run(ec ? "ec" : "rsa", "-in", name, "-out", name + ".old.aes", "-aes256", "-passout", "pass:ssh",
                    ec ? "-no_public" : "-traditional");
            all().run("pkcs8", "-topk8", "-in", name, "-out", name + ".pbes2", "-passout", "pass:ssh");
            all().run("pkcs12", "-export", "-in", one.chain().toString(), "-inkey", name, "-out", name + ".p12",
                    "-passout", "pass:ssh");
            for (String form : List.of("", ".old", ".old.aes", ".pbes2")) {
                Path key = all().folder().resolve(name + form);
                Identity read = Identity.read(spec(one.chain(), key, form.length() < 5 ? null : "ssh\n"), AT);
                assertThat(read.key().getAlgorithm()).as(key.toString()).isEqualTo(ec ? "EC" : "RSA");
                assertThat(read.ecdsa()).isEqualTo(ec);
            }
            var archive = new CertificateSpec(null, null, new DataSource.Inline("ssh"),
                    new DataSource.File(all().folder().resolve(name + ".p12").toString()), null, null);
            assertThat(Identity.read(archive, AT).chain()).hasSize(1);
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsToldWithItsFileAndACure() {
        Certificates.Issued one = all().issue("one", "DNS:one");
        Certificates.Issued other = all().issue("other", "DNS:other");
        Certificates.Issued rsa = all().issueRsa("rsa", "DNS:rsa");
        for (Path wrong : List.of(other.key(), rsa.key())) {
            TlsFailure failure = failure(spec(one.chain(), wrong, null));
            assertThat(failure.path()).isEqualTo(AT + ".private_key");
            assertThat(failure.value()).isEqualTo(wrong.toString());
            assertThat(failure.text()).containsAnyOf("does not fit the certificate", "no private key of a certificate");
            assertThat(failure.cure()).isNotEmpty();
        }
    }

    @Test
    void anEncryptedKeyWithoutOrWithAWrongPasswordSaysSo() {
        Certificates.Issued one = all().issue("sealed", "DNS:one");
        all().run("pkcs8", "-topk8", "-in", "sealed.key", "-out", "sealed.pbes2", "-passout", "pass:right");
        Path sealed = all().folder().resolve("sealed.pbes2");
        assertThat(failure(spec(one.chain(), sealed, null)).text()).contains("there is no password");
        assertThat(failure(spec(one.chain(), sealed, "wrong")).text()).contains("the password is wrong");
    }

    @Test
    void whatIsNoCertificateOrIsMissingIsToldByItsPlace() throws IOException {
        Certificates.Issued one = all().issue("places", "DNS:one");
        Path cut = Files.writeString(all().folder().resolve("cut.pem"),
                Files.readString(one.chain()).substring(0, 200));
        assertThat(failure(spec(cut, one.key(), null)).text()).contains("has no end");
        Path text = Files.writeString(all().folder().resolve("text.pem"), "hello\n");
        assertThat(failure(spec(text, one.key(), null)).text()).contains("this is no PEM");
        TlsFailure missing = failure(spec(all().folder().resolve("nowhere.pem"), one.key(), null));
        assertThat(missing.path()).isEqualTo(AT + ".certificate_chain.filename");
        assertThat(missing.text()).contains("no such file");
        TlsFailure swapped = failure(spec(one.key(), one.chain(), null));
        assertThat(swapped.text()).contains("no certificate in it");
        var variable = new CertificateSpec(new DataSource.Environment("WEIR_NO_SUCH_VARIABLE"),
                new DataSource.File(one.key().toString()), null, null, null, null);
        assertThat(failure(variable).path()).endsWith(".environment_variable");
    }

    @Test
    void keysThatAreTooWeakForTodaysClientsAreRefused() {
        Certificates.Issued weak = all().issue("weak", "DNS:weak", List.of("-newkey", "rsa:1024"));
        assertThat(failure(spec(weak.chain(), weak.key(), null)).text()).contains("1024 bits only");
    }

    @Test
    void aDamagedHeaderOfAnEncryptedKeyIsToldByItsPlace() throws IOException {
        Certificates.Issued one = all().issueRsa("damaged", "DNS:one");
        all().run("rsa", "-in", "damaged.key", "-out", "damaged.old", "-aes256", "-passout", "pass:ssh",
                "-traditional");
        String text = Files.readString(all().folder().resolve("damaged.old"));
        for (String with : List.of("DEK-Info: AES-256-CBC,0123456789abcdefZZ", "DEK-Info: AES-256-CBC,012",
                "DEK-Info: AES-256-CBC,")) {
            Path key = Files.writeString(all().folder().resolve("damaged.header"),
                    text.replaceFirst("DEK-Info: .*", with));
            TlsFailure failure = failure(spec(one.chain(), key, "ssh"));
            assertThat(failure).as(with).isNotNull();
            assertThat(failure.path()).isEqualTo(AT + ".private_key");
            assertThat(failure.value()).isEqualTo(key.toString());
            assertThat(failure.text()).containsAnyOf("DEK-Info is damaged", "cannot be decrypted");
        }
        for (String with : List.of("DEK-Info: AES-256-CBC", "DEK-Info: ")) {
            Path key = Files.writeString(all().folder().resolve("damaged.header"),
                    text.replaceFirst("DEK-Info: .*", with));
            assertThat(failure(spec(one.chain(), key, "ssh"))).as(with).isNotNull();
        }
    }

    @Test
    void anArchiveWithAKeyAndNoCertificateIsToldByItsPlace() {
        Certificates.Issued one = all().issue("bare", "DNS:bare");
        all().run("pkcs12", "-export", "-nocerts", "-inkey", one.key().toString(), "-out", "bare.p12", "-passout",
                "pass:ssh");
        Path archive = all().folder().resolve("bare.p12");
        TlsFailure failure = failure(new CertificateSpec(null, null, new DataSource.Inline("ssh"),
                new DataSource.File(archive.toString()), null, null));
        assertThat(failure.path()).isEqualTo(AT + ".pkcs12");
        assertThat(failure.value()).isEqualTo(archive.toString());
        assertThat(failure.text()).contains("no certificate that belongs to it");
        assertThat(failure.cure()).isNotEmpty();
    }
}
