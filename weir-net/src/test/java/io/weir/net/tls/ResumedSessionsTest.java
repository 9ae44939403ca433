package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.channel.Channel;
import io.weir.core.stats.Scope;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.TlsParameters;
import io.weir.core.tls.TlsVersion;
import io.weir.core.tls.ValidationSpec;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of sessions when time passes: that of their keys, and that of the certificates behind them. */
class ResumedSessionsTest {
    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
    @RegisterExtension
    static final SharedCertificates SHARED = new SharedCertificates();

    private static Certificates all() {
        return SHARED.all();
    }

    private static CommonTls common(Issued own, ValidationSpec validation) {
        return CommonTls.DEFAULT.withCertificates(List.of(SecuredEcho.spec(own))).withValidation(validation);
    }

    private static ValidationSpec believes(@Nullable DataSource crl, boolean allowExpired) {
        return new ValidationSpec(new DataSource.File(all().authority().toString()), false, crl, false, List.of(),
                List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, allowExpired, false, null);
    }

    private static boolean resumed(SecuredEcho echo, SSLContext client, String version) throws Exception {
        echo.speak(client, version, null);
        return echo.session().resumed();
    }

    /** A file of secrets that may lose whom it believes. */
    private static final class Secret implements SecretSource {
        private ValidationSpec now = believes(null, false);

        @Override
        public CommonTls filled(CommonTls common) {
            return common.withValidation(common.validation().and(now));
        }

        @Override
        public List<DataSource> ticketKeys(NamedSecrets.Ref ref) {
            throw new IllegalStateException("nobody names any");
        }
    }

    @Test
    void keysOfTicketsChangeOnWhenARenewalWasRefused() throws Exception {
        var named = new NamedSecrets(List.of(), new NamedSecrets.Ref("ca", "secrets.yaml", null), null);
        ServerTls spec = ServerTls.of(common(all().issue("kept", "DNS:kept.example"), ValidationSpec.NONE)
                .withNamed(named));
        for (String version : VERSIONS) {
            var secret = new Secret();
            try (TlsServer server = TlsServer.open(spec, secret); SecuredEcho echo = new SecuredEcho(server)) {
                secret.now = ValidationSpec.NONE;
                assertThatThrownBy(server::renew).isInstanceOf(TlsFailure.class);
                SSLContext client = SecuredEcho.client(null);
                assertThat(resumed(echo, client, version)).as("%s: the first", version).isFalse();
                assertThat(resumed(echo, client, version)).as("%s: by the first key", version).isTrue();
                server.ownTickets().used(System.nanoTime() + TimeUnit.HOURS.toNanos(13));
                assertThat(resumed(echo, client, version)).as("%s: the key before opens", version).isTrue();
                server.ownTickets().used(System.nanoTime() + TimeUnit.HOURS.toNanos(26));
                server.ownTickets().used(System.nanoTime() + TimeUnit.HOURS.toNanos(39));
                assertThat(resumed(echo, client, version)).as("%s: that key has gone", version).isFalse();
            }
        }
    }

    @Test
    void keysOfTicketsMayChangeWhenTheServerHasBeenClosed() throws Exception {
        TlsServer server = TlsServer.open(ServerTls.of(common(all().issue("gone", "DNS:gone.example"),
                ValidationSpec.NONE)));
        server.close();
        server.ownTickets().used(System.nanoTime() + TimeUnit.HOURS.toNanos(13));
    }

    @Test
    void aSessionOfAClientWhoseCertificateHasExpiredSinceIsNotTakenUp() throws Exception {
        Issued own = all().issue("short-lived", "DNS:client.example");
        Instant end = Identity.read(SecuredEcho.spec(own), "own").certificate().getNotAfter().toInstant();
        for (boolean required : new boolean[]{true, false}) {
            for (String version : VERSIONS) {
                refusedAfter(end, own, required, version, believes(null, false), "it has expired, at " + end);
            }
        }
    }

    private static void refusedAfter(Instant end, Issued own, boolean required, String version, ValidationSpec rules,
            String why) throws Exception {
        var now = new AtomicReference<>(Instant.now());
        ServerTls spec = ServerTls.of(common(all().issue("verifies", "DNS:verifies.example"), rules))
                .withClientCertificates(required);
        try (TlsServer server = TlsServer.open(spec, SecretSource.NONE, null, now::get);
                SecuredEcho echo = new SecuredEcho(server)) {
            SSLContext client = SecuredEcho.client(own);
            assertThat(resumed(echo, client, version)).isFalse();
            assertThat(resumed(echo, client, version)).as("%s: in its time", version).isTrue();
            echo.ended();
            echo.ended();
            now.set(end.plus(Duration.ofSeconds(1)));
            assertThat(catchThrowable(() -> echo.speak(client, version, null))).as(version).isNotNull();
            Channel refused = echo.ended();
            assertThat(TlsServer.failure(refused)).isEqualTo("TLS error: its certificate is refused: " + why);
            assertThat(echo.securedNoMore()).isTrue();
            assertThat(echo.count("fail_verify_error")).isEqualTo(1);
            assertThat(echo.count("handshake")).isEqualTo(2);
        }
    }

    @Test
    void aSessionIsNotTakenUpWhenTheListOfRevokedOnesIsOutOfDate() throws Exception {
        Issued own = all().issue("listed", "DNS:client.example");
        DataSource list = list();
        Instant end = Trust.read(believes(list, false), "rules").lists().all().getFirst().getNextUpdate().toInstant();
        refusedAfter(end, own, true, "TLSv1.3", believes(list, false),
                "the list of what CN=authority has revoked is out of date");
    }

    private static DataSource list() throws IOException {
        Files.writeString(all().folder().resolve("index.txt"), "");
        Files.writeString(all().folder().resolve("ca.cnf"),
                "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\n");
        all().run("ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "authority.key", "-cert", "authority.pem",
                "-crldays", "5", "-out", "resumed.crl");
        return new DataSource.File(all().folder().resolve("resumed.crl").toString());
    }

    @Test
    void whereExpiredCertificatesAreAllowedOrNobodyIsBelievedASessionIsTakenUpAllTheSame() throws Exception {
        Issued own = all().issue("allowed", "DNS:client.example");
        Instant end = Identity.read(SecuredEcho.spec(own), "own").certificate().getNotAfter().toInstant();
        for (ValidationSpec rules : List.of(believes(null, true), ValidationSpec.NONE)) {
            var now = new AtomicReference<>(Instant.now());
            ServerTls spec = ServerTls.of(common(all().issue("lenient", "DNS:lenient.example"), rules))
                    .withClientCertificates(true);
            try (TlsServer server = TlsServer.open(spec, SecretSource.NONE, null, now::get);
                    SecuredEcho echo = new SecuredEcho(server)) {
                SSLContext client = SecuredEcho.client(own);
                assertThat(resumed(echo, client, "TLSv1.3")).isFalse();
                now.set(end.plus(Duration.ofDays(1)));
                assertThat(resumed(echo, client, "TLSv1.3")).isTrue();
            }
        }
    }

    private static TlsClient client(SecuredEcho echo, String version, InstantSource clock) throws TlsFailure {
        CommonTls common = CommonTls.DEFAULT.withValidation(believes(null, false));
        TlsVersion only = version.equals("TLSv1.2") ? TlsVersion.TLS_1_2 : TlsVersion.TLS_1_3;
        return TlsClient.open(ClientTls.of(common.withParameters(new TlsParameters(only, only,
                common.parameters().ciphers(), common.parameters().groups())), "host.example"), SecretSource.NONE,
                new TlsStats(echo.stats.root().child("cluster")), clock);
    }

    private static boolean resumed(SecuredEcho echo, TlsClient client) throws Exception {
        Channel channel = echo.connect(client);
        try {
            return Objects.requireNonNull(TlsSession.of(channel)).resumed();
        } finally {
            channel.close().sync();
        }
    }

    @Test
    void aHostIsAskedForItsCertificateAgainWhenThatOfTheSessionHasExpired() throws Exception {
        Issued own = all().issue("host", "DNS:host.example");
        Instant end = Identity.read(SecuredEcho.spec(own), "own").certificate().getNotAfter().toInstant();
        for (String version : VERSIONS) {
            var now = new AtomicReference<>(Instant.now());
            try (TlsServer server = TlsServer.open(ServerTls.of(common(own, ValidationSpec.NONE)));
                    SecuredEcho echo = new SecuredEcho(server)) {
                TlsClient client = client(echo, version, now::get);
                assertThat(resumed(echo, client)).as("%s: the first", version).isFalse();
                assertThat(resumed(echo, client)).as("%s: in its time", version).isTrue();
                now.set(end.plus(Duration.ofMillis(1)));
                assertThat(resumed(echo, client)).as("%s: after", version).isFalse();
                client.release();
            }
        }
    }

    @Test
    void aSessionWhoseHostsCertificateExpiresWhileItIsTakenUpIsRefusedAndOfferedNoMore() throws Exception {
        Issued own = all().issue("just", "DNS:host.example");
        Instant end = Identity.read(SecuredEcho.spec(own), "own").certificate().getNotAfter().toInstant();
        for (String version : VERSIONS) {
            Instant before = Instant.now();
            var times = new ArrayDeque<>(List.of(before, before, before)); // connect, secured, connect
            try (TlsServer server = TlsServer.open(ServerTls.of(common(own, ValidationSpec.NONE)));
                    SecuredEcho echo = new SecuredEcho(server)) {
                TlsClient client = client(echo, version, () -> times.isEmpty() ? end.plusSeconds(1) : times.remove());
                assertThat(resumed(echo, client)).isFalse();
                assertThat(catchThrowable(() -> resumed(echo, client))).as(version)
                        .hasRootCauseInstanceOf(Refused.class)
                        .rootCause().hasMessage("it has expired, at " + end);
                Scope ssl = echo.stats.root().child("cluster").child("ssl");
                assertThat(ssl.counter("fail_verify_error").value()).isEqualTo(1);
                assertThat(ssl.counter("handshake").value()).isEqualTo(1);
                assertThat(resumed(echo, client)).as("%s: and then", version).isFalse();
                client.release();
            }
        }
    }
}
