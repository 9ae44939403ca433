package io.weir.net.tls;

/** TLS cannot be spoken as configured; says where that stands, what stands there, what is wrong and what to do. */
public final class TlsFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String value;
    private final String cure;

    /**
     * @param path
     *            where in the TLS context, in Envoy's names: {@code common_tls_context.tls_certificates[0].private_key}
     * @param value
     *            what stands there, as far as it may be shown: the path of a file, never a secret
     */
    public TlsFailure(String path, String value, String message, String cure) {
        super(message);
        this.path = path;
        this.value = value;
        this.cure = cure;
    }

    /** Where in the TLS context. */
    public String path() {
        return path;
    }

    /** What stands there; empty where it may not be shown. */
    public String value() {
        return value;
    }

    public String cure() {
        return cure;
    }

    /** What is wrong. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
