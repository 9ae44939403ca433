package io.weir.xds.compile;

import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.Redirection;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.AddressText;
import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.KeepAlive;
import io.weir.core.model.Locality;
import io.weir.core.model.LookupFamily;
import io.weir.core.model.RetryLimit;
import io.weir.xds.check.Honoured;
import io.weir.xds.resource.Problem;

import org.junit.jupiter.api.Test;

class CompilerTest {

    private static final Extensions EXTENSIONS = StandIns.extensions();

    private static Snapshot snapshot(String text) {
        Compiled compiled = ConfigFile.compile("test.yaml", text, EXTENSIONS);
        assertThat(compiled).as("%s", compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot();
    }

    private static List<Problem> errors(String text) {
        Compiled compiled = ConfigFile.compile("test.yaml", text, EXTENSIONS);
        assertThat(compiled).as("%s", compiled).isInstanceOf(Compiled.Rejected.class);
        return ((Compiled.Rejected) compiled).problems().stream().filter(Problem::isError).toList();
    }

    private static ClusterSpec cluster(String fields) {
        return snapshot("static_resources: { clusters: [ { name: a, " + fields + " } ] }").clusters().getFirst();
    }

    private static String at(String address, int port) {
        return "{ endpoint: { address: { socket_address: { address: " + address + ", port_value: " + port + " } } } }";
    }

    private static String endpoints(String... endpoints) {
        return "load_assignment: { cluster_name: a, endpoints: [ { lb_endpoints: [ " + String.join(", ", endpoints)
                + " ] } ] }";
    }

    @Test
    void aClusterThatSaysNothingHasEnvoysDefaults() {
        ClusterSpec cluster = cluster(endpoints(at("10.0.0.1", 80)));
        assertThat(cluster).isEqualTo(ClusterSpec.of("a",
                List.of(Endpoint.of(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80)))));
        assertThat(cluster.connectTimeoutNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void everyFieldOfAClusterArrives() {
        ClusterSpec cluster = cluster(
                """
                        type: STRICT_DNS, alt_stat_name: other, connect_timeout: 0.25s, lb_policy: LEAST_REQUEST,
                        least_request_lb_config: { choice_count: 5, active_request_bias: { default_value: 0.5, runtime_key: k } },
                        dns_refresh_rate: 30s, dns_failure_refresh_rate: { base_interval: 2s }, dns_jitter: 1s,
                        respect_dns_ttl: true, dns_lookup_family: V6_ONLY,
                        circuit_breakers: { thresholds: [ { max_connections: 1, max_pending_requests: 2, max_requests: 3,
                          max_retries: 4 } ] },
                        upstream_connection_options: { tcp_keepalive: { keepalive_probes: 3, keepalive_time: 60 } },
                        """
                        + endpoints(at("a.test", 80)));
        assertThat(cluster.statName()).isEqualTo("other");
        assertThat(cluster.type()).isEqualTo(DiscoveryType.STRICT_DNS);
        assertThat(cluster.connectTimeoutNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
        assertThat(cluster.balancing().policy()).isEqualTo(new BalancePolicy.LeastRequest(5, 0.5, false));
        assertThat(cluster.admission().limits()).isEqualTo(new CircuitLimits(1, 2, 3, 4));
        assertThat(cluster.tcpKeepAlive()).isEqualTo(new KeepAlive(3, 60, 0));
        assertThat(cluster.dns().refreshNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        assertThat(cluster.dns().failureRefreshNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
        assertThat(cluster.dns().jitterNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(cluster.dns().respectTtl()).isTrue();
        assertThat(cluster.dns().family()).isEqualTo(LookupFamily.V6_ONLY);
        assertThat(cluster.endpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.hostname()).isEqualTo("a.test");
            assertThat(endpoint.address()).isEqualTo(InetSocketAddress.createUnresolved("a.test", 80));
        });
    }

    @Test
    void everyLimitOfAClusterArrives() {
        ClusterSpec cluster = cluster("""
                circuit_breakers: {
                  thresholds: [ { max_requests: 9, track_remaining: true, retry_budget: {
                      budget_percent: { value: 25.5 }, min_retry_concurrency: 5 } },
                    { priority: HIGH, max_connections: 7, max_retries: 2 } ],
                  per_host_thresholds: [ { max_connections: 4 }, { priority: HIGH, max_connections: 6 } ] },
                """ + endpoints(at("10.0.0.1", 80)));
        assertThat(cluster.admission().limits()).isEqualTo(
                new CircuitLimits(1024, 1024, 9, 4, new RetryLimit.Share(25.5, 5), true));
        assertThat(cluster.admission().high()).isEqualTo(
                new CircuitLimits(7, 1024, 1024, 6, new RetryLimit.AtOnce(2), false));
    }

    @Test
    void whereNoLimitOfRetriesIsWrittenThereIsABudget() {
        ClusterSpec cluster = cluster("circuit_breakers: { thresholds: [ { max_requests: 9 } ] },"
                + endpoints(at("10.0.0.1", 80)));
        assertThat(cluster.admission().limits().retries()).isEqualTo(new RetryLimit.Window(20, 3, 10_000_000_000L));
        assertThat(cluster.admission().high().retries()).isEqualTo(RetryLimit.DEFAULT);
        assertThat(cluster("circuit_breakers: { thresholds: [ { retry_budget: {} } ] },"
                + endpoints(at("10.0.0.1", 80))).admission().limits().retries())
                .isEqualTo(new RetryLimit.Share(20, 3));
    }

    @Test
    void aNegativeDurationIsRefusedWhereverItStands() {
        assertThat(errors("""
                static_resources: { clusters: [ { name: a, connect_timeout: -1s,
                  dns_jitter: -0.5s, round_robin_lb_config: { slow_start_config: { slow_start_window: -3s } } } ] }"""))
                .extracting(Problem::toString)
                .containsExactlyInAnyOrder(
                        "test.yaml:1:61: static_resources.clusters[0].connect_timeout: out of range (-1s); write a"
                                + " duration of more than 0s",
                        "test.yaml:2:15: static_resources.clusters[0].dns_jitter: out of range (-0.5s); write a"
                                + " duration of at least 0s",
                        "test.yaml:2:87: static_resources.clusters[0].round_robin_lb_config.slow_start_config"
                                + ".slow_start_window: a duration cannot be negative (-3s); write a duration of at"
                                + " least 0s, or remove it");
    }

    @Test
    void anAddressStandsWithoutBrackets() {
        assertThat(errors("static_resources: { clusters: [ { name: a, " + endpoints(at("\"[::1]\"", 80)) + " } ] }"))
                .singleElement().satisfies(problem -> {
                    assertThat(problem.path()).endsWith("address.socket_address.address");
                    assertThat(problem.toString()).contains("without brackets").endsWith("write ::1");
                });
    }

    @Test
    void aTagOfAnotherProgramIsAProblem() {
        for (String value : List.of("!!python/object:x []", "!mine {}", "!!python/name:x a")) {
            assertThat(errors("static_resources: " + value)).as(value)
                    .anySatisfy(problem -> assertThat(problem.toString()).contains("this tag is not known"));
        }
        snapshot("!!map { static_resources: !!map { clusters: !!seq [] }, node: { id: !!str x, cluster: ! y } }");
    }

    @Test
    void aBrokenShortFormIsNotWarnedOfItsExpansion() {
        Compiled compiled = ConfigFile.compile("test.yaml", "services: { a: { at: 10.0.0.1, bal: x } }", EXTENSIONS);
        assertThat(compiled).isInstanceOfSatisfying(Compiled.Rejected.class,
                rejected -> assertThat(rejected.problems()).isNotEmpty().allMatch(Problem::isError));
    }

    @Test
    void aNumberIsFinite() {
        for (String number : List.of(".nan", ".inf", "-.inf", "NaN", "Infinity")) {
            assertThat(errors("static_resources: { clusters: [ { name: a, lb_policy: LEAST_REQUEST,"
                    + " least_request_lb_config: { active_request_bias: { default_value: " + number
                    + ", runtime_key: x } } } ] }")).as(number)
                    .singleElement().satisfies(problem -> {
                        assertThat(problem.path()).endsWith("active_request_bias.default_value");
                        assertThat(problem.toString()).contains("write a number such as 1.5");
                    });
        }
    }

    @Test
    void everyFieldOfAnEndpointArrives() {
        ClusterSpec cluster = cluster("""
                load_assignment: { cluster_name: a, endpoints: [ { locality: { region: r, zone: z, sub_zone: s },
                  priority: 2, lb_endpoints: [ { load_balancing_weight: 7, health_status: DRAINING,
                    metadata: { filter_metadata: { envoy.lb: { stage: prod, tier: 1 } } },
                    endpoint: { hostname: h.test, address: { pipe: { path: /run/a.sock } } } } ] } ] }""");
        assertThat(cluster.endpoints())
                .containsExactly(new Endpoint(UnixDomainSocketAddress.of("/run/a.sock"), "h.test",
                        7, 2, new Locality("r", "z", "s"), 0, Announced.DRAINING,
                        Map.of("envoy.lb", Map.of("stage", "prod", "tier", 1.0))));
    }

    @Test
    void theFirstKnownBalancingPolicyOfAListCounts() {
        String base = "type.googleapis.com/envoy.extensions.load_balancing_policies.";
        ClusterSpec cluster = cluster(
                "load_balancing_policy: { policies: [ " + policy(base + "cluster_provided.v3.ClusterProvided", "")
                        + ", " + policy(base + "random.v3.Random", "") + ", "
                        + policy(base + "round_robin.v3.RoundRobin", ", slow_start_config: { slow_start_window: 1s }")
                        + " ] }, "
                        + endpoints(at("10.0.0.1", 80)));
        assertThat(cluster.balancing().policy()).isEqualTo(new BalancePolicy.Random());
    }

    private static String policy(String type, String more) {
        return "{ typed_extension_config: { name: p, typed_config: { '@type': " + type + more + " } } }";
    }

    @Test
    void everyFieldOfAListenerArrives() {
        ListenerSpec listener = snapshot(
                """
                        static_resources:
                          listeners:
                          - address: { socket_address: { address: "::1", port_value: 81 } }
                            additional_addresses: [ { address: { socket_address: { address: 127.0.0.1, port_value: 81 } } } ]
                            per_connection_buffer_limit_bytes: 4096
                            tcp_backlog_size: 9
                            enable_reuse_port: false
                            access_log:
                            - name: log
                              filter: { status_code_filter: { comparison: { op: GE, value: { default_value: 500, runtime_key: k } } } }
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                                path: /var/log/a.log
                                log_format: { text_format_source: { inline_string: "%PROTOCOL%\\n" } }
                            filter_chains:
                            - name: c
                              filters:
                              - name: f
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                                  stat_prefix: p
                                  cluster: a
                          clusters: [ { name: a, load_assignment: { cluster_name: a } } ]
                        """)
                .listeners().getFirst();
        assertThat(listener.addresses()).extracting(AddressText::of).containsExactly("[::1]:81",
                "127.0.0.1:81");
        assertThat(listener.name()).isEqualTo("[::1]:81");
        assertThat(listener.bufferBytesMax()).isEqualTo(4096);
        assertThat(listener.backlog()).isEqualTo(9);
        assertThat(listener.reusePort()).isFalse();
        assertThat(listener.chains()).singleElement()
                .satisfies(chain -> assertThat(chain.filters()).singleElement()
                        .satisfies(filter -> assertThat(filter.config()).isInstanceOf(StandIns.Taken.class)));
        assertThat(listener.accessLog())
                .containsExactly(new AccessLogSpec(new AccessLogSpec.Sink.File("/var/log/a.log"),
                        new AccessLogSpec.Format.Text("%PROTOCOL%\n", false),
                        new AccessLogSpec.Filter.Status(AccessLogSpec.Comparison.GE, 500)));
    }

    private static String listening(String more) {
        return """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                    %s
                    filter_chains:
                    - filters:
                      - name: f
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                          stat_prefix: p
                          cluster: a
                  clusters: [ { name: a, load_assignment: { cluster_name: a } } ]
                """.formatted(more);
    }

    @Test
    void aListenerMayFindOutWhereItsConnectionsWereGoingAndHandThemOn() {
        String filter = "listener_filters: [ { name: envoy.filters.listener.original_dst, typed_config: { '@type': "
                + "type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst } } ]";
        assertThat(snapshot(listening("")).listeners().getFirst().redirection()).isEqualTo(Redirection.IGNORED);
        assertThat(snapshot(listening(filter)).listeners().getFirst().redirection()).isEqualTo(Redirection.RESTORED);
        ListenerSpec handing = snapshot(listening("use_original_dst: true")).listeners().getFirst();
        assertThat(handing.redirection()).isEqualTo(Redirection.HANDED_ON);
        assertThat(handing.bound()).isTrue();
        assertThat(snapshot(listening("bind_to_port: false")).listeners().getFirst().bound()).isFalse();
        assertThat(errors(listening("bind_to_port: false").replace("port_value: 81", "port_value: 0"))).singleElement()
                .asString().contains("bind_to_port", "has no port");
    }

    @Test
    void whatIsMissingBecauseItCouldNotBeReadIsNotToldTwice() {
        List<Problem> errors = errors("""
                static_resources:
                  clusters:
                  - name: a
                    load_assignment:
                      cluster_name: a
                      endpoints:
                      - lb_endpoints:
                        - endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: eighty } } }
                """);
        assertThat(errors).singleElement().satisfies(error -> {
            assertThat(error.path()).endsWith("socket_address.port_value");
            assertThat(error.at()).isNotNull().hasToString("test.yaml:8:83");
        });
    }

    @Test
    void aRuleOfTheApiInsideAnExtensionIsTold() {
        assertThat(errors("""
                static_resources:
                  listeners:
                  - address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                    filter_chains:
                    - filters:
                      - name: f
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                          stat_prefix: p
                          cluster: a
                          max_connect_attempts: 0
                  clusters: [ { name: a, load_assignment: { cluster_name: a } } ]
                """)).singleElement().satisfies(error -> assertThat(error.path()).isEqualTo(
                "static_resources.listeners[0].filter_chains[0].filters[0].typed_config.max_connect_attempts"));
    }

    @Test
    void ourTableOfHonouredFieldsNamesFieldsThatExist() {
        assertThat(Honoured.core().with(Extensions.class, "/io/weir/xds/honoured.txt")
                .mistakes(EXTENSIONS.messageTypes())).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsAProblemLikeAnyOther() {
        assertThat(ConfigFile.load(Path.of("nowhere", "weir.yaml"), EXTENSIONS))
                .isInstanceOfSatisfying(Compiled.Rejected.class,
                        rejected -> assertThat(rejected.problems()).singleElement()
                                .satisfies(problem -> assertThat(problem.toString())
                                        .startsWith("nowhere/weir.yaml:1:1: there is no such file")));
    }

    @Test
    void aDiffNamesWhatWasAddedChangedAndRemovedAndNothingElse() {
        String form = """
                listen:
                  - { on: 127.0.0.1:81, name: one, to: a }
                  - { on: 127.0.0.1:82, name: two, to: a }
                services: { a: { at: 10.0.0.1:80 }, b: { at: 10.0.0.2:80 } }
                """;
        Snapshot before = snapshot(form);
        Snapshot after = snapshot(form.replace("127.0.0.1:82, name: two", "127.0.0.1:83, name: three")
                .replace("10.0.0.2:80", "10.0.0.3:80").replace("a: {", "c: { at: 10.0.0.4:80 }, a: {"));
        SnapshotDiff diff = SnapshotDiff.between(before, after);
        assertThat(diff.listenersAdded()).extracting(ListenerSpec::name).containsExactly("three");
        assertThat(diff.listenersChanged()).isEmpty();
        assertThat(diff.listenersRemoved()).containsExactly("two");
        assertThat(diff.clustersAdded()).extracting(ClusterSpec::name).containsExactly("c");
        assertThat(diff.clustersChanged()).extracting(ClusterSpec::name).containsExactly("b");
        assertThat(diff.clustersRemoved()).isEmpty();
        assertThat(SnapshotDiff.between(after, after).isEmpty()).isTrue();
    }
}
