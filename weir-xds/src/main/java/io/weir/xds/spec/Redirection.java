package io.weir.xds.spec;

/** What a listener makes of connections that the system's packet filter has redirected to it. */
public enum Redirection {
    /** It takes them as its own. */
    IGNORED,
    /** It finds out where they were going, and that is their local address: the listener filter original_dst. */
    RESTORED,
    /**
     * As restored; and where another listener is of that address, it has the connection: Envoy's
     * {@code use_original_dst}.
     */
    HANDED_ON
}
