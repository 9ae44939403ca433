package io.weir.http.config;

import static io.weir.http.config.ReadManager.route;
import static io.weir.http.config.ReadManager.routes;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.Heads;
import io.weir.xds.check.Honoured;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Templates of paths, and trees of questions in the place of a list of routes. */
class MatcherReaderTest {
    private static final String TREE = """
            matcher:
              matcher_tree:
                input: { name: header, typed_config: {
                  "@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: x-a } }
                exact_match_map:
                  map:
                    one: { action: { name: r, typed_config: {
                      "@type": type.googleapis.com/envoy.config.route.v3.Route, name: one,
                      match: { prefix: /one }, route: { cluster: one } } } }
                    two: { action: { name: r, typed_config: {
                      "@type": type.googleapis.com/envoy.config.route.v3.RouteList, routes: [
                        { name: two, match: { path: /two }, route: { cluster: two } },
                        { name: three, match: { prefix: / }, direct_response: { status: 200 } } ] } } }
              on_no_match:
                matcher:
                  matcher_list:
                    matchers:
                    - predicate:
                        and_matcher:
                          predicate:
                          - single_predicate:
                              input: { name: q, typed_config: { "@type":
                                type.googleapis.com/envoy.type.matcher.v3.HttpRequestQueryParamMatchInput,
                                query_param: q } }
                              value_match: { safe_regex: { regex: "[0-9]+" } }
                          - not_matcher:
                              single_predicate:
                                input: { name: ip, typed_config: { "@type":
                                  type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourceIPInput } }
                                custom_match: { name: ip, typed_config: { "@type":
                                  type.googleapis.com/envoy.extensions.matching.input_matchers.ip.v3.Ip,
                                  stat_prefix: s, cidr_ranges: { address_prefix: 10.0.0.0, prefix_len: 8 } } }
                      on_match: { action: { name: r, typed_config: {
                        "@type": type.googleapis.com/envoy.config.route.v3.Route, name: numbers,
                        match: { prefix: / }, route: { cluster: numbers } } } }
            """;

    private static ReadManager host(String yaml) {
        return routes("virtual_hosts:\n- name: all\n  domains: \"*\"\n" + yaml.indent(2));
    }

    private static String found(ReadManager read, HttpHead head) {
        var route = read.accepted().routes().match(head, 0, Heads.source(head));
        return route == null ? "none" : route.name();
    }

    private static List<String> honoured(String yaml) {
        var out = new ArrayList<Problem>();
        Honoured.core().with(HttpExtensions.class, "/io/weir/http/honoured.txt")
                .with(io.weir.xds.compile.Extensions.class, "/io/weir/xds/honoured.txt")
                .check(ReadManager.message(yaml, HttpConnectionManager.getDefaultInstance()), "", Positions.none(),
                        MessageTypes.envoy(), out);
        return out.stream().map(problem -> problem.severity() + " " + problem.path() + ": " + problem.message())
                .toList();
    }

    @Test
    void aTreeFindsTheRouteAndTheRouteIsAskedWhetherItMatches() {
        var read = host(TREE);
        assertThat(found(read, Heads.to("/one/x", "x-a: one"))).isEqualTo("one");
        assertThat(found(read, Heads.to("/two", "x-a: one"))).as("the branch is right, its route does not match")
                .isEqualTo("none");
        assertThat(found(read, Heads.to("/two", "x-a: two"))).isEqualTo("two");
        assertThat(found(read, Heads.to("/else", "x-a: two"))).isEqualTo("three");
        assertThat(found(read, Heads.to("/?q=12"))).isEqualTo("numbers");
        assertThat(found(read, Heads.to("/?q=x"))).isEqualTo("none");
        assertThat(read.clusters()).containsExactly("one", "two", "numbers");
    }

    @Test
    void everyFieldOfATreeIsHonoured() {
        assertThat(honoured("route_config:\n  virtual_hosts:\n  - name: all\n    domains: \"*\"\n" + TREE.indent(4)))
                .singleElement().asString().startsWith("WARNING").contains("stat_prefix");
    }

    @Test
    void aTreeOfNetworksIsRead() {
        var read = host(
                """
                        matcher:
                          matcher_tree:
                            input: { name: ip, typed_config: { "@type":
                              type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DirectSourceIPInput } }
                            custom_match: { name: ip, typed_config: { "@type": type.googleapis.com/xds.type.matcher.v3.IPMatcher,
                              range_matchers: [ { ranges: [ { address_prefix: "2001:db8::", prefix_len: 32 } ],
                                on_match: { action: { name: r, typed_config: {
                                  "@type": type.googleapis.com/envoy.config.route.v3.Route, name: near, match: { prefix: / },
                                  route: { cluster: near } } } } } ] } }
                        """);
        assertThat(found(read, Heads.to("/"))).isEqualTo("near");
    }

    @Test
    void whatIsWrongInATreeIsToldWithItsPlace() {
        var read = host(
                """
                        routes: { match: { prefix: / }, route: { cluster: a } }
                        matcher:
                          matcher_list:
                            matchers:
                            - predicate:
                                single_predicate:
                                  input: { name: x, typed_config: { "@type": type.googleapis.com/envoy.config.route.v3.NonForwardingAction } }
                                  value_match: { safe_regex: { regex: "(" } }
                              on_match: { action: { name: r, typed_config: {
                                "@type": type.googleapis.com/envoy.config.route.v3.NonForwardingAction } } }
                            - predicate:
                                single_predicate:
                                  input: { name: ip, typed_config: { "@type":
                                    type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourceIPInput } }
                                  custom_match: { name: ip, typed_config: { "@type":
                                    type.googleapis.com/envoy.extensions.matching.input_matchers.ip.v3.Ip,
                                    cidr_ranges: { address_prefix: 10.0.0.0, prefix_len: 40 } } }
                              on_match: { action: { name: r, typed_config: { "@type":
                                type.googleapis.com/envoy.config.route.v3.Route, match: { safe_regex: { regex: "[" } },
                                route: { cluster: a } } } }
                        """);
        String at = "ERROR route_config.virtual_hosts[0].matcher";
        assertThat(read.problems()).hasSize(6).anyMatch(problem -> problem.startsWith(at + ": ")).anyMatch(
                problem -> problem
                        .startsWith(at + ".matcher_list.matchers[0].predicate.single_predicate.input.typed_config"))
                .anyMatch(problem -> problem.contains("value_match.safe_regex.regex"))
                .anyMatch(problem -> problem.startsWith(at + ".matcher_list.matchers[0].on_match.action.typed_config"))
                .anyMatch(problem -> problem.contains("custom_match.typed_config.cidr_ranges[0]: 10.0.0.0/40"))
                .anyMatch(problem -> problem.startsWith(
                        at + ".matcher_list.matchers[1].on_match.action.typed_config.match.safe_regex.regex"));
    }

    @Test
    void treesAreNotNestedWithoutEnd() {
        String tree = "{ on_no_match: { matcher: ".repeat(20) + "{}" + "} }".repeat(20);
        assertThat(host("matcher: " + tree).problems()).singleElement().asString()
                .contains("more than 16 matchers in one another");
    }

    // ---- templates ----

    private static ReadManager template(String match, String action) {
        return route("""
                match: { path_match_policy: { name: t, typed_config: { "@type":
                  type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig,
                  path_template: "%s" } } }
                route: { cluster: a, %s }
                """.formatted(match, action));
    }

    private static String rewrite(String template) {
        return """
                path_rewrite_policy: { name: t, typed_config: { "@type":
                  type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig,
                  path_template_rewrite: "%s" } }""".formatted(template);
    }

    private static String sent(ReadManager read, String path) {
        var head = Heads.to(path);
        Forward forward = read.forward();
        forward.prepare(head, Objects.requireNonNull(forward.choice().choose(head, 0)), Heads.source(head), true);
        return Heads.lines(head).contains("x-envoy-original-path: " + path) ? head.path() : "unchanged";
    }

    @Test
    void aTemplateMatchesAndItsVariablesMakeTheNewPath() {
        var read = template("/users/{id}/{rest=**}", rewrite("/{rest}/of/{id}"));
        assertThat(found(read, Heads.to("/users/7/a/b?q"))).isEmpty();
        assertThat(found(read, Heads.to("/user/7/a/b"))).isEqualTo("none");
        assertThat(sent(read, "/users/7/a/b?q=1")).isEqualTo("/a/b/of/7?q=1");
        assertThat(sent(template("/{a}", rewrite("/{a}")), "/x")).isEqualTo("unchanged");
        assertThat(sent(template("/{a}/x", "regex_rewrite: { pattern: { regex: \"/x\" }, substitution: /y }"), "/b/x"))
                .isEqualTo("/b/y");
    }

    @Test
    void everyFieldOfATemplateIsHonoured() {
        assertThat(honoured("""
                route_config: { virtual_hosts: { name: all, domains: "*", routes: [ {
                  match: { path_match_policy: { name: t, typed_config: { "@type":
                    type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig,
                    path_template: "/{a}" } } },
                  route: { cluster: a, %s } } ] } }
                """.formatted(rewrite("/{a}").indent(4)))).isEmpty();
    }

    @Test
    void whatIsWrongWithATemplateIsTold() {
        String at = "ERROR route_config.virtual_hosts[0].routes[0]";
        assertThat(template("/{a}/{a}", "").problems()).singleElement().asString()
                .startsWith(at + ".match.path_match_policy.typed_config.path_template: /{a}/{a}");
        assertThat(template("/{a}", rewrite("/{b}")).problems()).singleElement().asString()
                .startsWith(at + ".route.path_rewrite_policy.typed_config.path_template_rewrite: /{b}")
                .contains("has no variable b");
        for (String wrong : List.of("x", "/a//b", "/{a", "/a=b")) {
            assertThat(template("/{a}", rewrite(wrong)).problems()).as(wrong).hasSize(1);
        }
        assertThat(template("/{a}", rewrite("/{a}") + ", prefix_rewrite: /b").problems()).singleElement().asString()
                .contains("several rewrites");
        assertThat(ReadManager.action("route: { cluster: a, " + rewrite("/b") + " }").problems()).singleElement()
                .asString().contains("does not match by a template");
        assertThat(route("""
                match: { path_match_policy: { name: t, typed_config: {
                  "@type": type.googleapis.com/envoy.config.route.v3.NonForwardingAction } } }
                route: { cluster: a }
                """).problems()).singleElement().asString().contains("does not know this way to match paths");
    }

    @Test
    void aMatchOfTunnelsTakesConnectAlone() {
        var read = route("name: c\nmatch: { connect_matcher: {} }\nroute: { cluster: a }");
        assertThat(read.problems()).isEmpty();
        assertThat(found(read, Heads.request("CONNECT", "a.example:443", ""))).isEqualTo("c");
        assertThat(found(read, Heads.to("/"))).isEqualTo("none");
    }
}
