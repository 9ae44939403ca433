package io.weir.http.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HttpHead;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.h2.Http2Calls;
import io.weir.http.h2.Http2Calls.Field;
import io.weir.http.h2.Http2Talk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one connection for gRPC calls, one after the other, each with one message to the host and any
 * number of messages back (gRPC over HTTP/2). Knows no connection and no time. Belongs to one worker.
 */
public final class GrpcWire implements Http2Talk {
    private static final int MESSAGE_BYTES_MAX = 64 * 1024;
    private static final int MESSAGE_HEAD_BYTES = 5;
    private static final int OK = 200;

    private final Http2Calls calls = new Http2Calls();

    /** What one call comes to. */
    private static final class Messages implements Http2Calls.Answer {
        private final ByteBuf message = Unpooled.buffer(0);
        private GrpcCall.@Nullable Answer answer;
        private int httpStatus;
        private int grpcStatus = -1;
        /** The rest of the answer may still come. */
        private boolean gaveUp;

        Messages(GrpcCall.Answer answer) {
            this.answer = answer;
        }

        @Override
        public void head(HttpHead head) {
            httpStatus = head.status();
            grpcStatus = GrpcStatus.in(head);
        }

        @Override
        public void data(ByteBuf data) {
            if (answer == null || httpStatus != OK) { // else it is a page of text
                return;
            }
            message.writeBytes(data);
            while (answer != null && message.readableBytes() >= MESSAGE_HEAD_BYTES) {
                int compressed = message.getByte(message.readerIndex());
                long length = message.getUnsignedInt(message.readerIndex() + 1);
                if (compressed != 0) {
                    gaveUp = true;
                    broken("its answer is compressed, which was not asked for");
                } else if (length > MESSAGE_BYTES_MAX) {
                    gaveUp = true;
                    broken("its answer is too long");
                } else if (message.readableBytes() < MESSAGE_HEAD_BYTES + length) {
                    return;
                } else {
                    message.skipBytes(MESSAGE_HEAD_BYTES);
                    answer.message(message.readSlice((int) length));
                    message.discardReadBytes();
                }
            }
        }

        @Override
        public void ended(@Nullable HttpHead trailers) {
            GrpcCall.Answer told = answer;
            answer = null;
            if (told != null) {
                told.ended(httpStatus, trailers == null ? grpcStatus : GrpcStatus.in(trailers));
            }
        }

        @Override
        public void broken(String how) {
            GrpcCall.Answer told = answer;
            answer = null;
            if (told != null) {
                told.broken(how);
            }
        }
    }

    private @Nullable Messages messages;

    /**
     * A call begins on a connection that stands; one before it is over.
     *
     * @param fresh
     *            whether it is the first on this connection
     * @param out
     *            takes what is to be sent
     */
    public void begin(boolean fresh, GrpcCall call, GrpcCall.Answer hearer, ByteBuf out) {
        List<Field> head = new ArrayList<>(List.of(new Field(":method", "POST"), new Field(":scheme", "http"),
                new Field(":path", call.path()), new Field(":authority", call.authority()),
                new Field("te", "trailers"), new Field("content-type", "application/grpc")));
        call.metadata().forEach(field -> head.add(new Field(field.name(), field.value())));
        byte[] message = call.message().bytes();
        byte[] body = new byte[MESSAGE_HEAD_BYTES + message.length];
        Unpooled.wrappedBuffer(body).clear().writeByte(0).writeInt(message.length).writeBytes(message);
        Messages its = new Messages(hearer);
        messages = its;
        calls.begin(fresh, new Http2Calls.Call(head, body), its, out);
    }

    /**
     * The host said something, in a call or between two; all of it is taken.
     *
     * @param out
     *            takes what is to be sent in return
     */
    @Override
    public void hears(ByteBuf in, ByteBuf out) {
        calls.hears(in, out);
    }

    /** Whether another call can go over the connection. */
    @Override
    public boolean reusable() {
        Messages last = messages;
        return calls.reusable() && (last == null || !last.gaveUp);
    }
}
