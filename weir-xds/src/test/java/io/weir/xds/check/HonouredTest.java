package io.weir.xds.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.ProtoReader;
import io.weir.xds.yaml.Read;

class HonouredTest {

    private static final String TABLE = """
            envoy.config.bootstrap.v3.Bootstrap: static_resources node
            envoy.config.bootstrap.v3.Bootstrap.StaticResources: clusters listeners
            envoy.config.cluster.v3.Cluster: name connect_timeout typed_extension_protocol_options # a comment
              load_assignment
            envoy.config.cluster.v3.Cluster= lb_policy: ROUND_ROBIN RANDOM
            envoy.config.cluster.v3.Cluster= wait_for_warm_on_init: true
            envoy.config.cluster.v3.Cluster? alt_stat_name: it only renames
              the stats
            envoy.config.cluster.v3.Cluster! eds_cluster_config: write load_assignment
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions: upstream_http_protocol_options
            """;

    private static List<Problem> check(String text) {
        Node root = ConfigText.parse("weir.yaml", text).root();
        Read<Bootstrap> read = new ProtoReader(MessageTypes.envoy()).read(java.util.Objects.requireNonNull(root),
                Bootstrap.getDefaultInstance(), "");
        assertThat(read.problems()).isEmpty();
        List<Problem> out = new ArrayList<>();
        Honoured.core().with("test", TABLE).check(read.message(), "", read.positions(), out);
        return out;
    }

    @Test
    void theCoreTableNamesOnlyMessagesAndFieldsThatExist() {
        assertThat(Honoured.core().mistakes(MessageTypes.envoy())).isEmpty();
    }

    @Test
    void aMistakeInATableIsFound() {
        Honoured wrong = Honoured.core().with("test", """
                envoy.config.cluster.v3.Cluster: name nmae
                envoy.config.cluster.v3.Clutser: name
                envoy.config.cluster.v3.Cluster= lb_policy: ROUND_ROBBIN
                """);
        assertThat(wrong.mistakes(MessageTypes.envoy())).containsExactly(
                "envoy.config.cluster.v3.Cluster has no field nmae",
                "envoy.config.cluster.v3.Cluster.lb_policy has no value ROUND_ROBBIN",
                "envoy.config.cluster.v3.Clutser is not a message");
    }

    @Test
    void aLineThatIsNotOneNamesItsPlace() {
        assertThatThrownBy(() -> Honoured.core().with("table.txt", "\nenvoy.X? a b: c\n"))
                .hasMessageContaining("table.txt:2:");
        assertThatThrownBy(() -> Honoured.core().with("table.txt", "envoy.X: a\nenvoy.X: a\n"))
                .hasMessageContaining("a is named twice");
    }

    @Test
    void aFieldThatIsNotHonouredIsAnErrorWithItsPlace() {
        List<Problem> problems = check("""
                static_resources:
                  clusters:
                  - name: a
                    lb_policy: MAGLEV
                    wait_for_warm_on_init: false
                    eds_cluster_config: { service_name: x }
                    cleanup_interval: 5s
                stats_flush_interval: 5s
                """);
        assertThat(problems).extracting(Problem::toString).containsExactlyInAnyOrder(
                "weir.yaml:4:16: static_resources.clusters[0].lb_policy: Weir does not honour this value of"
                        + " lb_policy yet"
                        + " (MAGLEV); write one of: RANDOM, ROUND_ROBIN",
                "weir.yaml:5:28: static_resources.clusters[0].wait_for_warm_on_init: Weir does not honour this value of"
                        + " wait_for_warm_on_init yet (false); write one of: true",
                "weir.yaml:6:5: static_resources.clusters[0].eds_cluster_config: Weir does not honour"
                        + " eds_cluster_config yet; write load_assignment",
                "weir.yaml:7:23: static_resources.clusters[0].cleanup_interval: Weir does not honour"
                        + " cleanup_interval yet"
                        + " (5s); remove it",
                "weir.yaml:8:23: stats_flush_interval: Weir does not honour stats_flush_interval yet (5s);"
                        + " remove it");
    }

    @Test
    void aHarmlessFieldIsToldOnceForAllClusters() {
        List<Problem> problems = check("""
                static_resources:
                  clusters:
                  - { name: a, alt_stat_name: x }
                  - { name: b, alt_stat_name: z }
                """);
        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().isError()).isFalse();
        assertThat(problems.getFirst().toString()).contains("clusters[0].alt_stat_name").contains("renames the stats");
    }

    @Test
    void anAnyIsEnteredAndAnExtensionWithoutATableIsRefused() {
        List<Problem> problems = check("""
                static_resources:
                  clusters:
                  - name: a
                    typed_extension_protocol_options:
                      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                        explicit_http_config: { http2_protocol_options: {} }
                      other:
                        "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors
                """);
        assertThat(problems).extracting(Problem::path).containsExactlyInAnyOrder(
                "static_resources.clusters[0].typed_extension_protocol_options"
                        + "[envoy.extensions.upstreams.http.v3.HttpProtocolOptions].explicit_http_config",
                "static_resources.clusters[0].typed_extension_protocol_options[other]");
    }

    @Test
    void whatIsHonouredIsSilent() {
        List<Problem> out = new ArrayList<>();
        Address address = Address.newBuilder().setPipe(
                io.envoyproxy.envoy.config.core.v3.Pipe.newBuilder().setPath("/run/x").setMode(0600)).build();
        Honoured.core().check(address, "address", io.weir.xds.yaml.Positions.none(), out);
        assertThat(out).isEmpty();
    }
}
