package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits, dropped loads and subsets of a whole Weir in this process, from the file to the socket. */
@Timeout(60)
class LimitsOverSocketsTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private long answered(int times, String path, String status) throws IOException {
        long matching = 0;
        for (int i = 0; i < times; i++) {
            matching += weir.ask(path).startsWith("HTTP/1.1 " + status) ? 1 : 0;
        }
        return matching;
    }

    @Test
    void aRateOfTheShortFormLetsItsBurstThroughAndRoutesMayHaveTheirOwn() throws Exception {
        weir.start("""
                listen:
                  - on: "127.0.0.1:0"
                    rate: { of: 1/h, burst: 5 }
                    to: demo
                    routes:
                      - { path: /own, to: demo, rate: { of: 1/h, burst: 2 } }
                      - { path: /free, to: demo, rate: off }
                services:
                  demo: { at: "127.0.0.1:%d" }
                """.formatted(weir.port(0)));
        assertThat(answered(10, "/own", "200")).isEqualTo(2);
        assertThat(answered(10, "/", "200")).isEqualTo(5);
        assertThat(answered(10, "/free", "200")).isEqualTo(10);
        assertThat(weir.ask("/")).startsWith("HTTP/1.1 429 ").endsWith("local_rate_limited");
    }

    /** Which of two workers takes a connection first is open; that three of four are let in is not. */
    private void threeOfFourAreLetIn(String protocol) throws IOException {
        weir.start("""
                listen: { on: "127.0.0.1:0", protocol: %s, max_connections: 3, to: demo }
                services: { demo: { at: "127.0.0.1:%d" } }
                """.formatted(protocol, weir.port(0)));
        var open = new ArrayList<Socket>();
        for (int i = 0; i < 4; i++) {
            open.add(weir.connect());
        }
        int in = 0;
        for (var socket : open) {
            in += firstByte(socket) == 'H' ? 1 : 0;
        }
        for (var socket : open) {
            socket.close();
        }
        assertThat(in).isEqualTo(3);
    }

    private static int firstByte(Socket socket) throws IOException {
        try {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read();
        } catch (SocketException closed) {
            return -1;
        }
    }

    @Test
    void whatARateHasCountedHoldsWhenSomethingElseChanges() throws Exception {
        String limited = """
                listen:
                  - on: "127.0.0.1:0"
                    rate: { of: 1/h, burst: %d }
                    to: demo
                    routes:
                      - { path: /own, to: demo, rate: { of: 1/h, burst: 2 } }
                %s
                services:
                  demo: { at: "127.0.0.1:%d" }
                """;
        weir.start(limited.formatted(5, "", weir.port(0)));
        assertThat(answered(3, "/", "200")).isEqualTo(3);
        assertThat(answered(3, "/own", "200")).isEqualTo(2);
        weir.reload(limited.formatted(5, "      - { path: /new, to: demo, rate: off }", weir.port(0)));
        assertThat(answered(3, "/new", "200")).as("the change is there").isEqualTo(3);
        assertThat(answered(5, "/", "200")).as("two of the five are left").isEqualTo(2);
        assertThat(answered(3, "/own", "200")).isEqualTo(0);
        weir.reload(limited.formatted(6, "", weir.port(0)));
        assertThat(answered(10, "/", "200")).as("another limit begins full").isEqualTo(6);
        assertThat(answered(3, "/own", "200")).isEqualTo(0);
    }

    @Test
    void connectionsOfBeforeAChangeCountAfterIt() throws Exception {
        String limited = """
                listen: { on: "127.0.0.1:0", protocol: tcp, max_connections: %d, to: %s }
                services: { one: { at: "127.0.0.1:%d" }, two: { at: "127.0.0.1:%d" } }
                """;
        weir.start(limited.formatted(2, "one", weir.port(0), weir.port(1)));
        try (var first = weir.connect(); var second = weir.connect()) {
            assertThat(List.of(firstByte(first), firstByte(second))).containsOnly((int) 'H');
            weir.reload(limited.formatted(2, "two", weir.port(0), weir.port(1)));
            try (var third = weir.connect()) {
                assertThat(firstByte(third)).as("there are two already").isEqualTo(-1);
            }
            weir.reload(limited.formatted(3, "two", weir.port(0), weir.port(1)));
            try (var third = weir.connect()) {
                assertThat(firstByte(third)).as("now there may be three").isEqualTo('H');
                try (var fourth = weir.connect()) {
                    assertThat(firstByte(fourth)).isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void moreHttpConnectionsThanMayBeOpenAreClosed() throws Exception {
        threeOfFourAreLetIn("http");
    }

    @Test
    void moreTcpConnectionsThanMayBeOpenAreClosed() throws Exception {
        threeOfFourAreLetIn("tcp");
    }

    private String bootstrap(String routes, String cluster) {
        return """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: in
                          http_filters:
                          - name: router
                            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                          route_config: { virtual_hosts: [ { name: all, domains: "*", routes: [ %s ] } ] }
                  clusters:
                  - { name: c, connect_timeout: 5s, type: STATIC, %s }
                """
                .formatted(routes, cluster);
    }

    private String endpoint(int backend, String more) {
        return "{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: " + weir.port(backend)
                + " } } }"
                + more + " }";
    }

    private String dropping(int percent) {
        return bootstrap("{ match: { prefix: / }, route: { cluster: c } }",
                "load_assignment: { cluster_name: c, policy: { drop_overloads: [ { category: all, drop_percentage: "
                        + "{ numerator: " + percent + " } } ] }, endpoints: [ { lb_endpoints: [ " + endpoint(0, "")
                        + " ] } ] }");
    }

    @Test
    void aPartOfTheLoadIsDroppedAndToldSo() throws Exception {
        weir.start(dropping(50));
        assertThat(answered(400, "/", "503")).as("of 400; six standard deviations are 60").isBetween(140L, 260L);
        String dropped = weir.ask("/");
        for (int i = 0; i < 100 && !dropped.startsWith("HTTP/1.1 503"); i++) {
            dropped = weir.ask("/");
        }
        assertThat(dropped).contains("\r\nx-envoy-drop-overload: true\r\n").endsWith("drop overload");
    }

    @Test
    void allOfTheLoadIsDroppedWhereThatIsAsked() throws Exception {
        weir.start(dropping(100));
        assertThat(answered(20, "/", "503")).isEqualTo(20);
    }

    private String subsets(String fallback) {
        String canary = ", metadata: { filter_metadata: { envoy.lb: { stage: canary } } }";
        String prod = ", metadata: { filter_metadata: { envoy.lb: { stage: prod } } }";
        return bootstrap(
                route("/canary", "canary") + ", " + route("/prod", "prod") + ", " + route("/none", "test")
                        + ", { match: { prefix: / }, route: { cluster: c } }",
                "lb_subset_config: { fallback_policy: " + fallback + ", subset_selectors: [ { keys: [ stage ] } ] }, "
                        + "load_assignment: { cluster_name: c, endpoints: [ { lb_endpoints: [ " + endpoint(0, prod)
                        + ", " + endpoint(1, canary) + " ] } ] }");
    }

    private static String route(String path, String stage) {
        return "{ match: { prefix: " + path + " }, route: { cluster: c, metadata_match: { filter_metadata: "
                + "{ envoy.lb: { stage: " + stage + " } } } } }";
    }

    @Test
    void whatARouteAsksOfMetadataDecidesItsHosts() throws Exception {
        weir.start(subsets("NO_FALLBACK"));
        for (int i = 0; i < 10; i++) {
            assertThat(weir.ask("/canary")).contains("Hello from two");
            assertThat(weir.ask("/prod")).contains("Hello from one");
            assertThat(weir.ask("/none")).startsWith("HTTP/1.1 503 ").endsWith("no healthy upstream");
        }
    }

    @Test
    void aRouteWhoseSubsetIsEmptyFallsBackToAnyHostWhereThatIsAsked() throws Exception {
        weir.start(subsets("ANY_ENDPOINT"));
        for (int i = 0; i < 10; i++) {
            assertThat(weir.ask("/none")).startsWith("HTTP/1.1 200 ");
            assertThat(weir.ask("/canary")).contains("Hello from two");
        }
        // each worker takes turns by itself
        StringBuilder answers = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            answers.append(weir.ask("/"));
        }
        assertThat(answers).contains("Hello from one").contains("Hello from two");
    }
}
