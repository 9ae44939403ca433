package io.weir.http.server.tries;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Redirects of hosts that are followed in the client's stead. */
@Timeout(30)
final class InternalRedirectTest {
    private static final String GET = "GET /from?q=1 HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private static final String LISTED = "{ name: listed, typed_config: { \"@type\": type.googleapis.com/"
            + "envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig,"
            + " allowed_route_names: [ elsewhere ] } }";
    private static final String NEW_ROUTES = "{ name: previous, typed_config: { \"@type\": type.googleapis.com/"
            + "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig } }";

    /** Strict sessions at the first of two places; the second has none. */
    private static final String SESSIONS = """
            stat_prefix: in
            http_filters:
            - name: seats
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSession
                strict: true
                session_state:
                  name: field
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState
                    name: x-seat
            - name: envoy.filters.http.router
              typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
            route_config:
              virtual_hosts:
              - name: a
                domains: a.example
                routes:
                - { match: { prefix: / }, route: { cluster: origins, internal_redirect_policy: {} } }
              - name: b
                domains: b.example
                routes:
                - match: { prefix: / }
                  route: { cluster: other }
                  typed_per_filter_config:
                    seats:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute
                      disabled: true
            """;

    /** Redirects by the path: to what stands behind its first segment's number of redirects. */
    private static Origin origin() {
        return Origin.start(InternalRedirectTest::answer);
    }

    private static void answer(HttpMessage request, OriginWire wire) throws IOException {
        switch (request.target()) {
            case "/from?q=1" -> redirect(wire, 302, "http://b.example/to?r=2#part");
            case "/relative" -> redirect(wire, 302, "/to");
            case "/other" -> redirect(wire, 303, "http://b.example/to");
            case "/kept" -> redirect(wire, 307, "http://b.example/to");
            case "/secure" -> redirect(wire, 302, "https://b.example/to");
            case "/bad" -> redirect(wire, 302, "http://b ad/");
            case "/smuggled" -> redirect(wire, 302, "http://b.example/to HTTP/1.1");
            case "/nowhere" -> redirect(wire, 302, "http://nobody.test/");
            case "/loop" -> redirect(wire, 302, "http://a.example/loop");
            default -> wire.reply(200, request.method() + " " + request.target() + " " + request.body());
        }
    }

    private static void redirect(OriginWire wire, int status, String location) throws IOException {
        wire.send("HTTP/1.1 " + status + " Found\r\nLocation: " + location
                + "\r\nX-Token: t1\r\nContent-Length: 5\r\n\r\nmoved");
    }

    private static HttpManagerSpec spec(String policy) {
        return ReadManager.routes("""
                virtual_hosts:
                - name: a
                  domains: a.example
                  routes:
                  - name: first
                    match: { prefix: / }
                    route: { cluster: origins, internal_redirect_policy: %s }
                - name: b
                  domains: b.example
                  routes:
                  - name: elsewhere
                    match: { prefix: / }
                    route: { cluster: other, prefix_rewrite: /at }
                """.formatted(policy)).accepted();
    }

    private static long counter(ProxyFixture proxy, String why) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "in")
                .counter("passthrough_internal_redirect_" + why).value();
    }

    private static void nothingIsLeft(ProxyFixture proxy) throws InterruptedException {
        ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0
                && proxy.cluster.stats().upstreamRqActive().value() == 0
                && proxy.cluster.view().hosts().all().getFirst().requestsActive() == 0);
    }

    @Test
    void aRedirectIsFollowedByARouteOfItsOwn() throws Exception {
        try (var origin = origin();
                var other = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{ response_headers_to_copy: [ x-token, x-none ] }"),
                        origin);
                var client = proxy.client()) {
            var second = proxy.add("other", other);
            for (int i = 1; i <= 3; i++) {
                var response = client.send(GET.replace("\r\n\r\n", "\r\nX-None: 1\r\n\r\n")).response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("GET /atto?r=2 ");
                var moved = other.requests().getLast();
                assertThat(moved.header("host")).contains("b.example");
                assertThat(moved.header("x-envoy-original-url")).contains("http://a.example/from?q=1");
                assertThat(moved.header("x-token")).contains("t1");
                assertThat(moved.header("x-none")).isEmpty();
                assertThat(proxy.logged().attempts()).isEqualTo(2);
            }
            assertThat(proxy.cluster.stats().upstreamInternalRedirectSucceededTotal().value()).isEqualTo(3);
            assertThat(origin.connections()).isEqualTo(1); // what it said beside is read, and the connection lives on
            nothingIsLeft(proxy);
            ProxyFixture.eventually(() -> second.circuit().requestsActive() == 0);
        }
    }

    @Test
    void anAnswerOfWeirsOwnBehindARedirectIsOfNoCluster() throws Exception {
        var spec = ReadManager.routes("""
                virtual_hosts:
                - name: a
                  domains: a.example
                  routes:
                  - { match: { prefix: / }, route: { cluster: origins, internal_redirect_policy: {} } }
                - name: b
                  domains: b.example
                  routes:
                  - { match: { prefix: / }, direct_response: { status: 201 } }
                """).accepted();
        try (var origin = origin();
                var proxy = ProxyFixture.with(c -> c, spec, origin);
                var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(GET).response().status()).isEqualTo(201);
                var logged = proxy.logged();
                assertThat(logged.cluster()).isEmpty();
                assertThat(logged.host()).isEmpty();
            }
            client.send("GET /as-it-is HTTP/1.1\r\nHost: a.example\r\n\r\n").response();
            assertThat(proxy.logged().cluster()).isEqualTo("origins");
            nothingIsLeft(proxy);
        }
    }

    @Test
    void aPathAloneStaysAtItsHost() throws Exception {
        try (var origin = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{}"), origin);
                var client = proxy.client()) {
            assertThat(client.send("GET /relative HTTP/1.1\r\nHost: a.example\r\n\r\n").response().body())
                    .isEqualTo("GET /to ");
            assertThat(origin.requests().getLast().header("host")).contains("a.example");
        }
    }

    @Test
    void aBodyGoesAlongAndA303TurnsIntoGet() throws Exception {
        try (var origin = origin();
                var other = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{ redirect_response_codes: [ 303, 307 ] }"), origin);
                var client = proxy.client()) {
            proxy.add("other", other);
            client.send("POST /kept HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.response().body()).isEqualTo("POST /atto body");
            client.send("POST /kept HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"
                    + "0\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("POST /atto body");
            client.send("POST /other HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.response().body()).isEqualTo("GET /atto ");
            assertThat(other.requests().getLast().header("content-length")).isEmpty();
            assertThat(client.send(GET).response().status()).isEqualTo(302); // not among the codes
            nothingIsLeft(proxy);
        }
    }

    @Test
    void aBodyBeyondTheBoundIsTheClientsToSendAgain() throws Exception {
        String body = "x".repeat(100_000);
        try (var origin = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{ redirect_response_codes: [ 307 ] }"), origin);
                var client = proxy.client()) {
            client.send("POST /kept HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100000\r\n\r\n" + body);
            assertThat(client.response().status()).isEqualTo(307);
            assertThat(proxy.cluster.stats().upstreamInternalRedirectFailedTotal().value()).isEqualTo(1);
        }
    }

    @Test
    void a303LeavesABodyBehindThatWasNotKept() throws Exception {
        try (var origin = origin();
                var proxy = ProxyFixture.with(cluster -> cluster,
                        spec("{ redirect_response_codes: [303] }"), origin)) {
            proxy.add("other", origin);
            for (String method : new String[]{"GET", "POST"}) {
                try (var client = proxy.client()) {
                    int length = 200_000;
                    client.send(method + " /other HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + length
                            + "\r\n\r\n" + "x".repeat(length));
                    assertThat(client.response().body()).as(method).isEqualTo("GET /atto ");
                }
            }
            nothingIsLeft(proxy);
        }
    }

    @Test
    void aRouteWithoutATimeForgetsTheTimeOfTheOneBefore() throws Exception {
        var slow = new CountDownLatch(1);
        try (var origin = Origin.start((request, wire) -> {
            if (request.target().equals("/from?q=1")) {
                redirect(wire, 302, "http://b.example/to");
            } else {
                Origin.pause(Duration.ofMillis(1_500));
                wire.reply(200, "late");
                slow.countDown();
            }
        })) {
            var routes = ReadManager.routes("""
                    virtual_hosts:
                    - name: a
                      domains: "*"
                      routes:
                      - match: { prefix: /from }
                        route: { cluster: origins, timeout: 1s, internal_redirect_policy: {} }
                      - { match: { prefix: / }, route: { cluster: origins, timeout: 0s } }
                    """).accepted();
            try (var proxy = ProxyFixture.to(origin.address(), routes); var client = proxy.client()) {
                client.send("GET /from?q=1 HTTP/1.1\r\nHost: a.example\r\n\r\n");
                assertThat(client.response().body()).isEqualTo("late");
            }
            assertThat(slow.getCount()).isZero();
        }
    }

    @Test
    void anAnswerOfWeirsOwnBehindARedirectGoesOutAtOnce() throws Exception {
        String big = "m".repeat(100_000);
        try (var origin = Origin.start((request, wire) -> wire.send("HTTP/1.1 302 Found\r\nLocation: /here\r\n"
                + "Content-Length: " + big.length() + "\r\n\r\n" + big))) {
            var routes = ReadManager.routes("""
                    virtual_hosts:
                    - name: a
                      domains: "*"
                      routes:
                      - { match: { path: /here }, direct_response: { status: 200, body: { inline_string: here } } }
                      - { match: { prefix: / }, route: { cluster: origins, internal_redirect_policy: {} } }
                    """).accepted();
            try (var proxy = ProxyFixture.to(origin.address(), routes); var client = proxy.client()) {
                client.send("GET /from HTTP/1.1\r\nHost: a.example\r\n\r\n");
                assertThat(client.response().body()).isEqualTo("here");
            }
        }
    }

    @Test
    void aLoopEndsAtTheBound() throws Exception {
        try (var origin = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{ max_internal_redirects: 5 }"), origin);
                var client = proxy.client()) {
            var response = client.send("GET /loop HTTP/1.1\r\nHost: a.example\r\n\r\n").response();
            assertThat(response.status()).isEqualTo(302);
            assertThat(response.header("location")).contains("http://a.example/loop");
            assertThat(response.body()).isEqualTo("moved");
            assertThat(origin.requests()).hasSize(6);
            assertThat(counter(proxy, "too_many_redirects")).isEqualTo(1);
            nothingIsLeft(proxy);
        }
    }

    @Test
    void aRouteThatTheRequestHasBeenToIsLeftOutWhereThatIsAsked() throws Exception {
        try (var origin = origin();
                var proxy = ProxyFixture.with(c -> c,
                        spec("{ max_internal_redirects: 5, predicates: [ " + NEW_ROUTES + " ] }"), origin);
                var client = proxy.client()) {
            assertThat(client.send("GET /loop HTTP/1.1\r\nHost: a.example\r\n\r\n").response().status()).isEqualTo(302);
            assertThat(origin.requests()).hasSize(1);
            assertThat(counter(proxy, "predicate")).isEqualTo(1);
        }
    }

    @Test
    void onlyListedRoutesAreTakenWhereThereIsAList() throws Exception {
        try (var origin = origin();
                var other = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{ predicates: [ " + LISTED + " ] }"), origin);
                var client = proxy.client()) {
            proxy.add("other", other);
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            assertThat(client.send("GET /relative HTTP/1.1\r\nHost: a.example\r\n\r\n").response().status())
                    .isEqualTo(302);
            assertThat(counter(proxy, "predicate")).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoPlaceToGoIsForTheClient() throws Exception {
        try (var origin = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{}"), origin);
                var client = proxy.client()) {
            for (String path : new String[]{"/bad", "/smuggled", "/nowhere", "/secure"}) {
                var response = client.send("GET " + path + " HTTP/1.1\r\nHost: a.example\r\n\r\n").response();
                assertThat(response.status()).isEqualTo(302);
                assertThat(response.body()).isEqualTo("moved");
            }
            assertThat(counter(proxy, "bad_location")).isEqualTo(2);
            assertThat(counter(proxy, "no_route")).isEqualTo(1);
            assertThat(counter(proxy, "unsafe_scheme")).isEqualTo(1);
            assertThat(origin.requests()).hasSize(4);
        }
    }

    @Test
    void anotherSchemeIsFollowedWhereThatIsAllowed() throws Exception {
        try (var origin = origin();
                var other = origin();
                var proxy = ProxyFixture.with(c -> c, spec("{ allow_cross_scheme_redirect: true }"), origin);
                var client = proxy.client()) {
            proxy.add("other", other);
            assertThat(client.send("GET /secure HTTP/1.1\r\nHost: a.example\r\n\r\n").response().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theSessionOfTheFormerRouteBindsTheRequestNoMore() throws Exception {
        try (var origin = origin();
                var other = origin();
                var proxy = ProxyFixture.with(c -> c, ReadManager.manager(SESSIONS).accepted(), origin);
                var client = proxy.client()) {
            proxy.add("other", other);
            String seat = Base64.getEncoder().encodeToString(
                    ("127.0.0.1:" + origin.port()).getBytes(StandardCharsets.US_ASCII));
            var answer = client.send(GET.replace("\r\n\r\n", "\r\nX-Seat: " + seat + "\r\n\r\n")).response();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(other.requests()).hasSize(1);
        }
    }

    @Test
    void whereNothingIsSaidRedirectsAreForTheClient() throws Exception {
        var spec = ReadManager.route("match: { prefix: / }\nroute: { cluster: origins }").accepted();
        try (var origin = origin();
                var proxy = ProxyFixture.with(c -> c, spec, origin);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().header("location")).contains("http://b.example/to?r=2#part");
        }
    }
}
