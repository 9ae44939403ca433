package io.weir.http.hpack;

/** How a field may be compressed. */
public enum Indexing {
    /** The peer may be made to remember it, once it has come more often. */
    ALLOWED,
    /** It changes with each message, so that remembering it would only push out what is of use. */
    POINTLESS,
    /** It is a secret: no table may hold it, here or at any later hop (RFC 7541 sections 6.2.3 and 7.1.3). */
    FORBIDDEN
}
