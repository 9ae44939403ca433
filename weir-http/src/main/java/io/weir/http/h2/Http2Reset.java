package io.weir.http.h2;

/** Why a stream did not come to its end. */
public enum Http2Reset {
    /** The peer has not looked at it: another connection may carry the same request (RFC 9113 section 8.7). */
    REFUSED,
    /** The peer has reset it. */
    PEER,
    /** The connection is gone. */
    CLOSED,
    /** What the peer sent is not HTTP/2, or is beyond a limit. */
    PROTOCOL,
    /** The peer took nothing of what waited for it for too long. */
    FLUSH_TIMEOUT
}
