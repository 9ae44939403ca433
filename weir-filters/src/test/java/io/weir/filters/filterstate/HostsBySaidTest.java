package io.weir.filters.filterstate;

import static io.weir.filters.FilteredProxy.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.BalancePolicy;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.SubsetRule;
import io.weir.core.value.HostSource;
import io.weir.core.value.MetadataPath;
import io.weir.filters.FilteredProxy;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosts and clusters chosen by what filters have said of a request, over real sockets. */
@Timeout(60)
final class HostsBySaidTest {
    private static final String LEAVING = entry("state", "envoy.extensions.filters.http.set_filter_state.v3.Config",
            "on_request_headers: [ { object_key: user, factory_key: envoy.hashable_string, skip_if_empty: true, "
                    + "format_string: { text_format_source: { inline_string: \"%REQ(x-user)%\" }, "
                    + "omit_empty_values: true } }, { object_key: text, factory_key: envoy.string, "
                    + "format_string: { text_format_source: { inline_string: same } } } ]");
    private static final String SAYING = entry("said", "envoy.extensions.filters.http.header_to_metadata.v3.Config",
            "request_rules: [ { header: x-v, on_header_present: { metadata_namespace: envoy.lb, key: v } }, "
                    + "{ header: x-host, on_header_present: { metadata_namespace: m, key: host } } ]");

    private static HttpManagerSpec manager(String filter, String route) {
        return FilteredProxy.manager("stat_prefix: test\nhttp_filters:\n- " + filter + "\n- "
                + entry("router", "envoy.extensions.filters.http.router.v3.Router", "")
                + "\nroute_config:\n  virtual_hosts:\n  - name: all\n    domains: [\"*\"]\n    routes:\n    - "
                + "{ match: { prefix: / }, route: { " + route + " } }\n").accepted();
    }

    private static String ask(RawHttp client, String lines) throws Exception {
        return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").response().body();
    }

    @Test
    void whatFiltersHaveLeftIsHashedWhereItCanBe() throws Exception {
        for (String key : List.of("user", "text")) {
            var spec = manager(LEAVING, "cluster: origins, hash_policy: [ { filter_state: { key: " + key + " } } ]");
            try (var a = Origin.answering("a");
                    var b = Origin.answering("b");
                    var c = Origin.answering("c");
                    var proxy = ProxyFixture.with(cluster -> cluster
                            .withBalancing(cluster.balancing().withPolicy(BalancePolicy.Maglev.DEFAULT)), spec, a, b,
                            c);
                    var client = proxy.client()) {
                Set<String> ofOne = new HashSet<>();
                Set<String> ofAll = new HashSet<>();
                for (int i = 0; i < 40; i++) {
                    ofOne.add(ask(client, "x-user: ann\r\n"));
                    ofAll.add(ask(client, "x-user: u" + i + "\r\n"));
                }
                assertThat(ofAll).hasSize(3);
                assertThat(ofOne.size() == 1).as(key).isEqualTo(key.equals("user"));
            }
        }
    }

    @Test
    void aRequestNamesItsHostAmongWhatFiltersHaveSaid() throws Exception {
        var spec = manager(SAYING, "cluster: origins");
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = ProxyFixture.with(cluster -> cluster.withBalancing(cluster.balancing().withOverrideSources(
                        List.of(new HostSource.Metadata(new MetadataPath("m", List.of("host")))))), spec, a, b);
                var client = proxy.client()) {
            for (int i = 0; i < 6; i++) {
                assertThat(ask(client, "x-host: 127.0.0.1:1, 127.0.0.1:" + b.address().getPort() + "\r\n"))
                        .isEqualTo("b");
            }
            String first = ask(client, "");
            assertThat(ask(client, "")).as("without a name all serve").isNotEqualTo(first);
        }
    }

    @Test
    void subsetsGoByWhatFiltersHaveSaidBeforeTheRoutesOwn() throws Exception {
        var spec = manager(SAYING,
                "cluster: origins, metadata_match: { filter_metadata: { envoy.lb: { stage: live, v: one } } }");
        try (var a = Origin.answering("a"); var b = Origin.answering("b")) {
            var hosts = List.of(
                    Endpoint.of(a.address()).withMetadata(Map.of("envoy.lb", Map.of("stage", "live", "v", "one"))),
                    Endpoint.of(b.address()).withMetadata(Map.of("envoy.lb", Map.of("stage", "live", "v", "two"))));
            var cluster = ClusterSpec.of("origins", hosts);
            var selector = new SubsetRule.Selector(Set.of("stage", "v"), false, SubsetRule.Fallback.NOT_DEFINED,
                    Set.of());
            var rule = new SubsetRule(SubsetRule.Fallback.NO_FALLBACK, Map.of(), List.of(selector), false, false,
                    false, false, false);
            try (var proxy = ProxyFixture.to(cluster.withBalancing(cluster.balancing().withSubsets(rule)), spec);
                    var client = proxy.client()) {
                assertThat(ask(client, "")).isEqualTo("a");
                assertThat(ask(client, "x-v: two\r\n")).isEqualTo("b");
                assertThat(ask(client, "x-v: one\r\n")).isEqualTo("a");
                assertThat(ask(client, "x-v: three\r\n")).isEqualTo("no healthy upstream");
            }
        }
    }

    @Test
    void aWeightedClusterIsChosenByTheRequestsHash() throws Exception {
        var spec = manager(LEAVING, "hash_policy: [ { header: { header_name: x-user } } ], weighted_clusters: "
                + "{ use_hash_policy: true, clusters: [ { name: origins, weight: 1 }, { name: more, weight: 1 } ] }");
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = ProxyFixture.with(cluster -> cluster, spec, a)) {
            proxy.add("more", b);
            try (var client = proxy.client()) {
                Set<String> ofAll = new HashSet<>();
                for (int user = 0; user < 20; user++) {
                    String first = ask(client, "x-user: u" + user + "\r\n");
                    assertThat(ask(client, "x-user: u" + user + "\r\n")).isEqualTo(first);
                    ofAll.add(first);
                }
                assertThat(ofAll).hasSize(2);
                Set<String> ofNobody = new HashSet<>();
                for (int i = 0; i < 40; i++) {
                    ofNobody.add(ask(client, ""));
                }
                assertThat(ofNobody).as("without a hash the dice decide").hasSize(2);
            }
        }
    }
}
