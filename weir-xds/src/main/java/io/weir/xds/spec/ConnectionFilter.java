package io.weir.xds.spec;

/**
 * What a reader makes of a network filter that does not end its chain: it lets connections pass to the filter behind
 * it, or closes them. Another filter must follow.
 */
public interface ConnectionFilter {
    /** Whether it must know which name a client's TLS asks for, before the connection is served. */
    default boolean asksForServerName() {
        return false;
    }

    /** Whether it lets connections that began in the clear turn to TLS. */
    default boolean turnsToTls() {
        return false;
    }

    /** Whether hosts are to be asked for TLS in words of a protocol, and no others are spoken to. */
    default boolean asksHostsForTls() {
        return false;
    }
}
