package io.weir.filters.filterstate;

import static io.weir.filters.FilteredProxy.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What filters leave of a request, and the routes that are chosen by it, over real sockets. */
@Timeout(60)
final class FilterStateTest {
    private static final String SET = "envoy.extensions.filters.http.set_filter_state.v3.Config";
    private static final String TO = "envoy.extensions.filters.http.header_to_metadata.v3.Config";
    private static final String INPUTS = "type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.";

    private static FilteredProxy with(String filters, String host) {
        return FilteredProxy.manager("stat_prefix: test\nhttp_filters:\n" + filters + "- "
                + entry("router", "envoy.extensions.filters.http.router.v3.Router", "")
                + "\nroute_config:\n  virtual_hosts:\n  - name: all\n    domains: [\"*\"]\n" + host.indent(4));
    }

    private static String filter(String name, String type, String config) {
        return "- " + entry(name, type, config) + "\n";
    }

    private static String leaving(String... objects) {
        return filter("state", SET, "on_request_headers: [ " + String.join(", ", objects) + " ]");
    }

    private static String object(String key, String factory, String format, String more) {
        return "{ object_key: " + key + ", factory_key: " + factory
                + ", format_string: { text_format_source: { inline_string: \"" + format + "\" } }" + more + " }";
    }

    private static String direct(String match, String body) {
        return "- { match: { prefix: / " + match + " }, direct_response: { status: 200, body: { inline_string: " + body
                + " } } }\n";
    }

    private static HttpMessage ask(ProxyFixture proxy, String lines) throws Exception {
        try (var client = proxy.client()) {
            return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").response();
        }
    }

    private static String showing(String match, String... places) {
        var adds = new StringBuilder();
        for (int i = 0; i < places.length; i++) {
            adds.append(i > 0 ? ", " : "").append("{ header: { key: x-").append(i).append(", value: \"%")
                    .append(places[i]).append("%\" } }");
        }
        return "- { match: { prefix: / " + match + " }, route: { cluster: origins }, request_headers_to_add: [ " + adds
                + " ] }\n";
    }

    @Test
    void objectsAreLeftAndReadAndALockedOneStays() throws Exception {
        String filters = leaving(object("who", "envoy.string", "%REQ(x-who)%", ", read_only: true"),
                object("who", "envoy.string", "another", ""),
                object("empty", "envoy.string", "%REQ(x-none)%", ""),
                object("kept", "envoy.string", "first", ""),
                object("kept", "envoy.string", "", ", skip_if_empty: true"),
                object("kept", "envoy.string", "%REQ(x-none)%", ", skip_if_empty: true").replace(" } },",
                        " }, omit_empty_values: true },"),
                object("ip", "envoy.network.ip", "%REQ(x-ip)%", ""));
        try (var origin = Origin.answering("hello");
                var proxy = with(filters, "routes:\n" + showing("", "FILTER_STATE(who:PLAIN)", "FILTER_STATE(who)",
                        "FILTER_STATE(empty:PLAIN)", "FILTER_STATE(kept:PLAIN)", "FILTER_STATE(ip:PLAIN)"))
                        .before(origin)) {
            ask(proxy, "x-who: ann\r\nx-ip: 10.1.2.3\r\n");
            ask(proxy, "x-ip: none\r\n");
            var first = origin.requests().get(0);
            assertThat(first.headers("x-0")).containsExactly("ann");
            assertThat(first.headers("x-1")).containsExactly("\"ann\"");
            assertThat(first.headers("x-2")).containsExactly("-");
            assertThat(first.headers("x-3")).containsExactly("first");
            assertThat(first.headers("x-4")).containsExactly("10.1.2.3");
            var second = origin.requests().get(1);
            assertThat(second.headers("x-0")).as("of another connection's request").containsExactly("-");
            assertThat(second.headers("x-4")).as("no address, no object").isEmpty();
        }
    }

    @Test
    void aRouteIsChosenByWhatFiltersHaveLeft() throws Exception {
        String filters = leaving(object("who", "envoy.string", "%REQ(x-who)%", ""),
                object("ip", "envoy.network.ip", "%REQ(x-ip)%", ""));
        String routes = "routes:\n"
                + direct(", filter_state: [ { key: who, string_match: { prefix: ann } } ]", "ann")
                + direct(", filter_state: [ { key: ip, address_match: { ranges: [ { address_prefix: 10.0.0.0, "
                        + "prefix_len: 8 } ] } } ]", "ten")
                + direct(", filter_state: [ { key: other, string_match: { exact: x, ignore_case: true } } ]", "never")
                + direct("", "rest");
        try (var origin = Origin.answering("hello"); var proxy = with(filters, routes).before(origin)) {
            assertThat(ask(proxy, "x-who: anna\r\n").body()).isEqualTo("ann");
            assertThat(ask(proxy, "x-ip: 10.9.9.9\r\n").body()).isEqualTo("ten");
            assertThat(ask(proxy, "x-ip: 11.9.9.9\r\n").body()).isEqualTo("rest");
        }
    }

    @Test
    void aRouteIsChosenByWhatFiltersHaveSaid() throws Exception {
        String filters = filter("said", TO, "request_rules: [ { header: x-v, on_header_present: "
                + "{ metadata_namespace: m, key: v, type: NUMBER } } ]");
        String routes = "routes:\n"
                + direct(", dynamic_metadata: [ { filter: m, path: [ { key: v } ], value: { double_match: "
                        + "{ range: { start: 1, end: 3 } } } } ]", "some")
                + direct(", dynamic_metadata: [ { filter: m, path: [ { key: v } ], value: { present_match: true }, "
                        + "invert: true } ]", "none")
                + direct("", "rest");
        try (var origin = Origin.answering("hello");
                var proxy = with(filters, routes).before(origin);
                var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nx-v: 2\r\n\r\n").response().body()).isEqualTo("some");
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nx-v: 3\r\n\r\n").response().body()).isEqualTo("rest");
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().body()).isEqualTo("none");
        }
    }

    @Test
    void aTreeAsksForWhatFiltersHaveSaidAndLeft() throws Exception {
        String filters = leaving(object("who", "envoy.string", "%REQ(x-who)%", ""))
                + filter("said", TO, "request_rules: [ { header: x-v, on_header_present: { metadata_namespace: m, "
                        + "key: v, type: NUMBER } } ]");
        String tree = """
                matcher:
                  matcher_list:
                    matchers:
                    - predicate:
                        single_predicate:
                          input: { name: m, typed_config: { "@type": INPUTSDynamicMetadataInput, filter: m,
                            path: [ { key: v } ] } }
                          custom_match: { name: m, typed_config: { "@type":
                            type.googleapis.com/envoy.extensions.matching.input_matchers.metadata.v3.Metadata,
                            value: { double_match: { exact: 7 } } } }
                      on_match: { action: { name: r, typed_config: {
                        "@type": type.googleapis.com/envoy.config.route.v3.Route, match: { prefix: / },
                        direct_response: { status: 200, body: { inline_string: seven } } } } }
                  on_no_match:
                    matcher:
                      matcher_tree:
                        input: { name: s, typed_config: { "@type": INPUTSFilterStateInput, key: who } }
                        exact_match_map:
                          map:
                            ann: { action: { name: r, typed_config: {
                              "@type": type.googleapis.com/envoy.config.route.v3.Route, match: { prefix: / },
                              direct_response: { status: 200, body: { inline_string: ann } } } } }
                """.replace("INPUTS", INPUTS);
        try (var origin = Origin.answering("hello"); var proxy = with(filters, tree).before(origin)) {
            assertThat(ask(proxy, "x-v: 7\r\nx-who: ann\r\n").body()).isEqualTo("seven");
            assertThat(ask(proxy, "x-v: 8\r\nx-who: ann\r\n").body()).isEqualTo("ann");
            assertThat(ask(proxy, "x-who: ben\r\n").status()).isEqualTo(404);
        }
    }

    @Test
    void metadataOfRouteHostClusterAndEndpointCanBeRead() throws Exception {
        String host = "metadata: { filter_metadata: { m: { of: host } } }\nroutes:\n"
                + showing("", "METADATA(ROUTE:m:of)", "METADATA(VIRTUAL_HOST:m:of)", "METADATA(DYNAMIC:m:of)",
                        "METADATA(CLUSTER:m:of)", "CLUSTER_METADATA(m:of)", "UPSTREAM_METADATA(m:of)")
                        .replace("- { match", "- { metadata: { filter_metadata: { m: { of: route } } }, match");
        String filters = filter("said", TO, "request_rules: [ { header: x-v, on_header_present: "
                + "{ metadata_namespace: m, key: of } } ]");
        try (var origin = Origin.answering("hello"); var proxy = with(filters, host).before(origin)) {
            ask(proxy, "x-v: request\r\n");
            var request = origin.requests().getFirst();
            assertThat(request.headers("x-0")).containsExactly("route");
            assertThat(request.headers("x-1")).containsExactly("host");
            assertThat(request.headers("x-2")).containsExactly("request");
            assertThat(request.headers("x-3")).as("this cluster has none").isEmpty();
            assertThat(request.headers("x-4")).isEmpty();
            assertThat(request.headers("x-5")).isEmpty();
        }
    }
}
