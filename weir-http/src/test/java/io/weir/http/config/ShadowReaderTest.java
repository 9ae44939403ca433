package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.route.Heads;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.shadow.ShadowPolicy;
import io.weir.http.shadow.ShadowRules;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ShadowReaderTest {
    private static List<ShadowPolicy> policies(ReadManager read) {
        var route = Objects
                .requireNonNull(read.accepted().routes().match(Heads.to("/"), 0, Heads.source(Heads.to("/"))));
        var rules = route.note(ShadowRules.class);
        return rules == null ? List.of() : rules.policies();
    }

    private static ReadManager inRoute(String policy) {
        return ReadManager.route("""
                match: { prefix: / }
                route: { cluster: a, request_mirror_policies: [ %s ] }
                """.formatted(policy));
    }

    @Test
    void aPolicyHasEnvoysDefaults() {
        assertThat(policies(inRoute("{ cluster: b }"))).containsExactly(ShadowPolicy.to("b"));
        assertThat(policies(ReadManager.route("match: { prefix: / }\nroute: { cluster: a }"))).isEmpty();
        assertThat(inRoute("{ cluster: b }").clusters()).contains("b");
    }

    @Test
    void whatAPolicySaysIsRead() {
        var policy = policies(inRoute("""
                { cluster_header: x-lab, disable_shadow_host_suffix_append: true, host_rewrite_literal: lab,
                  runtime_fraction: { default_value: { numerator: 10 } },
                  request_headers_mutations: [ { remove: cookie },
                    { append: { header: { key: x-copy, value: "1" } } } ] }""")).getFirst();
        assertThat(policy.cluster()).isEmpty();
        assertThat(policy.header()).isEqualTo(HeaderName.of("x-lab"));
        assertThat(policy.share()).isEqualTo(new RouteMatch.Share(10, 100));
        assertThat(policy.suffixed()).isFalse();
        assertThat(policy.hostFor("a:1")).isEqualTo("lab");
        var head = Heads.to("/");
        head.add(HeaderName.COOKIE, "secret");
        policy.edits().apply(head, Heads.source(head));
        assertThat(head.value(HeaderName.COOKIE)).isNull();
        assertThat(head.value(HeaderName.of("x-copy"))).isEqualTo("1");
    }

    @Test
    void theInnermostLevelThatNamesPoliciesHasThem() {
        var read = ReadManager.routes("""
                request_mirror_policies: [ { cluster: outer } ]
                virtual_hosts:
                - name: own
                  domains: own
                  request_mirror_policies: [ { cluster: inner } ]
                  routes:
                  - { match: { path: /route }, route: { cluster: a, request_mirror_policies: [ { cluster: c } ] } }
                  - { match: { prefix: / }, route: { cluster: a } }
                - name: other
                  domains: "*"
                  routes: [ { match: { prefix: / }, route: { cluster: a } } ]
                """);
        assertThat(named(read, "own", "/route")).isEqualTo("c");
        assertThat(named(read, "own", "/")).isEqualTo("inner");
        assertThat(named(read, "x", "/")).isEqualTo("outer");
    }

    private static String named(ReadManager read, String host, String path) {
        var head = Heads.to(path);
        head.authority(host);
        var route = Objects.requireNonNull(read.accepted().routes().match(head, 0, Heads.source(head)));
        return Objects.requireNonNull(route.note(ShadowRules.class)).policies().getFirst().cluster();
    }

    @Test
    void theSuffixStandsBeforeThePort() {
        var policy = ShadowPolicy.to("b");
        assertThat(policy.hostFor("a")).isEqualTo("a-shadow");
        assertThat(policy.hostFor("a:80")).isEqualTo("a-shadow:80");
        assertThat(policy.hostFor("[::1]")).isEqualTo("[::1]-shadow");
        assertThat(policy.hostFor("[::1]:80")).isEqualTo("[::1]-shadow:80");
    }

    @Test
    void aPolicyWithoutOrWithTwoClustersIsRefusedAtItsPlace() {
        assertThat(inRoute("{ }").problems()).anySatisfy(problem -> assertThat(problem)
                .contains("request_mirror_policies[0]").contains("nothing says which cluster"));
        assertThat(inRoute("{ cluster: b, cluster_header: x }").problems())
                .anySatisfy(problem -> assertThat(problem).contains("there is a cluster_header too"));
    }
}
