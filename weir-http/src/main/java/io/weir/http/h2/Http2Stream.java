package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;

/**
 * One stream as its owner sees it. What is written goes out with {@link Http2Session#flush()}. Once the stream is over
 * (both sides complete, or reset) the object is reused for another one: who has heard the last must let go of it.
 *
 * <p>
 * Belongs to its session's worker.
 */
public final class Http2Stream {
    Http2Stream() {}

    /** The stream's number; 0 for a client's before its head was written. */
    public int id() {
        throw new UnsupportedOperationException();
    }

    /** Client: writes the request's head; {@code last} when no body follows. The head may be reused on return. */
    public void request(HttpHead head, String scheme, boolean last) {
        throw new UnsupportedOperationException();
    }

    /** Server: writes the response's head, or an interim one, which is never {@code last}. */
    public void response(HttpHead head, boolean last) {
        throw new UnsupportedOperationException();
    }

    /** Writes body bytes, which now belong to the stream; {@code last} ends the message. */
    public void data(ByteBuf data, boolean last) {
        throw new UnsupportedOperationException();
    }

    /** Ends the message with trailers. */
    public void trailers(HttpHead trailers) {
        throw new UnsupportedOperationException();
    }

    /**
     * False when the peer takes bytes slower than they come (its windows, or the connection): hold back who sends, until
     * {@link Http2StreamListener#writable()}.
     */
    public boolean writable() {
        throw new UnsupportedOperationException();
    }

    /** Whether body bytes are wanted. What comes while they are not is kept, and its window not given back. */
    public void readable(boolean wanted) {
        throw new UnsupportedOperationException();
    }

    /** Gives the stream up: RST_STREAM with this code. The listener hears no more. */
    public void reset(Http2Error code) {
        throw new UnsupportedOperationException();
    }

    /**
     * The owner needs the stream no more. What it has written still goes out; where it has not ended its message, or the
     * peer's is not complete, the stream is reset (with NO_ERROR where our message is complete: RFC 9113 section 8.1).
     * The listener hears no more.
     */
    public void detach() {
        throw new UnsupportedOperationException();
    }
}
