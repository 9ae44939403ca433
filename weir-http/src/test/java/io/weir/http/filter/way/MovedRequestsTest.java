package io.weir.http.filter.way;

import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Route;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.http.route.VirtualHost;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that a filter moves to another route: the filters of that one are asked that have not been, whether they
 * stand before who moved the request or behind.
 */
@Timeout(60)
final class MovedRequestsTest {
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    /** Looks at heads, and is heard of. */
    private final class Teller implements HttpFilterSpec {
        private final String name;

        Teller(String name) {
            this.name = name;
        }

        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new FilterStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    heard.add(name);
                    return Flow.NEXT;
                }

                @Override
                public void responseHead(HttpHead response) {
                    heard.add(name + " back");
                }

                @Override
                public void ended(long nowNanos) {
                    heard.add(name + " ended");
                }
            };
        }
    }

    /** Moves the request to another path, with or without a look at its body. */
    private record Mover(String from, String to, boolean sees) implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> sees ? new BodyStep() {
                private boolean moves;

                @Override
                public Flow requestHead(HttpHead request) {
                    throw new IllegalStateException("this one is asked with more");
                }

                @Override
                public Flow requestHead(HttpHead request, boolean last) {
                    moves = request.path().equals(from);
                    return moves && !last ? Flow.PAUSE : Flow.NEXT;
                }

                @Override
                public boolean gathersRequest() {
                    return moves;
                }

                @Override
                public Flow requestData(BodyPart part, boolean last) {
                    if (moves && part.data().isReadable()) {
                        moves = false;
                        exchange.requestPassage().head(this).path(to);
                        exchange.reroute();
                        exchange.requestPassage().resume(this);
                    }
                    return Flow.NEXT;
                }
            } : (FilterStep) request -> {
                if (request.path().equals(from)) {
                    request.path(to);
                    exchange.reroute();
                }
                return Flow.NEXT;
            };
        }
    }

    /** Lets nobody pass. */
    private record Wall() implements HttpFilterSpec {
        private static final Flow.Reply NO = new Flow.Reply(403, "wall".getBytes(StandardCharsets.US_ASCII), "wall", 0);

        @Override
        public HttpFilter open(FilterContext context) {
            return _ -> _ -> NO;
        }
    }

    private static Route route(int chain) {
        var target = new Target("origins", 1, HeaderEdits.NONE, HeaderEdits.NONE, HostRewrite.KEEP, null,
                Target.STREAMED, chain);
        var forward = new Forward(new ClusterChoice.Single(target), Forward.TIMEOUT_NANOS, Forward.INHERIT_NANOS,
                Forward.INHERIT_NANOS, RetrySpec.builtIn(), PathRewrite.KEEP, HostRewrite.KEEP, false, 503, false,
                false);
        return new Route("", RouteMatch.of(new PathMatch.Prefix("/" + chain, false)), forward, HeaderEdits.NONE);
    }

    /** A route {@code /n} for the n-th chain. */
    private static ProxyFixture proxy(Origin origin, List<List<HttpFilterSpec>> chains) {
        var routes = IntStream.range(0, chains.size()).mapToObj(MovedRequestsTest::route).toList();
        var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), routes)), false);
        var specs = chains.stream().map(filters -> new ChainSpec(filters, IntStream.range(0, filters.size())
                .mapToObj(i -> filters.get(i) instanceof Teller teller ? teller.name : "other").toList(), Map.of()))
                .toList();
        return ProxyFixture.with(cluster -> cluster, HttpManagerSpec.of("test", table).withChains(specs), origin);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String post(String path, String fields, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private static Origin echo() {
        return Origin.start((request, wire) -> wire.reply(200, request.target() + " " + request.body()));
    }

    @Test
    void theOtherRoutesFiltersAreAskedThatHaveNotBeenAndNoneTwice() throws Exception {
        var shared = new Teller("shared");
        var mover = new Mover("/0", "/1", false);
        try (var origin = echo();
                var proxy = proxy(origin, List.of(List.of(shared, new Teller("a"), mover, new Teller("b")),
                        List.of(new Teller("c"), shared, mover, new Teller("d"))));
                var client = proxy.client()) {
            for (int i = 0; i < 3; i++) { // what is kept of the first serves the others
                assertThat(client.send(get("/0")).response().body()).isEqualTo("/1 ");
                eventually(() -> Collections.frequency(heard, "shared ended") == 1);
                assertThat(heard).containsExactly("shared", "a", "c", "d", "d back", "c back", "a back", "shared back",
                        "d ended", "c ended", "a ended", "shared ended");
                heard.clear();
            }
            client.send(get("/1")).response();
            assertThat(heard).startsWith("c", "shared", "d");
        }
    }

    @Test
    void whoMovesToARouteThatLetsNobodyPassComesNoFurther() throws Exception {
        for (boolean sees : new boolean[]{false, true}) {
            var mover = new Mover("/0", "/1", sees);
            try (var origin = echo();
                    var proxy = proxy(origin, List.of(List.of(mover), List.of(new Wall(), mover)));
                    var client = proxy.client()) {
                client.send(post("/0", "", "body"));
                assertThat(client.response().body()).isEqualTo("wall");
                assertThat(proxy.logged().details()).isEqualTo("wall");
                assertThat(origin.requests()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyPassesTheFiltersOfTheOtherRoute(boolean sees) throws Exception {
        var mover = new Mover("/0", "/1", sees);
        var bender = new Bender("f1");
        var left = new Bender("f2");
        try (var origin = echo();
                var proxy = proxy(origin, List.of(List.of(mover, sees ? left : new Teller("left")),
                        List.of(bender, mover, new Teller("d"))));
                var client = proxy.client()) {
            for (String word : List.of("double", "gather", "late", "trickle", "gather double", "append")) {
                client.send(post("/0", "f1: " + word + "\r\nf2: double\r\n", "body"));
                // twice: the answer passes it too
                assertThat(client.response().body()).as(word).isEqualTo(Bender.bent(Set.of(word.split(" ")),
                        "/1 " + Bender.bent(Set.of(word.split(" ")), "body")));
            }
            String body = "0123456789".repeat(20_000);
            client.send(post("/0", "f1: gather\r\n", body));
            assertThat(client.response().body()).isEqualTo("/1 " + body);
            assertThat(left.heard()).isEmpty();
            assertThat(heard).doesNotContain("left").contains("d");
            eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
        }
    }

    @Test
    void whoMovesAndMovesBackAsksEachFilterOnce() throws Exception {
        var there = new Mover("/0", "/1", false);
        var back = new Mover("/1", "/2", false);
        var last = new Mover("/2", "/0/end", false);
        try (var origin = echo();
                var proxy = proxy(origin, List.of(List.of(there, new Teller("a")), List.of(back, new Teller("b")),
                        List.of(new Teller("c"), last, new Teller("e"))));
                var client = proxy.client()) {
            assertThat(client.send(get("/0")).response().body()).isEqualTo("/0/end ");
            assertThat(heard).startsWith("c", "a");
            assertThat(heard).doesNotContain("b", "e");
        }
    }

    @Test
    void theirTimesAreTakenUnderTheirNames() throws Exception {
        var mover = new Mover("/0", "/1", false);
        try (var origin = echo();
                var proxy = proxy(origin, List.of(List.of(mover, new Teller("a")),
                        List.of(new Teller("c"), mover, new Teller("d"), new Bender("f1"))));
                var client = proxy.client()) {
            proxy.stats.timesFilters(true);
            client.send(post("/0", "f1: late\r\n", "body")).response();
            assertThat(proxy.logged().filterTimes()).matches("other=\\d+\\+0,c=\\d+\\+0,d=\\d+\\+0,other=\\d+\\+\\d+");
        }
    }

    @Test
    void whereverARequestOfManyRoutesIsMovedItsFiltersAreAsked() throws Exception {
        int routes = 12; // more than a connection keeps the steps of
        var chains = IntStream.range(0, routes).mapToObj(i -> List.<HttpFilterSpec>of(new Teller("before" + i),
                new Mover("/" + i + "/from", "/" + (i + 1) % routes, false), new Teller("behind" + i))).toList();
        try (var origin = echo(); var proxy = proxy(origin, chains); var client = proxy.client()) {
            for (int i = 0; i < 3 * routes; i++) {
                int at = 9 - i % 8; // 2 to 9: of one digit, as paths are prefixes
                heard.clear();
                client.send(get("/" + at + "/from")).response();
                int to = at + 1 == 10 ? 1 : at + 1; // "/10" begins as "/1" does
                assertThat(heard).startsWith("before" + at, "before" + to, "behind" + to);
                assertThat(heard).doesNotContain("behind" + at);
            }
        }
    }
}
