package io.weir.xds.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.chain.Prefix;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.SanMatch;
import io.weir.core.tls.SecretSpec;
import io.weir.core.tls.ServerTls;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.compile.SnapshotDiff;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What secrets that are had by name become when they are read. */
class SecretsTest {
    private static final String TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
    private static final String TCP = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

    private static Extensions extensions() {
        return TlsReaders.addTo(StandIns.extensions());
    }

    private static String text(String secrets, String context) {
        return """
                static_resources:
                  secrets: [ %s ]
                  listeners:
                    - name: in
                      address: { socket_address: { address: 127.0.0.1, port_value: 81 } }
                      filter_chains:
                        - filters: [ { name: f, typed_config: { "@type": %s, stat_prefix: p, cluster: a } } ]
                          transport_socket: { name: tls, typed_config: { "@type": %sDownstreamTlsContext, %s } }
                  clusters: [ { name: a, load_assignment: { cluster_name: a } } ]
                """.formatted(secrets, TCP, TLS, context);
    }

    private static Snapshot accepted(String text) {
        Compiled compiled = ConfigFile.compile("test.yaml", text, extensions());
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot();
    }

    private static ServerTls server(Snapshot snapshot) {
        return Objects.requireNonNull(snapshot.listeners().getFirst().chains().getFirst().tls());
    }

    private static List<String> errors(String text) {
        return ConfigFile.compile("test.yaml", text, extensions()) instanceof Compiled.Rejected(List<Problem> problems)
                ? problems.stream().filter(Problem::isError).map(Problem::toString).toList()
                : List.of();
    }

    private static final String SHOP = "{ name: shop, tls_certificate: { certificate_chain: { filename: a.pem },"
            + " private_key: { filename: a.key } } }";
    private static final String CA = "{ name: ca, validation_context: { trusted_ca: { filename: ca.pem } } }";
    private static final String KEYS = "{ name: keys, session_ticket_keys: { keys: [ { filename: k1 },"
            + " { filename: k2 } ] } }";

    @Test
    void secretsOfTheBootstrapStandWhereTheyAreNamed() {
        ServerTls server = server(accepted(text(SHOP + ", " + CA + ", " + KEYS, """
                session_ticket_keys_sds_secret_config: { name: keys }, common_tls_context: {
                  tls_certificate_sds_secret_configs: [ { name: shop } ], combined_validation_context: {
                    default_validation_context: { match_typed_subject_alt_names: [ { san_type: URI, matcher: { exact: a
                      } } ] }, validation_context_sds_secret_config: { name: ca } } }""")));
        CommonTls common = server.common();
        assertThat(common.certificates()).singleElement()
                .satisfies(each -> assertThat(each.chain()).isEqualTo(new DataSource.File("a.pem")));
        assertThat(common.validation().trustedCa()).isEqualTo(new DataSource.File("ca.pem"));
        assertThat(common.validation().names())
                .containsExactly(new SanMatch(SanMatch.Type.URI, SanMatch.How.EXACT, "a", false));
        assertThat(common.named()).isEqualTo(NamedSecrets.NONE);
        assertThat(server.tickets()).isEqualTo(new ServerTls.Tickets.Shared(
                List.of(new DataSource.File("k1"), new DataSource.File("k2"))));
    }

    @Test
    void secretsOfAFileAreReadLater() {
        String from = "sds_config: { path_config_source: { path: s.yaml, watched_directory: { path: dir } } }";
        ServerTls server = server(accepted(text("", """
                session_ticket_keys_sds_secret_config: { name: keys, %s }, common_tls_context: {
                  tls_certificate_sds_secret_configs: [ { name: shop, %s } ],
                  validation_context_sds_secret_config: { name: ca, %s } }""".formatted(from, from, from))));
        assertThat(server.common().certificates()).isEmpty();
        assertThat(server.common().named()).isEqualTo(new NamedSecrets(
                List.of(new NamedSecrets.Ref("shop", "s.yaml", "dir")), new NamedSecrets.Ref("ca", "s.yaml", "dir"),
                new NamedSecrets.Ref("keys", "s.yaml", "dir")));
    }

    @Test
    void aNameThatIsNotThereOrIsSomethingElseIsTold() {
        assertThat(errors(text(SHOP, "common_tls_context: { tls_certificate_sds_secret_configs: [ { name: shup } ] }")))
                .singleElement().asString().contains("tls_certificate_sds_secret_configs[0].name")
                .contains("static_resources.secrets has no secret of this name").contains("shop");
        assertThat(errors(text(CA, "common_tls_context: { tls_certificate_sds_secret_configs: [ { name: ca } ] }")))
                .singleElement().asString().contains("of another kind");
        assertThat(errors(text(SHOP + ", " + SHOP,
                "common_tls_context: { tls_certificate_sds_secret_configs: [ { name: shop } ] }"))).singleElement()
                .asString().contains("static_resources.secrets[1].name").contains("has this name already");
    }

    @Test
    void aControlPlaneIsNotAskedAndThatIsTold() {
        assertThat(errors(text("", "common_tls_context: { tls_certificate_sds_secret_configs: [ { name: shop,"
                + " sds_config: { ads: {} } } ] }"))).singleElement().asString()
                .contains("sds_config.ads").contains("write path_config_source");
    }

    @Test
    void namesThatNobodyStandsBehindAreRefusedOnceAllIsTogether() {
        String named = "{ name: names, validation_context: { match_typed_subject_alt_names: [ { san_type: DNS,"
                + " matcher: { exact: a } } ] } }";
        assertThat(errors(text(SHOP + ", " + named, "common_tls_context: { tls_certificate_sds_secret_configs:"
                + " [ { name: shop } ], validation_context_sds_secret_config: { name: names } }"))).singleElement()
                .asString().contains("nothing says whose are believed");
    }

    @Test
    void aListenerChangesWithASecretThatItNames() {
        String context = "common_tls_context: { tls_certificate_sds_secret_configs: [ { name: shop } ] }";
        Snapshot before = accepted(text(SHOP, context));
        Snapshot after = accepted(text(SHOP.replace("a.pem", "b.pem"), context));
        SnapshotDiff diff = SnapshotDiff.between(before, after);
        assertThat(diff.listenersChanged()).hasSize(1);
        assertThat(diff.processChanged()).isFalse();
        assertThat(SnapshotDiff.between(before, accepted(text(SHOP, context))).isEmpty()).isTrue();
    }

    @Test
    void aFileHasItsSecretsByNameInYamlAndJson(@TempDir Path folder) throws IOException {
        Path yaml = Files.writeString(folder.resolve("s.yaml"), """
                resources:
                  - "@type": %sSecret
                    name: shop
                    tls_certificate:
                      certificate_chain: { filename: a.pem }
                      private_key: { filename: a.key }
                """.formatted(TLS));
        assertThat(SecretFile.read(yaml, extensions())).satisfies(read -> {
            assertThat(read.problems()).isEmpty();
            assertThat(read.secrets()).containsOnlyKeys("shop");
            assertThat(read.secrets().get("shop")).isInstanceOf(SecretSpec.Certificate.class);
        });
        Path json = Files.writeString(folder.resolve("s.json"), """
                { "version_info": "7", "resources": [ { "@type": "%sSecret", "name": "keys",
                  "session_ticket_keys": { "keys": [ { "filename": "k" } ] } } ] }""".formatted(TLS));
        assertThat(SecretFile.read(json, extensions()).secrets())
                .containsEntry("keys", new SecretSpec.TicketKeys(List.of(new DataSource.File("k"))));
    }

    @Test
    void aKeyLogIsReadWithItsRangesAndWarnedOf() {
        String log = "common_tls_context: { tls_certificate_sds_secret_configs: [ { name: shop } ], key_log: { path: k,"
                + " local_address_range: [ { address_prefix: 10.1.0.0, prefix_len: %d } ] } }";
        Compiled compiled = ConfigFile.compile("test.yaml", text(SHOP, log.formatted(8)), extensions());
        assertThat(compiled).isInstanceOfSatisfying(Compiled.Accepted.class, accepted -> {
            assertThat(server(accepted.snapshot()).common().keyLog()).isEqualTo(new CommonTls.KeyLog("k",
                    List.of(Prefix.of(InetAddress.ofLiteral("10.0.0.0"), 8)), List.of()));
            assertThat(accepted.warnings()).extracting(Problem::toString)
                    .anySatisfy(each -> assertThat(each).contains("key_log.path").contains("secrets of connections"));
        });
        assertThat(errors(text(SHOP, log.formatted(33)))).singleElement().asString()
                .contains("local_address_range[0]").contains("this is no network");
    }

    @Test
    void whatIsWrongInAFileIsToldByItsPlace(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("s.yaml"), """
                resources:
                  - "@type": %sSecret
                    name: shop
                    tls_certificate: { certificate_chain: { filename: a.pem }, private_key_provider: {} }
                """.formatted(TLS));
        assertThat(SecretFile.read(file, extensions()).problems()).filteredOn(Problem::isError)
                .extracting(Problem::toString).anySatisfy(each -> assertThat(each).contains("s.yaml:4:")
                        .contains("private_key"));
        assertThat(SecretFile.read(folder.resolve("none.yaml"), extensions()).problems()).singleElement().asString()
                .contains("there is no such file");
    }
}
