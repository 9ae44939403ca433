package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A backend that refuses connections, beside a real one, behind a listener of byte streams. */
@Timeout(60)
class ConnectErrorsPeerTest {

    private final int port = Ports.free();
    private final int admin = Ports.free();
    private final int dead = Ports.free();
    private final int alive = Ports.free();

    private String clusters() throws IOException {
        try (RawHttp client = RawHttp.connect(admin)) {
            return client.send("GET /clusters HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n").response().body();
        }
    }

    @Test
    void aBackendThatRefusesThreeConnectionsInARowIsOutWithItsReasonAndNoClientNotices() throws Exception {
        try (PeerProcess nginx = Nginx.answering(alive, "alive");
                WeirProcess weir = WeirProcess.run("""
                        admin: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } }
                        static_resources:
                          listeners:
                          - address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                            filter_chains:
                            - filters:
                              - name: tcp
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                                  stat_prefix: tcp
                                  cluster: web
                                  max_connect_attempts: 2
                          clusters:
                          - name: web
                            load_assignment:
                              cluster_name: web
                              endpoints:
                              - lb_endpoints:
                                - { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } }
                                - { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } }
                            outlier_detection:
                              split_external_local_origin_errors: true
                              consecutive_local_origin_failure: 3
                              base_ejection_time: 30s
                              max_ejection_percent: 50
                        """.formatted(admin, port, dead, alive), port, admin)) {
            assertThat(nginx.alive()).isTrue();
            String reason = "127.0.0.1:" + dead + "::health_reason::consecutive_local_origin_failure: 3 in a row";
            Await.until(() -> clusters() + weir.output(), () -> {
                try (RawHttp client = RawHttp.connect(port)) {
                    assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().body()).isEqualTo("alive");
                }
                return clusters().contains(reason);
            });
            assertThat(clusters()).contains("127.0.0.1:" + dead + "::health_flags::/failed_outlier_check")
                    .contains("127.0.0.1:" + alive + "::health_flags::healthy");
        }
    }
}
