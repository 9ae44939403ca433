package io.weir.app.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Await;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole Weir of two workers whose connections are limited by layers of the runtime. */
@Timeout(120)
class RuntimeLimitsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String LIMIT = "envoy.resource_limits.listener.edge.example.com.connection_limit: ";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();
    private final int[] ports = {Ports.free(), Ports.free()};

    private static String listener(String name, int port, String more, String statPrefix) {
        return """
                - name: %s
                  %s
                  address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                  filter_chains: [ { filters: [ { name: tcp, typed_config: {
                    "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,
                    stat_prefix: %s, cluster: demo } } ] } ]
                """.formatted(name, more, port, statPrefix).indent(2);
    }

    /**
     * @param layer
     *            what the runtime says
     * @param more
     *            what else there is at the second listener
     * @param statPrefix
     *            of the first listener's chain: with another one the chain is another
     */
    private String configuration(String layer, String more, String statPrefix) {
        return """
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                layered_runtime: { layers: [ { name: l, static_layer: { %s } }, { name: a, admin_layer: {} } ] }
                static_resources:
                  clusters:
                  - { name: demo, load_assignment: { cluster_name: demo, endpoints: [ { lb_endpoints: [ {
                      endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] } }
                  listeners:
                """.formatted(layer, weir.port(0)) + listener("edge.example.com", ports[0], "", statPrefix)
                + listener("free", ports[1], more, "free");
    }

    private String limited(int max) {
        return configuration(LIMIT + max, "", "edge");
    }

    private RawHttp connect(int listener) throws IOException {
        return RawHttp.connect(weir.listener(listener), 0);
    }

    private static void assertServed(RawHttp client) throws IOException {
        assertThat(client.send(GET).response().status()).isEqualTo(200);
    }

    private RawHttp served(int listener) throws IOException {
        RawHttp client = connect(listener);
        assertServed(client);
        return client;
    }

    /** The place of one that has just been closed is free a moment after its client knows. */
    private RawHttp servedAtLast(int listener) throws IOException {
        for (int i = 0; i < 1000; i++) {
            RawHttp client = connect(listener);
            try {
                assertServed(client);
                return client;
            } catch (IOException refused) {
                client.close();
            }
        }
        throw new AssertionError("a thousand connections have been refused");
    }

    private void assertRefused(int listener) throws IOException {
        try (RawHttp client = connect(listener)) {
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    private void becomes(int listener, String name, long value) {
        String line = "listener.127.0.0.1_" + ports[listener] + "." + name + ": " + value;
        Await.until(() -> line + " in " + weir.stats(name),
                () -> weir.stats(name).lines().anyMatch(line::equals));
    }

    @Test
    void connectionsOfAListenerBeyondItsLimitAreClosedAndCountedAndAPlaceThatIsFreeIsGivenAgain() throws Exception {
        weir.start(limited(2));
        try (RawHttp first = served(0); RawHttp second = served(0); RawHttp other = served(1)) {
            assertRefused(0);
            becomes(0, "downstream_cx_overflow", 1);
            becomes(0, "downstream_cx_total", 2);
            becomes(1, "downstream_cx_overflow", 0);
            assertServed(other);
            second.reset();
            becomes(0, "downstream_cx_active", 1);
            try (RawHttp third = served(0)) {
                assertRefused(0);
                assertServed(first);
                assertServed(third);
            }
        }
        assertThat(weir.stats("downstream_global_cx_overflow").lines()).isNotEmpty()
                .allMatch(each -> each.endsWith("downstream_global_cx_overflow: 0"));
    }

    @Test
    void theLimitHoldsOverAllWorkers() throws Exception {
        weir.start(limited(5));
        List<RawHttp> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                clients.add(connect(0));
            }
            becomes(0, "downstream_cx_overflow", 35);
            becomes(0, "downstream_cx_total", 5);
            becomes(0, "downstream_cx_active", 5);
        } finally {
            for (RawHttp client : clients) {
                client.close();
            }
        }
        becomes(0, "downstream_cx_active", 0);
        served(0).close();
    }

    @Test
    void aReloadChangesTheLimitAndNoConnectionIsLost() throws Exception {
        weir.start(limited(1));
        try (RawHttp first = served(0)) {
            assertRefused(0);
            weir.reload(limited(2));
            try (RawHttp second = served(0)) {
                assertRefused(0);
                weir.reload(limited(1));
                assertServed(first);
                assertServed(second);
                assertRefused(0);
                first.reset();
                becomes(0, "downstream_cx_active", 1);
                assertRefused(0);
                weir.reload(configuration("", "", "edge"));
                served(0).close();
                assertServed(second);
            }
        }
        becomes(0, "downstream_cx_overflow", 4);
        assertThat(weir.stats("listener_manager.listener_modified")).contains("listener_modified: 3");
    }

    @Test
    void connectionsOfChainsOfBeforeCountUntilTheyEnd() throws Exception {
        weir.start(limited(2), 600);
        try (RawHttp first = served(0); RawHttp second = served(0)) {
            weir.reload(configuration(LIMIT + 2, "", "changed"));
            assertServed(first);
            assertServed(second);
            assertRefused(0);
            first.reset();
            becomes(0, "downstream_cx_active", 1);
            try (RawHttp third = served(0)) {
                assertRefused(0);
                assertServed(second);
                assertServed(third);
            }
        }
        becomes(0, "downstream_cx_active", 0);
        try (RawHttp first = served(0); RawHttp second = served(0)) {
            assertRefused(0);
            assertServed(first);
            assertServed(second);
        }
    }

    @Test
    void theLimitOfAllListenersHoldsButForWhomIsExemptAndChangesWithAReload() throws Exception {
        String key = "overload: { global_downstream_max_connections: %d }";
        weir.start(configuration(key.formatted(2), "ignore_global_conn_limit: true", "edge"));
        try (RawHttp first = served(0); RawHttp exempt = served(1)) {
            assertRefused(0);
            becomes(0, "downstream_global_cx_overflow", 1);
            becomes(0, "downstream_cx_overflow", 0);
            served(1).close();
            weir.reload(configuration(key.formatted(3), "", "edge"));
            becomes(1, "downstream_cx_active", 1);
            try (RawHttp third = served(0)) {
                assertRefused(1);
                becomes(1, "downstream_global_cx_overflow", 1);
                weir.reload(configuration("", "", "edge"));
                served(1).close();
                assertServed(first);
                assertServed(exempt);
                assertServed(third);
            }
        }
    }

    @Test
    void whoIsRefusedByTheListenerTakesNoPlaceOfAll() throws Exception {
        weir.start(configuration("overload.global_downstream_max_connections: 2, " + LIMIT + 1, "", "edge"));
        try (RawHttp first = served(0)) {
            assertRefused(0);
            becomes(0, "downstream_cx_overflow", 1);
            try (RawHttp other = servedAtLast(1)) {
                assertRefused(0);
                becomes(0, "downstream_global_cx_overflow", 1);
                assertServed(first);
                assertServed(other);
            }
        }
    }
}
