package io.weir.http.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.overload.Action;
import io.weir.core.overload.Levels;
import io.weir.core.overload.MonitorSpec;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.overload.ShedPoint;
import io.weir.core.overload.TimerScale;
import io.weir.core.overload.TimerScale.Timer;
import io.weir.core.overload.Trigger;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.h2.RawHttp2;
import io.weir.http.route.Direct;
import io.weir.http.route.RouteTable;
import io.weir.http.server.ProxyFixture;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of connections and requests while resources are short, over sockets. */
@Timeout(60)
final class SheddingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final List<Trigger> ALWAYS = List.of(new Trigger.Threshold("resource", 0.5));
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Origin origin = Origin.answering("well");
    private final ProxyFixture proxy = ProxyFixture.before(origin);

    @AfterEach
    void close() {
        proxy.close();
        origin.close();
    }

    private void does(Action action, TimerScale... timers) {
        publish(1, Map.of(action, ALWAYS), Map.of(), timers);
    }

    private void sheds(ShedPoint point) {
        publish(1, Map.of(), Map.of(point, ALWAYS));
    }

    private void publish(double pressure, Map<Action, List<Trigger>> actions, Map<ShedPoint, List<Trigger>> points,
            TimerScale... timers) {
        proxy.overload().publish(Levels.of(new OverloadSpec(SECOND, Map.of("resource", new MonitorSpec.Heap(1)),
                actions, points, List.of(timers), 0), _ -> pressure));
    }

    private long count(String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").counter(name).value();
    }

    @Test
    void requestsAreRefusedWhileTheyAreNotAcceptedAndTheirConnectionGoesOn() throws Exception {
        try (RawHttp client = proxy.client()) {
            does(Action.STOP_ACCEPTING_REQUESTS);
            var refused = client.send(GET).response();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("overloaded");
            ProxyFixture.Logged logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("overload");
            assertThat(logged.has(ResponseFlag.OM)).isTrue();
            assertThat(count("downstream_rq_overload_close")).isEqualTo(1);
            sheds(ShedPoint.DECODE_HEADERS);
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").response().status())
                    .isEqualTo(503);
            proxy.overload().publish(Levels.CALM);
        }
        try (RawHttp client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            assertThat(count("downstream_rq_overload_close")).isEqualTo(2);
        }
    }

    @Test
    void requestsArriveAtNoHostWhileTheyAreShedBehindTheFilters() throws Exception {
        try (RawHttp client = proxy.client(); RawHttp2 modern = RawHttp2.connect(proxy.port)) {
            sheds(ShedPoint.DOWNSTREAM_FILTER_CHECK);
            var refused = client.send(GET).response();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("overloaded");
            ProxyFixture.Logged logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("overload");
            assertThat(logged.has(ResponseFlag.OM)).isTrue();
            assertThat(logged.host()).isEmpty();
            assertThat(modern.get(1, "/").answer(1).status).isEqualTo(503);
            assertThat(count("rq_overload_local_reply")).isEqualTo(2);
            assertThat(count("downstream_rq_overload_close")).isZero();
            assertThat(origin.requests()).isEmpty();
            proxy.overload().publish(Levels.CALM);
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsAnsweredWithoutAHostIsNotShedBehindTheFilters() throws Exception {
        var direct = new Direct(200, "mine".getBytes(StandardCharsets.UTF_8));
        try (var own = ProxyFixture.with(cluster -> cluster,
                HttpManagerSpec.of("test", RouteTable.of(direct)), origin); RawHttp client = own.client()) {
            own.overload().publish(Levels.of(new OverloadSpec(SECOND, Map.of(), Map.of(),
                    Map.of(ShedPoint.DOWNSTREAM_FILTER_CHECK, ALWAYS), List.of(), 0), _ -> 1));
            assertThat(client.send(GET).response().body()).isEqualTo("mine");
        }
    }

    @Test
    void connectionsEndWithTheirRequestsWhileNoneIsKept() throws Exception {
        try (RawHttp client = proxy.client(); RawHttp2 modern = RawHttp2.connect(proxy.port)) {
            does(Action.DISABLE_HTTP_KEEPALIVE);
            var last = client.send(GET).response();
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.head()).contains("connection: close");
            assertThat(client.closedByPeer()).isTrue();
            modern.get(1, "/");
            assertThat(modern.await(RawHttp2.GOAWAY, 0).number(4)).isZero();
            assertThat(modern.answer(1).status).isEqualTo(200);
            assertThat(count("downstream_cx_overload_disable_keepalive")).isEqualTo(2);
        }
    }

    @Test
    void bytesOfHttp1AreNotLookedAtAndTheirConnectionEnds() throws Exception {
        try (RawHttp client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            sheds(ShedPoint.HTTP1_ABORT_DISPATCH);
            var answer = client.send(GET).response();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.head()).contains("connection: close");
            assertThat(client.closedByPeer()).isTrue();
            proxy.logged();
            assertThat(proxy.logged().has(ResponseFlag.OM)).isTrue();
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void connectionsOfHttp2AreToldToGoOrEndAtOnce() throws Exception {
        try (RawHttp2 told = RawHttp2.connect(proxy.port); RawHttp2 ended = RawHttp2.connect(proxy.port)) {
            assertThat(told.get(1, "/").answer(1).status).isEqualTo(200);
            assertThat(ended.get(1, "/").answer(1).status).isEqualTo(200);
            sheds(ShedPoint.HTTP2_GO_AWAY);
            told.get(3, "/");
            assertThat(told.await(RawHttp2.GOAWAY, 0).number(4)).isZero();
            assertThat(told.answer(3).status).isEqualTo(200);
            sheds(ShedPoint.HTTP2_GO_AWAY_AND_CLOSE);
            assertThat(ended.get(3, "/").reaction()).isEqualTo("GOAWAY NO_ERROR");
        }
    }

    @Test
    void aConnectionIsClosedBeforeItsProtocolIsSpoken() throws Exception {
        sheds(ShedPoint.HCM_ONDATA_CREATING_CODEC);
        try (RawHttp client = proxy.client()) {
            assertThat(client.send(GET).untilClose()).isEmpty();
        }
        assertThat(count("downstream_rq_overload_close")).isEqualTo(1);
        ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
    }

    @Test
    void whereNoConnectionToAHostIsMadeRequestsUseThoseThereAreOrFail() throws Exception {
        try (RawHttp client = proxy.client()) {
            sheds(ShedPoint.NEW_UPSTREAM_CONNECTION);
            assertThat(client.send(GET).response().status()).isEqualTo(503);
            assertThat(proxy.logged().has(ResponseFlag.UO)).isTrue();
            proxy.overload().publish(Levels.CALM);
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            sheds(ShedPoint.NEW_UPSTREAM_CONNECTION);
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void aConnectionThatRestsIsClosedSoonerOnceTimeoutsAreReduced() throws Exception {
        TimerScale idle = new TimerScale(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, SECOND / 2, 0);
        publish(0, Map.of(Action.REDUCE_TIMEOUTS, ALWAYS), Map.of(), idle);
        try (RawHttp client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            does(Action.REDUCE_TIMEOUTS, idle);
            assertThat(client.untilClose()).isEmpty();
            assertThat(count("downstream_cx_idle_timeout")).isEqualTo(1);
        }
    }

    @Test
    void aRequestThatDoesNotMoveIsAnsweredSoonerOnceTimeoutsAreReduced() throws Exception {
        TimerScale idle = new TimerScale(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, SECOND / 2, 0);
        publish(0, Map.of(Action.REDUCE_TIMEOUTS, ALWAYS), Map.of(), idle);
        try (RawHttp client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
            ProxyFixture.eventually(() -> proxy.stats.root().child("http")
                    .tagged("envoy.http_conn_manager_prefix", "test").gauge("downstream_rq_active").value() == 1);
            does(Action.REDUCE_TIMEOUTS, idle);
            assertThat(client.response().status()).isEqualTo(408);
            assertThat(count("downstream_rq_idle_timeout")).isEqualTo(1);
        }
    }
}
