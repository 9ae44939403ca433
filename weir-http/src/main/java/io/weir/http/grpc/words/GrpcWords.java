package io.weir.http.grpc.words;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;

/** Which requests are calls of gRPC, and how such a call is answered without a server. Stateless. */
public final class GrpcWords {
    private static final byte[] TYPE = "application/grpc".getBytes(StandardCharsets.ISO_8859_1);
    /** What tells a small letter from its capital. */
    private static final int CASE = 0x20;
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private GrpcWords() {}

    /**
     * Whether the content type is {@code application/grpc}, alone or with a format or parameters behind it, in capital
     * or small letters (RFC 9110 section 8.3.1).
     */
    public static boolean is(HttpHead message) {
        int line = message.find(HeaderName.CONTENT_TYPE);
        if (line < 0) {
            return false;
        }
        byte[] bytes = message.bytes();
        int start = message.valueStart(line);
        int length = message.valueEnd(line) - start;
        if (length < TYPE.length) {
            return false;
        }
        for (int i = 0; i < TYPE.length; i++) {
            if ((bytes[start + i] | (TYPE[i] == '/' ? 0 : CASE)) != TYPE[i]) {
                return false;
            }
        }
        return length == TYPE.length || bytes[start + TYPE.length] == '+' || bytes[start + TYPE.length] == ';';
    }

    /** Makes an answer of Weir's own one that clients of gRPC understand: the status is a field, and 200 around it. */
    public static void answer(HttpHead answer, GrpcStatus status, byte[] message) {
        answer.status(200);
        answer.remove(HeaderName.CONTENT_TYPE);
        answer.add(HeaderName.CONTENT_TYPE, "application/grpc");
        answer.remove(GrpcStatus.FIELD);
        answer.add(GrpcStatus.FIELD, status.number());
        if (message.length > 0) {
            answer.add(GrpcStatus.MESSAGE, percentEncoded(message));
        }
    }

    /** As {@code grpc-message} carries a text: what is no visible ASCII or a percent sign is written in hex. */
    static String percentEncoded(byte[] utf8) {
        var out = new StringBuilder(utf8.length);
        for (byte b : utf8) {
            if (b >= ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
            }
        }
        return out.toString();
    }
}
