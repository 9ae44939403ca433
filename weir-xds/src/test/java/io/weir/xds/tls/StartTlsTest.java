package io.weir.xds.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Extensions;
import io.weir.xds.resource.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections that would turn to TLS later. */
class StartTlsTest {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.starttls.v3.";

    private static List<String> errors(String text) {
        return ConfigFile.compile("test.yaml", text,
                TlsReaders.addTo(Extensions.basic())) instanceof Compiled.Rejected(List<Problem> problems)
                        ? problems.stream().filter(Problem::isError).map(Problem::toString).toList()
                        : List.of();
    }

    @Test
    void towardsHostsTheyAreRefusedWithWhatToDoInstead() {
        assertThat(
                errors("""
                        static_resources:
                          clusters:
                          - name: a
                            transport_socket: { name: starttls, typed_config: { "@type": %sUpstreamStartTlsConfig, tls_socket_config: { sni: db.example } } }
                            load_assignment: { cluster_name: a }
                        """
                        .formatted(TYPE)))
                .anySatisfy(error -> assertThat(error)
                        .contains("transport_socket.typed_config.tls_socket_config", "in the clear",
                                "UpstreamTlsContext"));
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
