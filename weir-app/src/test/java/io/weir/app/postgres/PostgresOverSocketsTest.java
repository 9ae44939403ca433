package io.weir.app.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients of PostgreSQL that ask for TLS, or do not, before a TCP proxy. */
@Timeout(120)
class PostgresOverSocketsTest {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final int TLS = 80_877_103;
    private static final int GSS = 80_877_104;
    private static final int CANCEL = 80_877_102;
    private static final int PROTOCOL_3 = 3 << 16;

    @TempDir
    private Path folder = Path.of("");
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private final Certificates certificates = Certificates.make();
    private final Issued shop = certificates.issue("shop", "DNS:db.example");
    private final LineHost host = new LineHost();
    private String beginTimeout = "60s";

    @AfterEach
    void end() {
        host.close();
        certificates.close();
    }

    private Path log() {
        return folder.resolve("access.log");
    }

    private void listening(String mode) throws IOException {
        listening(mode, "");
    }

    /** With more in the log than why a session was not served. */
    private void listening(String mode, String more) throws IOException {
        String socket = mode.equals("DISABLE")
                ? ""
                : """
                        , transport_socket: { name: starttls, typed_config: { "@type": %stransport_sockets.starttls.v3.StartTlsConfig,
                            tls_socket_config: { common_tls_context: { tls_certificates: [
                              { certificate_chain: { filename: "%s" }, private_key: { filename: "%s" } } ] } } } }
                        """
                        .formatted(TYPE, shop.chain(), shop.key());
        weir.start("""
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    access_log:
                    - name: log
                      typed_config:
                        "@type": %saccess_loggers.file.v3.FileAccessLog
                        path: "%s"
                        log_format: { text_format_source: { inline_string: "%%CONNECTION_TERMINATION_DETAILS%%%s\\n" } }
                    filter_chains:
                    - { transport_socket_connect_timeout: %s, filters: [
                        { name: pg, typed_config: { "@type": %sfilters.network.postgres_proxy.v3alpha.PostgresProxy,
                            stat_prefix: db, downstream_ssl: %s } },
                        { name: tcp, typed_config: { "@type": %sfilters.network.tcp_proxy.v3.TcpProxy,
                            stat_prefix: t, cluster: db } } ] %s }
                  clusters:
                  - name: db
                    load_assignment: { cluster_name: db, endpoints: [ { lb_endpoints: [ { endpoint:
                      { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                """.formatted(TYPE, log(), more, beginTimeout, TYPE, mode, TYPE, socket, host.port()));
    }

    private static byte[] words(int length, int code, String more) {
        return ByteBuffer.allocate(8 + more.length()).putInt(length).putInt(code)
                .put(more.getBytes(StandardCharsets.ISO_8859_1)).array();
    }

    private static byte[] startup() {
        String named = "user\0me\0\0\n"; // the line's end is for our host, and does not count
        return words(7 + named.length(), PROTOCOL_3, named);
    }

    /** Everything that comes back. */
    private String answer(byte[] said) throws IOException {
        try (Socket socket = weir.connect()) {
            socket.getOutputStream().write(said);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private long number(String name) throws IOException {
        String text = ServedWeir.ask(weir.admin(),
                "GET /stats?filter=" + name + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        String line = text.lines().filter(each -> each.startsWith(name + ": ")).findFirst().orElse(name + ": -1");
        return Long.parseLong(line.substring(name.length() + 2).strip());
    }

    /** What a real client of TLS gets that asks in the words of PostgreSQL. */
    private String secured() throws Exception {
        Process process = new ProcessBuilder(List.of(Peers.require("openssl").toString(), "s_client", "-starttls",
                "postgres", "-quiet", "-verify_return_error", "-CAfile", certificates.authority().toString(),
                "-verify_hostname", "db.example", "-connect", "127.0.0.1:" + weir.listener(0).getPort()))
                .redirectErrorStream(true).start();
        process.getOutputStream().write("select 1\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void whoAsksForTlsGetsItAndTheHostIsSpokenToInTheClear() throws Exception {
        for (String mode : List.of("ALLOW", "REQUIRE")) {
            listening(mode);
            assertThat(secured()).contains("heard select 1");
            assertThat(number("postgres.db.sessions_terminated_ssl")).isEqualTo(1);
            assertThat(number("postgres.db.sessions_unencrypted")).isZero();
            assertThat(weir.logged(log())).last().isEqualTo("-");
        }
    }

    @Test
    void whoDoesNotAskIsServedWhereThatIsAllowed() throws Exception {
        listening("ALLOW");
        assertThat(answer(startup())).startsWith("heard ").contains("user\0me");
        assertThat(number("postgres.db.sessions_unencrypted")).isEqualTo(1);
        assertThat(answer(words(16, CANCEL, "12345678\n"))).contains("12345678");
    }

    @Test
    void whoDoesNotAskIsToldWhyWhereItIsRequired() throws Exception {
        listening("REQUIRE");
        assertThat(answer(startup())).startsWith("E\0\0\0").contains("SFATAL", "C28000", "MSSL is required")
                .doesNotContain("heard");
        assertThat(answer(words(16, CANCEL, "12345678"))).isEmpty();
        assertThat(number("cluster.db.upstream_cx_total")).isZero();
        assertThat(weir.logged(log())).containsExactly("postgres_tls_required", "postgres_tls_required");
    }

    @Test
    void whatStandsBehindTheRequestBeforeItIsAnsweredEndsTheSession() throws Exception {
        listening("ALLOW");
        assertThat(answer(words(8, TLS, "x"))).isEmpty();
        assertThat(answer(words(8, GSS, "x"))).isEmpty();
        assertThat(number("postgres.db.sessions_terminated_ssl")).isZero();
        assertThat(weir.logged(log())).containsExactly("postgres_bytes_before_tls", "postgres_bytes_before_answer");
    }

    @Test
    void whatComesInTheClearBehindTheAnswerIsNoneOfTheStream() throws Exception {
        listening("ALLOW");
        try (Socket socket = weir.connect()) {
            socket.getOutputStream().write(words(8, TLS, ""));
            assertThat(socket.getInputStream().read()).isEqualTo('S');
            socket.getOutputStream().write(startup());
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("heard");
        }
        assertThat(number("cluster.db.upstream_cx_total")).isZero();
    }

    @Test
    void gssapiIsDeclinedOnceAndTlsMayBeAskedForThen() throws Exception {
        listening("ALLOW");
        try (Socket socket = weir.connect()) {
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(words(8, GSS, ""));
            assertThat(socket.getInputStream().read()).isEqualTo('N');
            for (byte each : words(8, TLS, "")) {
                socket.getOutputStream().write(each);
            }
            assertThat(socket.getInputStream().read()).isEqualTo('S');
        }
        try (Socket socket = weir.connect()) {
            socket.getOutputStream().write(words(8, GSS, ""));
            assertThat(socket.getInputStream().read()).isEqualTo('N');
            socket.getOutputStream().write(words(8, GSS, ""));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void whatIsNoBeginningOfASessionIsClosed() throws Exception {
        listening("ALLOW");
        List<byte[]> wrong = List.of("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII), new byte[8],
                words(9, TLS, ""), words(10_001, PROTOCOL_3, ""), words(7, PROTOCOL_3, ""), words(8, 2 << 16, ""),
                words(17, CANCEL, ""), words(-1, PROTOCOL_3, ""), new byte[]{21, 3, 1, 0, 100, 1, 0, 0});
        for (byte[] each : wrong) {
            assertThat(answer(each)).isEmpty();
        }
        assertThat(number("postgres.db.messages_unknown")).isEqualTo(wrong.size());
        assertThat(number("cluster.db.upstream_cx_total")).isZero();
    }

    @Test
    void whereNothingIsToBeDoneTheHostHearsTheRequestItself() throws Exception {
        listening("DISABLE");
        assertThat(answer(words(8, TLS, "\n"))).startsWith("heard \0\0\0\b").contains("/");
        assertThat(answer(startup())).contains("user\0me");
        assertThat(answer("what is this\n".getBytes(StandardCharsets.US_ASCII))).isEqualTo("heard what is this\n");
        assertThat(answer(new byte[]{22, 3, 1, 0, 100, 1, 0, 0, '\n'})).startsWith("heard \u0016\3\1");
        assertThat(number("postgres.db.sessions_encrypted")).isEqualTo(2);
        assertThat(number("postgres.db.sessions_unencrypted")).isEqualTo(1);
        assertThat(number("postgres.db.messages_unknown")).isEqualTo(1);
    }

    /**
     * What a client of TLS gets that offers these protocols: the one that is agreed on, and the host's answer. Without
     * a word it gets what comes by itself.
     */
    private String secured(Socket plain, String word, String... protocols) throws Exception {
        KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
        believed.load(null, null);
        try (InputStream in = Files.newInputStream(certificates.authority())) {
            believed.setCertificateEntry("weir", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(believed);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "db.example", 5432, true)) {
            plain.setSoTimeout(60_000);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            tls.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return tls.getApplicationProtocol() + ' '
                    + new String(tls.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void whoBeginsWithTlsIsServedWherePostgresqlIsAgreedOn() throws Exception {
        for (String mode : List.of("ALLOW", "REQUIRE")) {
            listening(mode);
            assertThat(secured(weir.connect(), "select 1\n", "h2", "postgresql"))
                    .isEqualTo("postgresql heard select 1\n");
            assertThat(number("postgres.db.sessions_terminated_ssl")).isEqualTo(1);
            assertThat(weir.logged(log())).last().isEqualTo("-");
        }
    }

    @Test
    void whoBeginsWithTlsAndAgreesOnNothingIsNotServed() throws Exception {
        listening("ALLOW");
        assertThat(secured(weir.connect(), "")).isEqualTo(" ");
        assertThat(number("cluster.db.upstream_cx_total")).isZero();
        assertThat(weir.logged(log())).containsExactly("postgres_alpn_required");
    }

    @Test
    void whoOffersOtherProtocolsOnlyIsToldSoByAnAlertAsByPostgresql() throws Exception {
        listening("REQUIRE", " %DOWNSTREAM_TRANSPORT_FAILURE_REASON%");
        assertThatThrownBy(() -> secured(weir.connect(), "", "h2")).isInstanceOf(SSLException.class)
                .hasMessageContaining("no_application_protocol");
        Socket asked = asked();
        assertThatThrownBy(() -> secured(asked, "", "http/1.1", "h2")).isInstanceOf(SSLException.class)
                .hasMessageContaining("no_application_protocol");
        assertThat(secured(asked(), "select 1\n", "h2", "postgresql")).isEqualTo("postgresql heard select 1\n");
        assertThat(number("cluster.db.upstream_cx_total")).isEqualTo(1);
        assertThat(weir.logged(log())).filteredOn(line -> line.equals("- TLS error: it offers protocols for what is"
                + " inside, and postgresql is none of them")).hasSize(2);
    }

    /** A connection that has been told that TLS may begin. */
    private Socket asked() throws IOException {
        Socket socket = weir.connect();
        socket.getOutputStream().write(words(8, TLS, ""));
        assertThat(socket.getInputStream().read()).isEqualTo('S');
        return socket;
    }

    @Test
    void whoSaysNothingIsNotHeldForEverWhereAllIsPassedOn() throws Exception {
        beginTimeout = "3s"; // a thread may be away for a while between connecting and writing
        listening("DISABLE");
        try (Socket silent = weir.connect(); Socket slow = weir.connect()) {
            slow.getOutputStream().write(startup(), 0, 7);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(number("cluster.db.upstream_cx_total")).isZero();
        assertThat(weir.logged(log())).containsExactly("postgres_not_begun_in_time", "postgres_not_begun_in_time");
    }

    @Test
    void whoAsksForTlsFirstNeedNotOfferAProtocol() throws Exception {
        listening("REQUIRE");
        for (String[] protocols : new String[][]{{}, {"postgresql"}}) {
            assertThat(secured(asked(), "select 1\n", protocols)).isEqualTo(String.join("", protocols)
                    + " heard select 1\n");
        }
    }

    @Test
    void whoEndsBeforeHeHasAskedIsForgotten() throws Exception {
        listening("REQUIRE");
        try (Socket socket = weir.connect()) {
            socket.getOutputStream().write(new byte[]{0, 0, 0});
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(weir.logged(log())).containsExactly("postgres_ended_before_it_began");
    }
}
