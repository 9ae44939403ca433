package io.weir.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ForwardTest {
    private static Forward forward(PathRewrite path, HostRewrite host, boolean forwardedHost) {
        return new Forward(new ClusterChoice.Single(Target.of("a")), 0, 0, 0, RetrySpec.off(), path, host,
                forwardedHost, 503, false, false);
    }

    private static HttpHead prepared(Forward forward, HttpHead head) {
        forward.prepare(head, Target.of("a"), Heads.source(head), true);
        return head;
    }

    private static String path(PathRewrite rewrite, String path) {
        return prepared(forward(rewrite, HostRewrite.KEEP, false), Heads.to(path)).path();
    }

    private static String host(HostRewrite rewrite, HttpHead head) {
        return prepared(forward(PathRewrite.KEEP, rewrite, false), head).authority();
    }

    private static PathRewrite prefix(PathMatch match, String replacement) {
        return new PathRewrite.Prefix(match.matchedBytes(), HeadText.bytes(replacement));
    }

    @Test
    void aPrefixRewriteTakesThePlaceOfWhatTheRouteMatched() {
        assertThat(path(prefix(new PathMatch.Prefix("/prefix", false), "/"), "/prefix")).isEqualTo("/");
        assertThat(path(prefix(new PathMatch.Prefix("/prefix/", false), "/"), "/prefix/etc?x=1")).isEqualTo("/etc?x=1");
        assertThat(path(prefix(new PathMatch.Prefix("/prefix", false), "/"), "/prefix/etc")).as("as Envoy")
                .isEqualTo("//etc");
        assertThat(path(prefix(new PathMatch.Exact("/a", false), "/longer"), "/a?q")).isEqualTo("/longer?q");
        assertThat(path(prefix(new PathMatch.Separated("/a", false), "/b"), "/a/c")).isEqualTo("/b/c");
        assertThat(path(prefix(new PathMatch.Regex(Pattern.compile(".*")), "/all"), "/a/c?q")).isEqualTo("/all?q");
    }

    @Test
    void aPatternRewritesThePathAndLeavesTheQuery() {
        var service = PathRewrite.Regex.of(Pattern.compile("^/service/([^/]+)(/.*)$"), "\\2/instance/\\1");
        assertThat(path(service, "/service/foo/v1/api?x=/service/y/z"))
                .isEqualTo("/v1/api/instance/foo?x=/service/y/z");
        assertThat(path(PathRewrite.Regex.of(Pattern.compile("one"), "two"), "/xxx/one/yyy/one/zzz"))
                .isEqualTo("/xxx/two/yyy/two/zzz");
        assertThat(path(PathRewrite.Regex.of(Pattern.compile("^(.*?)one(.*)$"), "\\1two\\2"), "/xxx/one/yyy/one/zzz"))
                .isEqualTo("/xxx/two/yyy/one/zzz");
        assertThat(path(PathRewrite.Regex.of(Pattern.compile("(?i)/xxx/"), "/$\\\\{1}/"), "/aaa/XxX/bbb"))
                .as("dollars and braces mean nothing").isEqualTo("/aaa/$\\{1}/bbb");
    }

    @Test
    void aGroupHasOneDigit() {
        assertThat(path(PathRewrite.Regex.of(Pattern.compile("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)"), "\\1\\10\\0"),
                "/abcdefghij")).isEqualTo("/aa0abcdefghij");
    }

    @Test
    void theOldPathIsKeptInAFieldWhereItChanged() {
        var head = prepared(forward(prefix(new PathMatch.Prefix("/a", false), "/b"), HostRewrite.KEEP, false),
                Heads.to("/a?x", "x-envoy-original-path: /forged"));
        assertThat(Heads.lines(head)).contains("x-envoy-original-path: /a?x")
                .doesNotContain("x-envoy-original-path: /forged");
        var unchanged = prepared(
                forward(PathRewrite.Regex.of(Pattern.compile("z"), "y"), HostRewrite.KEEP, false), Heads.to("/a"));
        assertThat(unchanged.has(HeaderName.X_ENVOY_ORIGINAL_PATH)).isFalse();
    }

    @Test
    void theHostComesFromALiteralAHeaderOrThePath() {
        assertThat(host(new HostRewrite.Literal("b.example"), Heads.to("/"))).isEqualTo("b.example");
        var fromHeader = new HostRewrite.FromHeader(HeaderName.of("x-host"));
        assertThat(host(fromHeader, Heads.to("/", "x-host: c.example"))).isEqualTo("c.example");
        assertThat(host(fromHeader, Heads.to("/"))).isEqualTo("a.example");
        var fromPath = HostRewrite.FromPath.of(Pattern.compile("^/(.+)/.+$"), "\\1");
        assertThat(host(fromPath, Heads.to("/envoyproxy.io/path?x/y"))).isEqualTo("envoyproxy.io");
        assertThat(host(new HostRewrite.ToEndpoint(), Heads.to("/"))).isEqualTo("a.example");
    }

    @Test
    void aWeightedClustersHostGoesBeforeTheRoutes() {
        var forward = forward(PathRewrite.KEEP, new HostRewrite.ToEndpoint(), false);
        var target = new Target("a", 1, HeaderEdits.NONE, HeaderEdits.NONE, new HostRewrite.Literal("w.example"),
                null, Target.STREAMED);
        var head = Heads.to("/");
        forward.prepare(head, target, Heads.source(head), true);
        assertThat(head.authority()).isEqualTo("w.example");
        assertThat(forward.hostFromEndpoint(target)).isFalse();
        assertThat(forward.hostFromEndpoint(Target.of("a"))).isTrue();
    }

    @Test
    void theOldHostIsAppendedToForwardedHostOnce() {
        var forward = forward(PathRewrite.KEEP, new HostRewrite.Literal("b.example"), true);
        assertThat(prepared(forward, Heads.to("/")).value(HeaderName.X_FORWARDED_HOST)).isEqualTo("a.example");
        assertThat(prepared(forward, Heads.to("/", "x-forwarded-host: z.example")).value(HeaderName.X_FORWARDED_HOST))
                .isEqualTo("z.example,a.example");
        assertThat(prepared(forward, Heads.to("/", "x-forwarded-host: z.example, a.example"))
                .value(HeaderName.X_FORWARDED_HOST)).isEqualTo("z.example, a.example");
    }

    @Test
    void headerEditsSeeTheRequestBeforeItsRewrites() {
        if (!(ValueFormat.compile("%REQ(:authority)%%REQ(:path)%") instanceof ValueFormat.Result.Ready ready)) {
            throw new AssertionError("refused");
        }
        var add = new HeaderEdits.Add(HeaderName.of("x-before"), ready.format(),
                HeaderEdits.Append.APPEND_IF_EXISTS_OR_ADD, false);
        var edits = HeaderEdits.of(List.of(new HeaderEdits.Level(List.of(add), List.of())));
        var forward = forward(prefix(new PathMatch.Prefix("/", false), "/new/"), new HostRewrite.Literal("b.example"),
                false);
        var head = Heads.to("/p");
        forward.prepare(head, new Target("a", 1, edits, HeaderEdits.NONE, HostRewrite.KEEP, null, Target.STREAMED),
                Heads.source(head), false);
        assertThat(head.value(HeaderName.of("x-before"))).isEqualTo("a.example/p");
        assertThat(head.path()).isEqualTo("/new/p");
    }

    @Test
    void weightsDivideTheDice() {
        var weighted = new ClusterChoice.Weighted(List.of(weight("a", 1), weight("zero", 0), weight("b", 3)));
        var head = Heads.to("/");
        int first = 0;
        for (long dice = -500; dice < 500; dice++) {
            var target = Objects.requireNonNull(weighted.choose(head, dice));
            first += target.cluster().equals("a") ? 1 : 0;
            assertThat(target.cluster()).isNotEqualTo("zero");
        }
        assertThat(first).isEqualTo(250);
    }

    @Test
    void aHeaderDecidesInThePlaceOfTheDice() {
        var weighted = new ClusterChoice.Weighted(
                List.of(new ClusterChoice.Share(weight("a", 1), null), new ClusterChoice.Share(weight("b", 3), null)),
                4,
                HeaderName.of("x-dice"), false);
        assertThat(cluster(weighted, "x-dice: 4")).isEqualTo("a");
        assertThat(cluster(weighted, "x-dice: 7")).isEqualTo("b");
        assertThat(cluster(weighted, "x-dice: 18446744073709551612")).as("2^64 - 4").isEqualTo("a");
        for (String none : List.of("x-dice: 18446744073709551616", "x-dice: -1", "x-dice: +1", "x-dice: 1a", "x-dice:",
                "x-other: 1")) {
            assertThat(cluster(weighted, none)).as(none).isEqualTo("b");
        }
    }

    @Test
    void aHeaderNamesAWeightedCluster() {
        var weighted = new ClusterChoice.Weighted(
                List.of(new ClusterChoice.Share(weight("", 1), HeaderName.of("x-to"))), 1, null, false);
        assertThat(cluster(weighted, "x-to: c")).isEqualTo("c");
        assertThat(weighted.choose(Heads.to("/"), 0)).isNull();
    }

    private static String cluster(ClusterChoice choice, String line) {
        var target = choice.choose(Heads.to("/", line), 2);
        return target == null ? "none" : target.cluster();
    }

    private static Target weight(String cluster, long weight) {
        return new Target(cluster, weight, HeaderEdits.NONE, HeaderEdits.NONE, HostRewrite.KEEP, null, Target.STREAMED);
    }

    @Test
    void aHeaderNamesTheCluster() {
        var choice = new ClusterChoice.ByHeader(HeaderName.of("x-cluster"), Target.of(""));
        var target = choice.choose(Heads.to("/", "x-cluster: blue"), 0);
        assertThat(target).isEqualTo(Target.of("blue"));
        assertThat(choice.choose(Heads.to("/"), 0)).isNull();
    }
}
