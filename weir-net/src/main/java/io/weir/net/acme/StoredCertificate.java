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

/** A certificate that is kept. */
record StoredCertificate(X509Certificate certificate) {
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

    /** Whether it is what is asked for: exactly these names, this kind of key. */
    boolean fits(AcmeSpec spec) {
        boolean ecdsa = certificate.getPublicKey() instanceof ECPublicKey;
        return names(certificate).equals(Set.copyOf(spec.domains()))
                && ecdsa == (spec.key() == AcmeSpec.KeyKind.ECDSA_P256);
    }

    Instant from() {
        return certificate.getNotBefore().toInstant();
    }

    Instant until() {
        return certificate.getNotAfter().toInstant();
    }
}
