package io.weir.http.tally;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Scope;
import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is counted by virtual cluster and by route, over real sockets. */
@Timeout(60)
final class VirtualClusterTest {
    private static final String HOST = """
            virtual_hosts:
            - name: shop
              domains: "*"
              virtual_clusters:
              - name: buys
                headers: [ { name: ":method", string_match: { exact: POST } },
                  { name: ":path", string_match: { prefix: /cart } } ]
              - { name: cart, headers: { name: ":path", string_match: { prefix: /cart } } }
              request_headers_to_add: { header: { key: x-counts, value: "%VIRTUAL_CLUSTER_NAME%" } }
              routes:
              - { match: { prefix: /cart }, stat_prefix: basket, route: { cluster: origins,
                  retry_policy: { retry_on: 5xx, num_retries: 1 } } }
              - { match: { prefix: /none }, route: { cluster: nobody } }
              - { match: { prefix: /here }, stat_prefix: here, direct_response: { status: 200 } }
              - { match: { prefix: / }, route: { cluster: origins } }
            """;

    private static void ask(RawHttp client, String line) throws Exception {
        client.send(line + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").response();
    }

    private static long count(Scope scope, String name) {
        return scope.counter(name).value();
    }

    @Test
    void requestsCountInTheFirstVirtualClusterThatTakesThemAndInTheirRoute() throws Exception {
        var spec = ReadManager.routes(HOST).accepted();
        try (var origin = Origin.answering("hello"); var proxy = ProxyFixture.with(c -> c, spec, origin)) {
            try (var client = proxy.client()) {
                ask(client, "POST /cart/1");
                ask(client, "GET /cart/1");
                ask(client, "GET /cart/2");
                ask(client, "GET /else");
                ask(client, "GET /here");
                ask(client, "GET /none");
            }
            var host = proxy.stats.root().child("vhost").tagged("envoy.virtual_host", "shop");
            var buys = host.child("vcluster").tagged("envoy.virtual_cluster", "buys");
            var cart = host.child("vcluster").tagged("envoy.virtual_cluster", "cart");
            var other = host.child("vcluster").tagged("envoy.virtual_cluster", "other");
            var route = host.child("route").tagged("envoy.route", "basket");
            assertThat(count(buys, "upstream_rq_total")).isEqualTo(1);
            assertThat(count(buys, "upstream_rq_200")).isEqualTo(1);
            assertThat(count(cart, "upstream_rq_2xx")).isEqualTo(2);
            assertThat(count(other, "upstream_rq_completed")).as("what goes nowhere counts nowhere").isEqualTo(1);
            assertThat(count(route, "upstream_rq_total")).isEqualTo(3);
            assertThat(route.histogram("upstream_rq_time").cumulative().count()).isEqualTo(3);
            assertThat(count(host.child("route").tagged("envoy.route", "here"), "upstream_rq_total")).isZero();
            assertThat(origin.requests()).extracting(request -> request.headers("x-counts").getFirst())
                    .containsExactly("buys", "cart", "cart", "other");
        }
    }

    @Test
    void routesWithoutNumbersOfTheirOwnShareWhatTheirVirtualHostCounts() {
        var counted = new Counted("shop", List.of(), "");
        assertThat(counted.of("")).isSameAs(counted);
        assertThat(counted.of("basket").of("")).isEqualTo(counted);
        var routes = ReadManager.routes(HOST).accepted().routes();
        assertThat(routes.notes(Counted.class).stream().map(System::identityHashCode).distinct()).hasSize(3);
    }

    @Test
    void retriesCountThereToo() throws Exception {
        var spec = ReadManager.routes(HOST).accepted();
        try (var origin = Origin.sending("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
                var proxy = ProxyFixture.with(c -> c, spec, origin)) {
            try (var client = proxy.client()) {
                ask(client, "GET /cart");
            }
            var cart = proxy.stats.root().child("vhost").tagged("envoy.virtual_host", "shop").child("vcluster")
                    .tagged("envoy.virtual_cluster", "cart");
            ProxyFixture.eventually(() -> count(cart, "upstream_rq_503") == 2);
            assertThat(count(cart, "upstream_rq_total")).isEqualTo(2);
            assertThat(count(cart, "upstream_rq_retry")).isEqualTo(1);
            assertThat(count(cart, "upstream_rq_retry_limit_exceeded")).isEqualTo(1);
            assertThat(count(cart, "upstream_rq_retry_success")).isZero();
        }
    }

    @Test
    void aVirtualClusterWithoutConditionsIsAnError() {
        assertThat(
                ReadManager.routes("virtual_hosts:\n- { name: a, domains: \"*\", virtual_clusters: { name: all } }\n")
                        .problems())
                .anyMatch(problem -> problem.contains("virtual_clusters[0].headers"));
    }
}
