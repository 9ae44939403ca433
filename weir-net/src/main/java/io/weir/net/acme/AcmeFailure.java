package io.weir.net.acme;

/** No certificate came of it, this time; says why, and when the authority may be asked again. */
final class AcmeFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final long retryAfterSeconds;

    /**
     * @param type
     *            the authority's own word (RFC 8555 section 6.7), without its beginning; empty: the failure is not its
     * @param retryAfterSeconds
     *            not before; 0: it has not said
     */
    AcmeFailure(String type, String message, long retryAfterSeconds) {
        super(message);
        this.type = type;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    AcmeFailure(String message) {
        this("", message, 0);
    }

    String type() {
        return type;
    }

    long retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** What is wrong. */
    String text() {
        return String.valueOf(getMessage());
    }
}
