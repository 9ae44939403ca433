package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Moves a connection's bytes into a head and finds its lines there, each byte being looked at once however the bytes
 * arrive. What is no line by RFC 9112 section 2.2 is refused as soon as it is seen: bare CR, bare LF, control
 * characters.
 */
final class LineScanner {
    /** What is moved at first: most heads fit, and little of a body is moved in vain. */
    private static final int PIECE_BYTES = 1000;

    private final int bytesMax;
    /** Where the current line begins; the caller moves it behind each line that it has dealt with. */
    int start;
    private int looked;
    private @Nullable Reject reject;

    LineScanner(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    void reset() {
        start = 0;
        looked = 0;
        reject = null;
    }

    /** Why there will be no further line, or null. */
    @Nullable
    Reject reject() {
        return reject;
    }

    /** Where the current line's CRLF stands, or -1: then see {@link #reject()}, or {@link #fill} more bytes in. */
    int next(HttpHead head) {
        byte[] bytes = head.bytes;
        int to = head.length;
        int at = Grammar.control(bytes, looked, to);
        looked = at;
        if (at == to) {
            return -1;
        }
        if (bytes[at] != '\r') {
            reject = bytes[at] == '\n' ? Reject.BARE_LF : Reject.CONTROL_CHARACTER;
            return -1;
        }
        if (at + 1 == to) {
            return -1;
        }
        if (bytes[at + 1] != '\n') {
            reject = Reject.BARE_CR;
            return -1;
        }
        looked = at + 2;
        return at;
    }

    /** Whether the head holds as many bytes as it may. */
    boolean full(HttpHead head) {
        return head.length >= bytesMax;
    }

    /** Moves some of the bytes of {@code in}, at least one, to the head, which must not be full. */
    void fill(ByteBuf in, HttpHead head) {
        int piece = Math.max(PIECE_BYTES, head.length);
        head.append(in, Math.min(Math.min(piece, bytesMax - head.length), in.readableBytes()));
    }

    /** Gives back to {@code in} what was moved beyond the end of the head, which is where the last line ended. */
    void giveBack(ByteBuf in, HttpHead head) {
        in.readerIndex(in.readerIndex() - (head.length - looked));
        head.length = looked;
    }
}
