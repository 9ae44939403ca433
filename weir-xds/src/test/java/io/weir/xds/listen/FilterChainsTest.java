package io.weir.xds.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.chain.ChainMatch;
import io.weir.core.chain.Prefix;
import io.weir.core.chain.SourceType;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import io.weir.core.socket.TlvChoice;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import io.weir.xds.spec.FirstLook;
import io.weir.xds.spec.ListenerFilterSpec;
import io.weir.xds.spec.ListenerFilterUse;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.PortMatch;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener's chains and filters become when they are read. */
class FilterChainsTest {
    private static final String TYPES = "type.googleapis.com/envoy.extensions.filters.";

    private static String text(String more, String... chains) {
        var all = new StringBuilder();
        for (String chain : chains) {
            all.append("      - { ").append(chain).append(", filters: [ { name: f, typed_config: { \"@type\": ")
                    .append(TYPES).append("network.tcp_proxy.v3.TcpProxy, stat_prefix: p, cluster: a } } ] }\n");
        }
        return """
                static_resources:
                  listeners:
                    - name: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                      %s
                      filter_chains:
                %s
                  clusters: [ { name: a, load_assignment: { cluster_name: a } } ]
                """.formatted(more, all);
    }

    private static ListenerSpec listener(String text) {
        Compiled compiled = ConfigFile.compile("test.yaml", text, StandIns.extensions());
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot().listeners().getFirst();
    }

    private static List<Problem> errors(String text) {
        Compiled compiled = ConfigFile.compile("test.yaml", text, StandIns.extensions());
        return compiled instanceof Compiled.Rejected(List<Problem> problems)
                ? problems.stream().filter(Problem::isError).toList()
                : List.of();
    }

    private static String filter(String type, String more) {
        return "{ name: %s, typed_config: { '@type': %slistener.%s%s } }".formatted(
                type.substring(0, type.indexOf('.')),
                TYPES, type, more);
    }

    @Test
    void whatIsForDatagramsIsForNoListenerOfConnections() {
        assertThat(errors(text("udp_listener_config: {}", "name: one")).toString())
                .contains("listeners[0].udp_listener_config: this listener takes connections, and no datagrams");
    }

    private static String chainTree(String name) {
        return "filter_chain_matcher: { matcher_tree: { input: { name: i, typed_config: { '@type':"
                + " type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput } },"
                + " exact_match_map: { map: { '443': { action: { name: a, typed_config: { '@type':"
                + " type.googleapis.com/google.protobuf.StringValue, value: " + name + " } } } } } } }";
    }

    @Test
    void aTreeFindsChainsByTheirNamesWhichEachMustHave() {
        ListenerSpec spec = listener(text(chainTree("one"), "name: one", "name: two"));
        assertThat(Objects.requireNonNull(spec.chainSet().tree()).chains()).containsExactly("one");
        assertThat(errors(text(chainTree("oen"), "name: one")).toString())
                .contains("there is no filter chain of this name (oen); did you mean \"one\"?");
        assertThat(errors(text(chainTree("one"), "name: one", "name: one")).toString())
                .contains("filter_chain_matcher finds chains by their names");
        assertThat(errors(text(chainTree("one"), "name: one, filter_chain_match: { destination_port: 1 }")).toString())
                .contains("filter_chain_matcher says which connections a chain has");
    }

    @Test
    void everyCriterionOfAChainArrives() {
        ListenerSpec spec = listener(text("default_filter_chain: { filters: [ { name: f, typed_config: { '@type': "
                + TYPES + "network.tcp_proxy.v3.TcpProxy, stat_prefix: p, cluster: a } } ] }", """
                        name: c, filter_chain_match: { destination_port: 443,
                          prefix_ranges: [ { address_prefix: 10.1.2.3, prefix_len: 8 } ],
                          server_names: [ "A.example.com", "*.example.com" ], transport_protocol: tls,
                          application_protocols: [ h2 ],
                          direct_source_prefix_ranges: [ { address_prefix: "::1", prefix_len: 128 } ],
                          source_type: EXTERNAL, source_prefix_ranges: [ { address_prefix: 192.0.2.1 } ],
                          source_ports: [ 5000 ] }"""));
        assertThat(spec.chains()).singleElement().satisfies(chain -> assertThat(chain.match()).isEqualTo(
                new ChainMatch(443, List.of(Prefix.of(InetAddress.ofLiteral("10.0.0.0"), 8)),
                        List.of("a.example.com", ".example.com"), "tls", List.of("h2"),
                        List.of(Prefix.of(InetAddress.ofLiteral("::1"), 128)), SourceType.EXTERNAL,
                        List.of(Prefix.of(InetAddress.ofLiteral("0.0.0.0"), 0)), List.of(5000))));
        assertThat(spec.otherwise()).isNotNull();
        assertThat(spec.firstLook().filters()).as("added where a chain asks for a name")
                .containsExactly(new ListenerFilterUse("envoy.filters.listener.tls_inspector",
                        ListenerFilterSpec.TlsInspector.PLAIN, PortMatch.Always.NONE));
    }

    @Test
    void chainsThatNothingTellsApartAreRefusedByTheirPlaces() {
        assertThat(errors(text("", "name: one, filter_chain_match: { server_names: [ a.example ] }", "name: two",
                "name: three, filter_chain_match: { server_names: [ b.example, A.EXAMPLE ] }"))).singleElement()
                .satisfies(error -> {
                    assertThat(error.path())
                            .isEqualTo("static_resources.listeners[0].filter_chains[2].filter_chain_match");
                    assertThat(error.message()).contains("filter_chains[0]");
                });
        assertThat(errors(text("", "name: one", "name: two"))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"server_names: [ 'w*.example' ] | server_names[0]",
            "server_names: [ '*' ] | server_names[0]", "transport_protocol: quic | transport_protocol",
            "prefix_ranges: [ { address_prefix: 10.0.0.0, prefix_len: 33 } ] | prefix_ranges[0]",
            "source_prefix_ranges: [ { address_prefix: local } ] | source_prefix_ranges[0]",
            "address_suffix: 10.0.0.0 | address_suffix"})
    void aCriterionThatCannotBeIsToldWithItsPlace(String match, String path) {
        assertThat(errors(text("", "filter_chain_match: { " + match + " }"))).singleElement().satisfies(
                error -> assertThat(error.path())
                        .isEqualTo("static_resources.listeners[0].filter_chains[0].filter_chain_match." + path));
    }

    @Test
    void whatNoChainAsksForIsNotLookedFor() {
        String filters = "listener_filters: [ " + filter("tls_inspector.v3.TlsInspector", "") + ", "
                + filter("http_inspector.v3.HttpInspector", "") + " ]\n      listener_filters_timeout: 2s\n"
                + "      continue_on_listener_filters_timeout: true";
        assertThat(listener(text(filters, "name: c")).firstLook())
                .isEqualTo(new FirstLook(List.of(), 2_000_000_000L, true));
        assertThat(listener(text(filters, "filter_chain_match: { application_protocols: [ h2c ] }")).firstLook()
                .filters()).hasSize(2);
        assertThat(listener(text(filters, "filter_chain_match: { server_names: [ a.example ] }")).firstLook().filters())
                .extracting(ListenerFilterUse::filter).containsExactly(ListenerFilterSpec.TlsInspector.PLAIN);
    }

    @Test
    void whatTheSocketsAreSetToArrives() {
        SocketRules rules = listener(text("""
                transparent: true
                      freebind: true
                      tcp_fast_open_queue_length: 0
                      max_connections_to_accept_per_socket_event: 3
                      connection_balance_config: { exact_balance: {} }
                      socket_options:
                      - { description: bbr, level: 6, name: 13, buf_value: YmJy }
                      - { level: 6, name: 4, int_value: 77, state: STATE_LISTENING }""", "name: c")).sockets();
        assertThat(rules).isEqualTo(new SocketRules(true, true, 0, 3, true,
                List.of(new SocketOption("bbr", 6, 13, new SocketOption.Text("bbr"), SocketOption.When.PREBIND),
                        new SocketOption("", 6, 4, new SocketOption.Whole(77), SocketOption.When.LISTENING))));
        assertThat(listener(text("", "name: c")).sockets()).isEqualTo(SocketRules.PLAIN);
        assertThat(errors(text("socket_options: [ { level: 6, name: 4, int_value: 7, state: STATE_BOUND } ]",
                "name: c"))).singleElement()
                .satisfies(error -> assertThat(error.path()).endsWith("listeners[0].socket_options[0].state"));
    }

    @Test
    void eachAddressMayHaveOptionsOfItsOwnOrNone() {
        String at = "{ address: { socket_address: { address: 127.0.0.1, port_value: 0 } }";
        ListenerSpec spec = listener(
                text("""
                        freebind: true
                              socket_options: [ { level: 6, name: 4, int_value: 1 } ]
                              additional_addresses: [ %s }, %s, socket_options: { socket_options: [ { level: 6, name: 4, int_value: 2,
                                state: STATE_LISTENING } ] } }, %s, socket_options: {} } ]"""
                        .formatted(at, at, at), "name: c"));
        var first = new SocketOption("", 6, 4, new SocketOption.Whole(1), SocketOption.When.PREBIND);
        var own = new SocketOption("", 6, 4, new SocketOption.Whole(2), SocketOption.When.LISTENING);
        assertThat(spec.sockets(0)).isEqualTo(spec.sockets()).isEqualTo(spec.sockets(1));
        assertThat(spec.sockets(0).options()).containsExactly(first);
        assertThat(spec.sockets(2)).isEqualTo(new SocketRules(false, true, -1, 0, false, List.of(own)));
        assertThat(spec.sockets(3).options()).isEmpty();
        assertThat(errors(text("additional_addresses: [ " + at + ", socket_options: { socket_options: [ { level: 6,"
                + " name: 4, int_value: 7, state: STATE_BOUND } ] } } ]", "name: c"))).singleElement()
                .satisfies(error -> assertThat(error.path())
                        .endsWith("additional_addresses[0].socket_options.socket_options[0].state"));
    }

    @Test
    void aFilterMayBeSwitchedOffByPort() {
        String off = "{ name: p, typed_config: { '@type': " + TYPES + "listener.proxy_protocol.v3.ProxyProtocol,"
                + " stat_prefix: s, allow_requests_without_proxy_protocol: true, disallowed_versions: [ V1 ],"
                + " rules: [ { tlv_type: 234, on_tlv_present: { key: k } } ],"
                + " pass_through_tlvs: { match_type: INCLUDE, tlv_type: [ 5 ] } },"
                + " filter_disabled: { or_match: { rules: ["
                + " { destination_port_range: { start: 25, end: 26 } },"
                + " { not_match: { destination_port_range: { start: 1, end: 1024 } } } ] } } }";
        ListenerFilterUse use = listener(text("listener_filters: [ " + off + " ]", "name: c")).firstLook().filters()
                .getFirst();
        assertThat(use.filter()).isEqualTo(new ListenerFilterSpec.ProxyProtocol("s", true, Set.of(1),
                List.of(new ListenerFilterSpec.TlvRule(234, "envoy.filters.listener.proxy_protocol", "k")),
                new TlvChoice(false, Set.of(5))));
        assertThat(use.disabled().matches(25)).isTrue();
        assertThat(use.disabled().matches(26)).isFalse();
        assertThat(use.disabled().matches(1024)).isTrue();
    }
}
