package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.admit.TokenBucket;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.ratelimit.DescriptorAction;
import io.weir.http.ratelimit.DescriptorRule;
import io.weir.http.ratelimit.DescriptorRules;
import io.weir.http.ratelimit.DescriptorRules.VirtualHostUse;
import io.weir.http.ratelimit.LimitSpec;
import io.weir.http.ratelimit.LimitSpec.Entry;
import io.weir.http.ratelimit.LocalRateLimitSpec;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.Route;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.http.route.RouteTable;
import io.weir.http.route.ValueFormat;
import io.weir.http.route.VirtualHost;
import io.weir.http.codec.HeaderName;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Local rate limits over sockets. Buckets fill in hours, so that no test depends on how quick it is. */
@Timeout(30)
final class LocalRateLimitTest {
    private static final long HOUR = 3_600_000_000_000L;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static TokenBucket.Rule hourly(int tokens) {
        return new TokenBucket.Rule(tokens, tokens, HOUR);
    }

    private static LocalRateLimitSpec limit(int tokens) {
        return new LocalRateLimitSpec("rl", hourly(tokens), Share.ALL, Share.ALL, 429, HeaderEdits.NONE,
                HeaderEdits.NONE, List.of(), true, false, false, List.of(), VirtualHostUse.OVERRIDE, 0);
    }

    private static HeaderEdits adding(String name, String value) {
        var format = ((ValueFormat.Result.Ready) ValueFormat.compile(value)).format();
        return HeaderEdits.of(List.of(new HeaderEdits.Level(List.of(new HeaderEdits.Add(HeaderName.of(name), format,
                HeaderEdits.Append.APPEND_IF_EXISTS_OR_ADD, false)), List.of())));
    }

    private static Origin answering() {
        return Origin.start((_, wire) -> wire.reply(200, "ok"));
    }

    private static ProxyFixture proxy(HttpFilterSpec filter, Origin origin) {
        return ProxyFixture.with(cluster -> cluster, HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                .withChains(List.of(new ChainSpec(List.of(filter)))), origin);
    }

    private static List<Integer> statuses(RawHttp client, String request, int times) throws Exception {
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < times; i++) {
            statuses.add(client.send(request).response().status());
        }
        return statuses;
    }

    private static long count(ProxyFixture proxy, String name) {
        return proxy.stats.root().tagged("envoy.local_http_ratelimit_prefix", "rl").child("http_local_rate_limit")
                .counter(name).value();
    }

    @Test
    void exactlyAsManyPassAsThereAreTokensAndTheOthersAreTold() throws Exception {
        try (var origin = answering(); var proxy = proxy(limit(10), origin); var client = proxy.client()) {
            var passed = statuses(client, GET, 25).stream().collect(Collectors.groupingBy(s -> s,
                    Collectors.counting()));
            assertThat(passed).hasSize(2).containsEntry(200, 10L).containsEntry(429, 15L);
            assertThat(origin.requests()).hasSize(10);
            assertThat(List.of(count(proxy, "enabled"), count(proxy, "ok"), count(proxy, "rate_limited"),
                    count(proxy, "enforced"))).containsExactly(25L, 10L, 15L, 15L);
            var answer = client.send(GET).response();
            assertThat(answer.body()).isEqualTo("local_rate_limited");
            var logged = proxy.logged();
            while (logged.status() == 200) {
                logged = proxy.logged();
            }
            assertThat(logged.details()).isEqualTo("local_rate_limited");
            assertThat(logged.has(ResponseFlag.RL)).isTrue();
        }
    }

    @Test
    void connectionsShareTheBucketUnlessEachHasItsOwn() throws Exception {
        try (var origin = answering(); var proxy = proxy(limit(3), origin)) {
            try (var one = proxy.client(); var two = proxy.client()) {
                assertThat(statuses(one, GET, 2)).containsOnly(200);
                assertThat(statuses(two, GET, 2)).containsExactly(200, 429);
            }
        }
        var bucket = Objects.requireNonNull(limit(3).bucket(), "the limit's bucket");
        var own = new LocalRateLimitSpec("rl", bucket, Share.ALL, Share.ALL, 429, HeaderEdits.NONE,
                HeaderEdits.NONE, List.of(), true, true, false, List.of(), VirtualHostUse.OVERRIDE, 0);
        try (var origin = answering(); var proxy = proxy(own, origin)) {
            for (int i = 0; i < 2; i++) {
                try (var client = proxy.client()) {
                    assertThat(statuses(client, GET, 4)).containsExactly(200, 200, 200, 429);
                }
            }
        }
    }

    /** Steps of filters are kept for eight routes at a time. */
    @Test
    void whoWalksOverManyRoutesFindsTheBucketsOfItsConnectionAsItLeftThem() throws Exception {
        var routes = new ArrayList<Route>();
        var chains = new ArrayList<ChainSpec>();
        for (int i = 0; i < 12; i++) {
            chains.add(new ChainSpec(List.of(new LocalRateLimitSpec("rl", hourly(2), Share.ALL, Share.ALL, 429,
                    HeaderEdits.NONE, HeaderEdits.NONE, List.of(), true, true, false, List.of(),
                    VirtualHostUse.OVERRIDE, 0))));
            routes.add(new Route("", RouteMatch.of(new PathMatch.Exact("/" + i, false)),
                    new Direct(200, new byte[0]), HeaderEdits.NONE, i, List.of()));
        }
        var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), routes)), false);
        try (var proxy = ProxyFixture.with(cluster -> cluster,
                HttpManagerSpec.of("test", table).withChains(chains))) {
            for (int connection = 0; connection < 2; connection++) {
                try (var client = proxy.client()) {
                    for (int status : new int[]{200, 200, 429, 429}) {
                        for (int i = 0; i < 12; i++) {
                            assertThat(statuses(client, get("/" + i), 1)).as("route " + i).containsExactly(status);
                        }
                    }
                }
            }
        }
    }

    @Test
    void responsesTellWhatIsLeft() throws Exception {
        var told = new LocalRateLimitSpec("rl", hourly(2), Share.ALL, Share.ALL, 503, HeaderEdits.NONE,
                adding("x-why", "too much"), List.of(), true, false, true, List.of(), VirtualHostUse.OVERRIDE, 0);
        try (var origin = answering(); var proxy = proxy(told, origin); var client = proxy.client()) {
            var first = client.send(GET).response();
            assertThat(quota(first)).isEqualTo("2 1 0");
            assertThat(first.header("x-why")).isEmpty();
            assertThat(quota(client.send(GET).response())).startsWith("2 0 ");
            var refused = client.send(GET).response();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("x-why")).contains("too much");
            assertThat(Long.parseLong(refused.header("x-ratelimit-reset").orElseThrow())).isBetween(1790L, 1800L);
        }
    }

    private static String quota(HttpMessage response) {
        return response.header("x-ratelimit-limit").orElse("none") + " "
                + response.header("x-ratelimit-remaining").orElse("none") + " "
                + response.header("x-ratelimit-reset").orElse("none");
    }

    @Test
    void whatIsNotEnforcedPassesAndIsMarked() throws Exception {
        var marked = new LocalRateLimitSpec("rl", hourly(1), Share.ALL, new Share(0, 100), 429,
                adding("x-over", "yes"), HeaderEdits.NONE, List.of(), true, false, false, List.of(),
                VirtualHostUse.OVERRIDE, 0);
        try (var origin = answering(); var proxy = proxy(marked, origin); var client = proxy.client()) {
            assertThat(statuses(client, GET, 2)).containsOnly(200);
            assertThat(origin.requests().getFirst().header("x-over")).isEmpty();
            assertThat(origin.requests().getLast().header("x-over")).contains("yes");
            assertThat(count(proxy, "rate_limited")).isOne();
            assertThat(count(proxy, "enforced")).isZero();
        }
    }

    @Test
    void whatIsNotEnabledIsNotCounted() throws Exception {
        var off = new LocalRateLimitSpec("rl", hourly(1), new Share(0, 100), Share.ALL, 429, HeaderEdits.NONE,
                HeaderEdits.NONE, List.of(), true, false, true, List.of(), VirtualHostUse.OVERRIDE, 0);
        try (var origin = answering(); var proxy = proxy(off, origin); var client = proxy.client()) {
            assertThat(statuses(client, GET, 5)).containsOnly(200);
            assertThat(quota(client.send(GET).response())).isEqualTo("none none none");
            assertThat(count(proxy, "enabled")).isZero();
        }
    }

    private static DescriptorRule rule(DescriptorAction... actions) {
        return new DescriptorRule(0, List.of(actions));
    }

    private static LocalRateLimitSpec describing(boolean always, List<DescriptorRule> rules, LimitSpec... limits) {
        return new LocalRateLimitSpec("rl", hourly(5), Share.ALL, Share.ALL, 429, HeaderEdits.NONE, HeaderEdits.NONE,
                List.of(limits), always, false, true, rules, VirtualHostUse.OVERRIDE, 0);
    }

    private static String get(String path, String... fields) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + String.join("", fields) + "\r\n";
    }

    @Test
    void eachDescriptorHasItsBucketAndOthersThatOfAll() throws Exception {
        var user = rule(new DescriptorAction.RequestHeader(HeadField.of("x-user"), "user", false));
        var spec = describing(false, List.of(user), new LimitSpec(List.of(new Entry("user", "ann")), hourly(2)),
                new LimitSpec(List.of(new Entry("user", "bob")), hourly(1)));
        try (var origin = answering(); var proxy = proxy(spec, origin); var client = proxy.client()) {
            assertThat(statuses(client, get("/", "x-user: ann\r\n"), 3)).containsExactly(200, 200, 429);
            assertThat(statuses(client, get("/", "x-user: bob\r\n"), 2)).containsExactly(200, 429);
            assertThat(quota(client.send(get("/", "x-user: bob\r\n")).response())).startsWith("1 0 ");
            assertThat(statuses(client, get("/", "x-user: annie\r\n"), 3)).containsOnly(200);
            assertThat(statuses(client, GET, 3)).as("two are left of the five").containsExactly(200, 200, 429);
        }
    }

    @Test
    void aDescriptorWithoutAValueHasABucketForEachThatComesUnlessItHasOneOfItsOwn() throws Exception {
        var user = rule(new DescriptorAction.RequestHeader(HeadField.of("x-user"), "user", false));
        var spec = describing(false, List.of(user), new LimitSpec(List.of(new Entry("user", "")), hourly(2)),
                new LimitSpec(List.of(new Entry("user", "bob")), hourly(3)));
        try (var origin = answering(); var proxy = proxy(spec, origin); var client = proxy.client()) {
            assertThat(statuses(client, get("/", "x-user: ann\r\n"), 3)).containsExactly(200, 200, 429);
            assertThat(statuses(client, get("/", "x-user: bob\r\n"), 4)).containsExactly(200, 200, 200, 429);
            try (var other = proxy.client()) {
                assertThat(statuses(other, get("/", "x-user: ann\r\n"), 1)).containsExactly(429);
                assertThat(statuses(other, get("/", "x-user: cid\r\n"), 3)).containsExactly(200, 200, 429);
            }
            assertThat(statuses(client, GET, 6)).as("no user: the bucket of all").endsWith(200, 429);
        }
    }

    @Test
    void ofTwoEntriesOnlyTheOneWithoutAValueIsOpen() throws Exception {
        var both = rule(new DescriptorAction.RequestHeader(HeadField.of("x-plan"), "plan", false),
                new DescriptorAction.RequestHeader(HeadField.of("x-user"), "user", false));
        var spec = describing(false, List.of(both),
                new LimitSpec(List.of(new Entry("plan", "free"), new Entry("user", "")), hourly(1)));
        try (var origin = answering(); var proxy = proxy(spec, origin); var client = proxy.client()) {
            assertThat(statuses(client, get("/", "x-plan: free\r\nx-user: ann\r\n"), 2)).containsExactly(200, 429);
            assertThat(statuses(client, get("/", "x-plan: free\r\nx-user: bob\r\n"), 2)).containsExactly(200, 429);
            assertThat(statuses(client, get("/", "x-plan: gold\r\nx-user: ann\r\n"), 5)).containsOnly(200);
        }
    }

    @Test
    void aDescriptorsRequestsTakeFromTheBucketOfAllTooWhereThatIsAsked() throws Exception {
        var all = rule(new DescriptorAction.GenericKey("generic_key", "k".getBytes(StandardCharsets.UTF_8)));
        var spec = describing(true, List.of(all), new LimitSpec(List.of(new Entry("generic_key", "k")), hourly(100)));
        try (var origin = answering(); var proxy = proxy(spec, origin); var client = proxy.client()) {
            assertThat(statuses(client, GET, 6)).containsExactly(200, 200, 200, 200, 200, 429);
        }
    }

    @Test
    void theClientsAddressItsNetworkTheClusterAndTheQueryMakeDescriptors() throws Exception {
        var rules = List.of(rule(new DescriptorAction.RemoteAddress(), new DescriptorAction.DestinationCluster()),
                rule(new DescriptorAction.MaskedRemoteAddress(8, 64)),
                rule(new DescriptorAction.QueryParameter("q".getBytes(StandardCharsets.UTF_8), "query", false)));
        var spec = describing(false, rules,
                new LimitSpec(List.of(new Entry("remote_address", "127.0.0.1"),
                        new Entry("destination_cluster", "origins")), hourly(3)),
                new LimitSpec(List.of(new Entry("masked_remote_address", "127.0.0.0/8")), hourly(20)),
                new LimitSpec(List.of(new Entry("query", "x")), hourly(1)));
        try (var origin = answering(); var proxy = proxy(spec, origin); var client = proxy.client()) {
            assertThat(statuses(client, get("/?a=q&qq=x&q=x"), 2)).containsExactly(200, 429);
            assertThat(statuses(client, get("/?q=y"), 3)).as("two are left for this address")
                    .containsExactly(200, 200, 429);
        }
    }

    @Test
    void theClientOfADescriptorIsTheOneThatATrustedProxyNames() throws Exception {
        var rules = List.of(rule(new DescriptorAction.RemoteAddress()),
                rule(new DescriptorAction.MaskedRemoteAddress(16, 64)));
        var spec = describing(false, rules, new LimitSpec(List.of(new Entry("remote_address", "10.1.0.7")), hourly(2)),
                new LimitSpec(List.of(new Entry("masked_remote_address", "10.2.0.0/16")), hourly(1)));
        try (var origin = answering(); var proxy = proxy(spec, origin); var client = proxy.client()) {
            assertThat(statuses(client, get("/", "x-forwarded-for: 10.1.0.7\r\n"), 3)).containsExactly(200, 200, 429);
            assertThat(statuses(client, get("/", "x-forwarded-for: 10.2.0.7\r\n"), 2)).containsExactly(200, 429);
            assertThat(statuses(client, get("/", "x-forwarded-for: 10.2.3.4\r\n"), 1)).containsExactly(429);
        }
    }

    @Test
    void theRouteMakesDescriptorsWhereTheFilterMakesNone() throws Exception {
        var own = rule(new DescriptorAction.GenericKey("generic_key", "own".getBytes(StandardCharsets.UTF_8)));
        var outer = rule(new DescriptorAction.GenericKey("generic_key", "outer".getBytes(StandardCharsets.UTF_8)));
        var limits = new LimitSpec[]{new LimitSpec(List.of(new Entry("generic_key", "own")), hourly(1)),
                new LimitSpec(List.of(new Entry("generic_key", "outer")), hourly(2))};
        var routes = List.of(
                new Route("", RouteMatch.of(new PathMatch.Prefix("/own", false)), Forward.to("origins"),
                        HeaderEdits.NONE, 0, List.of(new DescriptorRules(List.of(own), List.of(outer), false))),
                new Route("", RouteMatch.of(new PathMatch.Prefix("/", false)), Forward.to("origins"), HeaderEdits.NONE,
                        0, List.of(new DescriptorRules(List.of(), List.of(outer), false))));
        var table = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), routes)), false);
        var spec = HttpManagerSpec.of("test", table)
                .withChains(List.of(new ChainSpec(List.of(describing(false, List.of(), limits)))));
        try (var origin = answering();
                var proxy = ProxyFixture.with(cluster -> cluster, spec, origin);
                var client = proxy.client()) {
            assertThat(statuses(client, get("/own"), 2)).containsExactly(200, 429);
            assertThat(statuses(client, get("/else"), 3)).containsExactly(200, 200, 429);
        }
    }

    @Test
    void manyConnectionsAtOnceGetExactlyWhatIsThere() throws Exception {
        try (var origin = answering(); var proxy = proxy(limit(100), origin)) {
            var threads = IntStream.range(0, 8).mapToObj(_ -> {
                var statuses = new ArrayList<Integer>();
                return new Asking(statuses, Thread.ofVirtual().start(() -> {
                    try (var client = proxy.client()) {
                        statuses.addAll(statuses(client, GET, 40));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }).toList();
            long passed = 0;
            long refused = 0;
            for (var asking : threads) {
                asking.thread.join();
                passed += asking.statuses.stream().filter(status -> status == 200).count();
                refused += asking.statuses.stream().filter(status -> status == 429).count();
            }
            assertThat(passed).isEqualTo(100);
            assertThat(refused).isEqualTo(220);
        }
    }

    private record Asking(List<Integer> statuses, Thread thread) {
    }

    @Test
    void callersOfGrpcAreToldResourceExhaustedWhereThatIsAskedForAndOthersTheStatusAllTheSame() throws Exception {
        String call = "POST /s/m HTTP/1.1\r\nHost: a\r\ncontent-type: application/grpc\r\nContent-Length: 0\r\n\r\n";
        for (boolean exhausted : new boolean[]{false, true}) {
            try (Origin origin = answering();
                    ProxyFixture proxy = proxy(limit(1).withGrpcExhausted(exhausted), origin);
                    RawHttp client = RawHttp.connect(proxy.port)) {
                assertThat(client.send(GET).response().status()).isEqualTo(200);
                HttpMessage refused = client.send(call).response();
                assertThat(refused.status()).isEqualTo(200);
                assertThat(refused.headers("grpc-status")).containsExactly(exhausted ? "8" : "14");
                assertThat(refused.headers("grpc-message")).containsExactly("local_rate_limited");
                HttpMessage plain = client.send(GET).response();
                assertThat(plain.status()).isEqualTo(429);
                assertThat(plain.headers("grpc-status")).isEmpty();
            }
        }
    }
}
