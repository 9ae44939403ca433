package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What becomes of the connections to a host that fails. It is the only one, so that requests still go to it (panic).
 */
@Timeout(60)
class HostFailureTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();
    private final AtomicBoolean healthy = new AtomicBoolean(true);

    private Origin origin() {
        return Origin.start((request, wire) -> wire
                .reply(request.target().equals("/healthz") && !healthy.get() ? 503 : 200, "ok"));
    }

    private void start(Origin origin, String more) throws Exception {
        weir.start("""
                listen:
                  - { on: "127.0.0.1:0", to: c }
                  - { on: "127.0.0.1:0", protocol: tcp, to: c }
                services: {}
                envoy:
                  static_resources:
                    clusters:
                    - name: c
                      type: STATIC
                      load_assignment: { cluster_name: c, endpoints: [ { lb_endpoints: [ { endpoint:
                        { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                      health_checks:
                      - { timeout: 5s, interval: 0.1s, unhealthy_threshold: 1, healthy_threshold: 1,
                          http_health_check: { path: /healthz } }
                      %s
                """.formatted(origin.address().getPort(), more));
    }

    private long failures() {
        return weir.running().stats().root().child("cluster").tagged("envoy.cluster_name", "c").child("health_check")
                .counter("failure").value();
    }

    private void fail() throws InterruptedException {
        long before = failures();
        healthy.set(false);
        Await.until("two checks more fail", () -> failures() >= before + 2);
    }

    @Test
    void whereAskedForItsConnectionsCloseIdleOnesOfHttpAndAllOfTcp() throws Exception {
        try (Origin origin = origin()) {
            start(origin, "close_connections_on_host_health_failure: true");
            try (RawHttp http = RawHttp.connect(weir.listener(0).getPort());
                    Socket tcp = new Socket(weir.listener(1).getAddress(), weir.listener(1).getPort())) {
                assertThat(http.send(GET).response().status()).isEqualTo(200);
                tcp.setSoTimeout(20_000);
                tcp.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
                assertThat(tcp.getInputStream().read()).isEqualTo('H');
                int before = origin.connections();
                fail();
                assertThat(new String(tcp.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).endsWith("ok");
                assertThat(http.send(GET).response().status()).isEqualTo(200);
                assertThat(origin.connections()).as("a new one").isGreaterThan(before);
            }
        }
    }

    @Test
    void whereNotAskedForTheyStay() throws Exception {
        try (Origin origin = origin()) {
            start(origin, "");
            try (RawHttp http = RawHttp.connect(weir.listener(0).getPort());
                    RawHttp tcp = RawHttp.connect(weir.listener(1).getPort())) {
                assertThat(http.send(GET).response().status()).isEqualTo(200);
                assertThat(tcp.send(GET).response().status()).isEqualTo(200);
                int before = origin.connections();
                fail();
                assertThat(tcp.send(GET).response().status()).isEqualTo(200);
                assertThat(http.send(GET).response().status()).isEqualTo(200);
                assertThat(origin.connections()).isEqualTo(before);
            }
        }
    }
}
