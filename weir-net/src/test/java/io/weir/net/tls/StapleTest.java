package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.ServerTls.Staples;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Workers;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers of OCSP that are handed out with certificates, with the real openssl as responder and as client. */
class StapleTest {
    @RegisterExtension
    static final SharedCertificates SHARED = new SharedCertificates();

    private static Certificates all() {
        return SHARED.all();
    }

    /** What the responder says of it: good, for so many days, or without a time if there are none. */
    private static Path answer(Issued one, int days) throws IOException {
        String name = one.chain().getFileName().toString().replace(".pem", "");
        String serial = all().run("x509", "-in", name + ".pem", "-noout", "-serial").strip().replace("serial=", "");
        Files.writeString(all().folder().resolve(name + ".index"), "V\t491231235959Z\t\t" + serial + "\tunknown\t/CN="
                + name + "\n");
        all().run("ocsp", "-issuer", "authority.pem", "-cert", name + ".pem", "-reqout", name + ".req");
        var command = new ArrayList<>(List.of("ocsp", "-index", name + ".index", "-CA", "authority.pem", "-rsigner",
                "authority.pem", "-rkey", "authority.key", "-reqin", name + ".req", "-respout", name + ".der"));
        if (days > 0) {
            command.addAll(List.of("-ndays", Integer.toString(days)));
        }
        all().run(command.toArray(String[]::new));
        return all().folder().resolve(name + ".der");
    }

    private static CertificateSpec spec(Issued one, @Nullable Path staple) {
        return new CertificateSpec(new DataSource.File(one.chain().toString()),
                new DataSource.File(one.key().toString()), null, null,
                staple == null ? null : new DataSource.File(staple.toString()), null);
    }

    private static ServerTls server(Staples rule, CertificateSpec... certificates) {
        return ServerTls.of(CommonTls.DEFAULT.withCertificates(List.of(certificates))).withStaples(rule);
    }

    /** What a client hears of a server, and what that counts. */
    private record Heard(String said, Scope numbers) {
        long count(String name) {
            return numbers.child("ssl").counter("ocsp_staple_" + name).value();
        }
    }

    private static Heard ask(ServerTls spec, String... words) throws Exception {
        Scope scope = new Stats().root().child("listener");
        try (Workers workers = Workers.start(1); TlsServer tls = TlsServer.open(spec)) {
            var securing = tls.before((_, channel) -> channel.close(), new TlsStats(scope), scope.counter("late"), 0);
            try (Listener listener = Listener.bind(workers, ListenOptions.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ChannelSettings.MESSAGES), securing)) {
                int port = ((InetSocketAddress) listener.localAddress()).getPort();
                var command = new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + port));
                command.addAll(Arrays.asList(words));
                return new Heard(said(command), scope);
            }
        }
    }

    private static String said(List<String> command) {
        try {
            return all().run(command.toArray(String[]::new));
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void whoAsksForAStapleGetsIt() throws Exception {
        Issued one = all().issue("one", "DNS:one.example");
        ServerTls server = server(Staples.LENIENT, spec(one, answer(one, 3)));
        for (String version : List.of("-tls1_3", "-tls1_2")) {
            Heard heard = ask(server, "-status", version);
            assertThat(heard.said()).contains("OCSP Response Status: successful").contains("Cert Status: good");
            assertThat(List.of(heard.count("requests"), heard.count("responses"))).containsOnly(1L);
        }
        Heard unasked = ask(server);
        assertThat(unasked.said()).contains("CN = one").doesNotContain("OCSP Response Status");
        assertThat(unasked.count("requests")).isZero();
    }

    @Test
    void oneThatHoldsNoLongerIsLeftOutOrKeepsItsCertificateFromBeingShown() throws Exception {
        Issued old = all().issue("old", "DNS:old.example");
        Path expired = answer(old, 0);
        Heard lenient = ask(server(Staples.LENIENT, spec(old, expired)), "-status");
        assertThat(lenient.said()).contains("OCSP response: no response sent").contains("CN = old");
        assertThat(lenient.count("omitted")).isEqualTo(1);
        Heard strict = ask(server(Staples.STRICT, spec(old, expired)), "-status");
        assertThat(strict.said()).contains("handshake failure").doesNotContain("CN = old");
        assertThat(strict.count("failed")).isEqualTo(1);
        assertThat(ask(server(Staples.STRICT, spec(old, expired))).said()).contains("CN = old");
        assertThat(ask(server(Staples.STRICT, spec(old, null)), "-status").said()).contains("CN = old");
    }

    @Test
    void anotherCertificateOfTheNameIsShownWhereOneMayNotBe() throws Exception {
        Issued old = all().issue("both-old", "DNS:both.example");
        Issued good = all().issueRsa("both-good", "DNS:both.example");
        ServerTls server = server(Staples.STRICT, spec(old, answer(old, 0)), spec(good, answer(good, 2)));
        assertThat(ask(server, "-servername", "both.example").said()).contains("CN = both-old");
        assertThat(ask(server, "-servername", "both.example", "-status").said()).contains("CN = both-good")
                .contains("Cert Status: good");
    }

    @Test
    void anotherNamesCertificateIsNotShownWhereTheNamesOwnMayNotBe() throws Exception {
        Issued exact = all().issue("exact", "DNS:exact.shop.example");
        Issued wild = all().issue("wild", "DNS:*.shop.example");
        ServerTls server = server(Staples.STRICT, spec(wild, answer(wild, 2)), spec(exact, answer(exact, 0)));
        Heard heard = ask(server, "-servername", "exact.shop.example", "-status");
        assertThat(heard.said()).contains("handshake failure").doesNotContain("CN = wild");
        assertThat(heard.count("failed")).isEqualTo(1);
        assertThat(ask(server, "-servername", "exact.shop.example").said()).contains("CN = exact");
        assertThat(ask(server, "-servername", "other.shop.example", "-status").said()).contains("CN = wild");
    }

    @Test
    void aCertificateThatAsksForAStapleIsNotUsedWithout() throws Exception {
        Issued asks = all().issue("asks", "DNS:asks.example", List.of("-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-addext", "tlsfeature=status_request"));
        TlsFailure failure = catchThrowableOfType(TlsFailure.class,
                () -> TlsServer.open(server(Staples.LENIENT, spec(asks, null))));
        assertThat(failure.text()).contains("the certificate itself asks for one");
        assertThat(ask(server(Staples.LENIENT, spec(asks, answer(asks, 0))), "-status").count("failed")).isEqualTo(1);
        Issued plain = all().issue("plain", "DNS:plain.example");
        assertThat(catchThrowableOfType(TlsFailure.class,
                () -> TlsServer.open(server(Staples.REQUIRED, spec(plain, null)))).text())
                .contains("ocsp_staple_policy asks for one");
        assertThat(ask(server(Staples.REQUIRED, spec(plain, answer(plain, 2))), "-status").said())
                .contains("Cert Status: good");
    }

    private static boolean asks(String name, String features) throws Exception {
        Issued one = all().issue(name, "DNS:" + name + ".example", List.of("-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-addext", "1.3.6.1.5.5.7.1.24=DER:" + features));
        return assertTimeoutPreemptively(Duration.ofMinutes(1),
                () -> Identity.read(spec(one, null), "").mustBeStapled());
    }

    @Test
    void aCertificateAsksForAStapleByOneOfItsFeaturesWhateverElseStandsThere() throws Exception {
        assertThat(asks("second", "30:06:02:01:11:02:01:05")).isTrue();
        assertThat(asks("none", "30:03:02:01:11")).isFalse();
        assertThat(asks("zero", "30:02:02:00")).isFalse();
        assertThat(asks("long", "30:04:02:FE:05:05")).as("a length that does not fit, and is no step back").isFalse();
        assertThat(asks("longest", "30:05:02:FF:05:02:01")).isFalse();
        assertThat(asks("cut", "30:02:02:01")).isFalse();
    }

    @Test
    void anAnswerHoldsUntilItsTimeAndIsAboutOneCertificate() throws Exception {
        Issued one = all().issue("timed", "DNS:timed.example");
        Issued other = all().issue("other", "DNS:other.example");
        byte[] der = Files.readAllBytes(answer(one, 3));
        var about = Identity.certificates(Files.readString(one.chain()), "", "").getFirst();
        Staple staple = Staple.read(der, about, "p", "n");
        assertThat(staple.good(Instant.now())).isTrue();
        assertThat(staple.good(Instant.now().plus(Duration.ofDays(2)))).isTrue();
        assertThat(staple.good(Instant.now().plus(Duration.ofDays(4)))).isFalse();
        var another = Identity.certificates(Files.readString(other.chain()), "", "").getFirst();
        assertThat(catchThrowableOfType(TlsFailure.class, () -> Staple.read(der, another, "p", "n")).text())
                .contains("the answer is about certificate");
        for (int length = 0; length < der.length; length++) {
            byte[] cut = Arrays.copyOf(der, length);
            assertThat(catchThrowableOfType(TlsFailure.class, () -> Staple.read(cut, about, "p", "n"))).isNotNull();
        }
        assertThat(catchThrowableOfType(TlsFailure.class,
                () -> Staple.read(new byte[]{0x30, 3, 0x0a, 1, 3}, about, "p", "n")).text())
                .contains("it has no answer, status 3");
    }
}
