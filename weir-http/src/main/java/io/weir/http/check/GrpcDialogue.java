package io.weir.http.check;

import io.netty.buffer.ByteBuf;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.http.grpc.GrpcCall;
import io.weir.http.grpc.GrpcWire;
import io.weir.http.grpc.ProtoMessage;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;

/** One unary call after the other to {@code grpc.health.v1.Health/Check}. Belongs to one worker. */
final class GrpcDialogue extends TalkDialogue {
    private static final int SERVING = 1;
    private static final int STATUS_TAG = 1 << 3;
    private static final String[] STATUSES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
    /** gRPC's own names of its statuses, from 0 on. */
    private static final String[] CODES = {"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED",
            "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
            "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};

    private final GrpcCall call;
    private final GrpcWire wire;

    GrpcDialogue(GrpcCheck check, String authority) {
        this(check, authority, new GrpcWire());
    }

    private GrpcDialogue(GrpcCheck check, String authority, GrpcWire wire) {
        super(wire);
        this.wire = wire;
        this.call = new GrpcCall("/grpc.health.v1.Health/Check", authority,
                Stream.concat(Stream.of(new GrpcCall.Field("user-agent", "Weir/HC")),
                        check.metadata().stream().map(
                                field -> new GrpcCall.Field(field.name().toLowerCase(Locale.ROOT), field.value())))
                        .toList(),
                // a HealthCheckRequest
                new ProtoMessage().bytes(1, check.service().getBytes(StandardCharsets.UTF_8)));
    }

    /** What one call comes to. */
    private final class Hearer implements GrpcCall.Answer {
        /** What the host says of itself; -1: nothing that can be read, or too much. */
        private int status = -1;
        private boolean told;

        @Override
        public void message(ByteBuf message) {
            status = told ? -1 : serving(message);
            told = true;
        }

        @Override
        public void ended(int httpStatus, int grpcStatus) {
            comesTo(judged(httpStatus, grpcStatus, status));
        }

        @Override
        public void broken(String how) {
            comesTo(Failed.of(Failure.NETWORK, how));
        }
    }

    @Override
    void ask(boolean fresh, ByteBuf out) {
        wire.begin(fresh, call, new Hearer(), out);
    }

    private static CheckResult judged(int httpStatus, int grpcStatus, int status) {
        if (httpStatus != 200) {
            return Failed.of(Failure.ACTIVE, "HTTP " + httpStatus);
        }
        if (grpcStatus != 0) {
            return Failed.of(Failure.ACTIVE, grpcStatus < 0
                    ? "its answer has no grpc-status"
                    : "grpc-status " + grpcStatus
                            + (grpcStatus < CODES.length ? ": " + CODES[grpcStatus] : ""));
        }
        return status == SERVING
                ? new Passed(false)
                : Failed.of(Failure.ACTIVE, status < 0 || status >= STATUSES.length
                        ? "its answer is no HealthCheckResponse"
                        : STATUSES[status]);
    }

    /** Field 1 of the HealthCheckResponse; 0 where it is not there, -1 where the message cannot be read. */
    private static int serving(ByteBuf message) {
        return !message.isReadable()
                ? 0
                : message.readableBytes() >= 2 && message.readByte() == STATUS_TAG
                        ? message.readByte()
                        : -1;
    }
}
