package io.weir.filters.grpc;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.grpc.words.GrpcStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What the head of a call and its status are, beside what {@code GrpcWords} says. Stateless. */
public final class Grpc {
    /** The content type of calls. */
    public static final String TYPE = "application/grpc";
    /** Servers of gRPC refuse who does not take trailers. */
    public static final HeaderName TE = HeaderName.TE;
    /** How messages of the answer may be compressed. */
    public static final HeaderName ACCEPT_ENCODING = HeaderName.of("grpc-accept-encoding");
    /** How messages of this body are compressed, where they are. */
    public static final HeaderName ENCODING = HeaderName.of("grpc-encoding");

    private static final GrpcStatus[] STATUSES = GrpcStatus.values();

    private Grpc() {}

    /** Makes a request's head one of a call whose answer ends with trailers. */
    public static void call(HttpHead request) {
        request.set(HeaderName.CONTENT_TYPE, TYPE);
        request.set(TE, "trailers");
    }

    /**
     * The media type that a head names, without its parameters: whether it is this one, whatever the case.
     *
     * @param type
     *            in lower case
     */
    public static boolean typeIs(HttpHead head, HeaderName field, byte[] type) {
        int line = head.find(field);
        return line >= 0 && typeAt(head.bytes(), head.valueStart(line), head.valueEnd(line), type);
    }

    /** Whether one of a list of media types is this one. */
    public static boolean listHas(HttpHead head, HeaderName field, byte[] type) {
        for (int line = head.find(field); line >= 0; line = head.find(field, line + 1)) {
            byte[] bytes = head.bytes();
            int end = head.valueEnd(line);
            for (int at = head.valueStart(line); at < end; at++) {
                while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
                    at++;
                }
                int comma = at;
                while (comma < end && bytes[comma] != ',') {
                    comma++;
                }
                if (typeAt(bytes, at, comma, type)) {
                    return true;
                }
                at = comma;
            }
        }
        return false;
    }

    private static boolean typeAt(byte[] bytes, int from, int end, byte[] type) {
        if (end - from < type.length) {
            return false;
        }
        for (int i = 0; i < type.length; i++) {
            int b = bytes[from + i];
            if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != type[i]) {
                return false;
            }
        }
        int behind = from + type.length;
        while (behind < end && (bytes[behind] == ' ' || bytes[behind] == '\t')) {
            behind++;
        }
        return behind >= end || bytes[behind] == ';';
    }

    /** What who speaks no gRPC is told of a status. Source: Envoy's {@code Grpc::Utility::grpcToHttpStatus}. */
    public static int httpStatus(int number) {
        if (number < 0 || number >= STATUSES.length) {
            return 500;
        }
        return switch (STATUSES[number]) {
            case OK -> 200;
            case CANCELLED -> 499;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
        };
    }

    /** The text that a {@code grpc-message} carries; what is wrongly encoded stays as it is, as gRPC asks. */
    public static String decoded(String message) {
        if (message.indexOf('%') < 0) {
            return message;
        }
        var out = new ByteArrayOutputStream(message.length());
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            int high = c == '%' && i + 2 < message.length() ? Character.digit(message.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(message.charAt(i + 2), 16);
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(c);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
