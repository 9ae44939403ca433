package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.core.stats.Stats;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.SanMatch;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.ValidationSpec;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a server and a client of TLS make of secrets that they have by name, and that change. */
class NamedSecretsTest {
    private static final NamedSecrets.Ref CA = new NamedSecrets.Ref("ca", "secrets.yaml", null);

    private static @Nullable Certificates made;
    private static @Nullable Issued shop;

    @BeforeAll
    static void make() {
        made = Certificates.make();
        shop = made.issue("shop", "DNS:shop.example");
    }

    @AfterAll
    static void forget() {
        Objects.requireNonNull(made).close();
    }

    private static ValidationSpec validation(boolean believes, @Nullable String crl, boolean allowExpired,
            SanMatch... names) {
        return new ValidationSpec(believes
                ? new DataSource.File(Objects.requireNonNull(made).authority().toString())
                : null, false, crl == null ? null : new DataSource.File(crl), false, List.of(), List.of(),
                List.of(names), ValidationSpec.DEPTH_DEFAULT, allowExpired, false, null);
    }

    /** A file of secrets with one, the rules by which certificates are believed. */
    private static final class Secret implements SecretSource {
        private ValidationSpec now;

        Secret(ValidationSpec now) {
            this.now = now;
        }

        @Override
        public CommonTls filled(CommonTls common) {
            return common.withValidation(common.validation().and(now));
        }

        @Override
        public List<DataSource> ticketKeys(NamedSecrets.Ref ref) {
            throw new IllegalStateException("nobody names any");
        }
    }

    private static CommonTls named(ValidationSpec here) {
        Issued own = Objects.requireNonNull(shop);
        return CommonTls.DEFAULT.withValidation(here).withNamed(new NamedSecrets(List.of(), CA, null))
                .withCertificates(List.of(new CertificateSpec(new DataSource.File(own.chain().toString()),
                        new DataSource.File(own.key().toString()), null, null, null, null)));
    }

    private static ServerTls server() {
        return ServerTls.of(named(ValidationSpec.NONE));
    }

    private static TlsClient client(Secret secret) throws TlsFailure {
        return TlsClient.open(ClientTls.of(named(ValidationSpec.NONE), "shop.example"), secret,
                new TlsStats(new Stats().root()));
    }

    private static void refused(ValidationSpec secret, String field, String value) {
        for (boolean ofServer : new boolean[]{true, false}) {
            TlsFailure failure = catchThrowableOfType(TlsFailure.class, () -> {
                if (ofServer) {
                    TlsServer.open(server(), new Secret(secret)).close();
                } else {
                    client(new Secret(secret)).release();
                }
            });
            assertThat(failure).as(field + (ofServer ? " of a server" : " of a client")).isNotNull();
            assertThat(failure.path()).isEqualTo("common_tls_context.validation_context_sds_secret_config." + field);
            assertThat(failure.value()).isEqualTo(value);
            assertThat(failure.text()).contains("nothing says whose").contains("the secret ca of secrets.yaml");
            assertThat(failure.cure()).isEqualTo("add trusted_ca");
        }
    }

    @Test
    void whatASecretAsksOfCertificatesIsRefusedWhereNobodyIsBelieved() {
        refused(validation(false, "list.crl", false), "crl", "list.crl");
        refused(validation(false, null, true), "allow_expired_certificate", "true");
        refused(validation(false, null, false, new SanMatch(SanMatch.Type.DNS, SanMatch.How.EXACT, "a", false)),
                "match_typed_subject_alt_names", "");
    }

    private static void proves(ValidationSpec secret) throws TlsFailure {
        TlsClient.open(ClientTls.of(named(ValidationSpec.NONE), "").withSanOfSni(), new Secret(secret),
                new TlsStats(new Stats().root())).release();
    }

    @Test
    void noNameIsProvenWhereTheSecretSaysNobodyWhoIsBelieved() throws Exception {
        TlsFailure failure = catchThrowableOfType(TlsFailure.class, () -> proves(ValidationSpec.NONE));
        assertThat(failure).isNotNull();
        assertThat(failure.path()).isEqualTo("common_tls_context.validation_context_sds_secret_config.trusted_ca");
        assertThat(failure.text()).contains("hosts must prove a name").contains("the secret ca of secrets.yaml");
        assertThat(failure.cure()).isEqualTo("add trusted_ca");
        proves(validation(true, null, false));
        proves(new ValidationSpec(null, false, null, false, List.of(), List.of("ab".repeat(32)), List.of(),
                ValidationSpec.DEPTH_DEFAULT, false, false, null));
    }

    private static ValidationSpec untrusted(SanMatch... names) {
        return new ValidationSpec(new DataSource.File(Objects.requireNonNull(made).authority().toString()), false, null,
                false, List.of(), List.of(), List.of(names), ValidationSpec.DEPTH_DEFAULT, false, true, null);
    }

    @Test
    void noNameIsProvenWhereTheSecretHasEverybodyAccepted() {
        var name = new SanMatch(SanMatch.Type.DNS, SanMatch.How.EXACT, "a", false);
        for (TlsFailure failure : List.of(
                catchThrowableOfType(TlsFailure.class, () -> proves(untrusted())),
                catchThrowableOfType(TlsFailure.class, () -> client(new Secret(untrusted(name))).release()),
                catchThrowableOfType(TlsFailure.class,
                        () -> TlsServer.open(server(), new Secret(untrusted(name))).close()))) {
            assertThat(failure.path())
                    .isEqualTo("common_tls_context.validation_context_sds_secret_config.trust_chain_verification");
            assertThat(failure.value()).isEqualTo("ACCEPT_UNTRUSTED");
            assertThat(failure.text()).contains("anybody can write any name").contains("the secret ca of secrets.yaml");
            assertThat(failure.cure()).startsWith("remove this, or ");
        }
    }

    @Test
    void whatASecretAsksOfCertificatesMayBeOfThoseWhomTheContextItselfBelieves() {
        ServerTls believes = ServerTls.of(named(validation(true, null, false)));
        assertThatCode(() -> TlsServer.open(believes, new Secret(validation(false, null, true))).close())
                .doesNotThrowAnyException();
    }

    @Test
    void aSecretThatLosesItsAuthoritiesIsNotTakenOverAndThoseBeforeStayBelieved() throws Exception {
        for (boolean required : new boolean[]{true, false}) {
            var secret = new Secret(validation(true, null, false));
            try (TlsServer server = TlsServer.open(server().withClientCertificates(required), secret)) {
                lost(server, secret);
            }
        }
        var secret = new Secret(validation(true, null, false));
        TlsClient client = client(secret);
        try {
            lost(client, secret);
        } finally {
            client.release();
        }
    }

    private static void lost(Renewable renewable, Secret secret) throws TlsFailure {
        String authority = Objects.requireNonNull(made).authority().toString();
        secret.now = ValidationSpec.NONE;
        TlsFailure failure = catchThrowableOfType(TlsFailure.class, renewable::renew);
        assertThat(failure).isNotNull();
        assertThat(failure.path()).isEqualTo("common_tls_context.validation_context_sds_secret_config.trusted_ca");
        assertThat(failure.text()).contains("anybody's certificate would be believed");
        assertThat(renewable.watched()).as("what counts").contains(authority);
        secret.now = validation(true, null, true);
        renewable.renew();
        assertThat(renewable.watched()).contains(authority);
    }
}
