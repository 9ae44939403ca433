package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.core.stats.Stats;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.SanMatch;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.TrustDomain;
import io.weir.core.tls.ValidationSpec;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two trust domains, whose authorities have the same name: each is believed for its own names alone. */
class SpiffeTest {
    private static @Nullable Certificates made;
    private static @Nullable Certificates east;

    @BeforeAll
    static void make() {
        made = Certificates.make();
        east = made.stranger();
    }

    @AfterAll
    static void forget() {
        west().close();
    }

    private static Certificates west() {
        return Objects.requireNonNull(made);
    }

    private static Certificates east() {
        return Objects.requireNonNull(east);
    }

    private static DataSource file(Path path) {
        return new DataSource.File(path.toString());
    }

    private static ValidationSpec domains(SanMatch... names) {
        return ValidationSpec.NONE.withNames(List.of(names)).withTrustDomains(List.of(
                new TrustDomain("west.example", file(west().authority())),
                new TrustDomain("east.example", file(east().authority()))));
    }

    private static ServerTls server(ValidationSpec rules) {
        return ServerTls.of(CommonTls.DEFAULT.withCertificates(List.of(SecuredEcho.spec(west().issue("server",
                "URI:spiffe://west.example/server")))).withValidation(rules)).withClientCertificates(true);
    }

    private static void served(SecuredEcho echo, Issued own) throws Exception {
        echo.speak(SecuredEcho.client(own), "TLSv1.3", null);
        assertThat(echo.session().peerValidated()).isTrue();
        echo.ended();
    }

    private static void refused(SecuredEcho echo, Issued own, String why) throws Exception {
        assertThat(catchThrowable(() -> echo.speak(SecuredEcho.client(own), "TLSv1.3", null))).isNotNull();
        assertThat(TlsServer.failure(echo.ended())).startsWith("TLS error: its certificate is refused: ").contains(why);
    }

    @Test
    void aClientIsBelievedForTheNamesOfTheTrustDomainWhoseAuthorityHasIssuedItsCertificate() throws Exception {
        try (TlsServer server = TlsServer.open(server(domains())); SecuredEcho echo = new SecuredEcho(server)) {
            served(echo, west().issue("a", "URI:spiffe://west.example/ns/a"));
            served(echo, east().issue("b", "URI:spiffe://east.example/ns/b,DNS:b.example"));
            refused(echo, east().issue("liar", "URI:spiffe://west.example/ns/a"), "it leads to nobody who is believed");
            refused(echo, west().issue("elsewhere", "URI:spiffe://north.example/ns/a"),
                    "nobody is believed for its trust domain: spiffe://north.example/ns/a");
            refused(echo, west().issue("near", "URI:spiffe://west.example.evil/ns/a"), "for its trust domain");
            refused(echo, west().issue("plain", "DNS:west.example"), "it is no SVID of SPIFFE");
            refused(echo, west().issue("other-scheme", "URI:https://west.example/"), "it is no SVID of SPIFFE");
            refused(echo, west().issue("two", "URI:spiffe://west.example/a,URI:spiffe://west.example/b"),
                    "it is no SVID of SPIFFE");
            refused(echo, west().issue("issues", "URI:spiffe://west.example/a", List.of("-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-addext", "keyUsage=critical,digitalSignature,keyCertSign")),
                    "it is one that issues others");
            assertThat(echo.count("fail_verify_error")).isEqualTo(7);
            assertThat(echo.count("handshake")).isEqualTo(2);
        }
    }

    @Test
    void ofATrustDomainSomeNamesMayBeAcceptedAlone() throws Exception {
        var only = new SanMatch(SanMatch.Type.URI, SanMatch.How.PREFIX, "spiffe://west.example/ns/", false);
        try (TlsServer server = TlsServer.open(server(domains(only))); SecuredEcho echo = new SecuredEcho(server)) {
            served(echo, west().issue("named", "URI:spiffe://west.example/ns/a"));
            refused(echo, west().issue("unnamed", "URI:spiffe://west.example/other"), "none of its names is accepted");
            assertThat(echo.count("fail_verify_san")).isEqualTo(1);
        }
    }

    @Test
    void whatAnAuthorityWritesIntoNamesOfOtherKindsIsNoNameOfATrustDomain() throws Exception {
        var admin = new SanMatch(SanMatch.Type.ANY, SanMatch.How.SUFFIX, "west.example/admin", false);
        try (TlsServer server = TlsServer.open(server(domains(admin))); SecuredEcho echo = new SecuredEcho(server)) {
            served(echo, west().issue("admin", "URI:spiffe://west.example/admin"));
            refused(echo, east().issue("poser", "URI:spiffe://east.example/b,email:spiffe@west.example/admin"),
                    "none of its names is accepted");
        }
        var dns = new SanMatch(SanMatch.Type.DNS, SanMatch.How.EXACT, "west.example", false);
        assertThat(catchThrowableOfType(TlsFailure.class, () -> TlsServer.open(server(domains(dns)))))
                .hasMessageContaining("an authority of a trust domain is believed for URIs of its own alone");
        assertThat(catchThrowableOfType(TlsFailure.class, () -> TlsClient.open(
                ClientTls.of(CommonTls.DEFAULT.withValidation(domains()), "host.example").withSanOfSni(),
                SecretSource.NONE, new TlsStats(new Stats().root().child("cluster")))))
                .hasMessageContaining("may write any DNS name into a certificate, so that hosts prove none");
    }

    @Test
    void aHostIsBelievedForTheNamesOfItsTrustDomainAlone() throws Exception {
        TlsClient client = null;
        for (boolean honest : new boolean[]{true, false}) {
            Issued own = (honest ? east() : west()).issue("host-" + honest, "URI:spiffe://east.example/host");
            try (TlsServer server = TlsServer.open(ServerTls.of(CommonTls.DEFAULT.withCertificates(
                    List.of(SecuredEcho.spec(own))))); SecuredEcho echo = new SecuredEcho(server)) {
                client = TlsClient.open(ClientTls.of(CommonTls.DEFAULT.withValidation(domains()), "host.example"),
                        SecretSource.NONE, new TlsStats(echo.stats.root().child("cluster")));
                TlsClient opened = client;
                if (honest) {
                    echo.connect(opened).close().sync();
                } else {
                    assertThat(catchThrowable(() -> echo.connect(opened)))
                            .hasStackTraceContaining("it leads to nobody who is believed");
                    assertThat(echo.stats.root().child("cluster").child("ssl").counter("fail_verify_error").value())
                            .isEqualTo(1);
                }
                opened.release();
            }
        }
    }

    @Test
    void aBundleIsReadAgainWhenItChangesAndIsToldByItsPlaceWhenItCannotBeRead() throws Exception {
        Path bundle = Files.copy(west().authority(), west().folder().resolve("bundle.pem"));
        ServerTls spec = server(ValidationSpec.NONE.withTrustDomains(List.of(
                new TrustDomain("west.example", file(bundle)))));
        Issued own = east().issue("moved", "URI:spiffe://west.example/moved");
        try (TlsServer server = TlsServer.open(spec); SecuredEcho echo = new SecuredEcho(server)) {
            assertThat(server.watched()).contains(bundle.toString());
            refused(echo, own, "it leads to nobody who is believed");
            Files.writeString(bundle, "");
            TlsFailure failure = catchThrowableOfType(TlsFailure.class, server::renew);
            assertThat(failure.path()).isEqualTo("common_tls_context.validation_context.custom_validator_config"
                    + ".typed_config.trust_domains[0].trust_bundle");
            Files.copy(east().authority(), bundle, StandardCopyOption.REPLACE_EXISTING);
            server.renew();
            served(echo, own);
        }
    }

    /** A map of bundles where each of these domains has this authority. */
    private static String map(Path... authorities) throws IOException {
        String[] names = {"west.example", "east.example"};
        var text = new StringBuilder("{\"trust_domains\":{\"empty.example\":{\"keys\":[]}");
        for (int i = 0; i < authorities.length; i++) {
            text.append(",\"").append(names[i]).append("\":{\"keys\":[{\"use\":\"jwt-svid\",\"kty\":\"EC\"},")
                    .append("{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\"")
                    .append(Files.readString(authorities[i]).replaceAll("-----[A-Z ]+-----|\\s", ""))
                    .append("\"]}],\"spiffe_sequence\":1}");
        }
        return text.append("}}").toString();
    }

    @Test
    void bundlesInOneDocumentAreBelievedEachForItsDomainAndAreReadAgainWhenTheyChange() throws Exception {
        Path bundles = west().folder().resolve("bundles.json");
        Files.writeString(bundles, map(west().authority()));
        Issued own = east().issue("of-east", "URI:spiffe://east.example/a");
        try (TlsServer server = TlsServer.open(server(ValidationSpec.NONE.withTrustBundles(file(bundles))));
                SecuredEcho echo = new SecuredEcho(server)) {
            served(echo, west().issue("of-west", "URI:spiffe://west.example/a"));
            refused(echo, own, "nobody is believed for its trust domain");
            refused(echo, east().issue("of-none", "URI:spiffe://empty.example/a"), "leads to nobody who is believed");
            assertThat(server.watched()).contains(bundles.toString());
            Files.writeString(bundles, "{}");
            TlsFailure failure = catchThrowableOfType(TlsFailure.class, server::renew);
            assertThat(failure.path()).isEqualTo("common_tls_context.validation_context.custom_validator_config"
                    + ".typed_config.trust_bundles");
            assertThat(failure.value()).isEqualTo(bundles.toString());
            Files.writeString(bundles, map(west().authority(), east().authority()));
            server.renew();
            served(echo, own);
            refused(echo, east().issue("poses", "URI:spiffe://west.example/a"), "it leads to nobody who is believed");
        }
    }

    @Test
    void bundlesMayStandInTheConfigurationItself() throws Exception {
        var inline = new DataSource.Inline(map(west().authority()));
        try (TlsServer server = TlsServer.open(server(ValidationSpec.NONE.withTrustBundles(inline)));
                SecuredEcho echo = new SecuredEcho(server)) {
            served(echo, west().issue("by-inline", "URI:spiffe://west.example/a"));
        }
    }

    @Test
    void trustDomainsAndOthersWhoAreBelievedAreRefusedTogether() throws IOException {
        ValidationSpec both = new ValidationSpec(file(west().authority()), false, null, false, List.of(), List.of(),
                List.of(), ValidationSpec.DEPTH_DEFAULT, false, false, null).and(domains());
        TlsFailure failure = catchThrowableOfType(TlsFailure.class, () -> TlsServer.open(server(both)).close());
        assertThat(failure.path()).isEqualTo("common_tls_context.validation_context.custom_validator_config");
        assertThat(failure.text()).contains("trusted_ca");
    }

    @Test
    void otherNamesAreComparedByTheirIdentifierAndTheirValue() throws Exception {
        String user = "1.3.6.1.4.1.311.20.2.3";
        Issued own = west().issue("user", "otherName:" + user + ";UTF8:ann@example,otherName:1.2.3.4;INTEGER:500,"
                + "otherName:1.2.3.5;BOOL:TRUE,otherName:1.2.3.6;NULL,otherName:1.2.3.7;OID:2.999.3");
        var certificate = Identity.read(SecuredEcho.spec(own), "own").certificate();
        assertThat(Names.other(certificate, user)).containsExactly("ann@example");
        assertThat(Names.other(certificate, "1.2.3.4")).containsExactly("500");
        assertThat(Names.other(certificate, "1.2.3.5")).containsExactly("true");
        assertThat(Names.other(certificate, "1.2.3.6")).containsExactly("");
        assertThat(Names.other(certificate, "1.2.3.7")).containsExactly("2.999.3");
        assertThat(Names.other(certificate, "1.2.3.8")).isEmpty();
        assertThat(accepted(own, new SanMatch(SanMatch.Type.OTHER, SanMatch.How.SUFFIX, "@example", false, user)))
                .isTrue();
        assertThat(accepted(own, new SanMatch(SanMatch.Type.OTHER, SanMatch.How.SUFFIX, "@example", false, "1.2.3.4")))
                .as("of another identifier").isFalse();
        assertThat(accepted(own, new SanMatch(SanMatch.Type.EMAIL, SanMatch.How.SUFFIX, "@example", false)))
                .as("of another kind").isFalse();
    }

    private static boolean accepted(Issued own, SanMatch match) throws Exception {
        ValidationSpec rules = new ValidationSpec(file(west().authority()), false, null, false, List.of(), List.of(),
                List.of(match), ValidationSpec.DEPTH_DEFAULT, false, false, null);
        try {
            Trust.read(rules, "rules").check(Identity.read(SecuredEcho.spec(own), "own").chain(), false, null);
            return true;
        } catch (Refused e) {
            assertThat(e.why()).isEqualTo(Refused.Why.NAME);
            return false;
        }
    }
}
