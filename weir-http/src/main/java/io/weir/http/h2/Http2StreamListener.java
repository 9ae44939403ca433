package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;

/**
 * What one stream's owner hears of the peer, on the session's worker. Exactly one of these is the last: a call with
 * {@code last}, {@link #trailers}, {@link #refused} or {@link #reset}. After that, and after {@link Http2Stream#detach},
 * nothing comes.
 */
public interface Http2StreamListener {
    /** Where the message's head is to be read into; asked for before each {@link #head}. */
    HttpHead headRoom();

    /** Where trailers are to be read into. */
    HttpHead trailersRoom();

    /**
     * A request's head, or a response's: interim ones too (status 100 to 199), which are never {@code last}. It is the
     * one of {@link #headRoom}, with its framing set.
     */
    void head(HttpHead head, boolean last);

    /**
     * Server only: the request's head is refused, malformed or too large, and can still be answered. The stream is reset
     * behind the answer.
     */
    void refused(HttpHead head, int status, String details);

    /** Body bytes, which now belong to the listener. They count as handed on: the peer may send as many again. */
    void data(ByteBuf data, boolean last);

    /** The message ends with trailers. */
    void trailers(HttpHead trailers);

    /** The message's rest will not come, and nothing more can be sent on this stream. */
    void reset(Http2Reset why, Http2Error code, String details);

    /** The stream takes bytes again, after {@link Http2Stream#writable} was false. */
    void writable();

    /** One read's worth has been handed over: a good moment to flush. */
    void readEnd();
}
