package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead.Framing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads and the chunked coding (RFC 9112). Of Content-Length and Transfer-Encoding it writes what
 * {@link HttpHead#framing()} says and nothing else, whatever lines the head holds: one Content-Length, or one chunked,
 * never both. Stateless.
 */
public final class Http1Writer {
    private static final byte[] VERSION_LINE_END = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "chunked".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int CRLF = ('\r' << 8) | '\n';

    private Http1Writer() {}

    /**
     * Writes a whole request head: {@code METHOD path HTTP/1.1}, the kept lines, the framing, the empty line. For
     * CONNECT the authority stands in the path's place (RFC 9112 section 3.2.3).
     */
    public static void request(HttpHead head, ByteBuf out) {
        frame(head, false);
        byte[] bytes = head.bytes;
        int method = head.methodStart();
        int methodSize = head.methodEnd() - method;
        boolean connect = head.methodIs("CONNECT");
        int target = connect ? head.authorityStart() : head.pathStart();
        int targetEnd = connect ? head.authorityEnd() : head.pathEnd();
        int lineEnd = targetEnd + VERSION_LINE_END.length;
        if (target == head.methodEnd() + 1 && lineEnd <= head.length() && endsAsWritten(bytes, targetEnd)) {
            head.writeLines(out, method, lineEnd); // as it came, and mostly in one copy with the lines behind it
        } else {
            out.writeBytes(bytes, method, methodSize);
            out.writeByte(' ');
            out.writeBytes(bytes, target, targetEnd - target);
            out.writeBytes(VERSION_LINE_END);
            head.writeLines(out, 0, 0);
        }
        out.writeShort(CRLF);
    }

    private static boolean endsAsWritten(byte[] bytes, int from) {
        for (int i = 0; i < VERSION_LINE_END.length; i++) {
            if (bytes[from + i] != VERSION_LINE_END[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes a whole response head: {@code HTTP/1.1 status reason} with the standard reason, the kept lines, the
     * framing, the empty line. With {@link Framing#NONE} a Content-Length line stays, for answers to HEAD and for 304,
     * where it tells of the body that is not sent; so a 200 without a body is {@code LENGTH} 0, not {@code NONE}.
     */
    public static void response(HttpHead head, ByteBuf out) {
        int status = head.status();
        frame(head, status >= 200 && status != 204);
        out.writeBytes(Reasons.line(status));
        head.writeLines(out, 0, 0);
        out.writeShort(CRLF);
    }

    /** Writes a response without any field, of a status that has no body: {@code HTTP/1.1 100 Continue}. */
    public static void response(int status, ByteBuf out) {
        out.writeBytes(Reasons.line(status));
        out.writeShort(CRLF);
    }

    /** The standard reason phrase of a status, or the empty text (RFC 9110 section 15, IANA's registry). */
    public static String reason(int status) {
        return Reasons.phrase(status);
    }

    /** Makes the lines say what the framing is; a line that says so already stays where it is. */
    private static void frame(HttpHead head, boolean lengthWithoutBody) {
        var framing = head.framing();
        if (framing == Framing.CHUNKED) {
            if (!onlyLineIs(head, HeaderName.TRANSFER_ENCODING, CHUNKED)) {
                head.remove(HeaderName.TRANSFER_ENCODING);
                head.add(HeaderName.TRANSFER_ENCODING, CHUNKED, 0, CHUNKED.length);
            }
        } else {
            head.remove(HeaderName.TRANSFER_ENCODING);
        }
        if (framing == Framing.LENGTH) {
            if (!onlyLineIs(head, head.contentLength())) {
                head.remove(HeaderName.CONTENT_LENGTH);
                head.add(HeaderName.CONTENT_LENGTH, head.contentLength());
            }
        } else if (framing != Framing.NONE || !lengthWithoutBody) {
            head.remove(HeaderName.CONTENT_LENGTH);
        }
    }

    private static boolean onlyLineIs(HttpHead head, HeaderName name, byte[] value) {
        int line = head.find(name);
        if (line < 0 || head.find(name, line + 1) >= 0 || head.valueEnd(line) - head.valueStart(line) != value.length) {
            return false;
        }
        for (int i = 0; i < value.length; i++) {
            if (head.bytes[head.valueStart(line) + i] != value[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean onlyLineIs(HttpHead head, long number) {
        int line = head.find(HeaderName.CONTENT_LENGTH);
        if (line < 0 || head.find(HeaderName.CONTENT_LENGTH, line + 1) >= 0) {
            return false;
        }
        long rest = number;
        for (int i = head.valueEnd(line) - 1; i >= head.valueStart(line); i--) {
            boolean leadingZero = rest == 0 && i < head.valueEnd(line) - 1;
            if (leadingZero || head.bytes[i] != '0' + rest % 10) {
                return false;
            }
            rest /= 10;
        }
        return rest == 0 && head.valueEnd(line) > head.valueStart(line);
    }

    /** Writes what stands before a chunk of so many bytes, at least 1: {@code 1f4 CRLF}. */
    public static void chunk(ByteBuf out, int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("an empty chunk would end the body");
        }
        for (int shift = (31 - Integer.numberOfLeadingZeros(bytes)) & ~3; shift >= 0; shift -= 4) {
            out.writeByte(HEX[(bytes >>> shift) & 0xf]);
        }
        out.writeShort(CRLF);
    }

    /** Writes the CRLF behind a chunk's data. */
    public static void chunkEnd(ByteBuf out) {
        out.writeShort(CRLF);
    }

    /** Writes {@code 0 CRLF}, the trailer lines if there are any, and the empty line. */
    public static void lastChunk(ByteBuf out, @Nullable HttpHead trailers) {
        out.writeByte('0');
        out.writeShort(CRLF);
        if (trailers != null) {
            trailers.writeLines(out);
        }
        out.writeShort(CRLF);
    }
}
