package io.weir.http.config;

import static io.weir.http.config.ReadManager.action;
import static io.weir.http.config.ReadManager.route;
import static io.weir.http.config.ReadManager.routes;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys.Rule;
import io.weir.core.time.ExponentialBackOff;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.Heads;
import io.weir.http.route.Redirect;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Target;
import io.weir.http.route.rewrite.HostRewrite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteReaderTest {
    private static final long MILLI = 1_000_000L;

    private static boolean matches(String match, HttpHead head) {
        var spec = route("match: " + match + "\nroute: { cluster: a }").accepted();
        return spec.routes().match(head, 0, Heads.source(head)) != null;
    }

    private static HttpHead sent(Forward forward, HttpHead head) {
        var target = forward.choice().choose(head, 0);
        forward.prepare(head, Objects.requireNonNull(target), Heads.source(head), true);
        return head;
    }

    private static RetrySpec retry(String yaml) {
        return action("route: { cluster: a, retry_policy: " + yaml + " }").forward().retry();
    }

    @Test
    void aRouteHasEnvoysDefaults() {
        var forward = action("route: { cluster: a }").forward();
        assertThat(forward).isEqualTo(Forward.to("a"));
        assertThat(forward.timeoutNanos()).isEqualTo(15_000 * MILLI);
    }

    @Test
    void whatARouteSaysIsRead() {
        var read = route("""
                name: r
                match: { path: /x }
                route: { cluster: a, timeout: 0s, idle_timeout: 2s, max_stream_duration: { max_stream_duration: 3s },
                  cluster_not_found_response_code: NOT_FOUND, append_x_forwarded_host: true, auto_host_rewrite: true }
                """);
        var forward = read.forward();
        assertThat(read.onlyRoute().name()).isEqualTo("r");
        assertThat(forward.timeoutNanos()).isZero();
        assertThat(forward.idleTimeoutNanos()).isEqualTo(2000 * MILLI);
        assertThat(forward.durationMaxNanos()).isEqualTo(3000 * MILLI);
        assertThat(forward.clusterNotFoundStatus()).isEqualTo(404);
        assertThat(forward.appendForwardedHost()).isTrue();
        assertThat(forward.hostRewrite()).isEqualTo(new HostRewrite.ToEndpoint());
    }

    @Test
    void everyKindOfMatchIsRead() {
        assertThat(matches("{ path: /A, case_sensitive: false }", Heads.to("/a"))).isTrue();
        assertThat(matches("{ path: /A }", Heads.to("/a"))).isFalse();
        assertThat(matches("{ safe_regex: { regex: \"/[0-9]+\" } }", Heads.to("/12"))).isTrue();
        assertThat(matches("{ safe_regex: { google_re2: {}, regex: \"/[0-9]+\" } }", Heads.to("/12a"))).isFalse();
        assertThat(matches("{ path_separated_prefix: /a }", Heads.to("/ab"))).isFalse();
        assertThat(matches("{ prefix: /, runtime_fraction: { default_value: { numerator: 0 } } }", Heads.to("/")))
                .isFalse();
        assertThat(matches("{ prefix: /, grpc: {} }", Heads.to("/", "content-type: application/grpc+proto"))).isTrue();
        assertThat(matches("{ prefix: /, grpc: {} }", Heads.to("/", "content-type: application/grpc-web"))).isFalse();
        assertThat(
                matches("{ prefix: /, query_parameters: { name: q, string_match: { prefix: A, ignore_case: true } } }",
                        Heads.to("/?q=abc")))
                .isTrue();
        assertThat(matches("{ prefix: /, query_parameters: { name: q, present_match: true } }", Heads.to("/?r")))
                .isFalse();
        assertThat(matches("{ prefix: /, query_parameters: { name: q } }", Heads.to("/?q"))).isTrue();
    }

    @Test
    void everyKindOfHeaderMatchIsRead() {
        var head = Heads.request("POST", "a.example", "/", "x-a: 15ab");
        for (String match : List.of("name: x-a", "name: x-a, exact_match: 15ab", "name: x-a, exact_match: \"\"",
                "name: x-a, prefix_match: \"15\"", "name: x-a, suffix_match: ab", "name: x-a, contains_match: 5a",
                "name: x-a, safe_regex_match: { regex: \"\\\\d+ab\" }", "name: x-a, present_match: true",
                "name: x-b, present_match: false", "name: x-a, range_match: { start: 1, end: 9 }, invert_match: true",
                "name: x-a, string_match: { contains: 5A, ignore_case: true }", "name: \":method\", exact_match: POST",
                "name: x-b, string_match: { exact: z }, invert_match: true, treat_missing_header_as_empty: true")) {
            assertThat(matches("{ prefix: /, headers: { " + match + " } }", head)).as(match).isTrue();
            assertThat(matches("{ prefix: /, headers: [ { " + match + " }, { name: x-none } ] }", head)).as(match)
                    .isFalse();
        }
    }

    @Test
    void rewritesAreRead() {
        assertThat(sent(action("route: { cluster: a, prefix_rewrite: /q }").forward(), Heads.to("/p/x?y")).path())
                .isEqualTo("/q/x?y");
        assertThat(sent(action("""
                route: { cluster: a, regex_rewrite: { pattern: { regex: "/p/(.*)" }, substitution: '/\\1/z' },
                  host_rewrite_path_regex: { pattern: { regex: "/p/(.*)" }, substitution: '\\1.example' } }
                """).forward(), Heads.to("/p/x")))
                .satisfies(head -> assertThat(head.path()).isEqualTo("/x/z"))
                .satisfies(head -> assertThat(head.authority()).isEqualTo("x.example"));
        assertThat(sent(action("route: { cluster: a, host_rewrite_literal: b.example }").forward(), Heads.to("/p"))
                .authority()).isEqualTo("b.example");
        assertThat(sent(action("route: { cluster: a, host_rewrite_header: x-h }").forward(),
                Heads.to("/p", "x-h: c.example")).authority()).isEqualTo("c.example");
    }

    @Test
    void clustersAreChosenByNameWeightOrHeader() {
        assertThat(action("route: { cluster_header: x-c }").forward().choice())
                .isEqualTo(new ClusterChoice.ByHeader(HeaderName.of("x-c"), Target.of("")));
        var read = action("""
                route: { weighted_clusters: { clusters: [ { name: a, weight: 1 },
                  { name: b, weight: 3, host_rewrite_literal: b.example } ] } }
                """);
        assertThat(read.clusters()).containsExactly("a", "b");
        var choice = (ClusterChoice.Weighted) read.forward().choice();
        assertThat(choice.total()).isEqualTo(4);
        assertThat(choice.shares().get(1).target().hostRewrite()).isEqualTo(new HostRewrite.Literal("b.example"));
        assertThat(action("""
                route: { weighted_clusters: { header_name: x-dice, clusters: [ { name: a, weight: 1 },
                  { cluster_header: x-to, weight: 1 } ] } }
                """).forward().choice().choose(Heads.to("/", "x-dice: 1", "x-to: c"), 0)).extracting(Target::cluster)
                .isEqualTo("c");
        assertThat(action("route: { weighted_clusters: { clusters: [ { name: a, cluster_header: b, weight: 1 },"
                + " { weight: 1 } ] } }").problems()).hasSize(2).allMatch(problem -> problem.contains("needs a name"));
        assertThat(action("route: { weighted_clusters: { clusters: [ { name: a, weight: 0 } ] } }").problems())
                .singleElement().asString().contains("the weights' sum must be from 1");
    }

    @Test
    void clustersNeedNotExistWhereTheyAreNotValidated() {
        String host = """
                virtual_hosts: [ { name: all, domains: "*", routes: [ { match: { prefix: / }, route: { cluster: a } } ] } ]
                """;
        assertThat(routes(host).clusters()).containsExactly("a");
        assertThat(routes(host + "validate_clusters: false").clusters()).isEmpty();
    }

    @Test
    void aRetryPolicyIsReadWithItsDefaults() {
        var spec = retry("{ retry_on: \"5xx, connect-failure\" }");
        assertThat(spec.conditions()).isEqualTo(RetrySpec.bits(Set.of(RetryOn.SERVER_ERROR, RetryOn.CONNECT_FAILURE)));
        assertThat(spec.retriesMax()).isEqualTo(1);
        assertThat(spec.backOff()).isEqualTo(new ExponentialBackOff(25 * MILLI, 250 * MILLI));
        var full = retry("""
                { retry_on: "retriable-status-codes", num_retries: 4, per_try_timeout: 1s, per_try_idle_timeout: 2s,
                  retriable_status_codes: [ 500, 409 ], retry_back_off: { base_interval: 0.003s },
                  retry_host_predicate: { name: envoy.retry_host_predicates.previous_hosts } }
                """);
        assertThat(full.retriesMax()).isEqualTo(4);
        assertThat(full.perTryTimeoutNanos()).isEqualTo(1000 * MILLI);
        assertThat(full.perTryIdleTimeoutNanos()).isEqualTo(2000 * MILLI);
        assertThat(full.backOff()).isEqualTo(new ExponentialBackOff(3 * MILLI, 30 * MILLI));
        assertThat(full.onResponse(Heads.response(409))).isTrue();
    }

    @Test
    void aPolicyWithoutConditionsSaysOnlyHowOften() {
        assertThat(retry("{ num_retries: 5 }").conditions()).isEqualTo(RetrySpec.builtIn().conditions());
        assertThat(retry("{ num_retries: 0 }").enabled()).isFalse();
    }

    @Test
    void aRoutesPolicyGoesBeforeTheVirtualHosts() {
        var hosts = routes("""
                virtual_hosts:
                - name: all
                  domains: "*"
                  retry_policy: { retry_on: reset, num_retries: 7 }
                  include_request_attempt_count: true
                  include_attempt_count_in_response: true
                  routes:
                  - { match: { path: /a }, route: { cluster: a } }
                  - { match: { path: /b }, route: { cluster: a, retry_policy: { retry_on: 5xx } } }
                """).accepted().routes().hosts().getFirst();
        var first = (Forward) hosts.routes().get(0).action();
        var second = (Forward) hosts.routes().get(1).action();
        assertThat(first.retry().retriesMax()).isEqualTo(7);
        assertThat(second.retry().retriesMax()).isEqualTo(1);
        assertThat(first.attemptCountUpstream()).isTrue();
        assertThat(first.attemptCountDownstream()).isTrue();
    }

    @Test
    void theFourLevelsOfEditsComeFromTheMostSpecificOutwardUnlessItIsToWin() {
        String levels = """
                request_headers_to_add: { header: { key: x-l, value: table } }
                response_headers_to_remove: x-secret
                virtual_hosts:
                - name: all
                  domains: "*"
                  request_headers_to_add: { header: { key: x-l, value: host } }
                  routes:
                  - match: { prefix: / }
                    request_headers_to_add: { header: { key: x-l, value: route } }
                    route:
                      weighted_clusters:
                        clusters:
                        - { name: a, weight: 1, request_headers_to_add: { header: { key: x-l, value: cluster } } }
                """;
        assertThat(levelsOf(routes(levels).forward())).containsExactly("cluster", "route", "host", "table");
        assertThat(levelsOf(routes(levels + "most_specific_header_mutations_wins: true").forward()))
                .containsExactly("table", "host", "route", "cluster");
        var response = Heads.response(200, "x-secret: 1");
        routes(levels).onlyRoute().responseEdits().apply(response, Heads.source(response));
        assertThat(Heads.lines(response)).isEmpty();
    }

    private static List<String> levelsOf(Forward forward) {
        return Heads.lines(sent(forward, Heads.to("/"))).stream().filter(line -> line.startsWith("x-l: "))
                .map(line -> line.substring(5)).toList();
    }

    @Test
    void olderAppendAndNewerActionsAreRead() {
        assertThat(edited("header: { key: x-a, value: new }, append: false")).containsExactly("new");
        assertThat(edited("header: { key: x-a, value: new }, append: true")).containsExactly("old", "new");
        assertThat(edited("header: { key: x-a, value: new }")).containsExactly("old", "new");
        assertThat(edited("header: { key: x-a, value: new }, append_action: ADD_IF_ABSENT")).containsExactly("old");
        assertThat(edited("header: { key: x-a, value: new }, append_action: OVERWRITE_IF_EXISTS"))
                .containsExactly("new");
        assertThat(edited("header: { key: x-a, value: \"%REQ(x-a)%!\" }, append_action: OVERWRITE_IF_EXISTS_OR_ADD"))
                .containsExactly("old!");
    }

    private static List<String> edited(String add) {
        var forward = route("match: { prefix: / }\nrequest_headers_to_add: { " + add + " }\nroute: { cluster: a }")
                .forward();
        return Heads.lines(sent(forward, Heads.to("/", "x-a: old"))).stream().filter(line -> line.startsWith("x-a: "))
                .map(line -> line.substring(5)).toList();
    }

    @Test
    void editsThatCouldBreakARequestAreRefused() {
        for (String add : List.of("key: \":path\", value: /x", "key: Host, value: b", "key: \"x a\", value: b",
                "key: x-a, value: \"a\\nb\"", "key: x-a, value: \"%NOPE%\"", "key: x-a, value: \"50%\"")) {
            assertThat(route("match: { prefix: / }\nrequest_headers_to_add: { header: { " + add
                    + " } }\nroute: { cluster: a }").problems()).as(add).singleElement().asString()
                    .startsWith("ERROR route_config.virtual_hosts[0].routes[0].request_headers_to_add[0].header.");
        }
        assertThat(route("match: { prefix: / }\nresponse_headers_to_remove: [ a, \":status\" ]\nroute: { cluster: a }")
                .problems()).singleElement().asString().contains("response_headers_to_remove[1]: :status");
    }

    @Test
    void redirectsAreRead() {
        assertThat(location("https_redirect: true")).isEqualTo("301 https://a.example/p/x?q");
        assertThat(location("host_redirect: b.example, port_redirect: 81, response_code: TEMPORARY_REDIRECT"))
                .isEqualTo("307 http://b.example:81/p/x?q");
        assertThat(location("scheme_redirect: ftp, path_redirect: /n, strip_query: true, response_code: SEE_OTHER"))
                .isEqualTo("303 ftp://a.example/n");
        assertThat(location("prefix_rewrite: /n, response_code: FOUND")).isEqualTo("302 http://a.example/n/x?q");
        assertThat(location("regex_rewrite: { pattern: { regex: x }, substitution: z }, "
                + "response_code: PERMANENT_REDIRECT")).isEqualTo("308 http://a.example/p/z?q");
    }

    private static String location(String redirect) {
        var action = (Redirect) action("redirect: { " + redirect + " }").onlyRoute().action();
        return action.status() + " " + action.location(Heads.to("/p/x?q"), "http");
    }

    @Test
    void directResponsesBringTheirBody(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("body"), "from a file");
        assertThat(body("inline_string: hé")).isEqualTo("hé");
        assertThat(body("inline_bytes: aGVsbG8=")).isEqualTo("hello");
        assertThat(body("filename: " + file)).isEqualTo("from a file");
        assertThat(body("environment_variable: PATH")).isEqualTo(System.getenv("PATH"));
        assertThat(((Direct) action("direct_response: { status: 204 }").onlyRoute().action()).body()).isEmpty();
        assertThat(action("direct_response: { status: 200, body: { filename: /no/such/file } }").problems())
                .singleElement().asString().contains("body.filename: /no/such/file: the file cannot be read");
        assertThat(action("direct_response: { status: 200, body: { inline_string: " + "x".repeat(4097) + " } }")
                .problems()).singleElement().asString().contains("longer than 4096 bytes");
    }

    private static String body(String source) {
        var direct = (Direct) action("direct_response: { status: 200, body: { " + source + " } }").onlyRoute().action();
        return new String(direct.body(), StandardCharsets.UTF_8);
    }

    @Test
    void allProblemsOfARouteAreToldAtOnceWithTheirPlaces() {
        assertThat(route("""
                match: { safe_regex: { regex: "(" }, headers: { name: x-a, safe_regex_match: { regex: "a**" } } }
                route: { cluster: a, retry_policy: { retry_on: "5xx,sometimes" },
                  regex_rewrite: { pattern: { regex: "a" }, substitution: '\\1' }, host_rewrite_literal: "a b" }
                """).problems()).extracting(text -> text.replaceFirst("(?s): .*", "")).containsExactlyInAnyOrder(
                "ERROR route_config.virtual_hosts[0].routes[0].match.safe_regex.regex",
                "ERROR route_config.virtual_hosts[0].routes[0].match.headers[0].safe_regex_match.regex",
                "ERROR route_config.virtual_hosts[0].routes[0].route.retry_policy.retry_on",
                "ERROR route_config.virtual_hosts[0].routes[0].route.regex_rewrite.substitution",
                "ERROR route_config.virtual_hosts[0].routes[0].route.host_rewrite_literal");
    }

    @Test
    void aDomainBelongsToOneVirtualHostOnly() {
        assertThat(routes("""
                virtual_hosts:
                - { name: one, domains: [ a.example, "*" ] }
                - { name: two, domains: [ b.example, A.example, "a*b" ] }
                """).problems()).containsExactlyInAnyOrder(
                "ERROR route_config.virtual_hosts[1].domains[1]: a.example: "
                        + "this domain belongs to virtual host one already",
                "WARNING route_config.virtual_hosts[1].domains[2]: a*b: "
                        + "a star stands for anything at one end only, so this domain never matches");
    }

    @Test
    void routesThatCanNeverApplyAreToldOf() {
        assertThat(route("match: { prefix: api }\nroute: { cluster: a }").problems()).singleElement().asString()
                .startsWith("WARNING");
        assertThat(route("match: { path: \"/a?b\" }\nroute: { cluster: a }").problems()).singleElement().asString()
                .contains("the query is no part of the path");
    }

    @Test
    void whatARouteHashesIsRead() {
        var read = action("""
                route: { cluster: a, hash_policy: [ { header: { header_name: X-A, regex_rewrite: {
                  pattern: { regex: "(.)" }, substitution: '\\1' } }, terminal: true }, { cookie: { name: c } },
                  { cookie: { name: d, ttl: 0s } }, { filter_state: { key: k } } ] }
                """);
        assertThat(read.forward().hashKeys().rules()).containsExactly(
                new Rule(new HashKey.Header("x-a", new HashKey.Rewrite("(.)", "\\1")), true),
                new Rule(new HashKey.Cookie("c", null), false),
                new Rule(new HashKey.Cookie("d", new HashKey.MadeCookie(0, "", List.of())), false),
                new Rule(new HashKey.FilterState("k"), false));
        assertThat(read.problems()).isEmpty();
    }
}
