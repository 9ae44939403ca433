package io.weir.http.overload;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;

/** What a gRPC response says of its call ("gRPC over HTTP2", Responses). Stateless; allocates nothing. */
final class GrpcStatus {
    /** The response is no gRPC's. */
    static final int NONE = -1;
    /** It is, and says so in its trailers. */
    static final int AWAITED = -2;
    /** It says something that is no status. */
    static final int UNREADABLE = -3;
    /** The highest there is. */
    static final int MAX = 16;

    private static final HeaderName FIELD = HeaderName.of("grpc-status");
    private static final byte[] TYPE = "application/grpc".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int OK = 200;

    private GrpcStatus() {}

    /** The status in a response's head, which is the whole response where a call has no answer. */
    static int inHead(HttpHead head, int httpStatus) {
        int line = head.find(FIELD);
        if (line >= 0) {
            return read(head, line);
        }
        return httpStatus == OK && isGrpc(head) ? AWAITED : NONE;
    }

    /** The status in trailers. */
    static int inTrailers(HttpHead trailers) {
        int line = trailers.find(FIELD);
        return line < 0 ? UNREADABLE : read(trailers, line);
    }

    private static int read(HttpHead head, int line) {
        byte[] bytes = head.bytes();
        int from = head.valueStart(line);
        int to = head.valueEnd(line);
        int value = from == to ? UNREADABLE : 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value > MAX) {
                return UNREADABLE;
            }
            value = value * 10 + digit;
        }
        return value > MAX ? UNREADABLE : value;
    }

    /** {@code application/grpc}, alone or with what it carries, {@code +proto}. */
    private static boolean isGrpc(HttpHead head) {
        int line = head.find(HeaderName.CONTENT_TYPE);
        if (line < 0) {
            return false;
        }
        int from = head.valueStart(line);
        int length = head.valueEnd(line) - from;
        byte[] bytes = head.bytes();
        if (length < TYPE.length || length > TYPE.length && bytes[from + TYPE.length] != '+'
                && bytes[from + TYPE.length] != ';') {
            return false;
        }
        for (int i = 0; i < TYPE.length; i++) {
            if ((bytes[from + i] | (TYPE[i] == '/' ? 0 : 0x20)) != TYPE[i]) {
                return false;
            }
        }
        return true;
    }
}
