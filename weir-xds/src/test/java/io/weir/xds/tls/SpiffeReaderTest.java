package io.weir.xds.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trust domains of SPIFFE, and names of other kinds, in a validation context. */
class SpiffeReaderTest {
    private static final String TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
    private static final String WEST = "{ name: west.example, trust_bundle: { filename: west.pem } }";

    private static List<Problem> errors(String validation) {
        return errors(validation, "");
    }

    private static List<Problem> errors(String validation, String more) {
        String text = """
                static_resources:
                  clusters:
                    - name: a
                      load_assignment: { cluster_name: a }
                      transport_socket: { name: tls, typed_config: { "@type": %sUpstreamTlsContext, common_tls_context:
                        { validation_context: { %s } }%s } }
                """
                .formatted(TLS, validation, more);
        return ConfigFile.compile("test.yaml", text,
                TlsReaders.addTo(StandIns.extensions())) instanceof Compiled.Rejected(List<Problem> problems)
                        ? problems.stream().filter(Problem::isError).toList()
                        : List.of();
    }

    private static String spiffe(String fields) {
        return "custom_validator_config: { name: envoy.tls.cert_validator.spiffe, typed_config: { \"@type\": " + TLS
                + "SPIFFECertValidatorConfig, " + fields + " } }";
    }

    private static void refused(String validation, String path, String value, String cure) {
        assertThat(errors(validation)).as(validation).singleElement().satisfies(problem -> {
            assertThat(problem.path()).endsWith("validation_context." + path);
            assertThat(problem.value()).isEqualTo(value);
            assertThat(problem.cure()).contains(cure);
        });
    }

    @Test
    void trustDomainsAreTakenWithRulesForTheirNames() {
        assertThat(errors(spiffe("trust_domains: [ " + WEST
                + ", { name: east.example, trust_bundle: { inline_string: x } } ]")
                + ", allow_expired_certificate: true, crl: { filename: crl.pem }, match_typed_subject_alt_names:"
                + " [ { san_type: URI, matcher: { prefix: \"spiffe://west.example/\" } } ]")).isEmpty();
    }

    @Test
    void whatMakesNoSenseInATrustDomainIsToldByItsPlace() {
        String at = "custom_validator_config.typed_config.trust_domains[";
        refused(spiffe("trust_domains: [ { name: \"spiffe://west.example\", trust_bundle: { filename: a } } ]"),
                at + "0].name", "spiffe://west.example", "between spiffe:// and the next slash");
        refused(spiffe("trust_domains: [ { name: West.Example, trust_bundle: { filename: a } } ]"),
                at + "0].name", "West.Example", "in small letters");
        refused(spiffe("trust_domains: [ " + WEST + ", " + WEST + " ]"), at + "1].name", "west.example",
                "into one trust_bundle");
        refused(spiffe("trust_domains: [ { name: west.example } ]"), at + "0].trust_bundle", "", "add trust_bundle");
        refused(spiffe(""), "custom_validator_config.typed_config.trust_domains", "", "trust_bundles");
    }

    @Test
    void allBundlesMayStandInOneDocumentWhichCountsAlone() {
        String good = spiffe("trust_bundles: { filename: bundles.json }");
        assertThat(errors(good)).isEmpty();
        assertThat(errors(spiffe("trust_domains: [ " + WEST + " ], trust_bundles: { inline_string: x }"))).isEmpty();
        refused(good + ", trusted_ca: { filename: ca.pem }", "trusted_ca", "", "trust_bundle");
        refused(good + ", match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: a } } ]",
                "match_typed_subject_alt_names", "a", "san_type: URI");
    }

    @Test
    void whatSaysOtherwiseWhoIsBelievedIsRefusedBesideTrustDomains() {
        String good = spiffe("trust_domains: [ " + WEST + " ]");
        refused(good + ", trusted_ca: { filename: ca.pem }", "trusted_ca", "", "trust_bundle");
        refused(good + ", system_root_certs: {}", "system_root_certs", "", "trust_bundle");
        refused(good + ", trust_chain_verification: ACCEPT_UNTRUSTED", "trust_chain_verification", "ACCEPT_UNTRUSTED",
                "custom_validator_config");
        refused(good + ", match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: a } } ]",
                "match_typed_subject_alt_names", "a", "san_type: URI");
        assertThat(errors(good, ", auto_sni_san_validation: true")).singleElement().satisfies(problem -> {
            assertThat(problem.path()).endsWith("typed_config.auto_sni_san_validation");
            assertThat(problem.cure()).contains("san_type: URI");
        });
    }

    @Test
    void anOtherNameNeedsItsIdentifier() {
        String ca = "trusted_ca: { filename: ca.pem }, match_typed_subject_alt_names: [ { san_type: OTHER_NAME, ";
        assertThat(errors(ca + "oid: 1.3.6.1.4.1.311.20.2.3, matcher: { exact: ann@example } } ]")).isEmpty();
        refused(ca + "matcher: { exact: ann@example } } ]", "match_typed_subject_alt_names[0].oid", "",
                "1.3.6.1.4.1.311.20.2.3");
        refused(ca + "oid: upn, matcher: { exact: ann@example } } ]", "match_typed_subject_alt_names[0].oid", "upn",
                "1.3.6.1.4.1.311.20.2.3");
    }
}
