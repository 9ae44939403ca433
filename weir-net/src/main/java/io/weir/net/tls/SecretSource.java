package io.weir.net.tls;

import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import java.util.List;

/** Where secrets come from that a TLS context has by name only. Waits for files. */
public interface SecretSource {
    /** Knows none: for contexts that name none. */
    SecretSource NONE = new SecretSource() {
        @Override
        public CommonTls filled(CommonTls common) {
            return common;
        }

        @Override
        public List<DataSource> ticketKeys(NamedSecrets.Ref ref) throws TlsFailure {
            throw new TlsFailure("session_ticket_keys_sds_secret_config", ref.name(), "there are no secrets by name",
                    "write the keys into session_ticket_keys");
        }
    };

    /**
     * The context with its certificates and with those whom it believes.
     *
     * @throws TlsFailure
     *             when one of them cannot be had
     */
    CommonTls filled(CommonTls common) throws TlsFailure;

    /**
     * The keys of tickets under a name.
     *
     * @throws TlsFailure
     *             when they cannot be had
     */
    List<DataSource> ticketKeys(NamedSecrets.Ref ref) throws TlsFailure;
}
