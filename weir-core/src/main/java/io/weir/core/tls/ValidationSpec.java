package io.weir.core.tls;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates of the other side are believed: Envoy's {@code CertificateValidationContext}. Immutable; any
 * thread. One pin is enough where there are pins of both kinds, and one name where there are names.
 *
 * @param trustedCa
 *            certificates in PEM whose holders are believed; null: none are named
 * @param systemRoots
 *            whether the machine's own are believed, where {@code trustedCa} is null
 * @param crl
 *            lists of revoked certificates in PEM (RFC 5280 section 5); null: there are none
 * @param onlyLeafCrl
 *            whether only the peer's own certificate must be on no list, and not those of its issuers
 * @param spkiPins
 *            SHA-256 of a certificate's public key (SubjectPublicKeyInfo), in Base64
 * @param hashPins
 *            SHA-256 of a certificate, in lower-case hexadecimal digits without colons
 * @param names
 *            names of which the certificate must carry one; empty: any
 * @param depthMax
 *            so many certificates may stand between the peer's and a believed one
 * @param allowExpired
 *            whether a certificate is believed outside its time
 * @param acceptUntrusted
 *            whether one is accepted that leads to nobody who is believed; it counts as not validated
 * @param watched
 *            the directory whose changes say that the files have changed; null: the files' own
 * @param trustDomains
 *            who is believed for which names of SPIFFE, in the place of {@code trustedCa} and {@code systemRoots};
 *            empty: those count
 * @param trustBundles
 *            the same in one document, a map of bundles of SPIFFE in JSON; null: there is none
 */
public record ValidationSpec(@Nullable DataSource trustedCa, boolean systemRoots, @Nullable DataSource crl,
        boolean onlyLeafCrl, List<String> spkiPins, List<String> hashPins, List<SanMatch> names, int depthMax,
        boolean allowExpired, boolean acceptUntrusted, @Nullable String watched, List<TrustDomain> trustDomains,
        @Nullable DataSource trustBundles) {
    /** Envoy's default of {@code max_verify_depth}. */
    public static final int DEPTH_DEFAULT = 100;
    /** Nothing is said: whoever comes is accepted as what he says he is. */
    public static final ValidationSpec NONE = new ValidationSpec(null, false, null, false, List.of(), List.of(),
            List.of(), DEPTH_DEFAULT, false, false, null);

    public ValidationSpec {
        spkiPins = List.copyOf(spkiPins);
        hashPins = List.copyOf(hashPins);
        names = List.copyOf(names);
        trustDomains = List.copyOf(trustDomains);
    }

    /** Without trust domains. */
    public ValidationSpec(@Nullable DataSource trustedCa, boolean systemRoots, @Nullable DataSource crl,
            boolean onlyLeafCrl, List<String> spkiPins, List<String> hashPins, List<SanMatch> names, int depthMax,
            boolean allowExpired, boolean acceptUntrusted, @Nullable String watched) {
        this(trustedCa, systemRoots, crl, onlyLeafCrl, spkiPins, hashPins, names, depthMax, allowExpired,
                acceptUntrusted, watched, List.of(), null);
    }

    /** Whether there is anything that a certificate could fail. */
    public boolean verifies() {
        return believes() || !spkiPins.isEmpty() || !hashPins.isEmpty() || !names.isEmpty();
    }

    /**
     * These rules and more: what the other says counts before these, and lists are put together, as protobuf merges
     * them (Envoy's {@code combined_validation_context}).
     */
    public ValidationSpec and(ValidationSpec other) {
        return new ValidationSpec(other.trustedCa == null ? trustedCa : other.trustedCa,
                systemRoots || other.systemRoots, other.crl == null ? crl : other.crl,
                onlyLeafCrl || other.onlyLeafCrl, both(spkiPins, other.spkiPins), both(hashPins, other.hashPins),
                both(names, other.names), other.depthMax == DEPTH_DEFAULT ? depthMax : other.depthMax,
                allowExpired || other.allowExpired, acceptUntrusted || other.acceptUntrusted,
                other.watched == null ? watched : other.watched,
                other.byDomain() ? other.trustDomains : trustDomains,
                other.byDomain() ? other.trustBundles : trustBundles);
    }

    private static <T> List<T> both(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Whether somebody is believed. */
    public boolean believes() {
        return trustedCa != null || systemRoots || byDomain();
    }

    /** Whether who is believed is so for the names of one trust domain of SPIFFE alone. */
    public boolean byDomain() {
        return !trustDomains.isEmpty() || trustBundles != null;
    }

    /**
     * Whether a name in a certificate says something: somebody who is believed, or a pin, stands behind each that is
     * accepted.
     */
    public boolean provesNames() {
        return believes() && !acceptUntrusted || !spkiPins.isEmpty() || !hashPins.isEmpty();
    }

    /** The same with other names. */
    public ValidationSpec withNames(List<SanMatch> others) {
        return new ValidationSpec(trustedCa, systemRoots, crl, onlyLeafCrl, spkiPins, hashPins, others, depthMax,
                allowExpired, acceptUntrusted, watched, trustDomains, trustBundles);
    }

    /** The same with these trust domains. */
    public ValidationSpec withTrustDomains(List<TrustDomain> others) {
        return new ValidationSpec(trustedCa, systemRoots, crl, onlyLeafCrl, spkiPins, hashPins, names, depthMax,
                allowExpired, acceptUntrusted, watched, others, trustBundles);
    }

    /** The same with this map of bundles. */
    public ValidationSpec withTrustBundles(DataSource map) {
        return new ValidationSpec(trustedCa, systemRoots, crl, onlyLeafCrl, spkiPins, hashPins, names, depthMax,
                allowExpired, acceptUntrusted, watched, List.of(), map);
    }

    /** The rules alone, wherever what they need comes from. */
    public ValidationSpec withoutSources() {
        return new ValidationSpec(null, systemRoots, null, onlyLeafCrl, spkiPins, hashPins, names, depthMax,
                allowExpired, acceptUntrusted, null);
    }
}
