package io.weir.core.tls;

import io.weir.core.chain.Prefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of TLS are told: Envoy's {@code CommonTlsContext}. Immutable; any thread.
 *
 * @param certificates
 *            who this side says it is
 * @param alpn
 *            protocols for what is inside (RFC 7301), the best first; empty: nothing is said of them
 * @param validation
 *            whom it believes
 * @param keyLog
 *            where the secrets of connections are written for who is to read their bytes; null: nowhere
 * @param named
 *            what it has from elsewhere; whoever opens it fills that in
 */
public record CommonTls(TlsParameters parameters, List<CertificateSpec> certificates, List<String> alpn,
        ValidationSpec validation, @Nullable KeyLog keyLog, NamedSecrets named) {
    /** All defaults, no certificate, nobody to be believed. */
    public static final CommonTls DEFAULT = new CommonTls(TlsParameters.DEFAULT, List.of(), List.of(),
            ValidationSpec.NONE, null, NamedSecrets.NONE);

    public CommonTls {
        certificates = List.copyOf(certificates);
        alpn = List.copyOf(alpn);
    }

    /**
     * Which connections' secrets are written where: Envoy's {@code TlsKeyLog}.
     *
     * @param path
     *            a file in the format of NSS (RFC 9850), which is appended to
     * @param localRanges
     *            of connections whose own address is in one of these; empty: all
     * @param remoteRanges
     *            and whose other end is in one of these; empty: all
     */
    public record KeyLog(String path, List<Prefix> localRanges, List<Prefix> remoteRanges) {
        public KeyLog {
            localRanges = List.copyOf(localRanges);
            remoteRanges = List.copyOf(remoteRanges);
        }
    }

    /** The same with these certificates. */
    public CommonTls withCertificates(List<CertificateSpec> others) {
        return new CommonTls(parameters, others, alpn, validation, keyLog, named);
    }

    /** The same with these protocols. */
    public CommonTls withAlpn(List<String> others) {
        return new CommonTls(parameters, certificates, others, validation, keyLog, named);
    }

    /** The same with another idea of whom to believe. */
    public CommonTls withValidation(ValidationSpec other) {
        return new CommonTls(parameters, certificates, alpn, other, keyLog, named);
    }

    /** The same with other parameters. */
    public CommonTls withParameters(TlsParameters others) {
        return new CommonTls(others, certificates, alpn, validation, keyLog, named);
    }

    /** The same, which has these secrets from elsewhere. */
    public CommonTls withNamed(NamedSecrets others) {
        return new CommonTls(parameters, certificates, alpn, validation, keyLog, others);
    }
}
