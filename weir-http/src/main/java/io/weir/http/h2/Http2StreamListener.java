package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;

/**
 * What one stream's owner hears of the peer, on the session's worker. The peer's message ends with a call with
 * {@code last} or {@link #streamTrailers}; or the stream ends with {@link #streamReset}, which may also follow a
 * complete request, but never a complete response. After {@link Http2Stream#detach} and {@link Http2Stream#reset}
 * nothing comes but perhaps the {@link #streamReadEnd} of the read at hand.
 */
public interface Http2StreamListener {
    /** Where the message's head is to be read into; asked for before each {@link #streamHead}. */
    HttpHead headRoom();

    /** Where trailers are to be read into. */
    HttpHead trailersRoom();

    /**
     * A request's head, or a response's: interim ones too (status 100 to 199), which are never {@code last}. It is the
     * one of {@link #headRoom}, with its framing set.
     */
    void streamHead(HttpHead head, boolean last);

    /**
     * Server only: the request's head is refused, malformed or too large, and can still be answered. The stream is
     * reset behind the answer.
     */
    void streamRefused(HttpHead head, int status, String details);

    /** Body bytes, which now belong to the listener. They count as handed on: the peer may send as many again. */
    void streamData(ByteBuf data, boolean last);

    /** The message ends with trailers. */
    void streamTrailers(HttpHead trailers);

    /** The message's rest will not come, and nothing more can be sent on this stream. */
    void streamReset(Http2Reset why, Http2Error code, String details);

    /** The stream takes bytes again, after {@link Http2Stream#writable} was false. */
    void streamWritable();

    /** One read's worth has been handed over: a good moment to flush. */
    void streamReadEnd();
}
