package io.weir.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.PathTemplate;
import io.weir.http.route.match.QueryMatch;
import io.weir.http.route.match.RequestFacts;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.match.TextMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteIndexTest {
    private static final RequestFacts FACTS = Heads.source(Heads.to("/"));

    private static final String[] SEGMENTS = {"a", "b", "A", "ab", "abc", "", "é", "a.b", "x1"};

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static String path(Random random, int most) {
        var path = new StringBuilder("/");
        for (int i = random.nextInt(most); i > 0; i--) {
            path.append(pick(random, SEGMENTS)).append(random.nextInt(3) == 0 ? "" : "/");
        }
        return path.toString();
    }

    private static PathMatch template(String text) {
        return switch (PathTemplate.of(text)) {
            case PathTemplate.Result.Ready(PathTemplate template) -> new PathMatch.Template(template);
            case PathTemplate.Result.Refused refused -> throw new AssertionError(refused);
        };
    }

    private static PathMatch randomPath(Random random, int most) {
        boolean ignoreCase = random.nextInt(4) == 0;
        String path = path(random, most);
        return switch (random.nextInt(8)) {
            case 0 -> new PathMatch.Regex(Pattern.compile(pick(random, "", "^") + path
                    + pick(random, "[ab]*", ".*", "+", "?", "(a|b)", "|/a", "[^/]+/b", "$")));
            case 1 -> new PathMatch.Regex(Pattern.compile(".*" + pick(random, "b", "/a", "[ab]", "\\.b", "(?i)B")));
            case 2 -> new PathMatch.Prefix(random.nextInt(9) == 0 ? "" : path, ignoreCase);
            case 3 -> new PathMatch.Prefix(path, ignoreCase);
            case 4 -> new PathMatch.Separated(path, ignoreCase);
            case 5 -> template(pick(random, "/a/*", "/{v}", "/**", "/a/{v=b/*}", "/*.b", "/ab/**/a", "/a", "/*/b"));
            case 6 -> new PathMatch.Connect();
            default -> new PathMatch.Exact(path, ignoreCase);
        };
    }

    private static HeaderMatch randomHeader(Random random) {
        String value = "v" + random.nextInt(12);
        var test = switch (random.nextInt(6)) {
            case 0 -> new HeaderMatch.Test.Present(random.nextBoolean());
            case 1 -> new HeaderMatch.Test.Text(TextMatch.prefix("v1", random.nextBoolean()));
            case 2 -> new HeaderMatch.Test.Text(TextMatch.exact(value, true));
            default -> new HeaderMatch.Test.Text(TextMatch.exact(random.nextInt(9) == 0 ? "" : value, false));
        };
        return random.nextInt(3) == 0
                ? HeaderMatch.method(pick(random, "GET", "POST", "CONNECT"))
                : new HeaderMatch(pick(random, "x-a", "x-a", "x-b", ":authority"), test, random.nextInt(6) == 0,
                        random.nextInt(6) == 0);
    }

    /** With many routes on few paths, so that fields have to tell them apart. */
    private static List<Route> randomRoutes(Random random) {
        int most = 1 + random.nextInt(3);
        var routes = new ArrayList<Route>();
        for (int i = random.nextInt(random.nextInt(3) == 0 ? 120 : 30); i > 0; i--) {
            var headers = new ArrayList<HeaderMatch>();
            for (int j = random.nextInt(4); j > 0; j--) {
                headers.add(randomHeader(random));
            }
            var query = random.nextInt(9) == 0 ? List.of(QueryMatch.present("q", true)) : List.<QueryMatch>of();
            var share = random.nextInt(9) == 0 ? new RouteMatch.Share(300_000, 1_000_000) : RouteMatch.Share.ALL;
            routes.add(new Route("r" + i, new RouteMatch(randomPath(random, most), headers, query, share),
                    Forward.to("c"), HeaderEdits.NONE));
        }
        return routes;
    }

    private static HttpHead randomRequest(Random random) {
        var lines = new ArrayList<String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            lines.add(pick(random, "x-a: ", "x-a: ", "x-b: ", "x-c: ") + pick(random, "", "v1", "V2", "v")
                    + random.nextInt(6));
        }
        String method = pick(random, "GET", "POST", "CONNECT");
        String target = method.equals("CONNECT") && random.nextBoolean()
                ? ""
                : HeadText.latin(path(random, 4) + pick(random, "", "", "?q", "#f", "?a/b"));
        return Heads.request(method, pick(random, "v1", "v2", "a.example"), target, lines.toArray(String[]::new));
    }

    private static @Nullable Route walk(List<Route> routes, HttpHead head, long random) {
        for (var route : routes) {
            if (route.match().matches(head, random, FACTS)) {
                return route;
            }
        }
        return null;
    }

    @Test
    void anIndexAnswersAsAWalkInOrderWould() {
        int matched = 0;
        for (long seed = 1; seed <= 600; seed++) {
            var random = new Random(seed);
            var routes = randomRoutes(random);
            var index = new RouteIndex(routes);
            for (int i = 0; i < 40; i++) {
                var head = randomRequest(random);
                long dice = random.nextLong();
                var expected = walk(routes, head, dice);
                matched += expected == null ? 0 : 1;
                assertThat(index.match(head, dice, FACTS)).as("seed %d: %s %s %s", seed, head.method(), head.path(),
                        Heads.lines(head)).isSameAs(expected);
            }
        }
        assertThat(matched).as("the test tests something").isBetween(6_000, 22_000);
    }

    @Test
    void tenThousandRoutesAnswerAsAWalkInOrderWould() {
        for (long seed = 1; seed <= 3; seed++) {
            var random = new Random(seed);
            var routes = new ArrayList<Route>();
            for (int i = 0; i < 10_000; i++) {
                String path = "/s" + random.nextInt(2_000) + path(random, 2);
                var match = switch (random.nextInt(5)) {
                    case 0 -> new PathMatch.Regex(Pattern.compile(path + pick(random, "[ab]+", ".*", "(a|b)?")));
                    case 1 -> new PathMatch.Prefix(path, random.nextInt(9) == 0);
                    case 2 -> new PathMatch.Separated(path, false);
                    case 3 -> template("/s" + random.nextInt(2_000) + "/{a}");
                    default -> new PathMatch.Exact(path, random.nextInt(9) == 0);
                };
                var headers = random.nextInt(3) == 0 ? List.of(randomHeader(random)) : List.<HeaderMatch>of();
                routes.add(new Route("r" + i, new RouteMatch(match, headers, List.of(), RouteMatch.Share.ALL),
                        Forward.to("c"), HeaderEdits.NONE));
            }
            var index = new RouteIndex(routes);
            int matched = 0;
            for (int i = 0; i < 300; i++) {
                var head = Heads.to(HeadText.latin("/s" + random.nextInt(2_000) + path(random, 3)), "x-a: v1");
                var expected = walk(routes, head, 0);
                matched += expected == null ? 0 : 1;
                assertThat(index.match(head, 0, FACTS)).as("seed %d: %s", seed, head.path()).isSameAs(expected);
            }
            assertThat(matched).as("seed %d: the test tests something", seed).isBetween(50, 290);
        }
    }

    @Test
    void routesOfOnePathAreToldApartByTheirFieldsWithoutAWalk() {
        var routes = new ArrayList<Route>();
        for (int i = 0; i < 1_000; i++) {
            var tenant = new HeaderMatch("x-tenant", new HeaderMatch.Test.Text(TextMatch.exact("t" + i, false)), false,
                    false);
            routes.add(new Route("t" + i, new RouteMatch(new PathMatch.Prefix("/", false), List.of(tenant), List.of(),
                    RouteMatch.Share.ALL), Forward.to("c"), HeaderEdits.NONE));
        }
        routes.add(Route.of(new PathMatch.Prefix("/", false), Forward.to("rest")));
        var index = new RouteIndex(routes);
        assertThat(index.match(Heads.to("/x", "x-tenant: t999"), 0, FACTS)).isSameAs(routes.get(999));
        assertThat(index.match(Heads.to("/x", "x-tenant: other"), 0, FACTS)).isSameAs(routes.get(1_000));
        assertThat(index.match(Heads.to("/x"), 0, FACTS)).isSameAs(routes.get(1_000));
        assertThat(index.match(Heads.to("/x", "x-tenant: t1", "x-tenant: t2"), 0, FACTS)).as("the value is t1,t2")
                .isSameAs(routes.get(1_000));
    }

    @Test
    void onlyATunnelIsAskedForWithoutAPath() {
        var connect = Route.of(new PathMatch.Connect(), Forward.to("tunnel"));
        var all = Route.of(new PathMatch.Prefix("", false), Forward.to("rest"));
        var index = new RouteIndex(List.of(connect, all));
        assertThat(index.match(Heads.request("CONNECT", "a.example:443", ""), 0, FACTS)).isSameAs(connect);
        assertThat(index.match(Heads.request("CONNECT", "a.example:443", "/over-http2"), 0, FACTS)).isSameAs(connect);
        assertThat(index.match(Heads.to("/"), 0, FACTS)).isSameAs(all);
        assertThat(new RouteIndex(List.of(all)).match(Heads.request("CONNECT", "a.example:443", ""), 0, FACTS))
                .isNull();
    }
}
