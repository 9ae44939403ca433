package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.Channel;
import io.weir.core.overload.Action;
import io.weir.core.overload.Levels;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.overload.TimerScale;
import io.weir.core.overload.Trigger;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.SanMatch;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.TlsParameters;
import io.weir.core.tls.ValidationSpec;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import io.weir.testkit.AnyCertificate;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server with the JDK's own TLS as its clients, which share no code with it. */
class TlsServerTest {
    @RegisterExtension
    static final SharedCertificates SHARED = new SharedCertificates();

    private static Certificates all() {
        return SHARED.all();
    }

    private static ServerTls server(Issued... certificates) {
        return ServerTls.of(CommonTls.DEFAULT.withCertificates(
                List.of(certificates).stream().map(SecuredEcho::spec).toList()));
    }

    /** A server on a free port that sends back what it gets. */
    private static final class Running implements AutoCloseable {
        final Stats stats = new Stats();
        final Scope scope = stats.root().child("listener");
        final BlockingQueue<TlsSession> sessions = new LinkedBlockingQueue<>();
        private final Workers workers = Workers.start(1);
        private TlsServer tls;
        private volatile Acceptor securing;
        private final Listener listener;

        Running(ServerTls spec, long timeoutNanos) throws TlsFailure, IOException {
            tls = TlsServer.open(spec);
            securing = tls.before(this::accepted, new TlsStats(scope), scope.counter("late"), timeoutNanos);
            listener = Listener.bind(workers,
                    ListenOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            ChannelSettings.MESSAGES.withHalfClosure(true)),
                    (worker, channel) -> securing.accepted(worker, channel));
        }

        /** Connections that come from now on get another server, as from another instance at the same address. */
        void becomes(ServerTls other) throws TlsFailure {
            TlsServer before = tls;
            tls = TlsServer.open(other);
            securing = tls.before(this::accepted, new TlsStats(scope), scope.counter("late"), 0);
            before.close();
        }

        private void accepted(Worker worker, Channel channel) {
            sessions.add(Objects.requireNonNull(TlsSession.of(channel)));
            SecuredEcho.echo(channel);
        }

        SSLSocket connect(SSLContext context, @Nullable String name) throws IOException {
            var to = (InetSocketAddress) listener.localAddress();
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
            socket.setSoTimeout(10_000);
            if (name != null) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(name)));
                socket.setSSLParameters(parameters);
            }
            return socket;
        }

        int port() {
            return ((InetSocketAddress) listener.localAddress()).getPort();
        }

        TlsSession session() throws InterruptedException {
            return Objects.requireNonNull(sessions.poll(10, TimeUnit.SECONDS), "no connection was secured");
        }

        long count(String name) {
            return scope.child("ssl").counter(name).value();
        }

        /** Waits until a number is what it is to be: a client learns of a refusal before its counter moves. */
        void awaitCount(String name, long value) throws InterruptedException {
            Await.until(() -> name + " is " + value + ", and not " + count(name), () -> count(name) == value);
        }

        @Override
        public void close() {
            listener.close();
            workers.close();
            tls.close();
        }
    }

    /** A client that accepts whatever it is shown, and shows this certificate, if any. */
    private static SSLContext client(@Nullable Issued own) {
        try {
            KeyManager[] keys = {};
            if (own != null) {
                String name = own.chain().getFileName().toString();
                all().run("pkcs12", "-export", "-in", name, "-inkey", own.key().toString(), "-out", name + ".p12",
                        "-passout", "pass:ssh");
                KeyStore store = KeyStore.getInstance("PKCS12");
                try (var in = Files.newInputStream(all().folder().resolve(name + ".p12"))) {
                    store.load(in, "ssh".toCharArray());
                }
                var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, "ssh".toCharArray());
                keys = factory.getKeyManagers();
            }
            return AnyCertificate.context(keys);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String shown(SSLSocket socket) throws IOException {
        try (socket) {
            socket.startHandshake();
            echoes(socket);
            var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName().replaceAll(".*CN=([^,]*).*", "$1");
        }
    }

    private static void echoes(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(
                StandardCharsets.UTF_8));
    }

    @Test
    void theNameThatAClientAsksForChoosesTheCertificate() throws Exception {
        Issued first = all().issue("first", "DNS:first.example");
        Issued wild = all().issue("wild", "DNS:*.wild.example");
        Issued exact = all().issue("exact", "DNS:exact.wild.example,DNS:other.example");
        try (Running running = new Running(server(first, wild, exact), 0)) {
            assertThat(shown(running.connect(client(null), "exact.wild.example"))).isEqualTo("exact");
            assertThat(running.session().serverName()).isEqualTo("exact.wild.example");
            assertThat(shown(running.connect(client(null), "other.example"))).isEqualTo("exact");
            assertThat(shown(running.connect(client(null), "A.Wild.Example"))).isEqualTo("wild");
            assertThat(shown(running.connect(client(null), "a.b.wild.example"))).isEqualTo("first");
            assertThat(shown(running.connect(client(null), "wild.example"))).isEqualTo("first");
            assertThat(shown(running.connect(client(null), null))).isEqualTo("first");
            running.awaitCount("handshake", 6);
            assertThat(running.count("no_certificate")).isEqualTo(6);
        }
    }

    @Test
    void clientsThatCheckEllipticCurvesGetThatCertificateAndOthersTheOneOfRsa() throws Exception {
        Issued rsa = all().issueRsa("both-rsa", "DNS:both.example");
        Issued ec = all().issue("both-ec", "DNS:both.example");
        try (Running running = new Running(server(rsa, ec), 0)) {
            assertThat(shown(running.connect(client(null), "both.example"))).isEqualTo("both-ec");
            SSLSocket old = running.connect(client(null), "both.example");
            SSLParameters parameters = old.getSSLParameters();
            parameters.setProtocols(new String[]{"TLSv1.2"});
            parameters.setCipherSuites(new String[]{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
            old.setSSLParameters(parameters);
            assertThat(shown(old)).isEqualTo("both-rsa");
            running.session();
            TlsSession session = running.session();
            assertThat(session.version()).isEqualTo("TLSv1.2");
            assertThat(session.cipher()).isEqualTo("ECDHE-RSA-AES128-GCM-SHA256");
        }
    }

    @Test
    void sessionsAreTakenUpAgain() throws Exception {
        Issued one = all().issue("again", "DNS:again.example");
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (Running running = new Running(server(one), 0)) {
                SSLContext client = client(null);
                for (int i = 0; i < 2; i++) {
                    SSLSocket socket = running.connect(client, null);
                    socket.setEnabledProtocols(new String[]{version});
                    shown(socket);
                    assertThat(running.session().resumed()).as(version).isEqualTo(i == 1);
                }
                assertThat(running.count("session_reused")).isEqualTo(1);
            }
        }
    }

    /** A key of tickets that all servers of a test have, a client that takes up sessions, and what becomes of one. */
    private static boolean takenUp(ServerTls first, ServerTls then, @Nullable Issued own) throws Exception {
        Path key = all().folder().resolve("tickets.key");
        Files.write(key, new byte[80]);
        var shared = new ServerTls.Tickets.Shared(List.of(new DataSource.File(key.toString())));
        boolean resumed = false;
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (Running running = new Running(first.withTickets(shared), 0)) {
                SSLContext client = client(own);
                for (int i = 0; i < 2; i++) {
                    SSLSocket socket = running.connect(client, null);
                    socket.setEnabledProtocols(new String[]{version});
                    shown(socket);
                    resumed |= running.session().resumed();
                    running.becomes(then.withTickets(shared));
                }
            }
        }
        return resumed;
    }

    @Test
    void sessionsOfInstancesWithTheSameKeysAreTakenUpOnlyWhereTheSameIsAskedOfClients() throws Exception {
        Issued one = all().issue("shared", "DNS:shared.example");
        Issued own = all().issue("shared-client", "DNS:client.example");
        revoked("20250101000000Z", "empty.crl", "");
        var ca = new DataSource.File(all().authority().toString());
        var crl = new DataSource.File(all().folder().resolve("empty.crl").toString());
        ServerTls may = ServerTls.of(server(one).common().withValidation(new ValidationSpec(ca, false, null, false,
                List.of(), List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, false, false, null)));
        ServerTls listed = ServerTls.of(server(one).common().withValidation(new ValidationSpec(ca, false, crl, false,
                List.of(), List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, false, false, null)));
        assertThat(takenUp(may, may, own)).isTrue();
        assertThat(takenUp(may, may.withClientCertificates(true), own)).as("a certificate is required").isFalse();
        assertThat(takenUp(may, listed, own)).as("a list of revoked ones").isFalse();
        assertThatThrownBy(() -> takenUp(may, may.withClientCertificates(true), null)).isInstanceOf(IOException.class);
    }

    /** The keys of an instance, in files of its own; each key is one byte, often enough. */
    private static ServerTls.Tickets.Shared keys(String instance, int first, int second) throws IOException {
        var sources = new ArrayList<DataSource>();
        for (int key : new int[]{first, second}) {
            byte[] bytes = new byte[80];
            Arrays.fill(bytes, (byte) key);
            Path file = all().folder().resolve(instance + sources.size() + ".key");
            sources.add(new DataSource.File(Files.write(file, bytes).toString()));
        }
        return new ServerTls.Tickets.Shared(sources);
    }

    private static boolean resumed(Running running, SSLContext client, String version) throws Exception {
        SSLSocket socket = running.connect(client, null);
        socket.setEnabledProtocols(new String[]{version});
        shown(socket);
        return running.session().resumed();
    }

    @Test
    void keysOfTicketsChangeInTheFilesOfTwoInstancesAndTicketsOfAKeyInTheListGoOn() throws Exception {
        ServerTls spec = server(all().issue("rotated", "DNS:rotated.example"));
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            ServerTls one = spec.withTickets(keys("one", 1, 2));
            ServerTls two = spec.withTickets(keys("two", 1, 2));
            SSLContext client = client(null);
            try (Running running = new Running(one, 0)) {
                assertThat(resumed(running, client, version)).as("%s: the first", version).isFalse();
                running.becomes(two);
                assertThat(resumed(running, client, version)).as("%s: at the other", version).isTrue();
                keys("one", 3, 1);
                keys("two", 3, 1);
                running.tls.renew();
                assertThat(resumed(running, client, version)).as("%s: of the key before", version).isTrue();
                running.becomes(one);
                assertThat(resumed(running, client, version)).as("%s: back at the first", version).isTrue();
                keys("one", 4, 5);
                running.tls.renew();
                assertThat(resumed(running, client, version)).as("%s: of keys that are gone", version).isFalse();
            }
        }
    }

    /** A list of what the authority has revoked, that holds since this second (YYYYMMDDHHMMSSZ). */
    private static String revoked(String since, String out, String index) throws IOException {
        Files.writeString(all().folder().resolve("index.txt"), index);
        Files.writeString(all().folder().resolve("ca.cnf"), "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\n"
                + "default_md=sha256\n");
        all().run("ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "authority.key", "-cert", "authority.pem",
                "-crl_lastupdate", since, "-crldays", "5", "-out", out);
        return Files.readString(all().folder().resolve(out));
    }

    @Test
    void ofTwoListsOfOneIssuerTheNewerCounts() throws Exception {
        Issued one = all().issue("lists", "DNS:lists.example");
        Issued own = all().issue("revoked-client", "DNS:client.example");
        String serial = all().run("x509", "-in", own.chain().toString(), "-noout", "-serial").strip()
                .replace("serial=", "");
        String older = revoked("20250101000000Z", "older.crl", "");
        String newer = revoked("20250601000000Z", "newer.crl", "R\t491231235959Z\t250101000000Z\t" + serial
                + "\tunknown\t/CN=revoked-client\n");
        for (String both : List.of(older + newer, newer + older)) {
            Path file = Files.writeString(all().folder().resolve("both.crl"), both);
            ServerTls spec = ServerTls.of(server(one).common().withValidation(new ValidationSpec(
                    new DataSource.File(all().authority().toString()), false, new DataSource.File(file.toString()),
                    false, List.of(), List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, false, false, null)));
            try (Running running = new Running(spec, 0)) {
                assertThatThrownBy(() -> shown(running.connect(client(own), null))).isInstanceOf(IOException.class);
                running.awaitCount("fail_verify_error", 1);
            }
        }
    }

    @Test
    void theProtocolInsideIsAgreedOn() throws Exception {
        Issued one = all().issue("alpn", "DNS:alpn.example");
        ServerTls spec = server(one);
        try (Running running = new Running(ServerTls.of(spec.common().withAlpn(List.of("h2", "http/1.1"))), 0)) {
            for (String offered : List.of("h2", "http/1.1", "other")) {
                SSLSocket socket = running.connect(client(null), null);
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[]{offered});
                socket.setSSLParameters(parameters);
                shown(socket);
                assertThat(running.session().applicationProtocol()).isEqualTo(offered.equals("other") ? null : offered);
            }
        }
    }

    @Test
    void aClientsCertificateIsCheckedAndEachRefusalIsCounted() throws Exception {
        Issued one = all().issue("mutual", "DNS:mutual.example");
        Issued good = all().issue("good", "URI:spiffe://weir.example/ns/a,DNS:good.example");
        Issued otherName = all().issue("other-name", "URI:spiffe://weir.example/ns/b");
        Issued unknown = all().stranger().issue("unknown", "URI:spiffe://weir.example/ns/a");
        var ca = new DataSource.File(all().authority().toString());
        var trusted = new ValidationSpec(ca, false, null, false, List.of(), List.of(),
                List.of(new SanMatch(SanMatch.Type.URI, SanMatch.How.EXACT, "spiffe://weir.example/ns/a", false)),
                ValidationSpec.DEPTH_DEFAULT, false, false, null);
        ServerTls spec = ServerTls.of(server(one).common().withValidation(trusted)).withClientCertificates(true);
        try (Running running = new Running(spec, 0)) {
            shown(running.connect(client(good), null));
            TlsSession session = running.session();
            assertThat(session.peerValidated()).isTrue();
            var peer = Objects.requireNonNull(session.peer());
            assertThat(peer.subject()).isEqualTo("CN=good,O=Weir");
            assertThat(peer.names(SanMatch.Type.URI)).containsExactly("spiffe://weir.example/ns/a");
            assertThat(peer.names(SanMatch.Type.DNS)).containsExactly("good.example");
            refused(running, null);
            running.awaitCount("fail_verify_no_cert", 1);
            refused(running, otherName);
            running.awaitCount("fail_verify_san", 1);
            refused(running, unknown);
            running.awaitCount("fail_verify_error", 1);
            assertThat(running.count("handshake")).isEqualTo(1);
        }
    }

    private static void refused(Running running, @Nullable Issued own) {
        assertThatThrownBy(() -> shown(running.connect(client(own), null))).isInstanceOf(IOException.class);
    }

    @Test
    void whoSpeaksNoTlsOrNothingIsClosed() throws Exception {
        Issued one = all().issue("noise", "DNS:noise.example");
        try (Running running = new Running(server(one), TimeUnit.SECONDS.toNanos(1))) {
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), running.port())) {
                plain.setSoTimeout(10_000);
                plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(
                        StandardCharsets.UTF_8));
                assertThat(plain.getInputStream().readAllBytes().length).isLessThan(32);
                running.awaitCount("connection_error", 1);
            }
            try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), running.port())) {
                silent.setSoTimeout(10_000);
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
                assertThat(running.scope.counter("late").value()).isEqualTo(1);
            }
        }
    }

    private static Levels shortened(double pressure) {
        return Levels.of(new OverloadSpec(1, Map.of(), Map.of(Action.REDUCE_TIMEOUTS, List.of(new Trigger.Threshold(
                "memory", 1))), Map.of(), List.of(new TimerScale(TimerScale.Timer.TRANSPORT_SOCKET_CONNECT,
                        TimeUnit.MILLISECONDS.toNanos(1), 0)),
                0),
                _ -> pressure);
    }

    @Test
    void aHandshakeUnderWayHasLessTimeWhenResourcesBecomeShort() throws Exception {
        Issued one = all().issue("short", "DNS:short.example");
        try (Running running = new Running(server(one), TimeUnit.HOURS.toNanos(1))) {
            running.workers.overload().publish(shortened(0));
            try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), running.port());
                    SSLSocket behind = running.connect(client(null), null)) {
                behind.startHandshake(); // on the only worker: the other one has begun
                assertThat(running.scope.counter("late").value()).isZero();
                running.workers.overload().publish(shortened(1));
                silent.setSoTimeout(20_000);
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
                assertThat(running.scope.counter("late").value()).isEqualTo(1);
                behind.setSoTimeout(20_000);
                behind.getOutputStream().write('x');
                assertThat(behind.getInputStream().read()).as("it is over with handshakes").isEqualTo('x');
            }
        }
    }

    @Test
    void whatBoringSslDoesNotHaveIsToldByItsPlace() {
        Issued one = all().issue("words", "DNS:words.example");
        var parameters = CommonTls.DEFAULT.parameters();
        var bogus = new TlsParameters(parameters.min(), parameters.max(), List.of("[RC4|BOGUS]"),
                List.of());
        TlsFailure failure = catchThrowableOfType(TlsFailure.class,
                () -> TlsServer.open(ServerTls.of(server(one).common().withParameters(bogus))));
        assertThat(failure.path()).isEqualTo("common_tls_context.tls_params.cipher_suites[0]");
        assertThat(failure.value()).isEqualTo("RC4");
        assertThat(failure.cure()).contains("ECDHE-ECDSA-AES128-GCM-SHA256");
    }
}
