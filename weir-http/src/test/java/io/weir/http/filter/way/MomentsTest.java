package io.weir.http.filter.way;

import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.RawHttp2;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Route;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.http.route.VirtualHost;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.server.ProxyFixture;
import io.weir.http.tunnel.UpgradeRules;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Await;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What filters answer at which moment, what they hold, and what becomes of clients and hosts meanwhile. */
@Timeout(60)
final class MomentsTest {
    private final Bender outer = new Bender("f1");
    private final Bender inner = new Bender("f2");

    private ProxyFixture proxy(long timeoutNanos, Origin origin, HttpFilterSpec... filters) {
        var forward = new Forward(new ClusterChoice.Single(Target.of("origins")), timeoutNanos, Forward.INHERIT_NANOS,
                Forward.INHERIT_NANOS, RetrySpec.builtIn(), PathRewrite.KEEP, HostRewrite.KEEP, false, 503, false,
                false);
        var spec = HttpManagerSpec.of("test", RouteTable.of(forward)).withHttp2(Codec.AUTO, Http2Options.DEFAULT)
                .withChains(List.of(new ChainSpec(List.of(filters))));
        return ProxyFixture.with(cluster -> cluster, spec, origin);
    }

    private ProxyFixture proxy(Origin origin) {
        return proxy(Forward.TIMEOUT_NANOS, origin, outer, inner);
    }

    private static String post(String fields, String body) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n" + chunk(body)
                + "0\r\nx-t: 1\r\n\r\n";
    }

    private static String chunk(String body) {
        return Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
    }

    private static void answer(OriginWire wire, String body) throws IOException {
        wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        wire.chunk(body);
        wire.send("0\r\nx-end: 1\r\n\r\n");
    }

    /** The exchange is over, and has given back what it held. */
    private void over(ProxyFixture proxy) throws InterruptedException {
        eventually(() -> outer.heard().contains("f1 ended") && proxy.cluster.circuit().requestsActive() == 0);
    }

    @Test
    void anAnswerBeforeTheResponseHasBegunTakesItsPlace() throws Exception {
        for (String moment : List.of("request-head", "request-data", "request-trailers", "response-head")) {
            outer.heard().clear();
            try (var origin = Origin.start((_, wire) -> answer(wire, "hello"));
                    var proxy = proxy(origin);
                    var client = proxy.client();
                    var second = RawHttp2.connect(proxy.port)) {
                var answer = client.send(post("f2: reply-" + moment + "\r\n", "body")).response();
                assertThat(answer.status()).as(moment).isEqualTo(418);
                assertThat(answer.body()).isEqualTo("tea");
                assertThat(proxy.logged().details()).isEqualTo("teapot");
                over(proxy);
                second.post(1, "/", "f2: reply-" + moment).data(1, "body", false).frame(RawHttp2.HEADERS,
                        RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.block("x-t: 1"));
                assertThat(second.answer(1).status).as(moment).isEqualTo(418);
                assertThat(second.answer(1).text()).isEqualTo("tea");
                over(proxy);
            }
        }
    }

    @Test
    void anAnswerToAResponsePassesOnlyTheFiltersThatHaveHeardOfNone() throws Exception {
        try (var origin = Origin.answering("hello"); var proxy = proxy(origin); var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nf2: reply-response-head\r\n\r\n").response().status())
                    .isEqualTo(418);
            over(proxy);
            assertThat(outer.heard()).containsExactly("f1 request-head", "f1 response-head", "f1 response-data",
                    "f1 ended");
            assertThat(inner.heard()).containsExactly("f2 request-head", "f2 response-head", "f2 ended");
        }
    }

    @Test
    void anAnswerBehindTheResponsesHeadCutsTheResponse() throws Exception {
        for (String moment : List.of("response-data", "response-trailers")) {
            outer.heard().clear();
            try (var origin = Origin.start((_, wire) -> answer(wire, "hello"));
                    var proxy = proxy(origin);
                    var client = proxy.client();
                    var second = RawHttp2.connect(proxy.port)) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nf2: reply-" + moment + "\r\n\r\n");
                assertThat(client.untilClose()).as(moment).startsWith("HTTP/1.1 200 OK").doesNotContain("\r\n0\r\n");
                over(proxy);
                second.get(1, "/", "f2: reply-" + moment);
                assertThat(second.answer(1).reset).isEqualTo(Http2Error.INTERNAL_ERROR);
            }
        }
    }

    @Test
    void aFilterThatBreaksCostsItsExchangeAndNotTheConnection() throws Exception {
        for (String moment : List.of("request-head", "request-data", "request-trailers", "response-head")) {
            outer.heard().clear();
            try (var origin = Origin.start((_, wire) -> answer(wire, "hello"));
                    var proxy = proxy(origin);
                    var client = proxy.client();
                    var second = RawHttp2.connect(proxy.port)) {
                assertThat(client.send(post("f2: throw-" + moment + "\r\n", "body")).response().status()).as(moment)
                        .isEqualTo(500);
                assertThat(proxy.logged().details()).isEqualTo("filter_failed");
                over(proxy);
                second.post(1, "/", "f2: throw-" + moment).data(1, "body", false).frame(RawHttp2.HEADERS,
                        RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.block("x-t: 1"));
                assertThat(second.answer(1).status).as(moment).isEqualTo(500);
                second.get(3, "/");
                assertThat(second.answer(3).text()).as(moment).isEqualTo("hello");
            }
        }
        for (String moment : List.of("response-data", "response-trailers")) {
            outer.heard().clear();
            try (var origin = Origin.start((_, wire) -> answer(wire, "hello"));
                    var proxy = proxy(origin);
                    var second = RawHttp2.connect(proxy.port)) {
                second.get(1, "/", "f2: throw-" + moment);
                assertThat(second.answer(1).reset).as(moment).isEqualTo(Http2Error.INTERNAL_ERROR);
                assertThat(proxy.logged().details()).isEqualTo("filter_failed");
                second.get(3, "/");
                assertThat(second.answer(3).text()).as(moment).isEqualTo("hello");
            }
        }
    }

    @Test
    void aClientThatLeavesWhileAFilterHoldsItsRequestFreesEverything() throws Exception {
        for (String field : List.of("f2: stuck\r\n", "f1: gather\r\n")) {
            outer.heard().clear();
            int held = inner.held().get() + outer.held().get();
            try (var origin = Origin.answering("hello"); var proxy = proxy(origin)) {
                try (var client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\n" + field + "Content-Length: 9\r\n\r\nabc");
                    eventually(() -> inner.held().get() + outer.held().get() > held);
                    client.reset();
                }
                over(proxy);
                assertThat(proxy.logged().has(ResponseFlag.DC)).isTrue();
                assertThat(origin.requests()).isEmpty();
            }
        }
    }

    @Test
    void aClientThatLeavesWhileAFilterHoldsItsResponseFreesEverything() throws Exception {
        try (var origin = Origin.answering("hello"); var proxy = proxy(origin)) {
            try (var client = proxy.client(); var second = RawHttp2.connect(proxy.port)) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nf2: stuck-back\r\n\r\n");
                second.get(1, "/", "f1: stuck-back");
                eventually(() -> inner.held().get() == 1 && outer.held().get() == 1);
                second.reset(1, Http2Error.CANCEL);
                client.reset();
                over(proxy);
                eventually(() -> proxy.exchanges() == 2);
            }
            try (var client = proxy.client()) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().body()).isEqualTo("hello");
            }
        }
    }

    @Test
    void aResponseThatAFilterHoldsIsAnsweredInItsPlaceWhenTheRoutesTimeIsOver() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = proxy(1_000_000_000, origin, outer, inner);
                var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                var answer = client.send("GET / HTTP/1.1\r\nHost: a\r\nf2: stuck-back\r\n\r\n").response();
                assertThat(answer.status()).isEqualTo(504);
                var logged = proxy.logged();
                assertThat(logged.has(ResponseFlag.UT)).isTrue();
                assertThat(logged.host())
                        .isEqualTo(origin.address().getAddress().getHostAddress() + ":" + origin.port());
            }
            over(proxy);
        }
    }

    @Test
    void aConnectionToAHostServesOthersWhileAFilterHoldsTheEndOfItsResponse() throws Exception {
        try (var origin = Origin.answering("hello"); var proxy = proxy(origin); var holder = proxy.client()) {
            holder.send("GET / HTTP/1.1\r\nHost: a\r\nf2: stuck-back\r\n\r\n");
            eventually(() -> inner.held().get() == 1);
            try (var client = proxy.client()) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().body()).isEqualTo("hello");
            }
            holder.reset();
            eventually(() -> proxy.exchanges() == 2);
        }
    }

    @Test
    void answersToHeadHaveNoBodyWhateverFiltersDo() throws Exception {
        for (String words : List.of("double append", "gather double", "trickle append", "late", "trailers")) {
            try (var origin = Origin.start((_, wire) -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
                    var proxy = proxy(origin);
                    var client = proxy.client()) {
                for (int i = 0; i < 2; i++) {
                    client.send("HEAD / HTTP/1.1\r\nHost: a\r\nf1: " + words + "\r\n\r\n");
                    assertThat(client.responseTo("HEAD").status()).as(words).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void trailersThatAFilterAddsReachTheClient() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = proxy(origin);
                var client = proxy.client();
                var second = RawHttp2.connect(proxy.port)) {
            var answer = client.send("GET / HTTP/1.1\r\nHost: a\r\nf2: trailers\r\nf1: trickle\r\n\r\n").response();
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.trailers().getFirst().name()).isEqualTo("x-sum");
            second.get(1, "/", "f2: trailers", "f1: late");
            assertThat(String.valueOf(second.answer(1).trailers)).contains("x-sum: 7");
        }
    }

    @Test
    void aFilterThatLooksAtHeadsAloneMayHoldThemBackAsWell() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, "got " + request.body()));
                var proxy = proxy(Forward.TIMEOUT_NANOS, origin, new Bender.Waiter(), new Bender.Waiter());
                var client = proxy.client();
                var second = RawHttp2.connect(proxy.port)) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(post("", "body")).response().body()).isEqualTo("got body");
                assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().body()).isEqualTo("got ");
            }
            second.post(1, "/").data(1, "body", true);
            assertThat(second.answer(1).text()).isEqualTo("got body");
        }
    }

    @Test
    void aHostIsNotReadWhileAFilterHoldsTheHeadOfItsAnswer() throws Exception {
        int bytes = 30_000_000;
        var holder = new Holder();
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
            byte[] piece = new byte[100_000];
            for (int i = 0; i < bytes / piece.length; i++) {
                wire.send(piece);
            }
        }); var proxy = proxy(Forward.TIMEOUT_NANOS, origin, holder); var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            var stats = proxy.cluster.stats();
            eventually(() -> stats.upstreamFlowControlPausedReadingTotal().value() > 0);
            Await.standstill("what is read", stats.upstreamCxRxBytesTotal()::value);
            assertThat(stats.upstreamCxRxBytesTotal().value()).isLessThan(bytes / 10);
            holder.resume();
            assertThat(client.response().body()).hasSize(bytes);
        }
    }

    /** Holds the head of one response back until it is told to let it go on. */
    private static final class Holder implements HttpFilterSpec {
        private final CompletableFuture<Runnable> held = new CompletableFuture<>();

        void resume() throws Exception {
            held.get(10, TimeUnit.SECONDS).run();
        }

        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new BodyStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    return Flow.NEXT;
                }

                @Override
                public Flow responseHead(HttpHead response, boolean last) {
                    held.complete(() -> exchange.worker().loop()
                            .execute(() -> exchange.responsePassage().resume(this)));
                    return Flow.PAUSE;
                }
            };
        }
    }

    @Test
    void bytesBehindTheRequestForATunnelPassNoFilterAndReachTheHostOnceItIsOpen() throws Exception {
        var base = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")));
        var routes = new RouteTable("", List.of(new VirtualHost("all", List.of("*"),
                List.of(Route.of(new PathMatch.Connect(), Forward.to("origins"))))), false);
        var spec = new HttpManagerSpec(base.statPrefix(), Codec.AUTO, routes, base.identity(), base.clientAddress(),
                base.requestId(), base.limits(), base.timeouts(), base.normalize(), base.http10(), false,
                base.accessLog(), List.of(new ChainSpec(List.of(outer))), base.localReplies(),
                Http2Options.DEFAULT.withConnect(true),
                new UpgradeRules(Map.of(UpgradeRules.CONNECT, true), false, false),
                base.certificates());
        try (var origin = Origin.streaming((_, wire) -> {
            wire.send("HTTP/1.1 200 Connected\r\n\r\n");
            wire.send(wire.in().readNBytes(5));
        }); var proxy = ProxyFixture.with(cluster -> cluster, spec, origin)) {
            try (var second = RawHttp2.connect(proxy.port)) {
                second.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1,
                        RawHttp2.block(":method: CONNECT", ":authority: b:1", "f1: gather late"))
                        .data(1, "early", false);
                while (second.soFar(1).body.size() < 5 && second.soFar(1).reset == null) {
                    second.next();
                }
                assertThat(second.soFar(1).text()).isEqualTo("early");
            }
            try (var client = proxy.client()) {
                client.send("CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\nf1: gather late\r\n\r\nearly");
                assertThat(client.responseTo("CONNECT").status()).isEqualTo(200);
                assertThat(client.read(5)).isEqualTo("early".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(outer.heard()).doesNotContain("f1 request-data", "f1 response-data");
        }
    }

    @Test
    void aHostIsNotReadWhileASlowClientDoesNotTakeWhatFiltersSend() throws Exception {
        int bytes = 30_000_000;
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
            byte[] piece = new byte[100_000];
            for (int i = 0; i < bytes / piece.length; i++) {
                wire.send(piece);
            }
        });
                var proxy = proxy(origin);
                var client = RawHttp.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port), 8192)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nf1: trickle\r\nf2: late\r\n\r\n");
            var stats = proxy.cluster.stats();
            eventually(() -> stats.upstreamFlowControlPausedReadingTotal().value() > 0);
            for (int read = 1; read < bytes; read += 1_000_000) { // who is read runs ahead of who reads only so far
                client.read(read == 1 ? 1 : 1_000_000);
                assertThat(stats.upstreamCxRxBytesTotal().value() - read).isLessThan(bytes / 2);
            }
            eventually(() -> stats.upstreamCxRxBytesTotal().value() > bytes);
        }
    }
}
