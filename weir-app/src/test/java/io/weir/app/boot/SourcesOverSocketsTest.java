package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where connections of a whole Weir in this process come from, as its hosts see it. */
@Timeout(60)
class SourcesOverSocketsTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static ServerSocket backend() throws IOException {
        var backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        backend.setSoTimeout(20_000);
        return backend;
    }

    private static String cluster(String name, int port, String more) {
        return """
                      - name: %s
                        %s
                        load_assignment: { cluster_name: %s, endpoints: [ { lb_endpoints: [ { endpoint:
                          { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                """.formatted(name, more, name, port);
    }

    private static String text(int port, String more) {
        return """
                admin: "127.0.0.1:0"
                listen:
                  - { on: "127.0.0.1:0", protocol: tcp, to: general }
                  - { on: "127.0.0.1:0", to: own }
                envoy:
                  cluster_manager: { upstream_bind_config: { source_address: { address: 127.0.0.9, port_value: 0 } } }
                  static_resources:
                    clusters:
                %s
                """.formatted(cluster("general", port, "connect_timeout: 5s") + cluster("own", port,
                "upstream_bind_config: { extra_source_addresses: [ { address: { address: '::1', port_value: 0 } },"
                        + " { address: { address: 127.0.0.10, port_value: 0 } } ] }")
                + more);
    }

    /** The address from which what comes to the backend does. */
    private static String source(ServerSocket backend) throws IOException {
        try (Socket taken = backend.accept()) {
            return ((InetSocketAddress) taken.getRemoteSocketAddress()).getAddress().getHostAddress();
        }
    }

    @Test
    void aClusterComesFromItsOwnSourceOfTheHostsFamilyAndTheOthersFromThatOfAll() throws Exception {
        try (ServerSocket backend = backend()) {
            weir.start(text(backend.getLocalPort(), ""));
            try (Socket stream = weir.connect()) {
                assertThat(source(backend)).isEqualTo("127.0.0.9");
                assertThat(stream.getInputStream().read()).isNegative();
            }
            var to = weir.listener(1);
            try (Socket request = new Socket(to.getAddress(), to.getPort())) {
                request.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(source(backend)).isEqualTo("127.0.0.10");
            }
        }
    }

    @Test
    void checksComeFromThereToo() throws Exception {
        try (ServerSocket backend = backend(); ServerSocket checked = backend()) {
            weir.start(text(backend.getLocalPort(), cluster("checked", checked.getLocalPort(),
                    "health_checks: [ { timeout: 5s, interval: 60s, unhealthy_threshold: 1, healthy_threshold: 1,"
                            + " tcp_health_check: {} } ]")));
            assertThat(source(checked)).isEqualTo("127.0.0.9");
        }
    }

    @Test
    void whatTheSystemRefusesForAClustersSocketsFailsTheirConnectionsAndNothingElse() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "options by number need epoll");
        String options = "upstream_bind_config: { socket_options: [ { level: 6, name: 13, buf_value: %s } ] }";
        try (ServerSocket backend = backend()) {
            weir.start("""
                    listen:
                      - { on: "127.0.0.1:0", protocol: tcp, to: reno }
                      - { on: "127.0.0.1:0", to: nothing }
                    envoy:
                      static_resources:
                        clusters:
                    %s
                    """.formatted(cluster("reno", backend.getLocalPort(), options.formatted("cmVubw==")) // reno
                    + cluster("nothing", backend.getLocalPort(), options.formatted("bm90aGluZw==")))); // nothing
            try (Socket stream = weir.connect()) {
                assertThat(source(backend)).isEqualTo("127.0.0.1");
                assertThat(stream.getInputStream().read()).isNegative();
            }
            assertThat(ServedWeir.ask(weir.listener(1), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 503 ");
        }
    }
}
