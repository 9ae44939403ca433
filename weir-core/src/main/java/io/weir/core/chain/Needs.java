package io.weir.core.chain;

/**
 * What of a connection's first bytes somebody must know to choose its chain, once it is known where it was going.
 *
 * @param tls
 *            whether a chain asks for a server name, or whether TLS is spoken
 * @param applicationProtocols
 *            whether a chain asks for protocols
 */
public record Needs(boolean tls, boolean applicationProtocols) {
    /** Nothing. */
    public static final Needs NONE = new Needs(false, false);
}
