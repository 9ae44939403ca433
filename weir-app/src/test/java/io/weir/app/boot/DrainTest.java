package io.weir.app.boot;

import static io.weir.app.boot.ServedWeir.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the admin and changes of the configuration do to connections that are open. */
@Timeout(60)
class DrainTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String LISTENER = """
              - name: %s
                traffic_direction: %s
                drain_type: %s
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                filter_chains:
                - filters:
                  - name: http
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
            HttpConnectionManager
                      stat_prefix: p
                      route_config: { virtual_hosts: [ { name: v, domains: [ "*" ], routes:
                        [ { match: { prefix: / }, direct_response: { status: 204 } } ] } ] }
                      http_filters:
                      - name: router
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            """;

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private void serve(int drainSeconds) throws IOException {
        weir.start("admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }\n"
                + "static_resources:\n  listeners:\n" + LISTENER.formatted("in", "INBOUND", "DEFAULT")
                + LISTENER.formatted("out", "OUTBOUND", "MODIFY_ONLY"), drainSeconds);
    }

    private String admin(String path) throws IOException {
        String answer = ask(weir.admin(), "POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        weir.running().conductor().call(() -> 0);
        return answer;
    }

    private static void eventually(Callable<Boolean> holds) throws Exception {
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!holds.call()) {
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static boolean closes(RawHttp client) throws IOException {
        return client.send(GET).response().head().contains("connection: close");
    }

    @Test
    void whileHealthChecksFailAnswersCloseTheirConnectionsButForListenersThatDrainForChangesOnly() throws Exception {
        serve(30);
        try (RawHttp in = RawHttp.connect(weir.listener(0), 0);
                RawHttp out = RawHttp.connect(weir.listener(1), 0)) {
            assertThat(closes(in)).isFalse();
            assertThat(closes(out)).isFalse();
            assertThat(admin("/healthcheck/fail")).startsWith("HTTP/1.1 200");
            assertThat(ask(weir.admin(), "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 503").contains("DRAINING");
            assertThat(closes(in)).isTrue();
            assertThat(in.closedByPeer()).isTrue();
            assertThat(closes(out)).isFalse();
            try (RawHttp anew = RawHttp.connect(weir.listener(0), 0)) {
                assertThat(closes(anew)).isTrue();
            }
            admin("/healthcheck/ok");
            try (RawHttp anew = RawHttp.connect(weir.listener(0), 0)) {
                assertThat(closes(anew)).isFalse();
            }
        }
    }

    @Test
    void aGracefulDrainOfInboundListenersTakesConnectionsUntilItIsOverAndLeavesTheOthersAlone() throws Exception {
        serve(2);
        InetSocketAddress inbound = weir.listener(0);
        InetSocketAddress outbound = weir.listener(1);
        long askedNanos = System.nanoTime();
        assertThat(admin("/drain_listeners?graceful&inboundonly")).startsWith("HTTP/1.1 200");
        try (RawHttp first = RawHttp.connect(inbound, 0); RawHttp other = RawHttp.connect(outbound, 0)) {
            assertThat(first.send(GET).response().status()).isEqualTo(204);
            eventually(() -> {
                try (RawHttp anew = RawHttp.connect(inbound, 0)) {
                    return !anew.send(GET).response().head().contains("204");
                } catch (ConnectException closed) {
                    return true;
                }
            });
            assertThat(Duration.ofNanos(System.nanoTime() - askedNanos)).isGreaterThan(Duration.ofSeconds(2));
            assertThat(first.closedByPeer()).isTrue();
            assertThat(closes(other)).isFalse();
        }
        assertThat(admin("/drain_listeners?inboundonly&skip_exit")).startsWith("HTTP/1.1 400");
    }

    @Test
    void listenersThatAreClosedAtOnceLeaveTheirConnectionsAsTheyAre() throws Exception {
        serve(30);
        InetSocketAddress where = weir.listener(0);
        try (RawHttp open = RawHttp.connect(where, 0)) {
            assertThat(closes(open)).isFalse();
            admin("/drain_listeners");
            assertThat(closes(open)).isFalse();
            assertThatThrownBy(() -> RawHttp.connect(where, 0)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void streamsOfAListenerThatIsRemovedGoOnUntilTheDrainTimeIsOver() throws Exception {
        String kept = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        weir.start(kept + "  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n" + weir.services(0), 2);
        try (RawHttp stream = RawHttp.connect(weir.listener(1), 0)) {
            assertThat(stream.send(GET).response().status()).isEqualTo(200);
            weir.reload(kept + weir.services(0));
            assertThat(weir.running().addresses()).hasSize(1);
            assertThat(stream.send(GET).response().status()).isEqualTo(200);
            assertThat(stream.untilClose().getBytes(StandardCharsets.ISO_8859_1)).isEmpty();
        }
    }

    @Test
    void connectionsThatAreStillLookedAtAreClosedWhenTheDrainOfTheirListenerIsOver() throws Exception {
        String kept = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        weir.start(kept + weir.services(0) + """
                envoy:
                  static_resources:
                    listeners:
                    - name: looking
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      listener_filters_timeout: 0s
                      listener_filters:
                      - name: proxy
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
                      filter_chains:
                      - filters:
                        - name: tcp
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                            stat_prefix: p
                            cluster: demo
                """, 1);
        try (RawHttp silent = RawHttp.connect(weir.listener(1), 0)) {
            silent.send("PRO");
            weir.reload(kept + weir.services(0));
            assertThat(weir.running().addresses()).hasSize(1);
            assertThat(silent.untilClose()).isEmpty();
        }
    }
}
