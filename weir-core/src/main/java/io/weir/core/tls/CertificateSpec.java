package io.weir.core.tls;

import org.jspecify.annotations.Nullable;

/**
 * A certificate and what belongs to it: Envoy's {@code TlsCertificate}. Immutable; any thread.
 *
 * @param chain
 *            the certificate in PEM, and those that lead to its issuer; null where {@code pkcs12} has them
 * @param key
 *            its private key in PEM: PKCS#8, PKCS#1 or SEC1; null where {@code pkcs12} has it
 * @param password
 *            what the key, or the archive, is encrypted with; null where it is not
 * @param pkcs12
 *            an archive of both (RFC 7292); null: there is none
 * @param staple
 *            what its issuer's OCSP responder has answered, in DER (RFC 6960); null: there is nothing to staple
 * @param watched
 *            the directory whose changes say that all these have changed together; null: the files' own
 */
public record CertificateSpec(@Nullable DataSource chain, @Nullable DataSource key, @Nullable DataSource password,
        @Nullable DataSource pkcs12, @Nullable DataSource staple, @Nullable String watched) {
}
