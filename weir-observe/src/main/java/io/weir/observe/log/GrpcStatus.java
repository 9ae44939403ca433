package io.weir.observe.log;

import io.weir.observe.log.Operator.Kind;
import io.weir.observe.log.Operator.Typed;
import io.weir.observe.log.Operators.Unreadable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GRPC_STATUS}: how a gRPC call ended, from the response's trailers, or its headers where there is nothing but
 * headers (github.com/grpc/grpc, doc/statuscodes.md).
 */
final class GrpcStatus {
    private static final String FIELD = "grpc-status";
    private static final List<String> CAMEL = List.of("OK", "Canceled", "Unknown", "InvalidArgument",
            "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted",
            "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
            "Unauthenticated");
    private static final List<String> SNAKE = List.of("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
            "DATA_LOSS", "UNAUTHENTICATED");

    private GrpcStatus() {}

    /** By name, {@code CAMEL_STRING} by default, {@code SNAKE_STRING}, or as {@code NUMBER}. */
    static Typed named(@Nullable String argument) throws Unreadable {
        return switch (argument == null || argument.isEmpty() ? "CAMEL_STRING" : argument) {
            case "CAMEL_STRING" -> named(CAMEL);
            case "SNAKE_STRING" -> named(SNAKE);
            case "NUMBER" -> number(null);
            default -> throw new Unreadable("GRPC_STATUS takes CAMEL_STRING, SNAKE_STRING or NUMBER");
        };
    }

    private static Typed named(List<String> names) {
        return new Typed(Kind.STRING, (ended, out) -> {
            int from = out.length();
            if (!field(ended, out)) {
                return false;
            }
            int code = code(out, from);
            if (code >= 0 && code < names.size()) {
                out.truncate(from);
                out.append(names.get(code));
            }
            return true;
        });
    }

    static Typed number(@Nullable String argument) throws Unreadable {
        if (argument != null) {
            throw new Unreadable("GRPC_STATUS_NUMBER takes nothing in parentheses");
        }
        return new Typed(Kind.NUMBER, (ended, out) -> {
            int from = out.length();
            return field(ended, out) && code(out, from) >= 0;
        });
    }

    private static boolean field(AccessRecord ended, LogBuffer out) {
        return ended.responseTrailer(FIELD, out) || ended.responseHeader(FIELD, out);
    }

    /** The number that was appended; -1 when it is none. */
    private static int code(LogBuffer out, int from) {
        int digits = out.length() - from;
        if (digits < 1 || digits > 3 || (digits > 1 && out.bytes()[from] == '0')) {
            return -1;
        }
        int code = 0;
        for (int i = from; i < out.length(); i++) {
            byte b = out.bytes()[i];
            if (b < '0' || b > '9') {
                return -1;
            }
            code = code * 10 + b - '0';
        }
        return code;
    }
}
