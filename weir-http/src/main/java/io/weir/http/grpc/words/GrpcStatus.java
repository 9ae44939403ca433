package io.weir.http.grpc.words;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;

/**
 * The statuses of gRPC. Source: grpc/doc/statuscodes.md and http-grpc-status-mapping.md of the gRPC project, and
 * Envoy's {@code Grpc::Utility::httpToGrpcStatus}.
 */
public enum GrpcStatus {
    /** No error. */
    OK,
    /** Given up by who called. */
    CANCELLED,
    /** Said in no other word. */
    UNKNOWN,
    /** The call makes no sense. */
    INVALID_ARGUMENT,
    /** Took too long. */
    DEADLINE_EXCEEDED,
    /** What was asked for is not there. */
    NOT_FOUND,
    /** What was to be made is there already. */
    ALREADY_EXISTS,
    /** Not for this caller. */
    PERMISSION_DENIED,
    /** A limit is reached. */
    RESOURCE_EXHAUSTED,
    /** The system is not in the state for it. */
    FAILED_PRECONDITION,
    /** Given up for another one. */
    ABORTED,
    /** Beyond what there is. */
    OUT_OF_RANGE,
    /** There is no such call. */
    UNIMPLEMENTED,
    /** A promise of the system is broken. */
    INTERNAL,
    /** Not now; may be tried again. */
    UNAVAILABLE,
    /** Data are lost or broken. */
    DATA_LOSS,
    /** Nobody knows who calls. */
    UNAUTHENTICATED;

    /** The field that carries the number. */
    public static final HeaderName FIELD = HeaderName.of("grpc-status");
    /** The field that says more, percent-encoded. */
    public static final HeaderName MESSAGE = HeaderName.of("grpc-message");

    private static final int NONE = -1;

    /** The number on the wire. */
    public int number() {
        return ordinal();
    }

    /** The number that a head or trailers carry, or -1 where there is none. */
    public static int in(HttpHead fields) {
        int line = fields.find(FIELD);
        if (line < 0) {
            return NONE;
        }
        byte[] bytes = fields.bytes();
        int number = 0;
        int start = fields.valueStart(line);
        int end = fields.valueEnd(line);
        for (int i = start; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || number > 99) {
                return NONE;
            }
            number = number * 10 + digit;
        }
        return end > start ? number : NONE;
    }

    /** What a client of gRPC is told where another would be told this status. */
    public static GrpcStatus ofHttp(int status) {
        return switch (status) {
            case 200 -> OK;
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }
}
