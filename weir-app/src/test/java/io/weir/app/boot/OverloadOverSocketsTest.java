package io.weir.app.boot;

import static io.weir.app.boot.ServedWeir.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole Weir whose resources become short, by a number in a file. */
@Timeout(60)
class OverloadOverSocketsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private Path file() {
        return weir.folder().resolve("pressure");
    }

    /** By renaming, so that nobody reads half of it. */
    private void press(double pressure) throws IOException {
        Path next = Files.writeString(weir.folder().resolve("next"), Double.toString(pressure));
        Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String configuration(String more) {
        return "admin: 127.0.0.1:0\nlisten:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + weir.services(0) + """
                envoy:
                  overload_manager:
                    refresh_interval: 0.02s
                    resource_monitors:
                    - name: injected
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.resource_monitors.injected_resource.v3.\
                InjectedResourceConfig
                        filename: "%s"
                %s""".formatted(file(), more.indent(4));
    }

    private static String action(String name, double value) {
        return "- { name: envoy.overload_actions.%s, triggers: [ { name: injected, threshold: { value: %s } } ] }\n"
                .formatted(name, value);
    }

    private void awaitStat(String line) throws Exception {
        Await.until(() -> line + " in " + weir.stats("overload"),
                () -> weir.stats("overload").lines().anyMatch(each -> each.matches(line)));
    }

    @Test
    void requestsAreRefusedFromTheThresholdOnAndServedAgainBelowIt() throws Exception {
        press(0.1);
        weir.start(configuration("actions:\n" + action("stop_accepting_requests", 0.9)));
        assertThat(weir.ask("/")).startsWith("HTTP/1.1 200");
        press(0.9);
        awaitStat("overload.envoy.overload_actions.stop_accepting_requests.active: 1");
        assertThat(weir.ask("/")).startsWith("HTTP/1.1 503").endsWith("overloaded");
        assertThat(weir.stats("overload")).contains("overload.injected.pressure: 90",
                "overload.envoy.overload_actions.stop_accepting_requests.scale_percent: 100",
                "http.http_0.downstream_rq_overload_close: 1");
        press(0.5);
        awaitStat("overload.envoy.overload_actions.stop_accepting_requests.active: 0");
        assertThat(weir.ask("/")).startsWith("HTTP/1.1 200");
        Files.writeString(file(), "much");
        awaitStat("overload.injected.failed_updates: [1-9]\\d*");
        assertThat(weir.stats("overload")).contains("overload.injected.pressure: 50");
    }

    /** A connection whose request nobody takes; those that a worker took before it had heard are served. */
    private RawHttp leftWaiting() throws IOException {
        for (int i = 0; i < 100; i++) {
            RawHttp client = RawHttp.connect(weir.listener(0), 0);
            if (client.send(GET).silentFor(Duration.ofMillis(200))) {
                return client;
            }
            client.close();
        }
        throw new AssertionError("a hundred connections have been served");
    }

    @Test
    void connectionsWaitOrAreClosedAndThoseThereAreGoOn() throws Exception {
        press(0);
        weir.start(configuration("actions:\n" + action("stop_accepting_connections", 0.5)
                + action("reject_incoming_connections", 0.9)));
        try (RawHttp before = RawHttp.connect(weir.listener(0), 0)) {
            assertThat(before.send(GET).response().status()).isEqualTo(200);
            press(0.5);
            awaitStat("overload.envoy.overload_actions.stop_accepting_connections.active: 1");
            try (RawHttp waiting = leftWaiting()) {
                assertThat(before.send(GET).response().status()).isEqualTo(200);
                press(0);
                assertThat(waiting.response().status()).isEqualTo(200);
            }
            weir.reload(configuration("actions:\n" + action("reject_incoming_connections", 0.9)));
            press(1);
            awaitStat("overload.envoy.overload_actions.reject_incoming_connections.active: 1");
            try (RawHttp refused = RawHttp.connect(weir.listener(0), 0)) {
                assertThat(refused.closedByPeer()).isTrue();
            }
            assertThat(weir.stats("downstream_cx_overload_reject")).contains("downstream_cx_overload_reject: 1");
            assertThat(before.send(GET).response().status()).isEqualTo(200);
            weir.reload("listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n" + weir.services(0));
            try (RawHttp served = RawHttp.connect(weir.listener(0), 0)) {
                assertThat(served.send(GET).response().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void connectionsOfAllListenersTogetherAreLimitedButForThoseOfWhomIsExempt() throws Exception {
        String listener = """
                  - name: %s
                    ignore_global_conn_limit: %s
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    filter_chains:
                    - filters:
                      - name: tcp
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                          stat_prefix: p
                          cluster: demo
                """;
        weir.start("""
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                overload_manager:
                  resource_monitors:
                  - name: envoy.resource_monitors.global_downstream_max_connections
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.\
                DownstreamConnectionsConfig
                      max_active_downstream_connections: 2
                static_resources:
                  clusters:
                  - name: demo
                    load_assignment: { cluster_name: demo, endpoints: [ { lb_endpoints: [ { endpoint: { address:
                      { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                  listeners:
                """.formatted(weir.port(0)) + listener.formatted("one", false) + listener.formatted("two", false)
                + listener.formatted("free", true));
        try (RawHttp one = RawHttp.connect(weir.listener(0), 0)) {
            assertThat(one.send(GET).response().status()).isEqualTo(200);
            try (RawHttp free = RawHttp.connect(weir.listener(2), 0)) {
                assertThat(free.send(GET).response().status()).isEqualTo(200);
                try (RawHttp two = RawHttp.connect(weir.listener(1), 0)) {
                    assertThat(two.closedByPeer()).isTrue();
                }
                assertThat(one.send(GET).response().status()).isEqualTo(200);
                assertThat(weir.stats("downstream_global_cx_overflow")).contains("downstream_global_cx_overflow: 1");
            }
        }
    }

    /** Begins a body that has no end. */
    private static void endless(HttpMessage request, OriginWire wire) throws IOException {
        wire.send("HTTP/1.1 200 OK\r\n\r\n");
        while (true) {
            wire.send("y".repeat(64 * 1024));
        }
    }

    @Test
    void streamsThatHoldMuchAreResetAndSmallerOnesToo() throws Exception {
        press(0);
        try (Origin origin = Origin.start(OverloadOverSocketsTest::endless)) {
            weir.start(configuration("""
                    buffer_factory_config: { minimum_account_to_track_power_of_two: 14 }
                    actions:
                    - name: envoy.overload_actions.reset_high_memory_stream
                      triggers: [ { name: injected, scaled: { scaling_threshold: 0.5, saturation_threshold: 1 } } ]
                    """).replaceFirst("at: .*", "at: [\"127.0.0.1:" + origin.port() + "\"] }"));
            try (RawHttp client = RawHttp.connect(weir.listener(0), 4096)) {
                client.send(GET);
                Await.until("the host is held back", () -> weir.stats("flow_control_paused").lines()
                        .anyMatch(each -> each.matches("cluster.demo.*_paused_reading_total: [1-9]\\d*")));
                press(0.55);
                awaitStat("overload.envoy.overload_actions.reset_high_memory_stream.scale_percent: 10");
                assertThat(weir.stats("reset_high_memory_stream.count")).contains("stream.count: 0");
                press(1);
                Await.until("it is reset", () -> weir.stats("reset_high_memory_stream.count").lines()
                        .anyMatch("envoy.overload_actions.reset_high_memory_stream.count: 1"::equals));
                assertThat(client.untilClose()).startsWith("HTTP/1.1 200").doesNotEndWith("0\r\n\r\n");
            }
        }
    }

    @Test
    void connectionsThatHaveRestedAreClosedWhileSaturated() throws Exception {
        press(0.9);
        weir.start(configuration("actions:\n" + action("close_idle_http_connections", 0.8)));
        long beganNanos = System.nanoTime();
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0).patience(Duration.ofSeconds(50))) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            assertThat(client.closedByPeer()).isTrue();
        }
        assertThat(System.nanoTime() - beganNanos).isGreaterThan(Duration.ofSeconds(10).toNanos());
        assertThat(weir.stats("idle_close")).contains("http.http_0.downstream_cx_overload_idle_close: 1");
    }

    private static boolean passed(DatagramSocket client, InetSocketAddress to, DatagramSocket host,
            DatagramPacket heard) throws IOException {
        client.send(new DatagramPacket(new byte[]{'o', 'k'}, 2, to));
        try {
            host.receive(heard);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void datagramsWaitToo() throws Exception {
        press(0);
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (DatagramSocket host = new DatagramSocket(any); DatagramSocket client = new DatagramSocket(any)) {
            host.setSoTimeout(300);
            weir.start(configuration("actions:\n" + action("stop_accepting_connections", 0.5))
                    + DatagramReloadTest.config(Ports.free(), host.getLocalPort(), 100).replace("static_resources",
                            "  static_resources").replace("\n", "\n  "));
            InetSocketAddress to = weir.listener(1);
            press(0.5);
            awaitStat("overload.envoy.overload_actions.stop_accepting_connections.active: 1");
            var heard = new DatagramPacket(new byte[10], 10);
            // the workers hear of it a moment later than the numbers tell
            long deadlineNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (passed(client, to, host, heard)) {
                assertThat(System.nanoTime()).isLessThan(deadlineNanos);
            }
            press(0);
            host.setSoTimeout(20_000);
            host.receive(heard);
            assertThat(heard.getLength()).isEqualTo(2);
        }
    }
}
