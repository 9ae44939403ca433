package io.weir.xds.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.StandIns;
import io.weir.xds.resource.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names that are asked of certificates, where everybody's certificate is accepted. */
class UntrustedNamesTest {
    private static final String TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
    private static final String NAMES = "match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: a } } ]";
    private static final String PIN = "verify_certificate_hash: [ \"" + "ab".repeat(32) + "\" ]";

    private static List<Problem> errors(String more, String validation) {
        String text = """
                static_resources:
                  clusters:
                    - name: a
                      load_assignment: { cluster_name: a }
                      transport_socket: { name: tls, typed_config: { "@type": %sUpstreamTlsContext, %s common_tls_context:
                        { validation_context: { trusted_ca: { filename: ca.pem }, %s } } } }
                """
                .formatted(TLS, more, validation);
        return ConfigFile.compile("test.yaml", text,
                TlsReaders.addTo(StandIns.extensions())) instanceof Compiled.Rejected(List<Problem> problems)
                        ? problems.stream().filter(Problem::isError).toList()
                        : List.of();
    }

    private static void refused(String more, String validation, String what) {
        assertThat(errors(more, "trust_chain_verification: ACCEPT_UNTRUSTED, " + validation)).singleElement()
                .satisfies(problem -> {
                    assertThat(problem.path()).endsWith("validation_context.trust_chain_verification");
                    assertThat(problem.value()).isEqualTo("ACCEPT_UNTRUSTED");
                    assertThat(problem.message()).contains("anybody can write any name");
                    assertThat(problem.cure()).isEqualTo("remove this, or " + what);
                });
    }

    @Test
    void namesProveNothingWhereEverybodyIsAccepted() {
        refused("", NAMES, "match_typed_subject_alt_names");
        refused("sni: a,", NAMES, "match_typed_subject_alt_names");
        refused("sni: a, auto_sni_san_validation: true,", "", "auto_sni_san_validation");
        refused("sni: a, auto_sni_san_validation: true,", NAMES, "match_typed_subject_alt_names");
    }

    @Test
    void namesMayBeAskedForWhereSomebodyIsBelievedOrACertificatePinned() {
        assertThat(errors("", NAMES)).isEmpty();
        assertThat(errors("sni: a, auto_sni_san_validation: true,", "")).isEmpty();
        assertThat(errors("", "trust_chain_verification: ACCEPT_UNTRUSTED, " + PIN + ", " + NAMES)).isEmpty();
        assertThat(errors("sni: a, auto_sni_san_validation: true,",
                "trust_chain_verification: ACCEPT_UNTRUSTED, " + PIN)).isEmpty();
        assertThat(errors("", "trust_chain_verification: ACCEPT_UNTRUSTED")).isEmpty();
    }
}
