package io.weir.core.tls;

/** A version of TLS (RFC 8446 appendix D), the oldest first. */
public enum TlsVersion {
    TLS_1_0("TLSv1"), TLS_1_1("TLSv1.1"), TLS_1_2("TLSv1.2"), TLS_1_3("TLSv1.3");

    private final String label;

    TlsVersion(String label) {
        this.label = label;
    }

    /** What libraries, logs and statistics call it: {@code TLSv1.3}. */
    public String label() {
        return label;
    }
}
