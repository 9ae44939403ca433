package io.weir.http.route;

/** What may be tried again: Envoy's {@code x-envoy-retry-on} words, and one of Weir's own. */
public enum RetryOn {
    /** No connection could be had. */
    CONNECT_FAILURE("connect-failure", 0),
    /** The peer refused the stream unprocessed (RFC 9113 section 8.7), or an idle connection closed under it. */
    REFUSED_STREAM("refused-stream", 1),
    /** The connection broke before one byte of the request was written. */
    RESET_BEFORE_REQUEST("reset-before-request", 2),
    /** The connection broke, or the time for an attempt ran out, before the response began. */
    RESET("reset", 3),
    /** As {@link #RESET}, for methods that may be repeated (RFC 9110 section 9.2.2). Weir's own. */
    RESET_IDEMPOTENT("weir-reset-idempotent", 4),
    /** Any 5xx, and {@link #RESET}. */
    SERVER_ERROR("5xx", 5),
    /** 502, 503 or 504, and {@link #RESET}. */
    GATEWAY_ERROR("gateway-error", 6),
    /** 409. */
    RETRIABLE_4XX("retriable-4xx", 7),
    /** A status named in {@code retriable_status_codes}. */
    RETRIABLE_STATUS_CODES("retriable-status-codes", 8),
    /** A response without {@code x-envoy-ratelimited} that carries a named header. */
    RETRIABLE_HEADERS("retriable-headers", 9),
    /** {@code x-envoy-ratelimited} is a reason to retry; without this condition it forbids it. */
    ENVOY_RATELIMITED("envoy-ratelimited", 10),
    /** An answer of gRPC without a message whose status is this, as for those that follow. */
    CANCELLED("cancelled", 11), DEADLINE_EXCEEDED("deadline-exceeded", 12), INTERNAL("internal",
            13), RESOURCE_EXHAUSTED("resource-exhausted", 14), UNAVAILABLE("unavailable", 15);

    private static final int GRPC = CANCELLED.bit | DEADLINE_EXCEEDED.bit | INTERNAL.bit | RESOURCE_EXHAUSTED.bit
            | UNAVAILABLE.bit;

    private final String word;
    private final int bit;

    RetryOn(String word, int place) {
        this.word = word;
        this.bit = 1 << place;
    }

    /** The word in {@code retry_on}. */
    public String word() {
        return word;
    }

    /** Its place in {@link RetrySpec#conditions}. */
    public int bit() {
        return bit;
    }

    /** Whether one of these conditions is about the status of a call of gRPC. */
    static boolean anyOfGrpc(int conditions) {
        return (conditions & GRPC) != 0;
    }

    /** The condition that a call of gRPC with this status meets, as a bit; 0 for none. */
    static int bitOfGrpc(int status) {
        return switch (status) {
            case 1 -> CANCELLED.bit;
            case 4 -> DEADLINE_EXCEEDED.bit;
            case 8 -> RESOURCE_EXHAUSTED.bit;
            case 13 -> INTERNAL.bit;
            case 14 -> UNAVAILABLE.bit;
            default -> 0;
        };
    }
}
