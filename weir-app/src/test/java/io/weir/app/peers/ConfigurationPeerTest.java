package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same configuration in both forms, read from a file, over real sockets. */
class ConfigurationPeerTest {
    private static final String SHORT_FORM = """
            listen:
              - on: "127.0.0.1:0"
                routes:
                  - { path: /split/, to: { a: 1, b: 3 } }
                  - path: /api/
                    to: a
                    rewrite: { path: /v2/, host: inner.example }
                    request: { set: { x-origin: edge }, remove: [cookie] }
                    response: { set: { x-served-by: weir }, remove: [server-secret] }
                  - { path: /old, redirect: { to: "https://new.example/here", status: 308 } }
                  - { path: /healthz, respond: { status: 200, body: "fine" } }
                  - { method: TRACE, respond: 405 }
                  - { to: all }
            services:
              a: { at: "127.0.0.1:%1$d" }
              b: { at: "127.0.0.1:%2$d" }
              all: { at: { "127.0.0.1:%1$d": 1, "127.0.0.1:%2$d": 2, "127.0.0.1:%3$d": 1 } }
            """;
    private static final String ENVOY_FORM = """
            static_resources:
              listeners:
                - name: ingress
                  address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3\
            .HttpConnectionManager
                            stat_prefix: ingress
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                            route_config:
                              virtual_hosts:
                                - name: any
                                  domains: ["*"]
                                  routes:
                                    - match: { prefix: /split/ }
                                      route:
                                        weighted_clusters:
                                          clusters: [{ name: a, weight: 1 }, { name: b, weight: 3 }]
                                    - match: { prefix: /api/ }
                                      route:
                                        cluster: a
                                        prefix_rewrite: /v2/
                                        host_rewrite_literal: inner.example
                                      request_headers_to_add:
                                        - header: { key: x-origin, value: edge }
                                          append_action: OVERWRITE_IF_EXISTS_OR_ADD
                                      request_headers_to_remove: cookie
                                      response_headers_to_add:
                                        - header: { key: x-served-by, value: weir }
                                          append_action: OVERWRITE_IF_EXISTS_OR_ADD
                                      response_headers_to_remove: server-secret
                                    - match: { path: /old }
                                      redirect:
                                        scheme_redirect: https
                                        host_redirect: new.example
                                        path_redirect: /here
                                        response_code: PERMANENT_REDIRECT
                                    - match: { path: /healthz }
                                      direct_response: { status: 200, body: { inline_string: fine } }
                                    - match:
                                        prefix: /
                                        headers: [{ name: ":method", string_match: { exact: TRACE } }]
                                      direct_response: { status: 405 }
                                    - match: { prefix: / }
                                      route: { cluster: all }
              clusters:
                - { name: a, load_assignment: { cluster_name: a, endpoints: { lb_endpoints: [ \
            { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %1$d } } } } ] } } }
                - { name: b, load_assignment: { cluster_name: b, endpoints: { lb_endpoints: [ \
            { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %2$d } } } } ] } } }
                - name: all
                  load_assignment:
                    cluster_name: all
                    endpoints:
                      lb_endpoints:
                        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %1$d } } }
                        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %2$d } } }
                          load_balancing_weight: 2
                        - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %3$d } } }
            """;
    private static final int REQUESTS = 1_000;
    private static final int REQUESTS_A_CONNECTION = 50;

    @TempDir
    private Path folder = Path.of("");

    /** What a test does with a Weir that listens on a port and has three origins. */
    @FunctionalInterface
    private interface Story {
        void tell(int port, Origin a) throws IOException;
    }

    @ParameterizedTest
    @ValueSource(strings = {SHORT_FORM, ENVOY_FORM})
    void weightsOfHostsHoldWithinOnePercent(String form) throws IOException {
        with(form, (port, _) -> {
            Map<String, Integer> answers = answers(port, "/");
            assertThat(answers.get("a")).isBetween(240, 260);
            assertThat(answers.get("b")).isBetween(490, 510);
            assertThat(answers.get("c")).isBetween(240, 260);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {SHORT_FORM, ENVOY_FORM})
    void weightsOfClustersHoldAsDiceDo(String form) throws IOException {
        with(form, (port, _) -> {
            Map<String, Integer> answers = answers(port, "/split/");
            assertThat(answers.get("a")).isBetween(250 - 82, 250 + 82); // six standard deviations
            assertThat(answers).containsOnlyKeys("a", "b");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {SHORT_FORM, ENVOY_FORM})
    void headersPathAndHostAreChangedOnTheWay(String form) throws IOException {
        with(form, (port, a) -> {
            HttpMessage response = ask(port, "GET", "/api/items?x=1", "Cookie: secret\r\nX-Origin: me\r\n");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers("x-served-by")).containsExactly("weir");
            assertThat(response.header("server-secret")).isEmpty();
            HttpMessage seen = a.requests().getFirst();
            assertThat(seen.target()).isEqualTo("/v2/items?x=1");
            assertThat(seen.headers("host")).containsExactly("inner.example");
            assertThat(seen.headers("x-origin")).containsExactly("edge");
            assertThat(seen.header("cookie")).isEmpty();
            assertThat(seen.header("x-request-id")).isPresent();
            assertThat(seen.headers("x-forwarded-proto")).containsExactly("http");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {SHORT_FORM, ENVOY_FORM})
    void redirectsAndDirectResponsesNeedNoBackend(String form) throws IOException {
        with(form, (port, a) -> {
            HttpMessage redirect = ask(port, "GET", "/old", "");
            assertThat(redirect.status()).isEqualTo(308);
            assertThat(redirect.header("location")).contains("https://new.example/here");
            HttpMessage direct = ask(port, "GET", "/healthz", "");
            assertThat(direct.status()).isEqualTo(200);
            assertThat(direct.body()).isEqualTo("fine");
            assertThat(ask(port, "TRACE", "/", "").status()).isEqualTo(405);
            assertThat(a.requests()).isEmpty();
        });
    }

    private void with(String form, Story story) throws IOException {
        try (Origin a = origin("a"); Origin b = origin("b"); Origin c = origin("c")) {
            Path file = Files.writeString(folder.resolve("weir.yaml"), form.formatted(a.port(), b.port(), c.port()));
            Running.Start start = Running.start(Source.file(file), RunOptions.of(2, 1, false));
            assertThat(start).isInstanceOf(Running.Start.Serving.class);
            try (Running running = ((Running.Start.Serving) start).running()) {
                story.tell(((InetSocketAddress) running.addresses().getFirst()).getPort(), a);
            }
        }
    }

    private static Origin origin(String name) {
        return Origin.sending("HTTP/1.1 200 OK\r\nServer-Secret: 7\r\nX-Served-By: origin\r\nContent-Length: 1\r\n\r\n"
                + name);
    }

    private static HttpMessage ask(int port, String method, String target, String fields) throws IOException {
        try (RawHttp client = RawHttp.connect(port)) {
            return client.send(method + " " + target + " HTTP/1.1\r\nHost: weir.example\r\n" + fields + "\r\n")
                    .responseTo(method);
        }
    }

    private static Map<String, Integer> answers(int port, String target) throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        for (int connection = 0; connection < REQUESTS / REQUESTS_A_CONNECTION; connection++) {
            try (RawHttp client = RawHttp.connect(port)) {
                for (int i = 0; i < REQUESTS_A_CONNECTION; i++) {
                    client.send("GET " + target + " HTTP/1.1\r\nHost: weir.example\r\n\r\n");
                    answers.merge(client.response().body(), 1, Integer::sum);
                }
            }
        }
        return answers;
    }
}
