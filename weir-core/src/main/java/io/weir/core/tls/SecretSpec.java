package io.weir.core.tls;

import java.util.List;

/** What stands under the name of a secret: Envoy's {@code Secret}. Immutable; any thread. */
public sealed interface SecretSpec {

    /** Who a side of TLS says it is. */
    record Certificate(CertificateSpec spec) implements SecretSpec {
    }

    /** Whom it believes. */
    record Validation(ValidationSpec spec) implements SecretSpec {
    }

    /** What seals the sessions that clients keep; at least one. */
    record TicketKeys(List<DataSource> keys) implements SecretSpec {
        public TicketKeys {
            keys = List.copyOf(keys);
        }
    }

    /** Something else that nobody is to know. */
    record Generic(DataSource secret) implements SecretSpec {
    }
}
