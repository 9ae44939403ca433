package io.weir.http.codec;

import io.netty.buffer.ByteBuf;

/**
 * Reads one message head after another from a connection's bytes (RFC 9112), in any pieces, each byte once. Allocates
 * nothing once the head's memory has grown to what its messages need.
 *
 * <p>
 * One for each direction of a connection; belongs to one worker.
 */
public final class Http1HeadReader {
    /** What became of the bytes so far. */
    public enum Result {
        /** All bytes were taken, the head goes on. */
        INCOMPLETE,
        /** The head is complete; what follows it was left in the buffer. */
        COMPLETE,
        /** The message is refused for {@link #reject()}; the connection has to be closed. */
        REJECTED
    }

    private Http1HeadReader() {}

    /** A reader of requests. */
    public static Http1HeadReader requests(HeadLimits limits) {
        limits.bytesMax();
        return new Http1HeadReader();
    }

    /** A reader of responses. */
    public static Http1HeadReader responses(HeadLimits limits) {
        limits.bytesMax();
        return new Http1HeadReader();
    }

    /**
     * Reads a request's head, or goes on with it. The first call for a message clears the head; the same head has to be
     * passed until the result is no longer {@link Result#INCOMPLETE}. Takes from {@code in} exactly up to the head's
     * end. On {@link Result#COMPLETE} method, path, authority, version, framing, persistence and expectation are set,
     * and the reader is ready for the next message.
     */
    public Result read(ByteBuf in, HttpHead head) {
        return read(in, head, false, false);
    }

    /**
     * Reads a response's head, or goes on with it, as {@link #read(ByteBuf, HttpHead)} does.
     *
     * @param toHead
     *            whether the request was HEAD: then there is no body
     * @param toConnect
     *            whether the request was CONNECT: then a 2xx has no body, and a tunnel follows it
     */
    public Result read(ByteBuf in, HttpHead head, boolean toHead, boolean toConnect) {
        return Result.INCOMPLETE;
    }

    /** Why the message was refused, after {@link Result#REJECTED}. */
    public Reject reject() {
        return Reject.REQUEST_LINE;
    }

    /** Whether a part of a head has been read, so that its rest is awaited; an empty line before it does not count. */
    public boolean started() {
        return false;
    }

    /** Forgets a half-read head and a refusal. */
    public void reset() {}
}
