package io.weir.http.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.overload.Relief;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.RawHttp2;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.server.ProxyFixture;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests and connections a worker gives up when it is told to, over sockets. */
@Timeout(120)
final class RelievingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int KIB = 1024;

    private static Relief resetting(long bytesMin) {
        return new Relief(bytesMin, Long.MAX_VALUE, 0);
    }

    private static Relief closing(long restedNanosMin, int most) {
        return new Relief(Long.MAX_VALUE, restedNanosMin, most);
    }

    /** Bodies are gathered before a host hears of them. */
    private static ProxyFixture gathering(Origin origin) {
        var target = new Target("origins", 1, HeaderEdits.NONE, HeaderEdits.NONE, HostRewrite.KEEP, null, KIB * KIB);
        return ProxyFixture.routing(new Forward(new ClusterChoice.Single(target), Forward.TIMEOUT_NANOS,
                Forward.INHERIT_NANOS, Forward.INHERIT_NANOS, RetrySpec.off(), PathRewrite.KEEP, HostRewrite.KEEP,
                false, 503, false, false), origin);
    }

    private static void post(RawHttp client, int announced, int sent) throws IOException {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + announced + "\r\n\r\n" + "x".repeat(sent));
    }

    /** Until a worker has reset as many. */
    private static void relieved(ProxyFixture proxy, long bytesMin, int streams) {
        int[] reset = {0};
        Await.until(() -> reset[0] + " streams reset", () -> {
            reset[0] += proxy.relieve(resetting(bytesMin));
            return reset[0] == streams;
        });
    }

    private static long count(ProxyFixture proxy, String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").counter(name).value();
    }

    @Test
    void aRequestThatHoldsMuchIsAnsweredAndASmallOneGoesOn() throws Exception {
        try (Origin origin = Origin.start((request, wire) -> wire.reply(200, "" + request.body().length()));
                var proxy = gathering(origin);
                RawHttp large = proxy.client();
                RawHttp small = proxy.client()) {
            post(small, 20 * KIB, 10 * KIB);
            post(large, 300 * KIB, 200 * KIB);
            relieved(proxy, 128 * KIB, 1);
            var answer = large.response();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.head()).contains("connection: close");
            var logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("overload");
            assertThat(logged.has(ResponseFlag.OM)).isTrue();
            assertThat(proxy.relieve(resetting(128 * KIB))).isZero();
            small.send("x".repeat(10 * KIB));
            assertThat(small.response().body()).isEqualTo("" + 20 * KIB);
        }
    }

    @Test
    void aStreamThatHoldsMuchIsAnsweredAndOthersOfItsConnectionGoOn() throws Exception {
        try (Origin origin = Origin.start((request, wire) -> wire.reply(200, "" + request.body().length()));
                var proxy = gathering(origin);
                RawHttp2 client = RawHttp2.connect(proxy.port)) {
            client.post(1, "/").post(3, "/").data(3, "ab", false);
            for (int i = 0; i < 4; i++) {
                client.data(1, "x".repeat(15 * KIB), false);
            }
            relieved(proxy, 60 * KIB, 1);
            assertThat(client.answer(1).status).isEqualTo(503);
            assertThat(client.data(3, "c", true).answer(3).text()).isEqualTo("3");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {12 * KIB, 1000 * KIB})
    void anAnswerThatAStreamsClientDoesNotTakeIsResetWhetherItHasAllComeOrNot(int bytes) throws Exception {
        try (Origin origin = Origin.answering("y".repeat(bytes));
                var proxy = ProxyFixture.before(origin);
                RawHttp2 client = RawHttp2.silent(proxy.port).send(RawHttp2.PREFACE).settings(4, 10 * KIB)
                        .frame(RawHttp2.SETTINGS, RawHttp2.ACK, 0, RawHttp2.NOTHING)) {
            client.get(1, "/");
            boolean whole = bytes < 500 * KIB;
            if (whole) {
                assertThat(proxy.logged().has(ResponseFlag.OM)).isFalse();
            }
            relieved(proxy, Math.min(bytes / 10, 16 * KIB), 1);
            var answer = client.answer(1);
            assertThat(answer.reset).isEqualTo(Http2Error.INTERNAL_ERROR);
            assertThat(answer.body.size()).isLessThanOrEqualTo(10 * KIB);
            client.settings(4, 1000 * KIB).windowUpdate(0, 1000 * KIB).get(3, "/");
            assertThat(client.answer(3).body.size()).isEqualTo(bytes);
            assertThat(proxy.logged().has(ResponseFlag.OM)).isEqualTo(!whole);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {800 * KIB, 8000 * KIB})
    void anAnswerOfHttp1ThatItsClientDoesNotTakeIsCutWhetherItHasAllComeOrNot(int bytes) throws Exception {
        try (Origin origin = Origin.answering("y".repeat(bytes));
                var proxy = ProxyFixture.before(origin);
                RawHttp client = RawHttp.connect(Ports.loopback(proxy.narrow()), 4096)) {
            client.send(GET);
            boolean whole = bytes < 1000 * KIB;
            if (whole) {
                assertThat(proxy.logged().has(ResponseFlag.OM)).isFalse();
            }
            relieved(proxy, 512 * KIB, 1);
            assertThat(client.untilClose().length()).isLessThan(bytes);
            if (!whole) {
                assertThat(proxy.logged().has(ResponseFlag.OM)).isTrue();
            }
        }
    }

    private static void reads(HttpMessage head, OriginWire wire) throws IOException {
        wire.in().readNBytes(40 * KIB); // and says nothing
    }

    @Test
    void whatIsKeptForAnotherTryCounts() throws Exception {
        try (Origin origin = Origin.streaming(RelievingTest::reads);
                var proxy = ProxyFixture.routing(Forward.to("origins"), origin);
                RawHttp client = proxy.client()) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(40 * KIB));
            relieved(proxy, 40 * KIB, 1);
            assertThat(client.response().status()).isEqualTo(503);
        }
    }

    /** A filter that holds answers until they are whole, and then for ever. */
    private record Holding() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return _ -> new BodyStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    return Flow.NEXT;
                }

                @Override
                public Flow responseData(BodyPart part, boolean last) {
                    return Flow.PAUSE;
                }
            };
        }
    }

    /** A filter that takes bodies for itself. */
    private record Taking() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return _ -> new BodyStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    return Flow.NEXT;
                }

                private long taken;

                @Override
                public Flow responseData(BodyPart part, boolean last) {
                    var bytes = part.take();
                    taken += bytes.readableBytes();
                    bytes.release();
                    return Flow.PAUSE;
                }

                @Override
                public long heldBytes() {
                    return taken;
                }
            };
        }
    }

    private static void resetAtFilter(HttpFilterSpec filter) throws Exception {
        try (Origin origin = Origin.answering("y".repeat(20 * KIB));
                var proxy = ProxyFixture.with(cluster -> cluster,
                        HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                                .withChains(List.of(new ChainSpec(List.of(filter)))),
                        origin);
                RawHttp client = proxy.client()) {
            client.send(GET);
            relieved(proxy, KIB, 1); // of an answer that waits, no more than one read is here
            assertThat(client.untilClose()).doesNotContain("yy");
        }
    }

    @Test
    void whatWaitsAtFiltersCounts() throws Exception {
        resetAtFilter(new Holding());
    }

    @Test
    void whatFiltersKeepCounts() throws Exception {
        resetAtFilter(new Taking());
    }

    @Test
    void noMoreThanFiftyAreResetAtOnceAndTheGreatestFirst() throws Exception {
        var large = new ArrayList<RawHttp>();
        var small = new ArrayList<RawHttp>();
        try (Origin origin = Origin.answering("well"); var proxy = gathering(origin)) {
            for (int i = 0; i < 60; i++) {
                RawHttp client = proxy.client();
                boolean much = i % 6 == 0;
                (much ? large : small).add(client);
                post(client, 300 * KIB, much ? 40 * KIB : 20 * KIB);
            }
            // they are looked at only when all of it has come
            Await.until("all bytes are here", () -> count(proxy, "downstream_cx_rx_bytes_total") >= 1400 * KIB);
            assertThat(proxy.relieve(resetting(16 * KIB))).isEqualTo(Relief.RESETS_MAX);
            for (RawHttp each : large) {
                assertThat(each.response().status()).isEqualTo(503);
            }
            assertThat(proxy.relieve(resetting(16 * KIB))).isEqualTo(10);
            for (RawHttp each : small) {
                assertThat(each.response().status()).isEqualTo(503);
            }
        } finally {
            for (RawHttp each : large) {
                each.close();
            }
            for (RawHttp each : small) {
                each.close();
            }
        }
    }

    private static RawHttp accepted(ProxyFixture proxy) throws Exception {
        RawHttp client = proxy.client();
        ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 1);
        return client;
    }

    @Test
    void connectionsWithoutARequestAreClosedAndOthersAreNot() throws Exception {
        try (Origin origin = Origin.start((request, wire) -> {
            if (!request.target().equals("/busy")) {
                wire.reply(200, "well");
            }
        });
                var proxy = ProxyFixture.before(origin);
                RawHttp silent = accepted(proxy);
                RawHttp first = proxy.client();
                RawHttp2 modern = RawHttp2.connect(proxy.port);
                RawHttp busy = proxy.client();
                RawHttp2 busyModern = RawHttp2.connect(proxy.port);
                RawHttp begun = proxy.client()) {
            assertThat(first.send(GET).response().status()).isEqualTo(200);
            assertThat(modern.get(1, "/").answer(1).status).isEqualTo(200);
            busy.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
            busyModern.get(1, "/busy");
            begun.send("GET");
            Await.until("all are at work", () -> origin.requests().size() == 4);
            Await.until("what was begun has been read", () -> proxy.stats.root().child("http")
                    .tagged("envoy.http_conn_manager_prefix", "test").gauge("downstream_cx_http1_active").value() == 3);
            proxy.relieve(closing(Long.MAX_VALUE / 2, 50));
            assertThat(count(proxy, "downstream_cx_overload_idle_close")).isZero();
            proxy.relieve(closing(0, 1)); // who has said nothing has rested longest
            assertThat(count(proxy, "downstream_cx_overload_idle_close")).isEqualTo(1);
            assertThat(silent.closedByPeer()).isTrue();
            proxy.relieve(closing(0, 50));
            assertThat(modern.reaction()).isEqualTo("GOAWAY NO_ERROR");
            assertThat(first.closedByPeer()).isTrue();
            assertThat(count(proxy, "downstream_cx_overload_idle_close")).isEqualTo(3);
            assertThat(begun.send(" / HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(200);
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 3);
            assertThat(proxy.relieve(resetting(Long.MAX_VALUE - 1))).isZero();
        }
    }
}
