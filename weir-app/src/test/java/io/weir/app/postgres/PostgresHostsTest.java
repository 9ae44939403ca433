package io.weir.app.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Hosts of PostgreSQL that are asked for TLS before a client's words are passed on. */
@Timeout(120)
class PostgresHostsTest {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final String STARTTLS = TYPE + "transport_sockets.starttls.v3.";
    /** By then the one that declines has been asked first, whatever the choice goes by. */
    private static final int TRIES_MAX = 64;
    private static final String QUESTION = words(8, 80_877_103, "");
    private static final String STARTUP = words(15, 3 << 16, "user\0me\n"); // the line's end is for our host
    private static final String CANCEL = words(16, 80_877_102, "1234567\n");

    @TempDir
    private Path folder = Path.of("");
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private final Certificates certificates = Certificates.make();
    private final Issued host = certificates.issue("db", "DNS:db.example");
    private final List<TlsHost> hosts = new ArrayList<>();
    private String connectTimeout = "60s";
    private String beginTimeout = "60s";

    @AfterEach
    void end() {
        hosts.forEach(TlsHost::close);
        certificates.close();
    }

    private TlsHost host(String answer) {
        TlsHost made = new TlsHost(certificates, host, answer);
        hosts.add(made);
        return made;
    }

    private Path log() {
        return folder.resolve("access.log");
    }

    /** The socket of a cluster that turns to TLS with hosts of this name. */
    private String turns(String name) {
        return """
                { name: starttls, typed_config: { "@type": %sUpstreamStartTlsConfig, tls_socket_config: { sni: db.example,
                  common_tls_context: { validation_context: { trusted_ca: { filename: "%s" },
                    match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: %s } } ] } } } } }"""
                .formatted(STARTTLS, certificates.authority(), name);
    }

    private void listening(String clients, String socket) throws IOException {
        String chain = clients.equals("DISABLE")
                ? ""
                : """
                        , transport_socket: { name: starttls, typed_config: { "@type": %sStartTlsConfig,
                            tls_socket_config: { common_tls_context: { tls_certificates: [
                              { certificate_chain: { filename: "%s" }, private_key: { filename: "%s" } } ] } } } }
                        """
                        .formatted(STARTTLS, host.chain(), host.key());
        var endpoints = new StringBuilder();
        for (TlsHost each : hosts) {
            endpoints.append("- endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ")
                    .append(each.port()).append(" } } }\n          ");
        }
        weir.start(
                """
                        admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                        static_resources:
                          listeners:
                          - name: in
                            address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                            filter_chains:
                            - { transport_socket_connect_timeout: %s, filters: [
                                { name: pg, typed_config: { "@type": %sfilters.network.postgres_proxy.v3alpha.PostgresProxy,
                                    stat_prefix: db, downstream_ssl: %s, upstream_ssl: REQUIRE } },
                                { name: tcp, typed_config: { "@type": %sfilters.network.tcp_proxy.v3.TcpProxy,
                                    stat_prefix: t, cluster: db, max_connect_attempts: 2, access_log: [ { name: log, typed_config: {
                                      "@type": %saccess_loggers.file.v3.FileAccessLog, path: "%s", log_format: { text_format_source: {
                                        inline_string: "%%RESPONSE_FLAGS%% %%UPSTREAM_TLS_VERSION%% %%UPSTREAM_TRANSPORT_FAILURE_REASON%%\\n"
                                      } } } } ] } } ] %s }
                          clusters:
                          - name: db
                            connect_timeout: %s
                            %s
                            load_assignment:
                              cluster_name: db
                              endpoints:
                              - lb_endpoints:
                                  %s
                        """
                        .formatted(beginTimeout, TYPE, clients, TYPE, TYPE, log(), chain, connectTimeout, socket,
                                endpoints));
    }

    private void listeningBefore(String answer) throws IOException {
        host(answer);
        listening("DISABLE", "transport_socket: " + turns("db.example"));
    }

    private static String words(int length, int code, String more) {
        return new String(ByteBuffer.allocate(8 + more.length()).putInt(length).putInt(code)
                .put(more.getBytes(StandardCharsets.ISO_8859_1)).array(), StandardCharsets.ISO_8859_1);
    }

    /** Everything that comes back. */
    private String answer(String said) throws IOException {
        try (Socket socket = weir.connect()) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private long number(String name) throws IOException {
        String text = ServedWeir.ask(weir.admin(),
                "GET /stats?filter=" + name + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        String line = text.lines().filter(each -> each.startsWith(name + ": ")).findFirst().orElse(name + ": -1");
        return Long.parseLong(line.substring(name.length() + 2).strip());
    }

    private void counted(long success, long failed) throws IOException {
        assertThat(number("postgres.db.sessions_upstream_ssl_success")).isEqualTo(success);
        assertThat(number("postgres.db.sessions_upstream_ssl_failed")).isEqualTo(failed);
    }

    @Test
    void theHostHearsTheQuestionInTheClearAndTheClientsWordsSecured() throws Exception {
        listeningBefore("S");
        assertThat(answer(STARTUP)).startsWith("heard ").contains("user\0me");
        assertThat(hosts.getFirst().heard()).startsWith(QUESTION + "|[").contains("db.example")
                .endsWith("]|" + STARTUP.strip());
        counted(1, 0);
        assertThat(number("cluster.db.ssl.handshake")).isEqualTo(1);
        assertThat(weir.logged(log())).containsExactly("- TLSv1.3 -");
    }

    @Test
    void whoAsksToEndAnothersWorkDoesSoSecuredToo() throws Exception {
        listeningBefore("S");
        assertThat(answer(CANCEL)).contains("1234567");
        assertThat(hosts.getFirst().heard()).startsWith(QUESTION + "|");
        counted(1, 0);
    }

    @Test
    void bothSidesTurnToTls() throws Exception {
        host("S");
        listening("REQUIRE", "transport_socket: " + turns("db.example"));
        Process process = new ProcessBuilder(Peers.require("openssl").toString(), "s_client", "-starttls", "postgres",
                "-quiet", "-verify_return_error", "-CAfile", certificates.authority().toString(), "-verify_hostname",
                "db.example", "-connect", "127.0.0.1:" + weir.listener(0).getPort()).redirectErrorStream(true).start();
        process.getOutputStream().write("select 1\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("heard select 1");
        process.waitFor();
        assertThat(hosts.getFirst().heard()).startsWith(QUESTION + "|").endsWith("|select 1");
        counted(1, 0);
        assertThat(number("postgres.db.sessions_terminated_ssl")).isEqualTo(1);
    }

    /** An answer that is no agreement, and why the connection is not served then. */
    private record Answer(String said, String reason) {
    }

    private static List<Answer> refusals() {
        return List.of(new Answer("N", "the host declines TLS"),
                new Answer("E\0\0\0\4", "the host answers with an error"),
                new Answer("SE\0\0\0\4", "says more in the clear behind that"),
                new Answer("HTTP/1.1 400", "does not answer in the words of PostgreSQL"),
                new Answer("", "the host closed before TLS was agreed on"));
    }

    @Test
    void aHostThatDoesNotAgreeHearsNothingOfTheClient() throws Exception {
        for (Answer each : refusals()) {
            hosts.clear();
            listeningBefore(each.said);
            assertThat(answer(STARTUP)).isEmpty();
            assertThat(hosts.getFirst().heard()).as(each.said).isEqualTo(QUESTION);
            assertThat(hosts.getFirst().heard()).as(each.said).isEqualTo(QUESTION);
            counted(0, 2);
            assertThat(number("cluster.db.ssl.connection_error")).as(each.said).isEqualTo(each.said.isEmpty() ? 2 : 0);
            assertThat(weir.logged(log())).last().asString().startsWith("UF,URX - TLS error: ").contains(each.reason);
            hosts.getFirst().close();
        }
    }

    @Test
    void aHostThatIsAskedAndStaysSilentIsCounted() throws Exception {
        connectTimeout = "0.5s";
        listeningBefore(TlsHost.NOTHING);
        for (int i = 0; i < TRIES_MAX && number("postgres.db.sessions_upstream_ssl_failed") == 0; i++) {
            assertThat(answer(STARTUP)).isEmpty(); // a slow machine may not even have connected by then
        }
        assertThat(number("postgres.db.sessions_upstream_ssl_failed")).isPositive();
        assertThat(number("cluster.db.upstream_cx_connect_timeout")).isGreaterThanOrEqualTo(2);
        assertThat(number("postgres.db.sessions_upstream_ssl_success")).isZero();
    }

    @Test
    void aReasonOfTlsIsNotToldWhereTheLastHostCouldNotEvenBeConnectedTo() throws Exception {
        host("N").once();
        listening("DISABLE", "transport_socket: " + turns("db.example"));
        assertThat(answer(STARTUP)).isEmpty();
        assertThat(number("cluster.db.upstream_cx_connect_fail")).isEqualTo(2);
        counted(0, 1);
        assertThat(number("cluster.db.ssl.connection_error")).isZero();
        assertThat(weir.logged(log())).containsExactly("UF,URX - -");
    }

    @Test
    void aClientThatSaysNothingIsNotHeldForEverThoughItIsNotSecuredHere() throws Exception {
        beginTimeout = "3s"; // a thread may be away for a while between connecting and writing
        listeningBefore("S");
        try (Socket silent = weir.connect(); Socket slow = weir.connect()) {
            slow.getOutputStream().write(STARTUP.substring(0, 7).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(ServedWeir.ask(weir.admin(), "GET /stats?filter=transport_socket_connect_timeout HTTP/1.1\r\n"
                + "Host: a\r\nConnection: close\r\n\r\n")).contains("_socket_connect_timeout: 2");
    }

    @Test
    void anotherHostIsAskedWhereOneDeclines() throws Exception {
        host("N");
        host("S");
        listening("DISABLE", "transport_socket: " + turns("db.example"));
        for (int i = 0; i < TRIES_MAX && number("postgres.db.sessions_upstream_ssl_failed") == 0; i++) {
            assertThat(answer(STARTUP)).startsWith("heard ");
        }
        assertThat(number("postgres.db.sessions_upstream_ssl_failed")).isPositive();
        assertThat(number("postgres.db.sessions_upstream_ssl_success")).isPositive();
        assertThat(weir.logged(log())).containsOnly("- TLSv1.3 -");
    }

    @Test
    void aHostMustBeWhoItsCertificateSays() throws Exception {
        host("S");
        listening("DISABLE", "transport_socket: " + turns("other.example"));
        assertThat(answer(STARTUP)).isEmpty();
        assertThat(hosts.getFirst().heard()).startsWith(QUESTION).doesNotContain("user");
        counted(0, 2);
        assertThat(number("cluster.db.ssl.fail_verify_san")).isEqualTo(2);
        assertThat(weir.logged(log())).last().asString().contains("the host's certificate is refused");
    }

    @Test
    void aHostOfWhichNothingSaysHowItIsSecuredIsNotSpokenTo() throws Exception {
        host("S");
        listening("DISABLE", "transport_socket_matches: [ { name: m, match: { tls: true }, transport_socket: "
                + turns("db.example") + " } ]");
        assertThat(answer(STARTUP)).isEmpty();
        counted(0, 2);
        assertThat(number("cluster.db.upstream_cx_connect_fail")).isEqualTo(2);
        assertThat(weir.logged(log())).last().asString().contains("its cluster does not say how");
    }

    @Test
    void theProxyProtocolGoesBeforeTheQuestion() throws Exception {
        host("N");
        listening("DISABLE",
                """
                        transport_socket: { name: p, typed_config: { "@type":
                          type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport,
                          config: { version: V1 }, transport_socket: %s } }"""
                        .formatted(turns("db.example").indent(6).strip()));
        assertThat(answer(STARTUP)).isEmpty();
        assertThat(hosts.getFirst().heard()).startsWith("PROXY TCP4 127.0.0.1 ").endsWith("\r\n" + QUESTION);
    }

    @Test
    void aClientWhoseOwnQuestionIsPassedOnMayNotGoOnInTheClear() throws Exception {
        listeningBefore("N");
        assertThat(answer(QUESTION)).isEmpty();
        assertThat(hosts.getFirst().heard()).isEqualTo(QUESTION);
        counted(0, 1);
        assertThat(answer(QUESTION + STARTUP)).as("words behind the question").isEmpty();
        assertThat(number("postgres.db.sessions_encrypted")).isEqualTo(1);
    }

    @Test
    void aClientWhoseOwnQuestionIsAgreedToIsLeftToItsHost() throws Exception {
        listeningBefore("S");
        try (Socket socket = weir.connect()) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(QUESTION.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(socket.getInputStream().read()).isEqualTo('S');
            socket.getOutputStream().write("this is no TLS".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(hosts.getFirst().heard()).isEqualTo(QUESTION + " broken");
        }
        counted(0, 0);
    }

    @Test
    void gssapiIsDeclinedHereWhereHostsAreToBeSecured() throws Exception {
        listeningBefore("S");
        try (Socket socket = weir.connect()) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(words(8, 80_877_104, "").getBytes(StandardCharsets.ISO_8859_1));
            assertThat(socket.getInputStream().read()).isEqualTo('N');
            socket.getOutputStream().write(STARTUP.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("user\0me");
        }
        counted(1, 0);
    }
}
