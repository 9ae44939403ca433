package io.weir.filters.transcode;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.weir.filters.grpc.Grpc;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.grpc.words.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A call's failure as a body: {@code google.rpc.Status} in JSON. Stateless. */
final class StatusBody {
    private static final HeaderName DETAILS = HeaderName.of("grpc-status-details-bin");

    private StatusBody() {}

    /** What the end of a call says: in its details, where they can be read, else in its status and message. */
    static byte[] of(Json json, HttpHead end, int status) {
        String details = end.value(DETAILS);
        if (details != null) {
            try {
                String padless = details.replace("=", ""); // both forms are to be taken, says gRPC
                return json.text(Status.parseFrom(Base64.getDecoder().decode(padless)));
            } catch (InvalidProtocolBufferException | IllegalArgumentException unreadable) {
                // a type that the descriptors do not have, or no status: what else is said must do
            }
        }
        var object = new JsonObject();
        object.addProperty("code", status);
        String message = end.value(GrpcStatus.MESSAGE);
        if (message != null && !message.isEmpty()) {
            object.addProperty("message", Grpc.decoded(message));
        }
        return object.toString().getBytes(StandardCharsets.UTF_8);
    }
}
