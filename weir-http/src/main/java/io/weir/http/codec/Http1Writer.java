package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads and the chunked coding (RFC 9112). Of Content-Length and Transfer-Encoding it writes what
 * {@link HttpHead#framing()} says and nothing else, whatever lines the head holds: one Content-Length, or one chunked,
 * never both. Stateless.
 */
public final class Http1Writer {
    private Http1Writer() {}

    /** Writes a whole request head: {@code METHOD path HTTP/1.1}, the kept lines, the framing, the empty line. */
    public static void request(HttpHead head, ByteBuf out) {}

    /**
     * Writes a whole response head: {@code HTTP/1.1 status reason} with the standard reason, the kept lines, the
     * framing, the empty line. With {@link HttpHead.Framing#NONE} a Content-Length line stays for answers to HEAD and
     * for 304, where it tells of the body that is not sent; so a 200 without a body is {@code LENGTH} 0, not
     * {@code NONE}.
     */
    public static void response(HttpHead head, ByteBuf out) {}

    /** Writes an interim or final response without a field: {@code 100} for {@code HTTP/1.1 100 Continue}. */
    public static void response(int status, ByteBuf out) {}

    /** The standard reason phrase of a status, or the empty text (RFC 9110 section 15, IANA's registry). */
    public static String reason(int status) {
        return "";
    }

    /** Writes what stands before a chunk of so many bytes (at least 1): {@code 1f4 CRLF}. */
    public static void chunk(ByteBuf out, int bytes) {}

    /** Writes the CRLF behind a chunk's data. */
    public static void chunkEnd(ByteBuf out) {
        out.writeShort('\r' << 8 | '\n');
    }

    /** Writes {@code 0 CRLF}, the trailer lines if there are any, and the empty line. */
    public static void lastChunk(ByteBuf out, @Nullable HttpHead trailers) {}
}
