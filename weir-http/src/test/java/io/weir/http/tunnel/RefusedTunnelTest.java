package io.weir.http.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.Tunnels;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.RawHttp2;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.Route;
import io.weir.http.route.RouteTable;
import io.weir.http.route.VirtualHost;
import io.weir.http.route.match.PathMatch;
import io.weir.http.server.ProxyFixture;
import io.weir.http.upstream.Http2Origin;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tunnels that nobody opens, and what follows the request for one: never another request. */
@Timeout(30)
final class RefusedTunnelTest {
    private static final String UPGRADE = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + TunnelClient.KEY + "\r\n\r\n";
    private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    private static ProxyFixture before(Origin origin) {
        return ProxyFixture.to(ClusterSpec.of("origins", List.of(Endpoint.of(origin.address()))),
                Hosts.manager(HttpManagerSpec.Timeouts.DEFAULT));
    }

    private static void assertOneAnswer(String all, int status) {
        assertThat(all).startsWith("HTTP/1.1 " + status + " ").containsIgnoringCase("connection: close");
        assertThat(all.indexOf("HTTP/1.1 ", 5)).isNegative();
    }

    @Test
    void anUpgradeThatNothingAllowsIsForbiddenAndEndsTheConnection() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = ProxyFixture.before(origin)) {
            assertOneAnswer(RawHttp.exchange(proxy.port, UPGRADE + SMUGGLED), 403);
            var logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("upgrade_failed");
            assertThat(proxy.exchanges()).isZero();
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void aConnectThatNoRouteTakesIsNotFoundAndEndsTheConnection() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = ProxyFixture.before(origin)) {
            assertOneAnswer(RawHttp.exchange(proxy.port, "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n" + SMUGGLED), 404);
            assertThat(proxy.logged().has(ResponseFlag.NR)).isTrue();
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void aConnectWithContentIsNoRequest() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = before(origin)) {
            for (String field : List.of("Content-Length: 5", "Content-Length: 0", "Transfer-Encoding: chunked")) {
                assertOneAnswer(RawHttp.exchange(proxy.port,
                        "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n" + field + "\r\n\r\n" + SMUGGLED), 400);
            }
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void anUpgradeWithContentOrToSeveralProtocolsIsForbidden() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = before(origin)) {
            assertThat(RawHttp.exchange(proxy.port, "POST /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\n"
                    + "Upgrade: websocket\r\nContent-Length: 5\r\n\r\nhello")).startsWith("HTTP/1.1 403 ");
            assertThat(RawHttp.exchange(proxy.port, "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\n"
                    + "Upgrade: websocket, echo/1\r\n\r\n")).startsWith("HTTP/1.1 403 ");
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void aProtocolNamedConnectDoesNotPassForTheMethod() throws Exception {
        try (var origin = Origin.answering("x"); var proxy = before(origin)) {
            assertOneAnswer(RawHttp.exchange(proxy.port,
                    "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: connect\r\n\r\n"), 403);
        }
    }

    @Test
    void aHostThatDoesNotSwitchAnswersAsAnyOtherAndTheBytesBehindAreNoRequest() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, "not today"));
                var proxy = before(origin)) {
            String all = RawHttp.exchange(proxy.port, UPGRADE + SMUGGLED);
            assertOneAnswer(all, 200);
            assertThat(all).endsWith("not today");
            assertThat(origin.requests()).hasSize(1);
            assertThat(origin.requests().getFirst().header("connection")).contains("Upgrade");
            assertThat(proxy.logged().received()).isZero();
        }
    }

    @Test
    void aClientOfHttp2IsNotToldOfA2xxThatOpensNothing() throws Exception {
        try (var origin = Origin.answering("page");
                var proxy = before(origin);
                var client = TunnelClient.of(true, proxy.port)) {
            assertThat(client.webSocket()).isEqualTo(502);
            assertThat(proxy.logged().details()).isEqualTo("upgrade_answered_without_switching");
        }
    }

    @Test
    void aHostThatSwitchesToSomethingElseOrWithoutBeingAskedIsBroken() throws Exception {
        try (var origin = Origin.sending(SWITCHING + "Upgrade: other\r\n\r\n");
                var proxy = before(origin);
                var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(502);
            assertOneAnswer(RawHttp.exchange(proxy.port, UPGRADE), 502);
        }
    }

    @Test
    void aHostWhoseAcceptDoesNotFitTheKeyThatWeirMadeIsBroken() throws Exception {
        try (var origin = Origin
                .sending(SWITCHING + "Upgrade: websocket\r\nSec-WebSocket-Accept: " + TunnelClient.ACCEPT + "\r\n\r\n");
                var proxy = before(origin);
                var client = TunnelClient.of(true, proxy.port)) {
            assertThat(client.webSocket()).isEqualTo(502);
            assertThat(proxy.logged().details()).contains("websocket_accept_mismatch");
            assertThat(origin.requests().getFirst().header("sec-websocket-key").orElseThrow()).hasSize(24);
        }
    }

    @Test
    void aHostOfHttp2ThatHasNotAllowedExtendedConnectIsNotAskedForOne() throws Exception {
        try (var origin = Http2Origin.answering("x")) {
            var cluster = ClusterSpec.of("origins", List.of(origin.endpoint())).withExtensions(Map.of(
                    UpstreamHttpSpec.TYPE, UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, Http2Options.DEFAULT)));
            try (var proxy = ProxyFixture.to(cluster, Hosts.manager(HttpManagerSpec.Timeouts.DEFAULT));
                    var client = TunnelClient.of(false, proxy.port)) {
                assertThat(client.webSocket()).isEqualTo(502);
                assertThat(proxy.logged().details()).contains("extended_connect_not_supported");
                assertThat(origin.requests).isEmpty();
                try (var other = proxy.client()) {
                    assertThat(other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(200);
                }
                assertThat(origin.connections).hasSize(1);
            }
        }
    }

    @Test
    void withoutAllowConnectAProtocolInAHeadIsMalformed() throws Exception {
        try (var origin = Origin.answering("x")) {
            var spec = Hosts.manager(HttpManagerSpec.Timeouts.DEFAULT)
                    .withHttp2(Codec.AUTO, Http2Options.DEFAULT);
            try (var proxy = ProxyFixture.to(ClusterSpec.of("origins", List.of(Endpoint.of(origin.address()))), spec);
                    var client = RawHttp2.connect(proxy.port)) {
                client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1,
                        RawHttp2.block(":method: CONNECT", ":protocol: websocket", ":scheme: http",
                                ":path: /", ":authority: a"));
                assertThat(client.reaction()).isEqualTo("GOAWAY PROTOCOL_ERROR");
            }
        }
    }

    @Test
    void anAnswerOfWeirsOwnOpensNoTunnel() throws Exception {
        var route = Route.of(new PathMatch.Connect(), new Direct(200, new byte[0]));
        var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(route))), false);
        var spec = HttpManagerSpec.of("test", table)
                .withUpgrades(new UpgradeRules(Map.of(UpgradeRules.CONNECT, true), false, false));
        try (var proxy = ProxyFixture.to(ClusterSpec.of("origins", List.of()), spec)) {
            assertOneAnswer(RawHttp.exchange(proxy.port, "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n"), 403);
        }
    }

    /** Filters that answer, and forms of local replies, know nothing of tunnels. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a2xxOfAFilterOrOfAFormOpensNoTunnel(boolean http2) throws Exception {
        for (var filter : List.of(new Words(Moment.REQUEST, 200), new Words(Moment.REQUEST, 204),
                new Words(Moment.RESPONSE, 200))) {
            for (boolean connect : new boolean[]{true, false}) {
                if (!connect && !http2) {
                    continue; // 200 is none of the answers that switch protocols in HTTP/1.1
                }
                try (var origin = Origin.start((request, wire) -> wire.reply(404, "none"));
                        var proxy = ProxyFixture.to(
                                ClusterSpec.of("origins", List.of(Endpoint.of(origin.address()))),
                                Hosts.manager(HttpManagerSpec.Timeouts.DEFAULT)
                                        .withChains(List.of(new ChainSpec(List.of(filter)))));
                        var client = TunnelClient.of(http2, proxy.port)) {
                    assertThat(connect ? client.connect() : client.webSocket()).as("%s", filter).isEqualTo(403);
                    var logged = proxy.logged();
                    assertThat(logged.status()).as("%s", filter).isEqualTo(403);
                    assertThat(proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                            .counter("downstream_cx_upgrades_total").value()).isZero();
                }
            }
        }
    }

    @Test
    void aFormThatMakes2xxOfAnErrorOpensNoTunnel() throws Exception {
        var spec = ReadManager.withRouter("""
                upgrade_configs: { upgrade_type: CONNECT }
                local_reply_config:
                  mappers:
                  - filter: { status_code_filter: { comparison: { op: GE, value: { default_value: 400,
                      runtime_key: none } } } }
                    status_code: 200
                route_config:
                  virtual_hosts: [ { name: all, domains: "*", routes: [ { match: { connect_matcher: {} },
                    route: { cluster: origins } } ] } ]
                """).accepted();
        try (var proxy = ProxyFixture.to(ClusterSpec.of("origins", List.of()), spec)) {
            assertOneAnswer(RawHttp.exchange(proxy.port, "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n"), 403);
        }
    }

    private enum Moment {
        REQUEST, RESPONSE
    }

    /** A filter that answers every request so, or says so of every response. */
    private record Words(Moment moment, int status) implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new FilterStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    return moment == Moment.REQUEST
                            ? new Flow.Reply(status, status == 204 ? new byte[0] : new byte[]{'x'}, "words", 0)
                            : Flow.NEXT;
                }

                @Override
                public void responseHead(HttpHead response) {
                    if (moment == Moment.RESPONSE) {
                        response.status(status);
                    }
                }
            };
        }
    }

    @Test
    void bytesBeforeTheAnswerAreHeldBackFromTheHost() throws Exception {
        var early = new AtomicInteger();
        try (var origin = Origin.streaming((request, wire) -> {
            Origin.pause(Duration.ofMillis(100));
            early.set(wire.in().available());
            wire.reply(404, "no");
        }); var proxy = before(origin)) {
            assertOneAnswer(RawHttp.exchange(proxy.port, UPGRADE + "early bytes"), 404);
            assertThat(early.get()).isZero();
        }
    }

    @Test
    void anUpgradeIsTriedElsewhereUntilAHostAnswers() throws Exception {
        try (var dead = Origin.resetting(); var hosts = new Hosts()) {
            dead.kill();
            var cluster = ClusterSpec.of("origins",
                    List.of(Endpoint.of(dead.address()), Endpoint.of(hosts.http1.address())));
            try (var proxy = ProxyFixture.to(cluster, Hosts.manager(HttpManagerSpec.Timeouts.DEFAULT))) {
                for (int i = 0; i < 4; i++) {
                    try (var client = TunnelClient.of(i % 2 == 1, proxy.port)) {
                        assertThat(client.webSocket()).isEqualTo(i % 2 == 1 ? 200 : 101);
                        client.send("x");
                        assertThat(client.read(1)).isEqualTo("x");
                    }
                }
            }
        }
    }

    @Test
    void aRouteMayTakeBackWhatTheManagerAllowsAndAllowWhatItDoesNot() {
        var all = new UpgradeRules(Map.of("websocket", true), false, false);
        var request = new HttpHead();
        var bytes = Unpooled.copiedBuffer(UPGRADE, StandardCharsets.US_ASCII);
        Http1HeadReader.requests(new HeadLimits(8192, 50)).read(bytes, request);
        bytes.release();
        Tunnels.fromHttp1(request);
        var no = route(new UpgradeRules(Map.of("websocket", false), false, false));
        var yes = route(all);
        assertThat(UpgradeRules.allow(all, null, request)).isTrue();
        assertThat(UpgradeRules.allow(all, no, request)).isFalse();
        assertThat(UpgradeRules.allow(UpgradeRules.NONE, yes, request)).isTrue();
        assertThat(UpgradeRules.allow(UpgradeRules.NONE, null, request)).isFalse();
    }

    private static Route route(UpgradeRules rules) {
        var base = Route.of(new PathMatch.Prefix("/", false), Forward.to("origins"));
        return new Route("", base.match(), base.action(), base.responseEdits(), Route.OUTERMOST, List.of(rules));
    }
}
