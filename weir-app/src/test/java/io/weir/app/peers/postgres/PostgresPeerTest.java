package io.weir.app.peers.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import io.weir.testkit.Postgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real client asks Weir for TLS, and Weir asks the real server, which serves nobody in the clear. */
@Timeout(300)
class PostgresPeerTest {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final String SECURED = "select 1, ssl from pg_stat_ssl where pid = pg_backend_pid()";
    private static final int LONG = 3_000_000;

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private final Certificates certificates = Certificates.make();
    private final Issued shown = certificates.issue("db", "DNS:db.example");
    private final Postgres server = Postgres.start(shown);

    @AfterEach
    void end() {
        server.close();
        certificates.close();
    }

    private void listening() throws IOException {
        weir.start(
                """
                        admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                        static_resources:
                          listeners:
                          - name: in
                            address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                            filter_chains:
                            - transport_socket_connect_timeout: 60s
                              filters:
                              - { name: pg, typed_config: { "@type": %sfilters.network.postgres_proxy.v3alpha.PostgresProxy,
                                  stat_prefix: db, downstream_ssl: ALLOW, upstream_ssl: REQUIRE } }
                              - { name: tcp, typed_config: { "@type": %sfilters.network.tcp_proxy.v3.TcpProxy,
                                  stat_prefix: t, cluster: db } }
                              transport_socket: { name: s, typed_config: { "@type": %stransport_sockets.starttls.v3.StartTlsConfig,
                                tls_socket_config: { common_tls_context: { tls_certificates: [
                                  { certificate_chain: { filename: "%s" }, private_key: { filename: "%s" } } ] } } } }
                          clusters:
                          - name: db
                            connect_timeout: 60s
                            transport_socket: { name: s, typed_config: { "@type": %stransport_sockets.starttls.v3.UpstreamStartTlsConfig,
                              tls_socket_config: { sni: db.example, common_tls_context: { validation_context: {
                                trusted_ca: { filename: "%s" },
                                match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: db.example } } ] } } } } }
                            load_assignment: { cluster_name: db, endpoints: [ { lb_endpoints: [ { endpoint:
                              { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                        """
                        .formatted(TYPE, TYPE, TYPE, shown.chain(), shown.key(), TYPE, certificates.authority(),
                                server.port()));
    }

    private String ask(String how, String statement) {
        return Postgres.ask("host=db.example hostaddr=127.0.0.1 port=" + weir.listener(0).getPort() + " " + how,
                statement).strip();
    }

    @Test
    void theClientAndTheServerSpeakTlsEachWithWeir() throws Exception {
        listening();
        assertThat(Postgres.ask("host=127.0.0.1 port=" + server.port() + " sslmode=disable", SECURED))
                .as("past Weir, in the clear").contains("no pg_hba.conf entry");
        String proven = "sslmode=verify-full sslrootcert=" + certificates.authority();
        assertThat(ask(proven, SECURED)).isEqualTo("1|t");
        assertThat(ask("sslmode=disable", SECURED)).as("a client in the clear").isEqualTo("1|t");
        assertThat(ask(proven, "select repeat('x', " + LONG + ")")).hasSize(LONG);
        String numbers = ServedWeir.ask(weir.admin(),
                "GET /stats?filter=postgres HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(numbers).contains("postgres.db.sessions_terminated_ssl: 2", "postgres.db.sessions_unencrypted: 1",
                "postgres.db.sessions_upstream_ssl_success: 3", "postgres.db.sessions_upstream_ssl_failed: 0");
    }
}
