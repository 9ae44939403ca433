package io.weir.http.filter.way;

import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Histogram;
import io.weir.core.stats.HistogramSnapshot;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long filters take is measured while somebody asks for it, and at no other time. */
@Timeout(30)
final class TimedExchangesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";

    private static ProxyFixture proxy(Origin origin, HttpFilterSpec outer, HttpFilterSpec inner) {
        return ProxyFixture.with(cluster -> cluster, HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                .withChains(List.of(new ChainSpec(List.of(outer, inner), List.of("outer.one", "inner"), Map.of()))),
                origin);
    }

    private static HistogramSnapshot times(ProxyFixture proxy, String filter, String what) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("filter")
                .tagged("weir.http_filter_name", filter).histogram(what).cumulative();
    }

    private static boolean anyTimes(ProxyFixture proxy) {
        return proxy.stats.sorted().stream().anyMatch(
                metric -> metric instanceof Histogram && metric.name().startsWith("http.test.filter."));
    }

    @Test
    void nothingIsMeasuredThatNobodyAsksFor() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = proxy(origin, new Bender("f1"), new Bender("f2"));
                var client = proxy.client()) {
            client.send(GET + "f1: late\r\n\r\n").response();
            assertThat(proxy.logged().filterTimes()).isEmpty();
            proxy.stats.timesFilters(true);
            client.send(GET + "\r\n").response();
            assertThat(proxy.logged().filterTimes()).isNotEmpty();
            proxy.stats.timesFilters(false);
            client.send(GET + "\r\n").response();
            assertThat(proxy.logged().filterTimes()).isEmpty();
            assertThat(times(proxy, "inner", "work_ns").count()).isEqualTo(1);
        }
        try (var origin = Origin.answering("hello");
                var proxy = proxy(origin, new Bender("f1"), new Bender("f2"));
                var client = proxy.client()) {
            client.send(GET + "\r\n").response();
            proxy.logged();
            assertThat(anyTimes(proxy)).isFalse();
        }
    }

    @Test
    void whoWorksAndWhoHoldsARequestIsToldOfEachFilter() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                var proxy = proxy(origin, new Bender("f1"), new Bender("f2"));
                var client = proxy.client()) {
            proxy.stats.timesFilters(true);
            for (int i = 1; i <= 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nf2: late double\r\nContent-Length: 4\r\n\r\nbody");
                assertThat(client.response().body()).isEqualTo("bbbbooooddddyyyy");
                assertThat(proxy.logged().filterTimes()).matches("outer.one=\\d+\\+0,inner=\\d+\\+\\d+");
                int count = i;
                eventually(() -> times(proxy, "inner", "held_ns").count() == count);
            }
            assertThat(times(proxy, "outer.one", "work_ns").sum()).isPositive();
            assertThat(times(proxy, "inner", "work_ns").sum()).isPositive();
            assertThat(times(proxy, "inner", "held_ns").quantile(0)).isPositive();
            assertThat(times(proxy, "outer.one", "held_ns").sum()).isZero();
            assertThat(proxy.stats.sorted()).anyMatch(
                    metric -> metric.name().equals("http.test.filter.outer.one.work_ns"));
        }
    }

    /** A filter that looks at heads alone, and stays so long over each request's. */
    private record Slow(long nanos) implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new FilterStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    long until = System.nanoTime() + nanos;
                    while (System.nanoTime() < until) {
                        Thread.onSpinWait();
                    }
                    return Flow.NEXT;
                }
            };
        }
    }

    /** A filter that lets heads of answers go on when it is asked, and what is behind them later. */
    private record Holder() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new BodyStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    return Flow.NEXT;
                }

                @Override
                public Flow responseHead(HttpHead response, boolean last) {
                    exchange.responsePassage().hold(this);
                    exchange.worker().loop().execute(() -> exchange.responsePassage().resume(this));
                    return Flow.NEXT;
                }
            };
        }
    }

    @Test
    void whoHoldsWhatIsBehindAHeadIsToldOfToo() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = proxy(origin, new Holder(), new Slow(0));
                var client = proxy.client()) {
            proxy.stats.timesFilters(true);
            assertThat(client.send(GET + "\r\n").response().body()).isEqualTo("hello");
            proxy.logged();
            eventually(() -> times(proxy, "outer.one", "held_ns").count() == 1);
            assertThat(times(proxy, "outer.one", "held_ns").sum()).isPositive();
        }
    }

    @Test
    void filtersThatLookAtHeadsAloneAreMeasuredWhereTheyRun() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = proxy(origin, new Slow(0), new Slow(3_000_000));
                var client = proxy.client()) {
            proxy.stats.timesFilters(true);
            client.send(GET + "\r\n").response();
            proxy.logged();
            eventually(() -> times(proxy, "inner", "work_ns").count() == 1);
            assertThat(times(proxy, "inner", "work_ns").sum()).isGreaterThanOrEqualTo(3_000_000);
            assertThat(times(proxy, "inner", "held_ns").sum()).isZero();
        }
        try (var origin = Origin.answering("hello");
                var proxy = proxy(origin, new Bender.Waiter(), new Slow(0));
                var client = proxy.client()) {
            proxy.stats.timesFilters(true);
            client.send(GET + "\r\n").response();
            assertThat(proxy.logged().filterTimes()).matches("outer.one=\\d+\\+\\d+,inner=\\d+\\+0");
            eventually(() -> times(proxy, "outer.one", "held_ns").sum() > 0);
        }
    }
}
