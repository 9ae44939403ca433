package io.weir.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.RequestFacts;
import io.weir.http.route.match.QueryMatch;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.match.TextMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final RequestFacts FACTS = Heads.source(Heads.to("/"));

    private static VirtualHost host(String name, String... domains) {
        return new VirtualHost(name, List.of(domains),
                List.of(Route.of(new PathMatch.Prefix("/", false), Forward.to(name))));
    }

    private static @Nullable String hostFor(RouteTable table, String authority) {
        var host = table.virtualHost(Heads.request("GET", authority, "/"));
        return host == null ? null : host.name();
    }

    private static RouteTable routes(Route... routes) {
        return new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(routes))), false);
    }

    private static Route route(String name, PathMatch path) {
        return new Route(name, RouteMatch.of(path), Forward.to(name), HeaderEdits.NONE);
    }

    private static @Nullable String match(RouteTable table, HttpHead head) {
        var route = table.match(head, 0, Heads.source(head));
        return route == null ? null : route.name();
    }

    @Test
    void anExactDomainGoesBeforeWildcardsAndTheLongestWildcardBeforeShorterOnes() {
        var table = new RouteTable("", List.of(host("any", "*"), host("suffix", "*.example.com"),
                host("longer", "*-bar.example.com"), host("prefix", "foo.*"), host("longer prefix", "foo.bar.*"),
                host("exact", "www.example.com")), false);
        assertThat(hostFor(table, "www.example.com")).isEqualTo("exact");
        assertThat(hostFor(table, "api.example.com")).isEqualTo("suffix");
        assertThat(hostFor(table, "foo-bar.example.com")).isEqualTo("longer");
        assertThat(hostFor(table, "foo.org")).isEqualTo("prefix");
        assertThat(hostFor(table, "foo.bar.org")).isEqualTo("longer prefix");
        assertThat(hostFor(table, "foo.example.com")).as("suffixes go before prefixes").isEqualTo("suffix");
        assertThat(hostFor(table, "else.org")).isEqualTo("any");
    }

    @Test
    void aStarStandsForAtLeastOneCharacter() {
        var table = new RouteTable("", List.of(host("suffix", "*.example.com"), host("prefix", "foo.*")), false);
        assertThat(hostFor(table, ".example.com")).isNull();
        assertThat(hostFor(table, "example.com")).isNull();
        assertThat(hostFor(table, "foo.")).isNull();
        assertThat(hostFor(table, "foo.x")).isEqualTo("prefix");
    }

    @Test
    void theCaseOfDomainsDoesNotMatter() {
        var table = new RouteTable("", List.of(host("exact", "WWW.Example.com"), host("suffix", "*.Example.ORG")),
                false);
        assertThat(hostFor(table, "www.EXAMPLE.com")).isEqualTo("exact");
        assertThat(hostFor(table, "a.EXAMPLE.org")).isEqualTo("suffix");
    }

    @Test
    void aPortIsPartOfTheDomainUnlessItIsToBeIgnored() {
        var hosts = List.of(host("with", "a.example:8080"), host("without", "b.example"), host("v6", "[::1]"));
        var minding = new RouteTable("", hosts, false);
        assertThat(hostFor(minding, "a.example:8080")).isEqualTo("with");
        assertThat(hostFor(minding, "a.example")).isNull();
        assertThat(hostFor(minding, "b.example:80")).isNull();
        var ignoring = new RouteTable("", hosts, true);
        assertThat(hostFor(ignoring, "b.example:80")).isEqualTo("without");
        assertThat(hostFor(ignoring, "[::1]:80")).isEqualTo("v6");
        assertThat(hostFor(ignoring, "[::1]")).isEqualTo("v6");
    }

    @Test
    void aRequestWithoutAuthorityGoesToTheStarOnly() {
        assertThat(hostFor(new RouteTable("", List.of(host("a", "a.example")), false), "")).isNull();
        assertThat(hostFor(new RouteTable("", List.of(host("all", "*")), false), "")).isEqualTo("all");
    }

    @Test
    void theFirstRouteThatMatchesIsTakenHoweverSpecificALaterOneIs() {
        var table = routes(route("a", new PathMatch.Prefix("/a", false)),
                route("a exact", new PathMatch.Exact("/a", false)),
                route("regex", new PathMatch.Regex(Pattern.compile("/[ab]/x"))),
                route("b", new PathMatch.Prefix("/b/", false)), route("rest", new PathMatch.Prefix("/", false)));
        assertThat(match(table, Heads.to("/a"))).isEqualTo("a");
        assertThat(match(table, Heads.to("/abc"))).isEqualTo("a");
        assertThat(match(table, Heads.to("/b/x"))).isEqualTo("regex");
        assertThat(match(table, Heads.to("/b/y"))).isEqualTo("b");
        assertThat(match(table, Heads.to("/c"))).isEqualTo("rest");
    }

    @Test
    void queryAndFragmentAreNoPartOfThePath() {
        var table = routes(route("exact", new PathMatch.Exact("/a", false)),
                route("regex", new PathMatch.Regex(Pattern.compile("/b"))));
        assertThat(match(table, Heads.to("/a?x=1"))).isEqualTo("exact");
        assertThat(match(table, Heads.to("/b?x=1"))).isEqualTo("regex");
        assertThat(match(table, Heads.to("/a/"))).isNull();
        assertThat(match(table, Heads.to("/bb"))).as("a pattern matches the whole path").isNull();
    }

    @Test
    void aSeparatedPrefixEndsAtASlashOrThePathsEnd() {
        var table = routes(route("api", new PathMatch.Separated("/api/dev", false)));
        assertThat(match(table, Heads.to("/api/dev"))).isEqualTo("api");
        assertThat(match(table, Heads.to("/api/dev/v1"))).isEqualTo("api");
        assertThat(match(table, Heads.to("/api/dev?x"))).isEqualTo("api");
        assertThat(match(table, Heads.to("/api/developer"))).isNull();
    }

    @Test
    void caseIsIgnoredWhereTheRouteSaysSo() {
        var table = routes(route("minding", new PathMatch.Exact("/Aa", false)),
                route("exact", new PathMatch.Exact("/Aa", true)), route("prefix", new PathMatch.Prefix("/Bb/", true)),
                route("separated", new PathMatch.Separated("/Cc", true)));
        assertThat(match(table, Heads.to("/Aa"))).isEqualTo("minding");
        assertThat(match(table, Heads.to("/aA"))).isEqualTo("exact");
        assertThat(match(table, Heads.to("/bb/c"))).isEqualTo("prefix");
        assertThat(match(table, Heads.to("/cC/d"))).isEqualTo("separated");
    }

    @Test
    void anEmptyPrefixMatchesEveryPathButNotARequestWithoutOne() {
        var table = routes(route("all", new PathMatch.Prefix("", false)));
        assertThat(match(table, Heads.to("/x"))).isEqualTo("all");
        assertThat(match(table, Heads.to("*"))).isEqualTo("all");
        assertThat(match(table, Heads.request("CONNECT", "a.example:443", ""))).isNull();
    }

    @Test
    void aRouteTakesItsShareOfTheTrafficAndLeavesTheRest() {
        var some = new RouteMatch(new PathMatch.Prefix("/", false), List.of(), List.of(),
                new RouteMatch.Share(25, 100));
        var table = routes(new Route("some", some, Forward.to("a"), HeaderEdits.NONE),
                route("rest", new PathMatch.Prefix("/", false)));
        int taken = 0;
        for (int i = 0; i < 1000; i++) {
            var route = table.match(Heads.to("/"), i, FACTS);
            taken += route != null && route.name().equals("some") ? 1 : 0;
        }
        assertThat(taken).isEqualTo(250);
    }

    @Test
    void anIndexedTableAnswersAsAWalkInOrderWould() {
        for (long seed = 1; seed <= 300; seed++) {
            var random = new Random(seed);
            var hosts = randomHosts(random);
            var table = new RouteTable("", hosts, random.nextInt(4) == 0);
            for (int i = 0; i < 60; i++) {
                var head = randomRequest(random);
                long dice = random.nextLong();
                assertThat(table.match(head, dice, FACTS))
                        .as("seed %d: %s %s %s", seed, head.method(), head.authority(), head.path())
                        .isSameAs(Reference.match(hosts, table.virtualHost(head), head, dice));
            }
        }
    }

    @Test
    void theVirtualHostIsWhatAWalkOverAllDomainsWouldFind() {
        for (long seed = 1; seed <= 300; seed++) {
            var random = new Random(seed);
            var hosts = randomHosts(random);
            var table = new RouteTable("", hosts, false);
            for (int i = 0; i < 60; i++) {
                var head = randomRequest(random);
                assertThat(table.virtualHost(head)).as("seed %d: %s", seed, head.authority())
                        .isSameAs(Reference.virtualHost(hosts, head.authority()));
            }
        }
    }

    @Test
    void matchingAllocatesNothing() {
        var routes = new ArrayList<Route>();
        for (int i = 0; i < 500; i++) {
            routes.add(route("e" + i, new PathMatch.Exact("/exact/" + i, false)));
            routes.add(route("p" + i, new PathMatch.Prefix("/prefix/" + i + "/", false)));
        }
        var byHeader = new RouteMatch(new PathMatch.Prefix("/", true),
                List.of(HeaderMatch.method("POST"), new HeaderMatch("x-a",
                        new HeaderMatch.Test.Text(TextMatch.contains("b", true)), false, false)),
                List.of(QueryMatch.present("q", true)), RouteMatch.Share.ALL);
        routes.addFirst(new Route("header", byHeader, Forward.to("h"), HeaderEdits.NONE));
        var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*.example"), routes)), true);
        var head = Heads.request("GET", "a.example:80", "/prefix/499/x?q=1", "x-a: cBd");
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long matched = 0;
        for (int i = 0; i < 20_000; i++) {
            matched += table.match(head, i, FACTS) == null ? 0 : 1;
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            matched += table.match(head, i, FACTS) == null ? 0 : 1;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(matched).isEqualTo(30_000);
        assertThat(allocated).isLessThan(10_000);
    }

    // ---- random tables ----

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static String path(Random random) {
        var path = new StringBuilder("/");
        for (int i = random.nextInt(4); i > 0; i--) {
            path.append(pick(random, "a", "b", "A", "ab", "/", "é"));
        }
        return path.toString();
    }

    private static List<VirtualHost> randomHosts(Random random) {
        var free = new ArrayList<>(
                List.of("a.b", "A.c", "b", "*.b", "*a.b", "*.a.b", "a.*", "a.b*", "*", "c:80", "b:*"));
        var hosts = new ArrayList<VirtualHost>();
        for (int i = 0; i < 4; i++) {
            var domains = new ArrayList<String>();
            for (int j = random.nextInt(3); j >= 0 && !free.isEmpty(); j--) {
                domains.add(free.remove(random.nextInt(free.size())));
            }
            var routes = new ArrayList<Route>();
            for (int j = random.nextInt(12); j > 0; j--) {
                routes.add(randomRoute(random, i + "/" + j));
            }
            hosts.add(new VirtualHost("host" + i, domains, routes));
        }
        return hosts;
    }

    private static Route randomRoute(Random random, String name) {
        boolean ignoreCase = random.nextInt(4) == 0;
        String path = path(random);
        var match = switch (random.nextInt(5)) {
            case 0 -> new PathMatch.Regex(Pattern.compile(path + "[ab]*"));
            case 1 -> new PathMatch.Prefix(random.nextInt(9) == 0 ? "" : path, ignoreCase);
            case 2 -> new PathMatch.Prefix(path, ignoreCase);
            case 3 -> new PathMatch.Separated(path, ignoreCase);
            default -> new PathMatch.Exact(path, ignoreCase);
        };
        var headers = random.nextInt(3) == 0 ? List.of(HeaderMatch.method("POST")) : List.<HeaderMatch>of();
        var query = random.nextInt(5) == 0 ? List.of(QueryMatch.present("q", true)) : List.<QueryMatch>of();
        var share = random.nextInt(5) == 0 ? new RouteMatch.Share(1, 2) : RouteMatch.Share.ALL;
        return new Route(name, new RouteMatch(match, headers, query, share), Forward.to(name), HeaderEdits.NONE);
    }

    private static HttpHead randomRequest(Random random) {
        String path = HeadText.latin(path(random) + pick(random, "", "", "?q", "?q=1&r", "?r"));
        return Heads.request(pick(random, "GET", "POST"),
                pick(random, "", "a.b", "A.C", "x.b", "xa.b", "x.a.b", "a.bb", "a.zz", "c:80", "b:1", "b", ".b"), path);
    }

    /** The rules of Envoy's documentation, written down without a thought for speed. */
    private static final class Reference {
        static @Nullable Route match(List<VirtualHost> hosts, @Nullable VirtualHost host, HttpHead head, long random) {
            assertThat(host == null || hosts.contains(host)).isTrue();
            if (host == null) {
                return null;
            }
            return host.routes().stream().filter(route -> route.match().matches(head, random, FACTS)).findFirst()
                    .orElse(null);
        }

        static @Nullable VirtualHost virtualHost(List<VirtualHost> hosts, String authority) {
            String lower = authority.toLowerCase(Locale.ROOT);
            VirtualHost best = null;
            int bestRank = -1;
            for (var host : hosts) {
                for (String domain : host.domains()) {
                    int rank = rank(domain.toLowerCase(Locale.ROOT), lower);
                    if (rank > bestRank) {
                        bestRank = rank;
                        best = host;
                    }
                }
            }
            return best;
        }

        private static int rank(String domain, String authority) {
            String text = domain.replace("*", "");
            if (domain.equals("*")) {
                return 0;
            }
            if (domain.equals(authority)) {
                return 3000;
            }
            if (authority.length() <= text.length()) {
                return -1;
            }
            if (domain.startsWith("*") && authority.endsWith(text)) {
                return 2000 + text.length();
            }
            return domain.endsWith("*") && authority.startsWith(text) ? 1000 + text.length() : -1;
        }
    }
}
