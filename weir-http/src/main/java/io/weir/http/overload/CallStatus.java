package io.weir.http.overload;

import io.weir.http.codec.HttpHead;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.grpc.words.GrpcWords;

/** What a response says of its gRPC call ("gRPC over HTTP2", Responses). Stateless; allocates nothing. */
final class CallStatus {
    /** The response is no gRPC's. */
    static final int NONE = -1;
    /** It is, and says so in its trailers. */
    static final int AWAITED = -2;
    /** It says something that is no status. */
    static final int UNREADABLE = -3;
    /** The highest there is. */
    static final int MAX = GrpcStatus.values().length - 1;

    private static final int OK = 200;

    private CallStatus() {}

    /** The status in a response's head, which is the whole response where a call has no answer. */
    static int inHead(HttpHead head, int httpStatus) {
        if (head.has(GrpcStatus.FIELD)) {
            return inTrailers(head);
        }
        return httpStatus == OK && GrpcWords.is(head) ? AWAITED : NONE;
    }

    /** The status in trailers. */
    static int inTrailers(HttpHead trailers) {
        int number = GrpcStatus.in(trailers);
        return number < 0 || number > MAX ? UNREADABLE : number;
    }
}
