package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the line before a chunk: its size and its extensions, which are held against the grammar and dropped (RFC 9112
 * sections 7.1 and 7.1.1).
 */
final class ChunkLine {
    /** Leading zeros are allowed, though not without end. */
    private static final int SIZE_DIGITS_MAX = 16;
    /** For one body, all chunks together: extensions make a body's bytes dear, so a sender gets only so many. */
    private static final int EXTENSION_BYTES_MAX = 4096;

    private enum State {
        SIZE, BEFORE_EXTENSION, BEFORE_NAME, NAME, BEHIND_NAME, BEFORE_VALUE, VALUE, QUOTED, ESCAPED, BEHIND_QUOTED, LF
    }

    private State state = State.SIZE;
    private int digits;
    private long size;
    private int extensionBytes;
    private @Nullable Reject reject;

    /** Begins a body. */
    void startBody() {
        extensionBytes = 0;
        reject = null;
        startLine();
    }

    /** Begins a line. */
    void startLine() {
        state = State.SIZE;
        digits = 0;
        size = 0;
    }

    /** The chunk's size in bytes, once the line is complete. */
    long size() {
        return size;
    }

    @Nullable
    Reject reject() {
        return reject;
    }

    /** Whether the line is complete; if not, all bytes were taken, or the line is refused. */
    boolean read(ByteBuf in) {
        while (in.isReadable()) {
            byte b = in.readByte();
            if (state == State.SIZE) {
                int digit = Grammar.hex(b);
                if (digit >= 0) {
                    digits++;
                    size = (size << 4) | digit;
                    if (digits > SIZE_DIGITS_MAX || size < 0) {
                        reject = Reject.CHUNK_SIZE;
                        return false;
                    }
                    continue;
                }
                if (digits == 0) {
                    reject = Reject.CHUNK_SIZE;
                    return false;
                }
                state = sizeEnd(b);
            } else if (state == State.LF) {
                if (b == '\n') {
                    return true;
                }
                reject = Reject.BARE_CR;
            } else if (++extensionBytes > EXTENSION_BYTES_MAX) {
                reject = Reject.CHUNK_EXTENSION_TOO_LONG;
            } else {
                state = extension(b);
            }
            if (reject != null) {
                return false;
            }
        }
        return false;
    }

    private State sizeEnd(byte b) {
        return switch (b) {
            case '\r' -> State.LF;
            case ';' -> State.BEFORE_NAME;
            case ' ', '\t' -> State.BEFORE_EXTENSION;
            default -> {
                reject = Reject.CHUNK_SIZE;
                yield State.SIZE;
            }
        };
    }

    /** One step through {@code *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )}. */
    private State extension(byte b) {
        return switch (state) {
            case BEFORE_EXTENSION -> blankOr(b, ';', State.BEFORE_NAME);
            case BEFORE_NAME -> Grammar.blank(b) ? state : Grammar.token(b) ? State.NAME : refuse();
            case NAME -> Grammar.token(b)
                    ? state
                    : b == '=' ? State.BEFORE_VALUE : Grammar.blank(b) ? State.BEHIND_NAME : end(b);
            case BEHIND_NAME -> b == '=' ? State.BEFORE_VALUE : blankOr(b, ';', State.BEFORE_NAME);
            case BEFORE_VALUE -> Grammar.token(b) ? State.VALUE : blankOr(b, '"', State.QUOTED);
            case VALUE -> Grammar.token(b) ? state : Grammar.blank(b) ? State.BEFORE_EXTENSION : end(b);
            case QUOTED -> b == '"' ? State.BEHIND_QUOTED : b == '\\' ? State.ESCAPED : text(b) ? state : refuse();
            case ESCAPED -> text(b) ? State.QUOTED : refuse();
            case BEHIND_QUOTED -> Grammar.blank(b) ? State.BEFORE_EXTENSION : end(b);
            case SIZE, LF -> throw new IllegalStateException("not in an extension");
        };
    }

    private State blankOr(byte b, char sign, State behind) {
        return b == sign ? behind : Grammar.blank(b) ? state : refuse();
    }

    private State end(byte b) {
        return b == ';' ? State.BEFORE_NAME : b == '\r' ? State.LF : refuse();
    }

    private State refuse() {
        reject = Reject.CHUNK_EXTENSION;
        return state;
    }

    /** What may stand in quotes: everything but control characters (RFC 9110 section 5.6.4). */
    private static boolean text(byte b) {
        return b == '\t' || b < 0 || (b >= ' ' && b != 0x7f);
    }
}
