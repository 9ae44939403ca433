package io.weir.http.upstream;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;

/**
 * What a request hears from upstream, on its worker. Exactly one of these ends it: a call with {@code last}, trailers,
 * {@link #upstreamFailed} or {@link #upstreamReset}. Of a tunnel a call with {@code last} ends the host's half alone;
 * until the client's has ended too there may come {@link #upstreamWritable} and {@link #upstreamReset}.
 */
public interface UpstreamListener {
    /** Why no connection could be had. */
    enum Failure {
        /** The cluster's limit of connections or waiting requests. */
        OVERFLOW,
        /** None came free while the request might wait. */
        QUEUE_TIMEOUT,
        /** The host refused or could not be reached. */
        CONNECT,
        /** The host did not answer the connection attempt in time. */
        CONNECT_TIMEOUT
    }

    /** Why a response did not come to its end. */
    enum Reset {
        /** The host closed or reset the connection. */
        CLOSED,
        /** The host gave up this request alone: RST_STREAM of HTTP/2. */
        REMOTE,
        /** The host has not looked at the request: it may go elsewhere, whatever it asks (RFC 9113 section 8.7). */
        REFUSED,
        /** The host's answer is not HTTP. */
        PROTOCOL
    }

    /** A connection is there: send the request now. May be called from within {@link HostPool#request}. */
    void upstreamReady(UpstreamStream stream);

    /** There will be no connection. May be called from within {@link HostPool#request}. */
    void upstreamFailed(Failure why, String details);

    /** An interim response, 102 to 199. */
    void upstreamInterim(HttpHead head);

    /**
     * The final response's head, 101 where the host takes an upgrade up by whichever version; the listener may change
     * it. Valid until the response has ended.
     */
    void upstreamHead(HttpHead head, boolean last);

    /** Body bytes, which now belong to the listener. */
    void upstreamData(ByteBuf data, boolean last);

    /** The response ends with trailers. */
    void upstreamTrailers(HttpHead trailers);

    /** The response was cut off; {@code started} when any of its bytes had come. */
    void upstreamReset(Reset why, boolean started, String details);

    /** One read's worth of response has been handed over: a good moment to flush. */
    void upstreamReadEnd();

    /** The stream is writable again. */
    void upstreamWritable();
}
