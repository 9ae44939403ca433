package io.weir.net.tls;

import java.security.cert.CertificateException;

/** The other side's certificate is not accepted, and why; counted by that. */
final class Refused extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final Why why;

    /** What Envoy counts apart. */
    enum Why {
        /** Nobody who is believed stands behind it, or no longer. */
        CHAIN,
        /** It carries none of the names that are accepted. */
        NAME,
        /** It is none of those that are pinned. */
        PIN
    }

    Refused(Why why, String message) {
        super(message);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
