package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one body after another from a connection's bytes (RFC 9112 sections 6 and 7). Chunk extensions are checked
 * and dropped. One for each direction of a connection; belongs to one worker.
 */
public final class Http1BodyReader {
    /** A reader whose trailer sections stay within these limits. */
    public Http1BodyReader(HeadLimits trailers) {
        trailers.fieldsMax();
    }

    /**
     * Begins a body.
     *
     * @param length
     *            bytes, only for {@link HttpHead.Framing#LENGTH}
     */
    public void start(HttpHead.Framing framing, long length) {

    }

    /**
     * The next run of body bytes as a retained slice that the caller releases, or null when {@code in} holds no more
     * body bytes now. Takes them from {@code in}, together with the chunked coding around them, and never anything
     * behind the body's end. To be called until it answers null; then see {@link #done()} and {@link #failed()}.
     */
    public @Nullable ByteBuf read(ByteBuf in) {
        int run = next(in);
        if (run == 0) {
            return null;
        }
        taken(run);
        return in.readRetainedSlice(run);
    }

    /**
     * For callers that want no slice: takes what is not body (the chunked coding) from {@code in} and says how many
     * body bytes stand at its reader index now, 0 for none. The caller takes some or all of them, and tells
     * {@link #taken(int)} how many.
     */
    public int next(ByteBuf in) {
        return 0;
    }

    /** Says that the caller took so many of the bytes that {@link #next} found. */
    public void taken(int bytes) {

    }

    /** Whether the body is complete, its trailers included. */
    public boolean done() {
        return false;
    }

    /** Whether the body is refused for {@link #reject()}; the connection has to be closed. */
    public boolean failed() {
        return false;
    }

    /** Why the body was refused, after {@link #failed()}. */
    public Reject reject() {
        return Reject.CHUNK_SIZE;
    }

    /** The trailer fields once {@link #done()}, or null when there were none; valid until the next start. */
    public @Nullable HttpHead trailers() {
        return null;
    }

    /** Says that the peer closed: this completes a body until close; any other stays incomplete. */
    public void closed() {

    }
}
