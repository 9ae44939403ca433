package io.weir.xds.shortform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;

import io.weir.core.tls.AcmeSpec;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.DataSource;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.compile.SnapshotDiff;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tls: { acme: ... }}: certificates of files that Weir itself writes. */
class AcmeFormTest {

    private static final String PLAIN = "\nservices: { a: { at: 10.0.0.1:80 } }\nlisten:\n  - { on: 80, to: a }\n";

    private static Compiled compiled(String tls) {
        return ConfigFile.compile("s.yaml", PLAIN + "  - { on: 443, to: a, tls: " + tls + " }\n",
                StandIns.extensions());
    }

    private static Snapshot snapshot(String tls) {
        Compiled compiled = compiled(tls);
        assertThat(compiled).isInstanceOf(Compiled.Accepted.class);
        return ((Compiled.Accepted) compiled).snapshot();
    }

    private static List<String> problems(String tls) {
        return compiled(tls) instanceof Compiled.Rejected rejected
                ? rejected.problems().stream().filter(Problem::isError).map(Problem::toString).toList()
                : List.of();
    }

    @Test
    void theCertificateIsOneOfAFileThatIsWrittenForIt() {
        Snapshot snapshot = snapshot("[ { acme: { names: [Shop.Example, bücher.example], agree_to_terms: true } },"
                + " { cert: c, key: k } ]");
        assertThat(snapshot.acme()).containsExactly(new AcmeSpec("Shop.Example",
                List.of("shop.example", "xn--bcher-kva.example"), AcmeSpec.DIRECTORY_DEFAULT, "", true,
                AcmeSpec.STORAGE_DEFAULT, AcmeSpec.Challenge.HTTP_01, AcmeSpec.KeyKind.ECDSA_P256, null, null));
        var tls = Objects.requireNonNull(snapshot.listeners().get(1).chains().getFirst().tls());
        DataSource file = new DataSource.File("/var/lib/weir/acme/Shop.Example.pem");
        assertThat(tls.common().certificates()).extracting(CertificateSpec::chain).startsWith(file).hasSize(2);
        assertThat(tls.common().certificates().getFirst().key()).isEqualTo(file);
    }

    @Test
    void everythingThatCanBeSaidIsHeard() {
        assertThat(snapshot("{ acme: { name: shop, names: shop.example, email: ops@shop.example, agree_to_terms: true,"
                + " directory: 'https://ca.example/dir', storage: /srv/acme/, challenge: tls-alpn-01, key: rsa-2048,"
                + " ca: /ca.pem, eab: { id: kid, key: /mac } } }").acme())
                .containsExactly(new AcmeSpec("shop", List.of("shop.example"), "https://ca.example/dir",
                        "ops@shop.example", true, "/srv/acme", AcmeSpec.Challenge.TLS_ALPN_01,
                        AcmeSpec.KeyKind.RSA_2048, new DataSource.File("/ca.pem"),
                        new AcmeSpec.Binding("kid", new DataSource.File("/mac"))));
    }

    @Test
    void theFullFormsDirectoryMayEndInASlashToo() {
        Compiled compiled = ConfigFile.compile("s.yaml", PLAIN + """
                envoy:
                  bootstrap_extensions:
                    - name: weir.acme.shop
                      typed_config:
                        "@type": type.googleapis.com/weir.acme.v1.Certificate
                        name: shop
                        domains: [ shop.example ]
                        agree_to_terms: true
                        storage: /srv/acme//
                """, StandIns.extensions());
        assertThat(compiled).isInstanceOfSatisfying(Compiled.Accepted.class,
                accepted -> assertThat(accepted.snapshot().acme()).singleElement()
                        .satisfies(spec -> assertThat(spec.file()).isEqualTo("/srv/acme/shop.pem")));
    }

    @Test
    void withoutNamesTheHostsOfTheRoutesAreMeant() {
        Compiled compiled = ConfigFile.compile("s.yaml", PLAIN + """
                  - on: 443
                    tls: { acme: { agree_to_terms: true } }
                    routes:
                      - { host: [shop.example, www.shop.example], to: a }
                      - { host: '*.shop.example', to: a }
                      - { host: shop.example, path: /x, to: a }
                      - { to: a }
                """, StandIns.extensions());
        assertThat(compiled).isInstanceOfSatisfying(Compiled.Accepted.class,
                accepted -> assertThat(accepted.snapshot().acme()).singleElement().satisfies(
                        spec -> assertThat(spec.domains()).containsExactly("shop.example", "www.shop.example")));
    }

    @Test
    void listenersThatAskForTheSameShareIt() {
        String same = "{ on: 444, to: a, tls: { acme: { names: [a.example], agree_to_terms: true } } }";
        assertThat(snapshot("{ acme: { names: [a.example], agree_to_terms: true } } }\n  - " + same
                + "\n  - { on: 445, to: a").acme()).hasSize(1);
        assertThat(problems("{ acme: { names: [a.example], agree_to_terms: true, email: a@b.example } } }\n  - " + same
                + "\n  - { on: 445, to: a")).singleElement().asString()
                .contains("listen[2].tls.acme: a certificate of the same name is asked for in another way at s.yaml:5");
    }

    @Test
    void aProofOverHttpWantsAListenerWithoutTls() {
        Compiled compiled = ConfigFile.compile("s.yaml", "listen: { on: 443, to: a, tls: { acme: { names: [a.example],"
                + " agree_to_terms: true } } }\nservices: { a: { at: 10.0.0.1:80 } }\n", StandIns.extensions());
        assertThat(compiled).isInstanceOfSatisfying(Compiled.Accepted.class,
                accepted -> assertThat(accepted.warnings()).singleElement().asString()
                        .contains("no listener speaks it without TLS"));
    }

    @Test
    void aCertificateThatIsAskedForInAnotherWayNeedsNoNewStart() {
        Snapshot before = snapshot("{ acme: { names: [a.example], agree_to_terms: true } }");
        Snapshot after = snapshot("{ acme: { names: [a.example, b.example], agree_to_terms: true } }");
        SnapshotDiff diff = SnapshotDiff.between(before, after);
        assertThat(diff.processChanged()).isFalse();
        assertThat(diff.listenersChanged()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { acme: { names: [a.example] } }                                            | listen[1].tls.acme: an authority has terms, and nothing says that you agree to them
            { acme: { agree_to_terms: true } }                                          | listen[1].tls.acme: nothing says which names the certificate is for
            { acme: { names: [a.example], agree_to_terms: true }, cert: c, key: k }     | listen[1].tls.acme: here is a certificate already
            { acme: { names: ['*.a.example'], name: a, agree_to_terms: true } }         | names with * are proved by DNS alone
            { acme: { names: ['a.example:443'], name: a, agree_to_terms: true } }       | this is no name of a host (a.example:443)
            { acme: { names: [10.0.0.1], agree_to_terms: true } }                       | this is no name of a host (10.0.0.1)
            { acme: { names: [a.example], name: ../a, agree_to_terms: true } }          | a certificate's name becomes that of a file (../a)
            { acme: { names: [a.example], agree_to_terms: true, email: ops } }          | this is no address to write to
            { acme: { names: [a.example], agree_to_terms: true, directory: 'http://x/' } } | an authority's directory is an https URL
            { acme: { names: [a.example], agree_to_terms: true, challenge: http-1 } }   | Weir does not know this proof (http-1); did you mean "http-01"?
            { acme: { names: [a.example], agree_to_terms: true, key: rsa } }            | Weir does not know this kind of key (rsa)
            { acme: { names: [a.example], agree_to_terms: true, eab: { id: x } } }      | listen[1].tls.acme.eab: an account elsewhere has an id and a key
            { acme: { names: [a.example], agree_to_terms: true, nams: [b] } }           | listen[1].tls.acme.nams: what asks for a certificate has no such key; did you mean "names"?
            """)
    void aMistakeIsToldWithItsPlaceAndItsCure(String tls, String expected) {
        assertThat(problems(tls)).singleElement().asString().contains(expected);
    }
}
