package io.weir.stream.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.stream.postgres.PostgresSpec.Clients;
import io.weir.stream.tcp.TcpProxyReader;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Extensions;
import io.weir.xds.resource.Problem;
import io.weir.xds.tls.TlsReaders;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands in the filter's configuration, and beside it. */
class PostgresReaderTest {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final String STARTTLS = ", transport_socket: { name: s, typed_config: { '@type': " + TYPE
            + "transport_sockets.starttls.v3.StartTlsConfig, tls_socket_config: { common_tls_context: {"
            + " tls_certificates: [ { certificate_chain: { filename: a.pem }, private_key: { filename: a.key }"
            + " } ] } } } }";

    private static String filter(String fields) {
        return "{ name: pg, typed_config: { '@type': " + TYPE + "filters.network.postgres_proxy.v3alpha.PostgresProxy, "
                + fields + " } }";
    }

    private static Compiled compiled(String filters, String socket) {
        return ConfigFile.compile("test.yaml", """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                    filter_chains:
                    - { filters: [ %s, { name: echo, typed_config: { '@type': %sfilters.network.echo.v3.Echo } } ] %s }
                """.formatted(filters, TYPE, socket), TcpProxyReader.addTo(TlsReaders.addTo(Extensions.basic())));
    }

    private static List<String> problems(String filters, String socket) {
        return problems(compiled(filters, socket));
    }

    private static List<String> problems(Compiled compiled) {
        List<Problem> all = switch (compiled) {
            case Compiled.Rejected rejected -> rejected.problems();
            case Compiled.Accepted accepted -> accepted.warnings();
        };
        return all.stream().map(Problem::toString).toList();
    }

    private static PostgresSpec spec(String fields, String socket) {
        if (compiled(filter(fields), socket) instanceof Compiled.Accepted accepted) {
            return (PostgresSpec) accepted.snapshot().listeners().getFirst().chains().getFirst().filters().getFirst()
                    .config();
        }
        throw new AssertionError(problems(filter(fields), socket).toString());
    }

    @Test
    void whatClientsMayDoIsRead() {
        assertThat(spec("stat_prefix: db", "")).isEqualTo(new PostgresSpec("db", Clients.DISABLE, false));
        assertThat(spec("stat_prefix: db, downstream_ssl: ALLOW", STARTTLS).clients()).isEqualTo(Clients.ALLOW);
        assertThat(spec("stat_prefix: db, downstream_ssl: REQUIRE", STARTTLS).clients()).isEqualTo(Clients.REQUIRE);
        assertThat(spec("stat_prefix: db, terminate_ssl: true", STARTTLS).clients()).isEqualTo(Clients.ALLOW);
        assertThat(spec("stat_prefix: db, terminate_ssl: true, downstream_ssl: REQUIRE", STARTTLS).clients())
                .isEqualTo(Clients.REQUIRE);
    }

    @Test
    void whatCannotBeDoneIsRefusedWithACure() {
        assertThat(problems(filter("downstream_ssl: ALLOW"), STARTTLS))
                .anySatisfy(each -> assertThat(each).contains("stat_prefix", "need a name"));
        assertThat(problems(filter("stat_prefix: db, upstream_ssl: PREFER"), ""))
                .anySatisfy(each -> assertThat(each).contains("upstream_ssl", "PREFER"));
        assertThat(problems(filter("stat_prefix: db, downstream_ssl: PREFER"), STARTTLS))
                .anySatisfy(each -> assertThat(each).contains("downstream_ssl", "PREFER"));
    }

    private static List<String> problemsBefore(String tcp, String socket) {
        return problemsBefore(tcp, socket, "");
    }

    private static List<String> problemsBefore(String tcp, String socket, String first) {
        return problems(ConfigFile.compile("test.yaml", """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                    filter_chains:
                    - { filters: [ %s, { name: tcp, typed_config: { '@type': %sfilters.network.tcp_proxy.v3.TcpProxy,
                        stat_prefix: t, %s } } ] }
                  clusters:
                  - { name: a, load_assignment: { cluster_name: a, endpoints: [ { lb_endpoints: [ { endpoint: {
                      address: { socket_address: { address: 127.0.0.1, port_value: 82 } } } } ] } ] } %s }
                """.formatted(first + filter("stat_prefix: db, upstream_ssl: REQUIRE"), TYPE, tcp, socket),
                TcpProxyReader.addTo(TlsReaders.addTo(Extensions.basic()))));
    }

    private static final String TURNS = ", transport_socket: { name: s, typed_config: { '@type': " + TYPE
            + "transport_sockets.starttls.v3.UpstreamStartTlsConfig, tls_socket_config: { common_tls_context: {"
            + " validation_context: { trusted_ca: { filename: a.pem } } } } } }";

    /** Another cluster beside it, whose hosts would turn to TLS too. */
    private static String beside(String name) {
        return TURNS + " }\n  - { name: " + name
                + ", load_assignment: { cluster_name: b, endpoints: [ { lb_endpoints: ["
                + " { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 83 } } } } ] } ] }"
                + TURNS;
    }

    @Test
    void aClusterWhoseHostsNobodyAsksIsToldBesideOneWhoseHostsAreAsked() {
        assertThat(problemsBefore("cluster: a", beside("b"))).singleElement().asString()
                .contains("clusters[1]", "nobody asks its hosts for TLS");
        assertThat(problemsBefore("weighted_clusters: { clusters: [ { name: a, weight: 1 }, { name: b, weight: 1 } ] }",
                beside("b"))).isEmpty();
    }

    @Test
    void aClusterThatAnotherStandsForIsAskedWhereThatOneIs() {
        String standing = beside("b") + " }\n  - { name: all, lb_policy: CLUSTER_PROVIDED, cluster_type: { name: c,"
                + " typed_config: { '@type': " + TYPE
                + "clusters.aggregate.v3.ClusterConfig, clusters: [ a, b ] } }";
        assertThat(problemsBefore("cluster: all", standing)).isEmpty();
    }

    @Test
    void aClusterThatOnlyClientsNameMayBeAsked() {
        assertThat(problemsBefore("cluster: a", beside("b"), "{ name: sni, typed_config: { '@type': " + TYPE
                + "filters.network.sni_cluster.v3.SniCluster } }, ")).noneSatisfy(
                        each -> assertThat(each).contains("nobody asks"));
    }

    @Test
    void whoAsksHostsNeedsAClusterThatSaysHowTheyAreSecured() {
        assertThat(problemsBefore("cluster: a", TURNS)).isEmpty();
        assertThat(problemsBefore("cluster: a", "")).singleElement().asString()
                .contains("filters[1].typed_config.cluster", "asked for TLS", "UpstreamStartTlsConfig");
        assertThat(problemsBefore("weighted_clusters: { clusters: [ { name: a, weight: 1 } ] }", "")).singleElement()
                .asString().contains("typed_config.weighted_clusters.clusters[0].name", "UpstreamStartTlsConfig");
        assertThat(problemsBefore("cluster: a, tunneling_config: { hostname: 'b:1' }", TURNS))
                .anySatisfy(each -> assertThat(each).contains("filter_chains[0].filters", "without tunneling_config"));
        assertThat(problems(filter("stat_prefix: db, upstream_ssl: REQUIRE"), ""))
                .anySatisfy(each -> assertThat(each).contains("filter_chains[0].filters", "only a TCP proxy"));
    }

    @Test
    void thatAllowAsksNoHostIsTold() {
        assertThat(spec("stat_prefix: db, upstream_ssl: ALLOW", "").asksHosts()).isFalse();
        assertThat(problems(filter("stat_prefix: db, upstream_ssl: ALLOW"), ""))
                .anySatisfy(each -> assertThat(each).contains("upstream_ssl", "in the clear", "REQUIRE"));
    }

    @Test
    void whoTurnsToTlsNeedsACertificateAndACertificateWhoTurns() {
        assertThat(problems(filter("stat_prefix: db, downstream_ssl: ALLOW"), ""))
                .anySatisfy(each -> assertThat(each).contains("transport_socket", "StartTlsConfig"));
        assertThat(problems(filter("stat_prefix: db"), STARTTLS)).anySatisfy(each -> assertThat(each)
                .contains("transport_socket.typed_config.tls_socket_config", "in the clear", "downstream_ssl"));
        String twice = filter("stat_prefix: db, downstream_ssl: ALLOW");
        assertThat(problems(twice + ", " + twice, STARTTLS))
                .anySatisfy(each -> assertThat(each).contains("2 filters", "keep one"));
    }

    @Test
    void thatStatementsAreNotLookedAtIsTold() {
        assertThat(problems(filter("stat_prefix: db, enable_sql_parsing: true"), ""))
                .anySatisfy(each -> assertThat(each).contains("enable_sql_parsing"));
    }
}
