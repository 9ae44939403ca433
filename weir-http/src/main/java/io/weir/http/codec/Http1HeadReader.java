package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

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

    private final HeadLimits limits;
    private final boolean requests;
    private final LineScanner lines;
    private final StartLine startLine = new StartLine();
    private @Nullable Reject reject;
    private boolean reading;
    private boolean emptyLineSkipped;
    private boolean startLineRead;
    private boolean started;

    private Http1HeadReader(HeadLimits limits, boolean requests) {
        this.limits = limits;
        this.requests = requests;
        this.lines = new LineScanner(limits.bytesMax());
    }

    /** A reader of requests. */
    public static Http1HeadReader requests(HeadLimits limits) {
        return new Http1HeadReader(limits, true);
    }

    /** A reader of responses. */
    public static Http1HeadReader responses(HeadLimits limits) {
        return new Http1HeadReader(limits, false);
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
        if (reject != null) {
            return Result.REJECTED;
        }
        if (!reading) {
            head.clear();
            lines.reset();
            reading = true;
        }
        while (true) {
            for (int end = lines.next(head); end >= 0; end = lines.next(head)) {
                int start = lines.start;
                lines.start = end + 2;
                if (end == start && startLineRead) {
                    lines.giveBack(in, head);
                    return finish(head, toHead, toConnect);
                }
                var wrong = line(head, start, end);
                if (wrong != null) {
                    return reject(wrong);
                }
            }
            started = startLineRead || head.length > lines.start;
            var wrong = lines.reject();
            if (wrong != null) {
                return reject(wrong);
            }
            if (lines.full(head)) {
                return reject(requests && !startLineRead ? Reject.TARGET_TOO_LONG : Reject.HEAD_TOO_LARGE);
            }
            if (!in.isReadable()) {
                return Result.INCOMPLETE;
            }
            lines.fill(in, head);
        }
    }

    private @Nullable Reject line(HttpHead head, int start, int end) {
        if (startLineRead) {
            return head.count() == limits.fieldsMax() ? Reject.TOO_MANY_FIELDS : FieldLine.parse(head, start, end);
        }
        if (start == end) {
            if (!requests || emptyLineSkipped) {
                return Reject.EMPTY_LINE;
            }
            emptyLineSkipped = true;
            return null;
        }
        startLineRead = true;
        return requests ? startLine.request(head, start, end) : StartLine.response(head, start, end);
    }

    private Result finish(HttpHead head, boolean toHead, boolean toConnect) {
        var wrong = requests ? startLine.finishRequest(head) : MessageFraming.response(head, toHead, toConnect);
        if (wrong == null && requests) {
            wrong = MessageFraming.request(head);
        }
        if (wrong != null) {
            return reject(wrong);
        }
        reset();
        return Result.COMPLETE;
    }

    private Result reject(Reject why) {
        reject = why;
        return Result.REJECTED;
    }

    /** Why the message was refused, after {@link Result#REJECTED}. */
    public Reject reject() {
        if (reject == null) {
            throw new IllegalStateException("nothing was refused");
        }
        return reject;
    }

    /** Whether a part of a head has been read, so that its rest is awaited; an empty line before it does not count. */
    public boolean started() {
        return started;
    }

    /** Forgets a half-read head and a refusal. */
    public void reset() {
        reject = null;
        reading = false;
        emptyLineSkipped = false;
        startLineRead = false;
        started = false;
    }
}
