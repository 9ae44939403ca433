package io.weir.core.tls;

/**
 * Who may issue certificates for the names of one trust domain of SPIFFE: an entry of Envoy's
 * {@code SPIFFECertValidatorConfig}. Immutable; any thread.
 *
 * @param name
 *            what stands behind {@code spiffe://} in those names, {@code example.org}
 * @param bundle
 *            certificates in PEM whose holders are believed, and for these names only
 */
public record TrustDomain(String name, DataSource bundle) {
}
