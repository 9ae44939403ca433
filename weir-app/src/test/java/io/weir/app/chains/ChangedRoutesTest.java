package io.weir.app.chains;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reload that changes only what requests are looked at by ends no connection: their next requests heed it. */
@Timeout(120)
class ChangedRoutesTest {
    private static final String EXTENSIONS = "type.googleapis.com/envoy.extensions.filters.";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String LIMIT = "{ name: limit, typed_config: { \"@type\": " + EXTENSIONS
            + "http.local_ratelimit.v3.LocalRateLimit, stat_prefix: limit, token_bucket: { max_tokens: 2,"
            + " fill_interval: 3600s }, filter_enabled: { default_value: { numerator: 100 } }, filter_enforced:"
            + " { default_value: { numerator: 100 } } } },";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    /**
     * One listener of HTTP before one host.
     *
     * @param filters
     *            before the router
     * @param route
     *            what is done to all requests
     * @param more
     *            of the connection manager
     */
    private String served(String filters, String route, String more) {
        return """
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                static_resources:
                  listeners:
                    - name: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      filter_chains:
                        - filters: [ { name: http, typed_config: {
                            "@type": %snetwork.http_connection_manager.v3.HttpConnectionManager, stat_prefix: in, %s
                            route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [
                              { match: { prefix: / }, %s } ] } ] },
                            http_filters: [ %s { name: router, typed_config: {
                              "@type": %shttp.router.v3.Router } } ] } } ]
                  clusters:
                    - name: demo
                      load_assignment: { cluster_name: demo, endpoints: [ { lb_endpoints: [ { endpoint: {
                        address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                """.formatted(EXTENSIONS, more, route, filters, EXTENSIONS, weir.port(0));
    }

    private static String says(String text) {
        return "direct_response: { status: 200, body: { inline_string: \"" + text + "\" } }";
    }

    private String stat(String name) throws IOException {
        return ServedWeir.ask(weir.admin(), "GET /stats?filter=" + name
                + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    private static void answers(RawHttp client, String text) throws IOException {
        var response = client.send(GET).response();
        assertThat(response.body()).isEqualTo(text);
        assertThat(response.head()).doesNotContain("connection: close");
    }

    @Test
    void theNextRequestOfAConnectionIsServedByTheNewRoutes() throws Exception {
        weir.start(served("", says("first"), ""));
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0)) {
            answers(client, "first");
            for (int i = 0; i < 5; i++) {
                weir.reload(served("", says("number " + i), ""));
                answers(client, "number " + i);
                answers(client, "number " + i);
            }
            weir.reload(served("", "route: { cluster: demo }", ""));
            assertThat(client.send(GET).response().body()).contains("Hello from one");
            weir.reload(served("", says("last"), ""));
            answers(client, "last");
        }
        assertThat(stat("http.in.downstream_cx_total")).contains("http.in.downstream_cx_total: 1");
        assertThat(stat("http.in.downstream_rq_total")).contains("http.in.downstream_rq_total: 13");
        assertThat(stat("downstream_rq_rx_reset")).contains("http.in.downstream_rq_rx_reset: 0");
    }

    @Test
    void theNextStreamOfAConnectionOfHttp2IsServedByTheNewRoutes() throws Exception {
        weir.start(served("", says("first"), ""));
        var where = URI.create("http://127.0.0.1:" + weir.listener(0).getPort() + "/");
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> said = client.send(HttpRequest.newBuilder(where).build(), BodyHandlers.ofString());
                assertThat(said.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(said.body()).isEqualTo(i == 0 ? "first" : "number " + (i - 1));
                weir.reload(served("", says("number " + i), ""));
            }
            assertThat(stat("http.in.downstream_cx_http2_total")).contains("http.in.downstream_cx_http2_total: 1");
        }
    }

    @Test
    void aRequestUnderWayIsServedToItsEndByWhatHeldWhenItBegan() throws Exception {
        weir.start(served("", "route: { cluster: demo }", ""));
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0)) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(100);
            client.send("hello");
            weir.reload(served("", says("new"), ""));
            assertThat(client.send("world").response().body()).contains("Hello from one");
            answers(client, "new");
        }
    }

    @Test
    void requestsInARowThatComeAtOnceAreAnsweredInTheirOrderWhileRoutesChange() throws Exception {
        weir.start(served("", "route: { cluster: demo }", ""));
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0)) {
            for (int i = 0; i < 10; i++) {
                client.send(GET.repeat(20));
                weir.reload(served("", i % 2 == 0 ? says("Hello from routes " + i) : "route: { cluster: demo }", ""));
                for (int j = 0; j < 20; j++) {
                    var response = client.response();
                    assertThat(response.body()).contains("Hello from ");
                    assertThat(response.head()).doesNotContain("connection: close");
                }
            }
        }
        assertThat(stat("http.in.downstream_rq_total")).contains("http.in.downstream_rq_total: 200");
        assertThat(stat("downstream_rq_rx_reset")).contains("http.in.downstream_rq_rx_reset: 0");
    }

    @Test
    void aFilterThatIsAddedSeesTheNextRequestsAndKeepsItsCountWhileRoutesChange() throws Exception {
        weir.start(served("", says("free"), ""));
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0)) {
            answers(client, "free");
            answers(client, "free");
            answers(client, "free");
            weir.reload(served(LIMIT, says("limited"), ""));
            answers(client, "limited");
            weir.reload(served(LIMIT, says("still"), ""));
            answers(client, "still");
            weir.reload(served(LIMIT, says("more"), ""));
            assertThat(client.send(GET).response().status()).isEqualTo(429);
            weir.reload(served("", says("free"), ""));
            answers(client, "free");
        }
    }

    @Test
    void whatLimitsOfRequestsHaveCountedCountsOnWhereTheConnectionManagerChangesToo() throws Exception {
        weir.start(served(LIMIT, says("limited"), ""));
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0)) {
            answers(client, "limited");
            answers(client, "limited");
        }
        weir.reload(served(LIMIT, says("limited"), "server_name: other,"));
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0)) {
            assertThat(client.send(GET).response().status()).isEqualTo(429);
        }
    }
}
