package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one body after another from a connection's bytes (RFC 9112 sections 6 and 7). Chunk extensions are checked
 * and dropped, and so are trailer fields that have no place there ({@link TrailerFields}). One for each direction of a
 * connection; belongs to one worker.
 */
public final class Http1BodyReader {
    private enum State {
        /** {@link #left} body bytes, then done. */
        LENGTH,
        /** All bytes are body. */
        UNTIL_CLOSE, CHUNK_LINE,
        /** {@link #left} body bytes, then the CRLF behind them. */
        CHUNK_DATA, CHUNK_CR, CHUNK_LF, TRAILERS_FIRST, TRAILERS, LAST_LF, DONE, FAILED
    }

    private final HeadLimits limits;
    private final ChunkLine chunkLine = new ChunkLine();
    private final LineScanner lines;
    /** Made for the first body that has trailers; few do. */
    private @Nullable HttpHead trailers;
    private State state = State.DONE;
    private long left;
    private @Nullable Reject reject;

    /** A reader whose trailer sections stay within these limits. */
    public Http1BodyReader(HeadLimits trailers) {
        this.limits = trailers;
        this.lines = new LineScanner(trailers.bytesMax());
    }

    /**
     * Begins a body.
     *
     * @param length
     *            bytes, only for {@link HttpHead.Framing#LENGTH}
     */
    public void start(HttpHead.Framing framing, long length) {
        reject = null;
        if (trailers != null) {
            trailers.clear();
        }
        switch (framing) {
            case NONE -> state = State.DONE;
            case LENGTH -> {
                left = length;
                state = length == 0 ? State.DONE : State.LENGTH;
            }
            case CHUNKED -> {
                chunkLine.startBody();
                state = State.CHUNK_LINE;
            }
            case UNTIL_CLOSE -> state = State.UNTIL_CLOSE;
        }
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
        while (true) {
            switch (state) {
                case LENGTH, CHUNK_DATA -> {
                    return (int) Math.min(left, in.readableBytes());
                }
                case UNTIL_CLOSE -> {
                    return in.readableBytes();
                }
                case DONE, FAILED -> {
                    return 0;
                }
                case CHUNK_LINE, CHUNK_CR, CHUNK_LF, TRAILERS_FIRST, TRAILERS, LAST_LF -> {
                    if (!in.isReadable()) {
                        return 0;
                    }
                    coding(in);
                }
            }
        }
    }

    /** Says that the caller took so many of the bytes that {@link #next} found. */
    public void taken(int bytes) {
        switch (state) {
            case LENGTH, CHUNK_DATA -> {
                if (bytes < 0 || bytes > left) {
                    throw new IllegalArgumentException(bytes + " bytes taken of " + left);
                }
                left -= bytes;
                if (left == 0) {
                    state = state == State.LENGTH ? State.DONE : State.CHUNK_CR;
                }
            }
            case UNTIL_CLOSE -> {
            }
            case CHUNK_LINE, CHUNK_CR, CHUNK_LF, TRAILERS_FIRST, TRAILERS, LAST_LF, DONE, FAILED -> {
                if (bytes != 0) {
                    throw new IllegalArgumentException(bytes + " bytes taken of none");
                }
            }
        }
    }

    /** One step through the chunked coding, with at least one byte to read. */
    private void coding(ByteBuf in) {
        switch (state) {
            case CHUNK_LINE -> chunkLine(in);
            case CHUNK_CR -> expect(in, '\r', State.CHUNK_LF, Reject.CHUNK_END);
            case CHUNK_LF -> {
                chunkLine.startLine();
                expect(in, '\n', State.CHUNK_LINE, Reject.CHUNK_END);
            }
            case TRAILERS_FIRST -> {
                if (in.getByte(in.readerIndex()) == '\r') {
                    in.skipBytes(1);
                    state = State.LAST_LF;
                } else {
                    lines.reset();
                    state = State.TRAILERS;
                }
            }
            case TRAILERS -> trailers(in);
            case LAST_LF -> expect(in, '\n', State.DONE, Reject.BARE_CR);
            case LENGTH, CHUNK_DATA, UNTIL_CLOSE, DONE, FAILED -> throw new IllegalStateException(state.name());
        }
    }

    private void chunkLine(ByteBuf in) {
        if (chunkLine.read(in)) {
            left = chunkLine.size();
            state = left == 0 ? State.TRAILERS_FIRST : State.CHUNK_DATA;
        } else if (chunkLine.reject() != null) {
            fail(chunkLine.reject());
        }
    }

    private void expect(ByteBuf in, char sign, State then, Reject otherwise) {
        if (in.readByte() == sign) {
            state = then;
        } else {
            fail(otherwise);
        }
    }

    private void trailers(ByteBuf in) {
        var head = trailers;
        if (head == null) {
            head = new HttpHead();
            trailers = head;
        }
        lines.fill(in, head);
        for (int end = lines.next(head); end >= 0; end = lines.next(head)) {
            int start = lines.start;
            lines.start = end + 2;
            if (end == start) {
                lines.giveBack(in, head);
                state = State.DONE;
                return;
            }
            var wrong = head.count() == limits.fieldsMax()
                    ? Reject.TOO_MANY_FIELDS
                    : FieldLine.parse(head, start, end);
            if (wrong != null) {
                fail(wrong);
                return;
            }
            TrailerFields.strip(head, head.count() - 1);
        }
        if (lines.reject() != null) {
            fail(lines.reject());
        } else if (lines.full(head)) {
            fail(Reject.HEAD_TOO_LARGE);
        }
    }

    private void fail(@Nullable Reject why) {
        reject = why;
        state = State.FAILED;
    }

    /** Whether the body is complete, its trailers included. */
    public boolean done() {
        return state == State.DONE;
    }

    /** Whether the body is refused for {@link #reject()}; the connection has to be closed. */
    public boolean failed() {
        return state == State.FAILED;
    }

    /** Why the body was refused, after {@link #failed()}. */
    public Reject reject() {
        if (reject == null) {
            throw new IllegalStateException("nothing was refused");
        }
        return reject;
    }

    /** The trailer fields once {@link #done()}, or null when there were none; valid until the next start. */
    public @Nullable HttpHead trailers() {
        return trailers != null && trailers.size() > 0 && done() ? trailers : null;
    }

    /** Says that the peer closed: this completes a body until close; any other stays incomplete. */
    public void closed() {
        if (state == State.UNTIL_CLOSE) {
            state = State.DONE;
        }
    }
}
