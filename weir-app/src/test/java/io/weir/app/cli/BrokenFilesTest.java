package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten ways for a file to be broken: a start says where, what and what to do, ends with exit code 1, and has opened
 * nothing.
 */
class BrokenFilesTest {
    @TempDir
    private Path folder = Path.of("");
    private int freePort;

    @BeforeEach
    void chooseAPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
    }

    /**
     * A bootstrap with a listener that could be opened if it were not for what is wrong elsewhere; FREE is its port.
     */
    private String bootstrap(String clusters) {
        return """
                static_resources:
                  listeners:
                  - name: main
                    address: { socket_address: { address: 127.0.0.1, port_value: FREE } }
                    filter_chains:
                    - filters:
                      - name: tcp
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                          stat_prefix: t
                          cluster: one
                  clusters:
                """.replace("FREE", Integer.toString(freePort)) + clusters;
    }

    private static final String CLUSTER = """
              - name: one
                type: STATIC
                load_assignment: { cluster_name: one, endpoints: [] }
            """;

    private void refused(String text, String... told) throws IOException {
        refused(Files.writeString(folder.resolve("weir.yaml"), text), told);
    }

    private void refused(Path file, String... told) {
        Cli result = Cli.weir("run", file.toString());
        assertThat(result.status()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains(told).contains("nothing was started");
        assertThat(result.out()).isEmpty();
        assertThat(listens(freePort)).isFalse();
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void anErrorOfYaml() throws Exception {
        refused(bootstrap("  - name: [one\n"), "weir.yaml:");
    }

    @Test
    void anUnknownField() throws Exception {
        refused(bootstrap(CLUSTER + "    conect_timeout: 1s\n"), "weir.yaml:16:5: ",
                "static_resources.clusters[0].conect_timeout", "connect_timeout");
    }

    @Test
    void aWrongType() throws Exception {
        refused(bootstrap(CLUSTER + "    per_connection_buffer_limit_bytes: many\n"), "weir.yaml:16:",
                "static_resources.clusters[0].per_connection_buffer_limit_bytes", "many");
    }

    @Test
    void aValueAgainstTheRulesOfTheApi() throws Exception {
        refused(bootstrap(CLUSTER + "    connect_timeout: 0s\n"), "weir.yaml:16:",
                "static_resources.clusters[0].connect_timeout", "0s");
    }

    @Test
    void aClusterThatDoesNotExist() throws Exception {
        refused(bootstrap(CLUSTER.replace("one", "other")), "weir.yaml:11:",
                "static_resources.listeners[0].filter_chains[0].filters[0].typed_config.cluster", "(one)");
    }

    @Test
    void aListenerTwice() throws Exception {
        String text = bootstrap(CLUSTER);
        int start = text.indexOf("  - name: main");
        int end = text.indexOf("  clusters:");
        refused(text.substring(0, end) + text.substring(start, end) + text.substring(end), "weir.yaml:12:",
                "static_resources.listeners[1]", "main");
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String text = bootstrap(CLUSTER);
            int start = text.indexOf("  - name: main");
            int end = text.indexOf("  clusters:");
            String second = text.substring(start, end).replace("name: main", "name: second")
                    .replace(Integer.toString(freePort), Integer.toString(taken.getLocalPort()));
            refused(text.substring(0, end) + second + text.substring(end), "weir.yaml:13:",
                    "static_resources.listeners[1].address", "in use", "127.0.0.1:" + taken.getLocalPort(),
                    "choose another port");
        }
    }

    @Test
    void aPortOfTheAdminThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused("admin: { address: { socket_address: { address: 127.0.0.1, port_value: " + taken.getLocalPort()
                    + " } } }\n" + bootstrap(CLUSTER), "weir.yaml:1:", "admin.address",
                    "127.0.0.1:" + taken.getLocalPort(),
                    "choose another port");
        }
    }

    @Test
    void aFileThatCannotBeRead() {
        refused(folder.resolve("missing.yaml"), "missing.yaml", "no such file");
        refused(folder, "this is a folder");
    }

    @Test
    void aBadDuration() throws Exception {
        refused(bootstrap(CLUSTER + "    connect_timeout: 5 minutes\n"), "weir.yaml:16:22: ",
                "static_resources.clusters[0].connect_timeout", "5 minutes");
    }

    @Test
    void aBadRegularExpression() throws Exception {
        refused("""
                static_resources:
                  listeners:
                  - name: main
                    address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: h
                          route_config:
                            virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes:
                              - match: { safe_regex: { regex: "/a(b" } }
                                direct_response: { status: 200 }
                          http_filters:
                          - name: router
                            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                """
                .formatted(freePort), "weir.yaml:16:", "safe_regex", "/a(b");
    }

    @Test
    void everyProblemIsToldAtOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("weir.yaml"),
                bootstrap(CLUSTER + "    connect_timeout: never\n    conect: 1\n    lb_policy: LUCK\n"));
        Cli result = Cli.weir("check", file.toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("weir.yaml:16:", "weir.yaml:17:", "weir.yaml:18:", "3 errors");
    }
}
