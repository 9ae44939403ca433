package io.weir.xds.shortform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;

import com.google.protobuf.util.Durations;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Exempt;
import io.weir.xds.spec.Interception.Network;
import io.weir.xds.spec.Interception.Owners;
import io.weir.xds.spec.Interception.Ports;
import io.weir.xds.spec.Interception.Way;
import io.weir.xds.yaml.ProtoPrinter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SidecarFormTest {

    private static final String WHO = "identity: { cert: a.pem, key: a.key }, trust: ca.pem";

    private static ConfigFile.Loaded loaded(String sidecar) {
        return ConfigFile.read("s.yaml", "sidecar: { " + sidecar + " }\n", StandIns.extensions());
    }

    private static Bootstrap bootstrap(String sidecar) {
        ConfigFile.Loaded loaded = loaded(sidecar);
        assertThat(loaded.problems()).isEmpty();
        assertThat(ConfigFile.compile("s.yaml", "sidecar: { " + sidecar + " }\n", StandIns.extensions()))
                .isInstanceOfSatisfying(Compiled.Accepted.class,
                        accepted -> assertThat(accepted.warnings()).isEmpty());
        return Objects.requireNonNull(loaded.bootstrap());
    }

    private static Listener listener(String sidecar, String name) {
        return bootstrap(sidecar).getStaticResources().getListenersList().stream()
                .filter(each -> each.getName().equals(name)).findFirst().orElseThrow();
    }

    private static String expanded(String sidecar) {
        return ProtoPrinter.of(StandIns.extensions().messageTypes()).yaml(bootstrap(sidecar)).replaceAll("\\s+", " ");
    }

    private static List<String> chains(String sidecar, String listener) {
        return listener(sidecar, listener).getFilterChainsList().stream().map(FilterChain::getName).toList();
    }

    @Test
    void whoHasASidecarIsSpokenToOverTlsAndEverybodyElseInPlain() {
        assertThat(chains(WHO + ", mesh: [10.0.0.0/8]", "sidecar_outbound")).containsExactly("outbound_mesh_requests",
                "outbound_mesh_bytes", "outbound_mesh_tls", "outbound_passthrough");
        assertThat(chains(WHO + ", mesh: [10.0.0.0/8], outbound: mesh_only", "sidecar_outbound"))
                .doesNotContain("outbound_passthrough");
        assertThat(bootstrap(WHO + ", mesh: [10.0.0.0/8]").getStaticResources().getClustersList())
                .allSatisfy(cluster -> assertThat(cluster.hasTransportSocket())
                        .isEqualTo(cluster.getName().startsWith("outbound_mesh")));
        assertThat(chains(WHO, "sidecar_outbound")).containsExactly("outbound_passthrough");
    }

    @Test
    void ofThoseWhoseNamesAreKnownEachGroupHasClustersOfItsOwn() {
        String text = bootstrap(WHO + ", mesh: [10.0.0.0/8, { at: [10.1.0.1, 'fd00::1'],"
                + " ids: ['spiffe://x/db', 'spiffe://x/db/*'] }]").toString();
        assertThat(text).contains("name: \"outbound_mesh_2_http\"");
        assertThat(expanded(WHO + ", mesh: { at: 10.1.0.1, ids: ['spiffe://x/db', 'spiffe://x/db/*'] }")).contains(
                "match_typed_subject_alt_names: - san_type: URI matcher: exact: spiffe://x/db"
                        + " - san_type: URI matcher: prefix: spiffe://x/db/ alpn_protocols: - weir-http");
        assertThat(expanded(WHO + ", mesh: [10.0.0.0/8], allow: 'spiffe://x/web'"))
                .contains("matcher: exact: spiffe://x/web require_client_certificate: true",
                        "matcher: prefix: spiffe:// alpn_protocols: - weir-http");
        assertThat(loaded(WHO + ", mesh: { at: 10.1.0.1, ids: 'spiffe://x/db' }").problems()).isEmpty();
    }

    @Test
    void strictWantsTlsPermissiveTakesWhatComesAndEachPortMayHaveItsOwn() {
        assertThat(chains(WHO, "sidecar_inbound")).containsExactly("inbound_mtls_http", "inbound_mtls");
        assertThat(chains(WHO + ", mtls: permissive", "sidecar_inbound")).containsExactly("inbound_mtls_http",
                "inbound_mtls", "inbound_plain_http", "inbound_plain", "inbound_tls");
        assertThat(chains("mtls: disable", "sidecar_inbound")).containsExactly("inbound_plain_http", "inbound_plain",
                "inbound_tls");
        assertThat(chains(WHO + ", ports: { 80: { protocol: http }, 81: { protocol: tcp, mtls: permissive }, "
                + "82: { protocol: http, mtls: permissive }, 83: { protocol: tcp, mtls: disable } }",
                "sidecar_inbound")).containsExactly("inbound_mtls_http", "inbound_mtls", "inbound_80_mtls_http",
                        "inbound_81_mtls", "inbound_81_plain", "inbound_81_tls", "inbound_82_mtls_http",
                        "inbound_82_plain_http", "inbound_83_plain");
        assertThat(listener(WHO + ", mtls: permissive", "sidecar_inbound").getFilterChainsList())
                .allSatisfy(
                        chain -> assertThat(chain.hasTransportSocket()).isEqualTo(chain.getName().contains("mtls")));
    }

    @Test
    void whoIsWaitedForHasATimeAndWhereEverybodySpeaksFirstThereIsNoneOfTheSidecars() {
        assertThat(listener(WHO, "sidecar_inbound").getContinueOnListenerFiltersTimeout()).isFalse();
        assertThat(listener(WHO, "sidecar_inbound").hasListenerFiltersTimeout()).isFalse();
        Listener permissive = listener(WHO + ", mtls: permissive, detection_timeout: 300ms", "sidecar_inbound");
        assertThat(permissive.getContinueOnListenerFiltersTimeout()).isTrue();
        assertThat(Durations.toMillis(permissive.getListenerFiltersTimeout())).isEqualTo(300);
        Listener out = listener(WHO + ", mesh: [10.0.0.0/8], server_first: [3306]", "sidecar_outbound");
        assertThat(out.getListenerFiltersTimeout().getSeconds()).isEqualTo(1);
        assertThat(out.getListenerFilters(1).getFilterDisabled().getDestinationPortRange().getStart())
                .isEqualTo(3306);
    }

    @Test
    void whichConnectionsAreTakenIsReadBesideTheResources() {
        assertThat(loaded(WHO).interception()).isEqualTo(new Interception(15_001, 15_006, Way.REDIRECT, true,
                Exempt.NONE, Exempt.NONE, Owners.NOBODY));
        assertThat(loaded(WHO + ", intercept: tproxy, ipv6: false, listen: { outbound: 20001, inbound: 20002 },"
                + " exclude: { outbound: { networks: [10.0.0.0/8, 'fd00::/8', 10.0.0.1], ports: [22, 8000-8100] },"
                + " inbound: { ports: 23 }, users: [ntp, 1337], groups: 5 }").interception())
                .isEqualTo(new Interception(20_001, 20_002, Way.TPROXY, false,
                        new Exempt(List.of(new Network("10.0.0.0", 8), new Network("fd00::", 8),
                                new Network("10.0.0.1", 32)), List.of(new Ports(22, 22), new Ports(8000, 8100))),
                        new Exempt(List.of(), List.of(new Ports(23, 23))),
                        new Owners(List.of("ntp", "1337"), List.of("5"))));
        Listener transparent = listener(WHO + ", intercept: tproxy", "sidecar_inbound");
        assertThat(transparent.getTransparent().getValue()).isTrue();
        assertThat(transparent.getListenerFiltersList()).extracting(ListenerFilter::getName)
                .containsExactly("envoy.filters.listener.original_dst", "envoy.filters.listener.tls_inspector",
                        "envoy.filters.listener.original_src");
        assertThat(ConfigFile.read("s.yaml", "listen: { on: 80, to: a }\nservices: { a: { at: 10.0.0.1:80 } }\n",
                StandIns.extensions()).interception()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mesh: [10.0.0.0/8]                                  | mutual TLS needs a certificate
            identity: { cert: a.pem }, trust: ca.pem            | mutual TLS needs a certificate
            WHO, mtls: loose                                    | mtls is one of strict, permissive, disable
            WHO, mtls: permissive, allow: ['spiffe://x/a']      | whoever comes without a certificate is nobody
            WHO, allow: ['spiffe://x/a'], ports: { 80: { mtls: disable } } | or allow: [] here
            WHO, allow: ['https://x/a']                         | this is no SPIFFE ID
            WHO, allow: ['spiffe://x/*/a']                      | this is no SPIFFE ID
            WHO, mesh: [10.0.0.0/33]                            | this is no network
            WHO, mesh: ['10.0.0.1; flush ruleset']              | this is no network
            WHO, mesh: [{ at: 10.0.0.1 }]                       | does not say who is where
            WHO, ports: { 80: { protocol: htp } }               | did you mean "http"?
            WHO, ports: { 70000: { protocol: http } }           | 70000 is no port
            WHO, ports: [80]                                    | ports says of each port
            WHO, exclude: { users: ['a b'] }                    | this is no user and no group
            WHO, exclude: { outbound: { ports: [9-8] } }        | this is no port
            WHO, exclude: { outbound: { port: [9] } }           | did you mean "ports"?
            WHO, listen: { outbound: 15006 }                    | taken at the same port
            WHO, listen: { outbound: 0 }                        | this is no port
            WHO, ipv6: maybe                                    | ipv6 is true or false
            WHO, detection_timeout: soon                        | this is no duration
            WHO, outbound: anything                             | outbound is one of allow_any, mesh_only
            """)
    void whatDoesNotMakeSenseIsTold(String sidecar, String message) {
        assertThat(loaded(sidecar.replace("WHO", WHO)).problems()).filteredOn(Problem::isError)
                .anyMatch(problem -> problem.toString().contains(message));
    }
}
