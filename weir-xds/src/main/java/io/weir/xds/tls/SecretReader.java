package io.weir.xds.tls;

import java.util.ArrayList;
import java.util.List;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.SecretSpec;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

import org.jspecify.annotations.Nullable;

/** A secret that others name. */
final class SecretReader implements ExtensionReader<Secret, SecretSpec> {

    @Override
    public Secret prototype() {
        return Secret.getDefaultInstance();
    }

    @Override
    public Class<SecretSpec> kind() {
        return SecretSpec.class;
    }

    @Override
    public @Nullable SecretSpec read(Secret secret, ReadContext context) {
        if (secret.getName().isEmpty()) {
            context.problem("name", "", "a secret is found by its name, and this has none", "add name");
        }
        return switch (secret.getTypeCase()) {
            case TLS_CERTIFICATE -> new SecretSpec.Certificate(
                    CommonTlsReading.certificate(context.at("tls_certificate"), secret.getTlsCertificate()));
            case VALIDATION_CONTEXT -> new SecretSpec.Validation(ValidationReading.part(
                    context.at("validation_context"), secret.getValidationContext()));
            case SESSION_TICKET_KEYS -> new SecretSpec.TicketKeys(keys(secret.getSessionTicketKeys()));
            case GENERIC_SECRET -> {
                DataSource source = CommonTlsReading.source(secret.getGenericSecret().hasSecret(),
                        secret.getGenericSecret().getSecret());
                yield source == null ? null : new SecretSpec.Generic(source);
            }
            case TYPE_NOT_SET -> {
                context.problem("", secret.getName(), "nothing stands under this name",
                        "add tls_certificate, validation_context, session_ticket_keys or generic_secret");
                yield null;
            }
        };
    }

    /** Where the keys of tickets come from. */
    static List<DataSource> keys(TlsSessionTicketKeys message) {
        List<DataSource> keys = new ArrayList<>();
        for (var key : message.getKeysList()) {
            DataSource source = CommonTlsReading.source(true, key);
            if (source != null) {
                keys.add(source);
            }
        }
        return keys;
    }
}
