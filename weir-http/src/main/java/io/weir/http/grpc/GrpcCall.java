package io.weir.http.grpc;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What is called and what is sent with it, before any answer. Immutable.
 *
 * @param path
 *            {@code /SERVICE/METHOD}
 * @param authority
 *            what to call the host
 * @param metadata
 *            sent with the call, in this order; names in lower case
 * @param message
 *            the one message of the request, which is not added to any more
 */
public record GrpcCall(String path, String authority, List<Field> metadata, ProtoMessage message) {
    /** One field of the call's head; the name in lower case. */
    public record Field(String name, String value) {
    }

    /** Hears what becomes of a call. */
    public interface Answer {
        /** A whole message has come; its bytes are there during this call only. */
        void message(ByteBuf message);

        /**
         * The host has said its last word on the call.
         *
         * @param httpStatus
         *            of its head
         * @param grpcStatus
         *            -1 where it said none
         */
        void ended(int httpStatus, int grpcStatus);

        /** The connection cannot be used any more, or not for this call; nothing else comes. */
        void broken(String how);
    }

    public GrpcCall {
        metadata = List.copyOf(metadata);
    }
}
