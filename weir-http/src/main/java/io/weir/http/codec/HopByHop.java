package io.weir.http.codec;

/** Takes out of a head what is for one hop alone and must not pass (RFC 9110 section 7.6.1). Stateless. */
public final class HopByHop {
    private HopByHop() {}

    /**
     * Removes Connection and the fields it names, Keep-Alive, Proxy-Connection, Upgrade, HTTP2-Settings,
     * Proxy-Authenticate, Proxy-Authorization, and TE unless it says trailers; then one {@code te: trailers} stays,
     * with the {@code connection: te} that RFC 9110 section 10.1.4 asks for. Content-Length and Transfer-Encoding are
     * left to {@link Http1Writer}, which writes what {@link HttpHead#framing()} says. To be called once, on a head that
     * {@link Http1HeadReader} completed, before lines are added to it.
     */
    public static void strip(HttpHead head) {
        head.remove(HeaderName.CONNECTION);
    }
}
