package io.weir.core.tls;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection that is secured by TLS, as logs, headers and rules ask for it. Read on the connection's
 * worker. Null: there is no such thing.
 */
public interface TlsFacts {
    /** {@code TLSv1.3}. */
    String version();

    /** By OpenSSL's name. */
    String cipher();

    /** The name that was asked for, in lower case. */
    @Nullable
    String serverName();

    /** The protocol that was agreed on for what is inside. */
    @Nullable
    String applicationProtocol();

    /** In hexadecimal digits. */
    @Nullable
    String sessionId();

    /** Whether an earlier session was taken up again. */
    boolean resumed();

    /** The other side's certificate; null: it has shown none. */
    @Nullable
    CertificateFacts peer();

    /** Whether the other side's certificate was checked against somebody who is believed. */
    boolean peerValidated();

    /**
     * Whether the other side has shown a certificate that was checked, and goes by a name that passes: one of its URIs,
     * its DNS names, or its subject, as in Envoy. Who has shown none is nobody; Envoy takes everyone with TLS for
     * somebody where no name is asked for.
     */
    default boolean certified(Predicate<String> name) {
        var certificate = peerValidated() ? peer() : null;
        return certificate != null && (certificate.names(SanMatch.Type.URI).stream().anyMatch(name)
                || certificate.names(SanMatch.Type.DNS).stream().anyMatch(name) || name.test(certificate.subject()));
    }

    /** Our own certificate; null: we have shown none. */
    @Nullable
    CertificateFacts local();

    /** A certificate, as text. */
    interface CertificateFacts {
        /** By RFC 2253. */
        String subject();

        /** By RFC 2253. */
        String issuer();

        /** In hexadecimal digits. */
        String serial();

        /** SHA-256 of the certificate, in hexadecimal digits. */
        String fingerprint256();

        /** SHA-1 of the certificate, in hexadecimal digits. */
        String fingerprint1();

        /** The names of a kind, in the certificate's order. */
        List<String> names(SanMatch.Type type);

        /** Seconds since 1970. */
        long validFromEpochSeconds();

        /** Seconds since 1970. */
        long validUntilEpochSeconds();

        /** In PEM, with percent signs for what headers may not carry, as Envoy writes it. */
        String pemForHeaders();

        /** The same of the whole chain that was shown. */
        String chainPemForHeaders();
    }
}
