package io.weir.xds.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.tls.ClientStartTls;
import io.weir.core.tls.HostSockets;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Extensions;
import io.weir.xds.introduce.IntroductionReader;
import io.weir.xds.resource.Problem;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Connections that would turn to TLS later. */
class StartTlsTest {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.starttls.v3.";

    private static List<String> errors(String text) {
        return compiled(text) instanceof Compiled.Rejected(List<Problem> problems)
                ? problems.stream().filter(Problem::isError).map(Problem::toString).toList()
                : List.of();
    }

    private static Compiled compiled(String text) {
        return ConfigFile.compile("test.yaml", text,
                IntroductionReader.addTo(TlsReaders.addTo(Extensions.basic())));
    }

    private static String cluster(String socket) {
        return """
                static_resources:
                  clusters:
                  - name: a
                    transport_socket: %s
                    load_assignment: { cluster_name: a }
                """.formatted(socket);
    }

    private static String turning(String fields) {
        return "{ name: s, typed_config: { '@type': " + TYPE + "UpstreamStartTlsConfig" + fields + " } }";
    }

    private static final String TURNING = turning(", tls_socket_config: { sni: db.example }");

    @Test
    void towardsHostsTheySayHowTheyAreSecuredThen() {
        if (!(compiled(cluster(TURNING)) instanceof Compiled.Accepted accepted)) {
            throw new AssertionError(errors(cluster(TURNING)).toString());
        }
        var sockets = (HostSockets) Objects
                .requireNonNull(accepted.snapshot().clusters().getFirst().extensions().get(HostSockets.KEY));
        assertThat(sockets.otherwise()).isInstanceOfSatisfying(ClientStartTls.class,
                each -> assertThat(each.tls().sni()).isEqualTo("db.example"));
    }

    @Test
    void towardsHostsThatNobodyAsksIsTold() {
        String behindHeader = "{ name: p, typed_config: { '@type': type.googleapis.com/envoy.extensions."
                + "transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport, transport_socket: " + TURNING
                + " } }";
        for (String socket : List.of(TURNING, behindHeader)) {
            assertThat(compiled(cluster(socket))).isInstanceOfSatisfying(Compiled.Accepted.class,
                    accepted -> assertThat(accepted.warnings()).anySatisfy(each -> assertThat(each.toString())
                            .contains("clusters[0]", "in the clear", "upstream_ssl: REQUIRE")));
        }
    }

    @Test
    void towardsHostsTheyNeedToSayHow() {
        assertThat(errors(cluster(turning("")))).anySatisfy(error -> assertThat(error)
                .contains("transport_socket.typed_config.tls_socket_config", "UpstreamTlsContext"));
        assertThat(errors(cluster(turning(", tls_socket_config: { sni: 'a b' }")))).anySatisfy(
                error -> assertThat(error).contains("transport_socket.typed_config.tls_socket_config.sni"));
    }

    @Test
    void thoseOfHostsAreNotForClients() {
        assertThat(errors("""
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                    filter_chains:
                    - transport_socket: %s
                """.formatted(TURNING))).anySatisfy(
                error -> assertThat(error).contains("UpstreamStartTlsConfig", "this is for hosts"));
    }

    @Test
    void withClientsTheyAreRefusedWhereNoFilterTurnsThem() {
        assertThat(
                errors("""
                        static_resources:
                          listeners:
                          - name: in
                            address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                            filter_chains:
                            - transport_socket: { name: starttls, typed_config: { "@type": %sStartTlsConfig, tls_socket_config: {} } }
                        """
                        .formatted(TYPE)))
                .anySatisfy(error -> assertThat(error)
                        .contains("transport_socket.typed_config.tls_socket_config", "in the clear",
                                "DownstreamTlsContext"));
    }
}
