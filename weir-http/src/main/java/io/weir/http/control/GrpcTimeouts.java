package io.weir.http.control;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.grpc.words.GrpcWords;
import io.weir.http.route.Route;

/**
 * How a route treats {@code grpc-timeout}, in which a client says how long its call may take. Nanoseconds; for the
 * greatest allowed ones 0 means any, and -1 that the field is not looked at. Immutable. Source: Envoy's
 * {@code RouteAction.max_grpc_timeout}, {@code grpc_timeout_offset} and
 * {@code MaxStreamDuration.grpc_timeout_header_max}, {@code grpc_timeout_header_offset}.
 *
 * @param timeoutMaxNanos
 *            the client's timeout takes the place of the route's, up to this
 * @param timeoutOffsetNanos
 *            so much earlier than the client
 * @param durationMaxNanos
 *            the client's timeout bounds the whole stream, up to this
 * @param durationOffsetNanos
 *            so much earlier than the client
 */
public record GrpcTimeouts(long timeoutMaxNanos, long timeoutOffsetNanos, long durationMaxNanos,
        long durationOffsetNanos) implements Route.Note {
    /** The field is not looked at. */
    public static final long UNUSED = -1;

    private static final HeaderName FIELD = HeaderName.of("grpc-timeout");
    private static final int DIGITS_MAX = 8;

    /** The route's timeout for this request. */
    public long timeoutNanos(HttpHead request, long routeNanos) {
        if (timeoutMaxNanos == UNUSED || !GrpcWords.is(request)) {
            return routeNanos;
        }
        return bounded(Math.max(0, asked(request)), timeoutOffsetNanos, timeoutMaxNanos);
    }

    /** How long this request's stream may live, where {@code otherwise} holds for those that say nothing. */
    public long durationNanos(HttpHead request, long otherwise) {
        long asked = durationMaxNanos == UNUSED ? -1 : asked(request);
        return asked < 0 ? otherwise : bounded(asked, durationOffsetNanos, durationMaxNanos);
    }

    /** Tells the server what holds: it need not work longer than that. */
    public void tell(HttpHead request, long timeoutNanos) {
        if (timeoutMaxNanos != UNUSED && timeoutNanos > 0 && GrpcWords.is(request)) {
            request.set(FIELD, text(timeoutNanos));
        }
    }

    /** An offset that would leave nothing is not taken off, as in Envoy; of 0, which means any, nothing is. */
    private static long bounded(long asked, long offset, long max) {
        long earlier = offset < asked ? asked - offset : asked;
        return max > 0 && (earlier == 0 || earlier > max) ? max : earlier;
    }

    /**
     * What the client says, or -1 where it says nothing or nothing that is a timeout: up to eight digits and a unit
     * (gRPC over HTTP2, "Timeout").
     */
    static long asked(HttpHead request) {
        int line = request.find(FIELD);
        if (line < 0) {
            return -1;
        }
        byte[] bytes = request.bytes();
        int start = request.valueStart(line);
        int unit = request.valueEnd(line) - 1;
        if (unit <= start || unit - start > DIGITS_MAX) {
            return -1;
        }
        long number = 0;
        for (int i = start; i < unit; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return switch (bytes[unit]) {
            case 'H' -> number * 3_600_000_000_000L;
            case 'M' -> number * 60_000_000_000L;
            case 'S' -> number * 1_000_000_000L;
            case 'm' -> number * 1_000_000L;
            case 'u' -> number * 1_000L;
            case 'n' -> number;
            default -> -1;
        };
    }

    /** In the finest unit of Envoy's that eight digits hold. */
    static String text(long nanos) {
        long millis = Math.max(1, nanos / 1_000_000);
        if (millis < 100_000_000) {
            return millis + "m";
        }
        long seconds = millis / 1_000;
        return seconds < 100_000_000 ? seconds + "S" : Math.min(seconds / 3_600, 99_999_999) + "H";
    }
}
