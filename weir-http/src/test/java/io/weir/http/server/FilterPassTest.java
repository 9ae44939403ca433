package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Route;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.http.route.VirtualHost;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What filters hear of exchanges, in which order, and what becomes of their answers. */
@Timeout(30)
final class FilterPassTest {
    private static final HeaderName STOP = HeaderName.of("stop");
    private static final HeaderName PASSED = HeaderName.of("passed");
    private static final Flow.Reply ANSWER = new Flow.Reply(429, "enough".getBytes(StandardCharsets.UTF_8), "told_off",
            ResponseFlag.RL.bit());

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final AtomicInteger opened = new AtomicInteger();

    /** A filter that writes down what it hears, and answers requests that say {@code stop: <its name>}. */
    private record Recorder(String name, Queue<String> heard, AtomicInteger opened) implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            opened.incrementAndGet();
            return exchange -> new Step(this, exchange);
        }
    }

    private record Step(Recorder filter, FilterExchange exchange) implements FilterStep {
        @Override
        public Flow requestHead(HttpHead request) {
            filter.heard.add(filter.name + " request");
            return filter.name.equals(request.value(STOP)) ? ANSWER : Flow.NEXT;
        }

        @Override
        public void responseHead(HttpHead response) {
            filter.heard.add(filter.name + " response " + exchange.status() + (exchange.fromHost() ? " host" : " own"));
            response.add(PASSED, filter.name);
        }

        @Override
        public void ended(long nowNanos) {
            filter.heard.add(
                    filter.name + " end " + exchange.status() + (exchange.complete() ? " complete" : " incomplete"));
            if (filter.name.equals("broken")) {
                throw new IllegalStateException("a filter of this test fails on purpose");
            }
        }
    }

    private HttpFilterSpec filter(String name) {
        return new Recorder(name, heard, opened);
    }

    private static Forward forward(int chain) {
        var target = new Target("origins", 1, HeaderEdits.NONE, HeaderEdits.NONE, HostRewrite.KEEP, null,
                Target.STREAMED, chain);
        return new Forward(new ClusterChoice.Single(target), Forward.TIMEOUT_NANOS, Forward.INHERIT_NANOS,
                Forward.INHERIT_NANOS, RetrySpec.builtIn(), PathRewrite.KEEP, HostRewrite.KEEP, false, 503, false,
                false);
    }

    private ProxyFixture proxy(Origin... origins) {
        var a = filter("a");
        var chains = List.of(new ChainSpec(List.of(a, filter("b"))), new ChainSpec(List.of(a)), ChainSpec.EMPTY);
        var bare = RouteMatch.of(new PathMatch.Prefix("/bare", false));
        var direct = RouteMatch.of(new PathMatch.Prefix("/direct", false));
        var routes = List.of(new Route("", bare, forward(2), HeaderEdits.NONE),
                new Route("", direct, new Direct(200, new byte[]{'d'}), HeaderEdits.NONE, 1, List.of()),
                Route.of(new PathMatch.Prefix("/both", false), forward(0)));
        var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), routes)), false);
        var spec = HttpManagerSpec.of("test", table).withChains(chains);
        return ProxyFixture.with(cluster -> cluster, spec, origins);
    }

    private static String get(String path, String... fields) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + String.join("", fields) + "\r\n";
    }

    private void heard(String... expected) throws InterruptedException {
        ProxyFixture.eventually(() -> heard.size() >= expected.length);
        assertThat(heard).containsExactly(expected);
        heard.clear();
    }

    @Test
    void theResponsePassesTheFiltersBackwardsAndEveryFilterHearsTheEndOnce() throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.reply(200, "ok"));
                var proxy = proxy(origin);
                var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                var answer = client.send(get("/both")).response();
                assertThat(answer.headers("passed")).containsExactly("b", "a");
                heard("a request", "b request", "b response 200 host", "a response 200 host", "b end 200 complete",
                        "a end 200 complete");
            }
            assertThat(opened).as("the filter that two chains share is one").hasValue(2);
        }
    }

    @Test
    void whatAFilterAnswersReachesTheClientAndNoHostOrLaterFilter() throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.reply(200, "ok"));
                var proxy = proxy(origin);
                var client = proxy.client()) {
            var answer = client.send(get("/both", "stop: a\r\n")).response();
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.body()).isEqualTo("enough");
            assertThat(answer.headers("passed")).containsExactly("a");
            heard("a request", "a response 429 own", "a end 429 complete");
            var logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("told_off");
            assertThat(logged.has(ResponseFlag.RL)).isTrue();
            assertThat(client.send(get("/both")).response().status()).isEqualTo(200);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void routesHaveChainsOfTheirOwnAndUnroutedRequestsThatOfTheManager() throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.reply(200, "ok"));
                var proxy = proxy(origin);
                var client = proxy.client()) {
            assertThat(client.send(get("/bare")).response().status()).isEqualTo(200);
            assertThat(heard).isEmpty();
            assertThat(client.send(get("/direct")).response().body()).isEqualTo("d");
            heard("a request", "a response 200 own", "a end 200 complete");
            assertThat(client.send(get("/nowhere")).response().status()).isEqualTo(404);
            heard("a request", "b request", "b response 404 own", "a response 404 own", "b end 404 complete",
                    "a end 404 complete");
        }
    }

    @Test
    void anExchangeThatIsCutIsToldAsIncomplete() throws Exception {
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            wire.reset();
        }); var proxy = proxy(origin); var client = proxy.client()) {
            client.send(get("/both"));
            ProxyFixture.eventually(() -> heard.size() >= 6);
            assertThat(heard).endsWith("b end 200 incomplete", "a end 200 incomplete");
        }
    }

    @Test
    void aClientThatLeavesIsToldWithoutAResponse() throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.reply(200, "ok")); var proxy = proxy(origin)) {
            try (var client = proxy.client()) {
                client.send("POST /both HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
            }
            heard("a request", "b request", "b end 0 incomplete", "a end 0 incomplete");
        }
    }

    @Test
    void aFilterThatFailsAtTheEndCostsNoPlaceAndTheOtherFiltersHearTheEnd() throws Exception {
        var chain = new ChainSpec(List.of(filter("a"), filter("broken"), filter("b")));
        var spec = HttpManagerSpec.of("test", RouteTable.of(forward(0))).withChains(List.of(chain));
        try (var origin = Origin.start((_, wire) -> wire.reply(200, "ok"));
                var proxy = ProxyFixture.with(cluster -> cluster, spec, origin);
                var client = proxy.client()) {
            assertThat(client.send(get("/")).response().body()).isEqualTo("ok");
            ProxyFixture.eventually(() -> heard.size() >= 9);
            assertThat(heard).endsWith("b end 200 complete", "broken end 200 complete", "a end 200 complete");
            ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
        }
    }

    @Test
    void malformedRequestsReachNoFilter() throws Exception {
        try (var proxy = proxy(); var client = proxy.client()) {
            assertThat(client.send("GET /both HTTP/1.1\r\n\r\n").response().status()).isEqualTo(400);
            assertThat(heard).isEmpty();
        }
    }
}
