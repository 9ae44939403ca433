package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that one listener puts into tunnels, and another of the same Weir takes out again. */
@Timeout(60)
class TunnelsOverSocketsTest {
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static ServerSocket backend() throws IOException {
        var backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        backend.setSoTimeout(20_000);
        return backend;
    }

    private static String cluster(String name, String address, String more) {
        return """
                      - name: %s
                        %s
                        load_assignment: { cluster_name: %s, endpoints: [ { lb_endpoints: [ { endpoint: { address: %s } } ] } ] }
                """
                .formatted(name, more, name, address);
    }

    private static String at(int port) {
        return "{ socket_address: { address: 127.0.0.1, port_value: " + port + " } }";
    }

    /** A listener of bytes whose hosts are proxies. */
    private static String front(String tunneling) {
        return """
                    - name: front
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      filter_chains:
                        - filters: [ { name: tcp, typed_config: { "@type": %stcp_proxy.v3.TcpProxy, stat_prefix: front,
                            cluster: proxy, max_connect_attempts: 2, tunneling_config: { %s } } } ]
                """.formatted(NETWORK, tunneling);
    }

    private static String config(String listeners, String clusters) {
        return """
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                static_resources:
                  listeners:
                %s
                  clusters:
                %s
                """.formatted(listeners, clusters);
    }

    /** Both ends: TCP, the tunnel, a Weir that ends it, TCP. */
    private String both(ServerSocket host, String version, boolean post) {
        String match = post ? "prefix: /" : "connect_matcher: {}";
        String back = """
                    - name: back
                      address: { pipe: { path: "%s/back.sock" } }
                      filter_chains:
                        - filters:
                          - name: http
                            typed_config:
                              "@type": %shttp_connection_manager.v3.HttpConnectionManager
                              stat_prefix: back
                              codec_type: %s
                              http_filters: [ { name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ]
                              http2_protocol_options: { allow_connect: true }
                              route_config:
                                virtual_hosts:
                                - { name: all, domains: ["*"], routes: [ { match: { %s }, route: { cluster: host, timeout: 0s,
                                    upgrade_configs: [ { upgrade_type: CONNECT, connect_config: { allow_post: %s } } ] } } ] }
                """
                .formatted(weir.folder(), NETWORK, version.equals("http2") ? "HTTP2" : "HTTP1", match, post);
        String options = """
                typed_extension_protocol_options: { envoy.extensions.upstreams.http.v3.HttpProtocolOptions: { "@type":
                          type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
                          explicit_http_config: { %s_protocol_options: {} } } }""".formatted(version);
        return config(
                front("hostname: 'db.example:5432'" + (post ? ", use_post: true, post_path: /tunnel" : "")) + back,
                cluster("proxy", "{ pipe: { path: \"" + weir.folder() + "/back.sock\" } }", options)
                        + cluster("host", at(host.getLocalPort()), "connect_timeout: 5s"));
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    @ParameterizedTest
    @CsvSource({"http, false", "http2, false", "http, true", "http2, true"})
    void bytesPassBothWaysThroughATunnelAndEachHalfEndsByItself(String version, boolean post) throws Exception {
        byte[] up = noise(3 << 20, 1);
        byte[] down = noise(3 << 20, 2);
        try (ServerSocket host = backend()) {
            weir.start(both(host, version, post));
            try (Socket client = weir.connect()) {
                client.setSoTimeout(20_000);
                client.getOutputStream().write("first".getBytes(StandardCharsets.US_ASCII));
                try (Socket taken = host.accept()) {
                    taken.setSoTimeout(20_000);
                    assertThat(taken.getInputStream().readNBytes(5)).asString(StandardCharsets.US_ASCII)
                            .isEqualTo("first");
                    var heard = CompletableFuture.supplyAsync(() -> all(taken));
                    client.getOutputStream().write(up);
                    client.shutdownOutput();
                    assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo(up);
                    var answer = CompletableFuture.supplyAsync(() -> all(client));
                    taken.getOutputStream().write(down);
                    taken.shutdownOutput();
                    assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(down);
                }
            }
            assertThat(weir.stats("tcp.front.downstream_cx_total")).contains("tcp.front.downstream_cx_total: 1");
            assertThat(weir.stats("cluster.proxy.upstream_rq_total")).contains("cluster.proxy.upstream_rq_total: 1");
            assertThat(weir.stats("cluster.proxy.upstream_cx_total")).contains("cluster.proxy.upstream_cx_total: 1");
        }
    }

    private static byte[] all(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aResetOfTheHostIsOneForTheClientThroughATunnelOfHttp2() throws Exception {
        try (ServerSocket host = backend()) {
            weir.start(both(host, "http2", false));
            try (Socket client = weir.connect()) {
                client.getOutputStream().write('x');
                Socket taken = host.accept();
                assertThat(taken.getInputStream().read()).isEqualTo('x');
                taken.setSoLinger(true, 0);
                taken.close();
                assertThat(ends(client)).isEqualTo("reset");
            }
        }
    }

    private static String ends(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0 ? "end" : "bytes";
        } catch (SocketException reset) {
            return "reset";
        }
    }

    @Test
    void aProxyIsAskedForWhatTheConfigurationSaysAndOneThatRefusesIsLeft() throws Exception {
        try (Origin refusing = Origin
                .start((request, wire) -> wire.send("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n"))) {
            weir.start(config(front("hostname: '%DOWNSTREAM_LOCAL_ADDRESS%', headers_to_add: ["
                    + " { header: { key: x-client, value: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%' } },"
                    + " { header: { key: x-nothing, value: '%REQUESTED_SERVER_NAME%' } } ]"),
                    cluster("proxy", at(refusing.port()), "connect_timeout: 5s")));
            try (Socket client = weir.connect(); InputStream in = client.getInputStream()) {
                assertThat(in.read()).as("nobody carries it").isNegative();
            }
            assertThat(refusing.requests()).as("another attempt").hasSize(2);
            HttpMessage asked = refusing.requests().getFirst();
            String to = "127.0.0.1:" + weir.listener(0).getPort();
            assertThat(asked.startLine()).isEqualTo("CONNECT " + to + " HTTP/1.1");
            assertThat(asked.headers("host")).containsExactly(to);
            assertThat(asked.header("x-client")).contains("127.0.0.1");
            assertThat(asked.header("x-nothing")).isEmpty();
        }
    }

    /** The configuration before a proxy that is at this port, with what its answer leaves in a log. */
    private String logging(Path log, int port, String more) {
        return config(front("hostname: 'db.example:5432', " + more).replace("cluster: proxy,",
                """
                        cluster: proxy, access_log: [ { name: log, typed_config: { "@type":
                                      type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s",
                                      log_format: { text_format_source: { inline_string:
                                        "%%FILTER_STATE(envoy.tcp_proxy.propagate_response_headers:TYPED)%% %%FILTER_STATE(envoy.tcp_proxy.propagate_response_trailers)%% %%FILTER_STATE(envoy.tcp_proxy.propagate_response_headers:PLAIN)%%\\n" } } } } ],"""
                        .formatted(log)),
                cluster("proxy", at(port), "connect_timeout: 50s"));
    }

    /** Its lines, in which quotes stand as a text log writes them. */
    private List<String> left(Path log) throws Exception {
        return weir.logged(log).stream().map(line -> line.replace("\\x22", "\"")).toList();
    }

    private static final String KEEPS = "propagate_response_headers: true, propagate_response_trailers: true";

    @Test
    void whatAProxyAnswersIsLeftForTheLogWhetherOrNotItAgrees() throws Exception {
        Path log = weir.folder().resolve("access.log");
        try (Origin refusing = Origin
                .start((request, wire) -> wire.send("HTTP/1.1 403 No\r\nX-Why: no\r\ncontent-length: 0\r\n\r\n"))) {
            weir.start(logging(log, refusing.port(), KEEPS));
            try (Socket client = weir.connect(); InputStream in = client.getInputStream()) {
                assertThat(in.read()).as("nobody carries it").isNegative();
            }
            assertThat(left(log)).containsExactly("{\"headers\":[{\"key\":\":status\",\"value\":\"403\"},"
                    + "{\"key\":\"x-why\",\"value\":\"no\"},"
                    + "{\"key\":\"content-length\",\"value\":\"0\"}]} - -");
        }
    }

    @Test
    void whatStandsBehindTheBytesOfATunnelIsLeftToo() throws Exception {
        Path log = weir.folder().resolve("access.log");
        String answer = "HTTP/1.1 200 OK\r\nx-by: me\r\ntransfer-encoding: chunked\r\n\r\n"
                + "2\r\nhi\r\n0\r\nx-sum: 7\r\n\r\n";
        try (ServerSocket proxy = backend()) {
            weir.start(logging(log, proxy.getLocalPort(), "use_post: true, " + KEEPS));
            try (Socket client = weir.connect(); Socket taken = proxy.accept()) {
                client.setSoTimeout(50_000);
                head(taken);
                taken.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                assertThat(client.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("hi");
            }
            assertThat(left(log)).singleElement().asString()
                    .contains("{\"key\":\":status\",\"value\":\"200\"}", "{\"key\":\"x-by\",\"value\":\"me\"}")
                    .contains("]} {\"headers\":[{\"key\":\"x-sum\",\"value\":\"7\"}]} -");
        }
    }

    @Test
    void nothingIsLeftWhereNobodyAsksForIt() throws Exception {
        Path log = weir.folder().resolve("access.log");
        try (Origin refusing = Origin
                .start((request, wire) -> wire.send("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n"))) {
            weir.start(logging(log, refusing.port(), "propagate_response_trailers: true"));
            try (Socket client = weir.connect(); InputStream in = client.getInputStream()) {
                assertThat(in.read()).as("nobody carries it").isNegative();
            }
            assertThat(weir.logged(log)).containsExactly("- - -");
        }
    }

    @Test
    void whoWaitsInLineForAProxyDoesNotWaitForEver() throws Exception {
        var taken = new ConcurrentLinkedQueue<Socket>();
        var ended = new CountDownLatch(1);
        try (ServerSocket proxy = backend()) {
            Thread.startVirtualThread(() -> agree(proxy, taken));
            weir.start(config(front("hostname: 'db.example:5432'"), cluster("proxy", at(proxy.getLocalPort()),
                    "connect_timeout: 0.5s\n        circuit_breakers: { thresholds: [ { max_connections: 1 } ] }")));
            // each of two workers may have one connection: the third client waits behind one of the others
            var clients = new ArrayList<Socket>();
            for (int i = 0; i < 3; i++) {
                Socket client = weir.connect();
                client.setSoTimeout(0);
                clients.add(client);
                Thread.startVirtualThread(() -> {
                    if (turnedAway(client)) {
                        ended.countDown();
                    }
                });
            }
            assertThat(ended.await(30, TimeUnit.SECONDS)).as("one of three is turned away").isTrue();
            for (Socket client : clients) {
                client.close();
            }
        } finally {
            for (Socket one : taken) {
                one.close();
            }
        }
    }

    /** Reads what a proxy is asked for. */
    private static void head(Socket asked) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = asked.getInputStream().read();
            if (next < 0) {
                throw new EOFException("within a head: " + head);
            }
            head.append((char) next);
        }
    }

    /** Takes every tunnel, and says nothing in it. */
    private static void agree(ServerSocket proxy, Queue<Socket> taken) {
        try {
            while (true) {
                Socket one = proxy.accept();
                taken.add(one);
                head(one);
                one.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private static boolean turnedAway(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException e) {
            return false;
        }
    }
}
