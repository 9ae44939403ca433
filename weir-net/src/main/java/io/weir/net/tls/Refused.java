package io.weir.net.tls;

import io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertificateException;

/** The other side's certificate is not accepted, and why; counted by that. */
final class Refused extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final Why why;

    /** What Envoy counts apart, or the other side is told apart. */
    enum Why {
        /** Nobody who is believed stands behind it. */
        CHAIN(CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY),
        /** Its time is over, or has not come. */
        TIME(CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED),
        /** It is on a list of revoked ones. */
        REVOKED(CertificateVerifier.X509_V_ERR_CERT_REVOKED),
        /** It is made for something else. */
        USE(CertificateVerifier.X509_V_ERR_INVALID_PURPOSE),
        /** It carries none of the names that are accepted. */
        NAME(CertificateVerifier.X509_V_ERR_CERT_REJECTED),
        /** It is none of those that are pinned. */
        PIN(CertificateVerifier.X509_V_ERR_CERT_REJECTED);

        /** By which the library chooses the alert (RFC 8446 section 6.2) that the other side is sent. */
        private final int code;

        Why(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    Refused(Why why, String message) {
        super(message);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
