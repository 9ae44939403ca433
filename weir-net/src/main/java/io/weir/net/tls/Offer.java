package io.weir.net.tls;

import java.util.List;

/** What is offered to a host for what is inside (RFC 7301), where the configuration does not say it itself. */
public enum Offer {
    /** Nothing: bytes of some protocol. */
    NOTHING,
    /** HTTP/1.1. */
    HTTP1,
    /** HTTP/2. */
    HTTP2,
    /** Whichever of the two the host prefers. */
    EITHER;

    List<String> protocols() {
        return switch (this) {
            case NOTHING -> List.of();
            case HTTP1 -> List.of("http/1.1");
            case HTTP2 -> List.of("h2");
            case EITHER -> List.of("h2", "http/1.1");
        };
    }
}
