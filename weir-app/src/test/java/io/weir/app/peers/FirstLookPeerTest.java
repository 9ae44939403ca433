package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.testkit.Haproxy;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real programs say first: TLS of curl for two nginx, and the PROXY protocol of haproxy and nginx. */
@Timeout(120)
class FirstLookPeerTest {
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";

    @TempDir
    private Path folder = Path.of("");

    private static Running serving(String configuration) {
        Running.Start start = Running.start(Source.text("peers", configuration), RunOptions.of(2, 1, false));
        assertThat(start).isInstanceOf(Running.Start.Serving.class);
        return ((Running.Start.Serving) start).running();
    }

    private static int port(Running weir) {
        return ((InetSocketAddress) weir.addresses().getFirst()).getPort();
    }

    private static String run(Path program, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    /** One nginx with a certificate of its own for this name. */
    private PeerProcess site(String name, int port) throws Exception {
        run(Peers.require("openssl"), List.of("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext",
                "subjectAltName=DNS:" + name, "-keyout", folder.resolve(name + ".key").toString(), "-out",
                folder.resolve(name + ".pem").toString()));
        return Nginx.http("""
                server { listen 127.0.0.1:%d ssl; ssl_certificate %s/%s.pem; ssl_certificate_key %s/%s.key;
                  location / { return 200 "%s of nginx"; } }
                """.formatted(port, folder, name, folder, name, name), port);
    }

    /** What curl gets, which takes no other certificate than this name's. */
    private String get(Running weir, String name) throws Exception {
        return run(Peers.require("curl"), List.of("-sS", "-m", "20", "--cacert",
                folder.resolve(name + ".pem").toString(), "--resolve", name + ":" + port(weir) + ":127.0.0.1",
                "https://" + name + ":" + port(weir) + "/"));
    }

    private static String cluster(String name, int port) {
        return """
                  - name: %s
                    load_assignment: { cluster_name: %s, endpoints: [ { lb_endpoints: [ { endpoint:
                      { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                """.formatted(name, name, port);
    }

    private static String tcp(String cluster) {
        return "{ name: tcp, typed_config: { '@type': " + NETWORK + "tcp_proxy.v3.TcpProxy, stat_prefix: " + cluster
                + ", cluster: " + cluster + " } }";
    }

    @Test
    void eachNameHasItsOwnNginxAndItsOwnCertificateThoughWeirEndsNoTls() throws Exception {
        int one = Ports.free();
        int two = Ports.free();
        String byChains = """
                static_resources:
                  listeners:
                  - name: tls
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    listener_filters:
                    - { name: tls, typed_config: { '@type':
                        type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector } }
                    filter_chains:
                    - { filter_chain_match: { server_names: [one.example] }, filters: [ %s ] }
                    - { filter_chain_match: { server_names: ["*.example"] }, filters: [ %s ] }
                  clusters:
                %s
                """.formatted(tcp("a"), tcp("b"), cluster("a", one) + cluster("b", two));
        String byName = """
                static_resources:
                  listeners:
                  - name: tls
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    filter_chains:
                    - filters: [ { name: sni, typed_config: { '@type': %ssni_cluster.v3.SniCluster } }, %s ]
                  clusters:
                %s
                """.formatted(NETWORK, tcp("one.example"), cluster("one.example", one) + cluster("two.example", two));
        try (PeerProcess first = site("one.example", one); PeerProcess second = site("two.example", two)) {
            for (String configuration : List.of(byChains, byName)) {
                try (Running weir = serving(configuration)) {
                    assertThat(get(weir, "one.example")).isEqualTo("one.example of nginx");
                    assertThat(get(weir, "two.example")).isEqualTo("two.example of nginx");
                }
            }
            assertThat(first.pid()).isNotEqualTo(second.pid());
        }
    }

    @Test
    void haproxyAndNginxTellOfTheClientInEitherVersion() throws Exception {
        Path log = folder.resolve("access.log");
        String configuration = """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    listener_filters:
                    - { name: proxy, typed_config: { '@type':
                        type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol } }
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": %shttp_connection_manager.v3.HttpConnectionManager
                          stat_prefix: in
                          access_log:
                          - name: log
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                              path: %s
                              log_format: { text_format_source: { inline_string:
                                "%%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%% %%DOWNSTREAM_LOCAL_ADDRESS%%\\n" } }
                          route_config:
                            virtual_hosts: [ { name: a, domains: ["*"], routes: [ { match: { prefix: / },
                              direct_response: { status: 200, body: { inline_string: done } } } ] } ]
                          http_filters:
                          - name: router
                            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                """
                .formatted(NETWORK, log);
        List<Integer> fronts = List.of(Ports.free(), Ports.free(), Ports.free());
        try (Running weir = serving(configuration);
                PeerProcess haproxy = Haproxy.start("""
                        defaults
                          mode tcp
                          timeout connect 5s
                          timeout client 20s
                          timeout server 20s
                        listen v1
                          bind 127.0.0.1:%1$d
                          server weir 127.0.0.1:%3$d send-proxy
                        listen v2
                          bind 127.0.0.1:%2$d
                          server weir 127.0.0.1:%3$d send-proxy-v2 proxy-v2-options unique-id,crc32c
                          unique-id-format %%[uuid()]
                        """.formatted(fronts.get(0), fronts.get(1), port(weir)), fronts.get(0), fronts.get(1));
                PeerProcess nginx = Nginx.start("load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n",
                        "stream { server { listen 127.0.0.1:%d; proxy_protocol on; proxy_pass 127.0.0.1:%d; } }\n"
                                .formatted(fronts.get(2), port(weir)),
                        List.of(), fronts.get(2))) {
            for (int front : fronts) {
                assertThat(run(Peers.require("curl"), List.of("-sS", "-m", "20", "--interface", "127.0.0.77",
                        "http://127.0.0.1:" + front + "/"))).isEqualTo("done");
            }
            assertThat(haproxy.pid()).isNotEqualTo(nginx.pid());
        }
        assertThat(lines(log)).contains("127.0.0.77 127.0.0.1:" + fronts.get(0),
                "127.0.0.77 127.0.0.1:" + fronts.get(1), "127.0.0.77 127.0.0.1:" + fronts.get(2));
    }

    private static List<String> lines(Path log) throws IOException {
        return Files.readAllLines(log);
    }
}
