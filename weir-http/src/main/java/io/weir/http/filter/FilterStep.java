package io.weir.http.filter;

import io.weir.http.codec.HttpHead;

/**
 * One filter and the exchanges of one connection, one after another: it may keep in fields what it must remember of the
 * exchange at hand, and nothing longer, as steps that have not been needed lately are made anew; what must last as long
 * as the connection is kept in {@link FilterExchange#connection()}. Belongs to the connection's worker; allocates
 * nothing once it has seen an exchange. Steps hear of the request in the order of the chain, and of the response and
 * the end in the opposite order; of both only where they heard of the request. A step that sees bodies, or holds
 * responses, is a {@link BodyStep}.
 */
public interface FilterStep {
    /**
     * A request's head has been read, made uniform and routed, and nothing has been done to it yet by the route. The
     * body has not been asked for, and is not while the step pauses the head.
     */
    Flow requestHead(HttpHead request);

    /**
     * The final head of the response, which may still be changed; a host's or, of {@link FilterExchange#fromHost()}
     * false, one of Weir's own. Not called where the exchange ends without one.
     */
    default void responseHead(HttpHead response) {}

    /** The response ends with trailers, which may still be changed. */
    default void responseTrailers(HttpHead trailers) {}

    /** The exchange is over, once for each {@link #requestHead}; {@link FilterExchange} knows how it went. */
    default void ended(long nowNanos) {}
}
