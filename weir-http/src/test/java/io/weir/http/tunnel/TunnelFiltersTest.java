package io.weir.http.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tunnels that pass filters of their own, over real sockets. */
@Timeout(60)
final class TunnelFiltersTest {
    private static final String LIMIT = "{ name: limit, typed_config: { \"@type\":"
            + " type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, stat_prefix: rl,"
            + " token_bucket: { max_tokens: 1, fill_interval: 3600s },"
            + " filter_enabled: { default_value: { numerator: 100 } },"
            + " filter_enforced: { default_value: { numerator: 100 } } } }";
    private static final String ROUTER = "{ name: router, typed_config: { \"@type\":"
            + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }";

    private static ReadManager manager(String filters, String upgradeFilters) {
        return ReadManager.manager("""
                stat_prefix: in
                http_filters: [ FILTERS ]
                upgrade_configs:
                - { upgrade_type: WebSocket, filters: [ UPGRADES ] }
                - { upgrade_type: other }
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: "*"
                    routes:
                    - match: { prefix: /free }
                      route: { cluster: origins }
                      typed_per_filter_config: { limit: { "@type":
                        type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true } }
                    - { match: { prefix: / }, route: { cluster: origins } }
                """.replace("FILTERS", filters).replace("UPGRADES", upgradeFilters));
    }

    private static int ask(ProxyFixture proxy, String path, String protocol) throws Exception {
        String upgrade = protocol.isEmpty() ? "" : "Connection: Upgrade\r\nUpgrade: " + protocol + "\r\n";
        try (var client = proxy.client()) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + upgrade + "\r\n").response().status();
        }
    }

    @Test
    void aTunnelWithFiltersOfItsOwnPassesThemAndNotTheOthers() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.with(c -> c, manager(ROUTER, LIMIT + ", " + ROUTER).accepted(), origin)) {
            assertThat(ask(proxy, "/", "")).isEqualTo(200);
            assertThat(ask(proxy, "/", "")).isEqualTo(200);
            assertThat(ask(proxy, "/", "websocket")).isEqualTo(200);
            assertThat(ask(proxy, "/", "websocket")).isEqualTo(429);
            assertThat(ask(proxy, "/free", "websocket")).as("off at its route").isEqualTo(200);
            assertThat(ask(proxy, "/", "other")).isEqualTo(200);
        }
    }

    @Test
    void aTunnelWithTheRouterAlonePassesNoOtherFilter() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = ProxyFixture.with(c -> c, manager(LIMIT + ", " + ROUTER, ROUTER).accepted(), origin)) {
            assertThat(ask(proxy, "/", "")).isEqualTo(200);
            assertThat(ask(proxy, "/", "")).isEqualTo(429);
            assertThat(ask(proxy, "/", "other")).as("as all requests").isEqualTo(429);
            assertThat(ask(proxy, "/", "websocket")).isEqualTo(200);
        }
    }

    @Test
    void theRouterStandsLastThereTooAndABufferHasNoPlace() {
        assertThat(manager(ROUTER, LIMIT).problems()).anyMatch(p -> p.contains("upgrade_configs[0].filters"));
        String buffer = "{ name: b, typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 10 } }";
        assertThat(manager(ROUTER, buffer + ", " + ROUTER).problems())
                .anyMatch(p -> p.contains("upgrade_configs[0].filters") && p.contains("no body"));
    }
}
