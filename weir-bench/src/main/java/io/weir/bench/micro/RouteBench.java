package io.weir.bench.micro;

import com.google.re2j.Pattern;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.Route;
import io.weir.http.route.RouteTable;
import io.weir.http.route.VirtualHost;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.PathTemplate;
import io.weir.http.route.match.RequestFacts;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.match.TextMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The route of a request among 10,000 of one virtual host, as a gateway before many services has them; each sample is
 * one look-up of one of 1,024 different requests.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RouteBench {
    private static final long SEED = 7;
    private static final int ROUTES = 10_000;
    private static final int REQUESTS = 1_024;

    /** No route here asks. */
    private static final RequestFacts FACTS = new RequestFacts() {
        @Override
        public String downstreamRemoteAddress() {
            return "192.0.2.7:4711";
        }

        @Override
        public String downstreamDirectRemoteAddress() {
            return downstreamRemoteAddress();
        }

        @Override
        public String downstreamLocalAddress() {
            return "198.51.100.1:443";
        }
    };

    @Param
    Mix mix = Mix.MIXED;

    private RouteTable table = RouteTable.of(Forward.to("all"));
    private final List<HttpHead> requests = new ArrayList<>();
    private int next;

    /** What the routes match by. */
    public enum Mix {
        /**
         * 40 % exact paths, 30 % prefixes, 15 % patterns, 10 % by tenant, 5 % templates; at the end one for the rest.
         */
        MIXED,
        /** Exact paths alone. */
        EXACT,
        /** Prefixes alone. */
        PREFIX,
        /** Regular expressions alone, each with a beginning of its own. */
        REGEX,
        /** The same prefix for all, told apart by a header. */
        HEADER,
        /** URI templates alone. */
        TEMPLATE
    }

    @Setup
    public void setUp() {
        var random = new SplittableRandom(SEED);
        var routes = new ArrayList<Route>();
        var kinds = new ArrayList<Mix>();
        for (int i = 0; i < ROUTES; i++) {
            kinds.add(kind(random.nextInt(100)));
            routes.add(new Route("r" + i, match(kinds.get(i), i), Forward.to("c" + i % 100), HeaderEdits.NONE));
        }
        routes.add(Route.of(new PathMatch.Prefix("/", false), Forward.to("rest")));
        table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), routes)), false);
        requests.clear();
        for (int i = 0; i < REQUESTS; i++) {
            int route = random.nextInt(ROUTES);
            requests.add(request(kinds.get(route), route, random.nextInt(20) == 0));
        }
    }

    private Mix kind(int percent) {
        if (mix != Mix.MIXED) {
            return mix;
        }
        return percent < 40
                ? Mix.EXACT
                : percent < 70 ? Mix.PREFIX : percent < 85 ? Mix.REGEX : percent < 95 ? Mix.HEADER : Mix.TEMPLATE;
    }

    private static RouteMatch match(Mix kind, int i) {
        return switch (kind) {
            case MIXED, EXACT -> RouteMatch.of(new PathMatch.Exact("/shop/catalogue/items/" + i, false));
            case PREFIX -> RouteMatch.of(new PathMatch.Prefix("/service-" + i + "/v1/", false));
            case REGEX -> RouteMatch
                    .of(new PathMatch.Regex(Pattern.compile("/users/team-" + i + "/[0-9]+/orders/[^/]+")));
            case HEADER -> new RouteMatch(new PathMatch.Prefix("/api/", false),
                    List.of(new HeaderMatch("x-tenant",
                            new HeaderMatch.Test.Text(TextMatch.exact("tenant-" + i, false)), false, false)),
                    List.of(), RouteMatch.Share.ALL);
            case TEMPLATE -> RouteMatch.of(new PathMatch.Template(template("/media/show-" + i + "/{part}/*.mp4")));
        };
    }

    private static PathTemplate template(String text) {
        return switch (PathTemplate.of(text)) {
            case PathTemplate.Result.Ready(PathTemplate template) -> template;
            case PathTemplate.Result.Refused refused -> throw new IllegalStateException(refused.message());
        };
    }

    /** One in twenty finds only the route for the rest. */
    private static HttpHead request(Mix kind, int i, boolean astray) {
        String path = switch (kind) {
            case MIXED, EXACT -> "/shop/catalogue/items/" + i;
            case PREFIX -> "/service-" + i + "/v1/articles/2026/11/27?page=2&sort=asc";
            case REGEX -> "/users/team-" + i + "/4711/orders/9d7a1c30a1f54b8c8f2c7d3f?fields=all";
            case HEADER -> "/api/v2/things?limit=10";
            case TEMPLATE -> "/media/show-" + i + "/s01e02/1080p5000_00001.mp4";
        };
        var head = new HttpHead();
        head.path("GET");
        head.method(head.pathStart(), head.pathEnd());
        head.path(astray ? "/nowhere" + path : path);
        head.authority("shop.example");
        head.add(HeaderName.of("user-agent"), "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0");
        head.add(HeaderName.of("accept"), "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        head.add(HeaderName.of("x-tenant"), "tenant-" + i);
        return head;
    }

    @Benchmark
    public @Nullable Route match() {
        next = (next + 1) & (REQUESTS - 1);
        return table.match(requests.get(next), next, FACTS);
    }
}
