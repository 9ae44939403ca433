package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.hash.HashKey.MadeCookie;
import io.weir.core.model.Announced;
import io.weir.core.model.Endpoint;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.ChainSpec;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.sticky.SessionState;
import io.weir.http.sticky.StatefulSessionSpec;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions at one host of three: while it is well, while it drains, and when it has died. */
@Timeout(60)
final class StatefulSessionTest {
    private static final SessionState COOKIE = new SessionState.InCookie("seat", new MadeCookie(0, "/", List.of()));

    private final Origin a = Origin.answering("a");
    private final Origin b = Origin.answering("b");
    private final Origin c = Origin.answering("c");

    private ProxyFixture proxy(SessionState state, boolean strict) {
        var filter = new StatefulSessionSpec(state, strict, "sticky");
        var spec = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                .withChains(List.of(new ChainSpec(List.of(filter))));
        return ProxyFixture.with(
                cluster -> cluster.withBalancing(cluster.balancing().withOverrideStatuses(
                        Set.of(Announced.UNKNOWN, Announced.HEALTHY, Announced.DEGRADED, Announced.DRAINING))),
                spec, a, b, c);
    }

    private static HttpMessage ask(RawHttp client, String lines) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").response();
    }

    private static String cookie(HttpMessage answer) {
        String set = answer.header("set-cookie").orElseThrow();
        assertThat(set).matches("seat=\"[A-Za-z0-9+/=]+\"; Path=/; HttpOnly");
        return "Cookie: " + set.substring(0, set.indexOf(';')) + "\r\n";
    }

    private Origin called(String name) {
        return switch (name) {
            case "a" -> a;
            case "b" -> b;
            default -> c;
        };
    }

    private long stat(ProxyFixture proxy, String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                .child("stateful_session").child("sticky").counter(name).value();
    }

    @Test
    void aSessionStaysAtItsHostAndOthersSpread() throws Exception {
        try (var proxy = proxy(COOKIE, false); var client = proxy.client()) {
            List<String> firsts = new ArrayList<>();
            for (int session = 0; session < 6; session++) {
                var first = ask(client, "");
                String cookie = cookie(first);
                firsts.add(first.body());
                for (int i = 0; i < 5; i++) {
                    var again = ask(client, cookie);
                    assertThat(again.body()).isEqualTo(first.body());
                    assertThat(again.header("set-cookie")).isEmpty();
                }
            }
            assertThat(firsts).contains("a", "b", "c");
            assertThat(stat(proxy, "routed")).isEqualTo(30);
            assertThat(stat(proxy, "failed_open")).isEqualTo(6);
        }
    }

    @Test
    void aDrainingHostKeepsItsSessionsAndGetsNoNewOnes() throws Exception {
        try (var proxy = proxy(COOKIE, false); var client = proxy.client()) {
            var first = ask(client, "");
            String cookie = cookie(first);
            List<Endpoint> endpoints = proxy.cluster.spec().endpoints().stream()
                    .map(endpoint -> endpoint.address().equals(called(first.body()).address())
                            ? endpoint.withAnnounced(Announced.DRAINING)
                            : endpoint)
                    .toList();
            proxy.cluster.endpoints(endpoints, System.nanoTime());
            for (int i = 0; i < 12; i++) {
                assertThat(ask(client, "").body()).isNotEqualTo(first.body());
                assertThat(ask(client, cookie).body()).isEqualTo(first.body());
            }
        }
    }

    @Test
    void aDeadHostIsReplacedWithoutAnErrorAndTheClientIsToldOnce() throws Exception {
        try (var proxy = proxy(COOKIE, false); var client = proxy.client()) {
            var first = ask(client, "");
            String cookie = cookie(first);
            called(first.body()).close();
            var next = ask(client, cookie);
            assertThat(next.status()).isEqualTo(200);
            assertThat(next.body()).isNotEqualTo(first.body());
            String moved = cookie(next);
            for (int i = 0; i < 6; i++) {
                var again = ask(client, moved);
                assertThat(again.body()).isEqualTo(next.body());
                assertThat(again.header("set-cookie")).isEmpty();
            }
        }
    }

    @Test
    void aStrictSessionFailsWithItsHost() throws Exception {
        try (var proxy = proxy(COOKIE, true); var client = proxy.client()) {
            var first = ask(client, "");
            String cookie = cookie(first);
            called(first.body()).close();
            for (int i = 0; i < 4; i++) {
                var answer = ask(client, cookie);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("set-cookie")).isEmpty();
            }
            assertThat(ask(client, "").status()).isEqualTo(200);
            assertThat(stat(proxy, "failed_closed")).isPositive();
        }
    }

    @Test
    void aHeaderMayCarryTheSession() throws Exception {
        try (var proxy = proxy(new SessionState.InHeader(HeaderName.of("x-seat")), false);
                var client = proxy.client()) {
            var first = ask(client, "");
            String seat = first.header("x-seat").orElseThrow();
            for (int i = 0; i < 6; i++) {
                assertThat(ask(client, "X-Seat: " + seat + "\r\n").body()).isEqualTo(first.body());
            }
        }
    }

    @Test
    void aCookieOfNoHostOfOursStartsAnew() throws Exception {
        try (var proxy = proxy(COOKIE, false); var client = proxy.client()) {
            var answer = ask(client, "Cookie: seat=MS4yLjMuNDo4MA==\r\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(cookie(answer)).isNotEmpty();
        }
    }
}
