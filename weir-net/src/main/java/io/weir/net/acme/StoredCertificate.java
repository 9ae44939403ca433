package io.weir.net.acme;

import io.weir.core.tls.AcmeSpec;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A certificate that is kept.
 *
 * @param directory
 *            of the authority that has issued it; empty: the file does not say
 */
record StoredCertificate(X509Certificate certificate, String directory) {
    private static final int DNS = 2;

    /** The DNS names that a certificate carries, in lower case. */
    static Set<String> names(X509Certificate certificate) {
        var names = new HashSet<String>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (Integer.valueOf(DNS).equals(name.get(0)) && name.get(1) instanceof String text) {
                    names.add(text.toLowerCase(Locale.ROOT));
                }
            }
        } catch (CertificateParsingException e) {
            return Set.of(); // a name that cannot be read is none
        }
        return names;
    }

    /**
     * Whether it is what is asked for: of this authority, as those for trying out issue the same names and nobody
     * believes them; exactly these names, this kind of key.
     */
    boolean fits(AcmeSpec spec) {
        boolean ecdsa = certificate.getPublicKey() instanceof ECPublicKey;
        return directory.equals(spec.directory()) && names(certificate).equals(Set.copyOf(spec.domains()))
                && ecdsa == (spec.key() == AcmeSpec.KeyKind.ECDSA_P256);
    }

    Instant from() {
        return certificate.getNotBefore().toInstant();
    }

    Instant until() {
        return certificate.getNotAfter().toInstant();
    }
}
