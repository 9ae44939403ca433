package io.weir.http.route;

import io.weir.http.codec.HttpHead;

/** Makes requests uniform before they are routed, so that one meaning has one form. Immutable, any thread. */
public final class RequestNormalizer {
    /** What the request may do now. */
    public enum Verdict {
        /** Go on, perhaps changed. */
        ACCEPT,
        /** 400: the path cannot be normalised, or holds what the configuration forbids. */
        REJECT_PATH,
        /** 400: a header name with an underscore. */
        REJECT_HEADER,
        /** 307 to the head's path, which has been changed. */
        REDIRECT
    }

    private final NormalizeSpec spec;

    public RequestNormalizer(NormalizeSpec spec) {
        this.spec = spec;
    }

    /** What is done. */
    public NormalizeSpec spec() {
        return spec;
    }

    /**
     * Changes the head.
     *
     * @param localPort
     *            the port that the client connected to, for {@link NormalizeSpec.StripPort#MATCHING}
     */
    public Verdict apply(HttpHead head, int localPort) {
        return Verdict.ACCEPT;
    }
}
