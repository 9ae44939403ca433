package io.weir.http.proxy.client;

import io.weir.core.tls.SanMatch;
import io.weir.core.tls.TlsFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a test wants to be known of a connection. */
public record KnownTls(@Nullable Certificate peer, @Nullable Certificate local,
        boolean peerValidated) implements TlsFacts {
    /** A certificate of these names. */
    public record Certificate(String subject, List<String> uris, List<String> dns)
            implements
                TlsFacts.CertificateFacts {
        @Override
        public String issuer() {
            return "CN=authority";
        }

        @Override
        public String serial() {
            return "01";
        }

        @Override
        public String fingerprint256() {
            return "abcd";
        }

        @Override
        public String fingerprint1() {
            return "ef";
        }

        @Override
        public List<String> names(SanMatch.Type type) {
            return switch (type) {
                case DNS -> dns;
                case URI -> uris;
                case EMAIL, IP, OTHER, ANY -> List.of();
            };
        }

        @Override
        public long validFromEpochSeconds() {
            return 0;
        }

        @Override
        public long validUntilEpochSeconds() {
            return 1;
        }

        @Override
        public String pemForHeaders() {
            return "pem%0A";
        }

        @Override
        public String chainPemForHeaders() {
            return "pem%0Apem%0A";
        }
    }

    @Override
    public String version() {
        return "TLSv1.3";
    }

    @Override
    public String cipher() {
        return "TLS_AES_128_GCM_SHA256";
    }

    @Override
    public @Nullable String serverName() {
        return null;
    }

    @Override
    public @Nullable String applicationProtocol() {
        return null;
    }

    @Override
    public @Nullable String sessionId() {
        return null;
    }

    @Override
    public boolean resumed() {
        return false;
    }
}
