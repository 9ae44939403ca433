package io.weir.http.filter;

/**
 * The client's IP address as text, a span of somebody's bytes: what the connection manager's rules of trust find, which
 * is its connection's far end or what a proxy before Weir says in {@code x-forwarded-for}. Holds until the request's
 * head changes; belongs to one worker.
 */
public interface ClientIp {
    /** Not to be written to. */
    byte[] bytes();

    /** Where it begins. */
    int start();

    /** The first byte behind it; {@link #start()} where the client has none, as on a socket of this machine. */
    int end();
}
