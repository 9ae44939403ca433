package io.weir.filters.grpcbridge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.filters.grpc.Grpc;
import io.weir.filters.grpc.MessageScan;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.grpc.words.GrpcWords;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a client of HTTP/1.1. Their answers wait until their trailers are there, whose status then goes into the
 * head: clients of HTTP/1.1 know of a call's end only what its head says.
 */
final class GrpcBridgeStep implements BodyStep {
    /** As much as Envoy holds where nothing else is said: its {@code per_connection_buffer_limit_bytes}. */
    static final int HELD_BYTES_MAX = 1 << 20;

    private static final byte[] PROTOBUF = "application/x-protobuf".getBytes(StandardCharsets.US_ASCII);
    private static final long MESSAGE_BYTES_MAX = 0xFFFF_FFFFL - MessageScan.PREFIX_BYTES;
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final Flow.Reply TOO_LONG = new Flow.Reply(413, new byte[0], "grpc_bridge_request_too_large", 0);
    private static final Flow.Reply ANSWER_TOO_LONG = new Flow.Reply(500, new byte[0],
            "grpc_bridge_response_too_large", 0);

    private final GrpcBridgeSpec spec;
    private final FilterExchange exchange;
    private boolean bridging;
    /** The client speaks of bare messages. */
    private boolean framing;
    /** A message of unknown length is gathered, as its length goes before it. */
    private boolean gathering;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    /** The answer's head waits for its trailers. */
    private boolean holding;
    private @Nullable HttpHead request;

    GrpcBridgeStep(GrpcBridgeSpec spec, FilterExchange exchange) {
        this.spec = spec;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead head) {
        return requestHead(head, head.framing() == Framing.NONE);
    }

    @Override
    public Flow requestHead(HttpHead head, boolean last) {
        boolean http1 = !head.hasScheme();
        framing = http1 && spec.upgradesProtobuf() && Grpc.typeIs(head, HeaderName.CONTENT_TYPE, PROTOBUF);
        bridging = http1 && (framing || GrpcWords.is(head));
        gathering = false;
        holding = false;
        if (!bridging) {
            return Flow.NEXT;
        }
        if (spec.ignoresQuery() && head.queryStart() < head.pathEnd()) {
            head.path(head.pathStart(), head.queryStart());
        }
        return framing ? framed(head, last) : called(head);
    }

    private static Flow called(HttpHead head) {
        Grpc.call(head);
        return Flow.NEXT;
    }

    private Flow framed(HttpHead head, boolean last) {
        head.remove(Grpc.ACCEPT_ENCODING);
        long length = last ? 0 : head.contentLength();
        if (length > MESSAGE_BYTES_MAX) {
            return TOO_LONG;
        }
        if (length >= 0) {
            length(head, length + MessageScan.PREFIX_BYTES);
            exchange.requestPassage().send(this, prefix(length));
            return called(head);
        }
        request = head; // until the message is whole the client's own type stands in it, for answers on the way
        gathering = true;
        return Flow.PAUSE;
    }

    private static void length(HttpHead head, long length) {
        head.remove(HeaderName.CONTENT_LENGTH);
        head.add(HeaderName.CONTENT_LENGTH, length);
        head.framing(Framing.LENGTH, length);
    }

    private ByteBuf prefix(long length) {
        return exchange.worker().allocator().buffer(MessageScan.PREFIX_BYTES).writeByte(0).writeInt((int) length);
    }

    @Override
    public boolean gathersRequest() {
        return gathering;
    }

    @Override
    public boolean gathersResponse() {
        return holding;
    }

    private boolean holds(ByteBuf more) {
        if (held.readableBytes() + (long) more.readableBytes() > HELD_BYTES_MAX) {
            return false;
        }
        if (held.capacity() == 0) {
            held = exchange.worker().allocator().buffer(more.readableBytes());
        }
        held.writeBytes(more, more.readerIndex(), more.readableBytes());
        return true;
    }

    private ByteBuf taken() {
        ByteBuf all = held;
        held = Unpooled.EMPTY_BUFFER;
        return all;
    }

    @Override
    public Flow requestData(BodyPart part, boolean last) {
        if (!gathering) {
            return Flow.NEXT;
        }
        if (!holds(part.data())) {
            return TOO_LONG;
        }
        part.drop();
        if (last) {
            part.put(message());
            exchange.requestPassage().resume(this);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow requestTrailers(HttpHead trailers) {
        if (gathering) {
            exchange.requestPassage().send(this, message());
            exchange.requestPassage().resume(this);
        }
        return Flow.NEXT;
    }

    private ByteBuf message() {
        gathering = false;
        ByteBuf message = taken();
        var head = request;
        if (head != null) {
            Grpc.call(head);
            length(head, message.readableBytes() + MessageScan.PREFIX_BYTES);
        }
        return Unpooled.wrappedBuffer(prefix(message.readableBytes()), message);
    }

    @Override
    public Flow responseHead(HttpHead head, boolean last) {
        if (!bridging || !GrpcWords.is(head)) {
            bridging = false; // no call's answer: it goes on as it is
            return Flow.NEXT;
        }
        if (framing) {
            head.set(HeaderName.CONTENT_TYPE, "application/x-protobuf");
        }
        if (last) {
            status(head, head);
            return Flow.NEXT;
        }
        holding = true;
        return Flow.PAUSE;
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        if (!bridging) {
            return Flow.NEXT;
        }
        if (!holds(part.data())) {
            bridging = false; // the answer in its place goes on as it is
            return ANSWER_TOO_LONG;
        }
        part.drop();
        if (last) { // without trailers: nobody has said how it went
            var head = exchange.responsePassage().head(this);
            head.status(UNAVAILABLE);
            part.put(body(head));
            exchange.responsePassage().resume(this);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        if (bridging) {
            var head = exchange.responsePassage().head(this);
            status(trailers, head);
            exchange.responsePassage().send(this, body(head));
            exchange.responsePassage().resume(this);
        }
        return Flow.NEXT;
    }

    private ByteBuf body(HttpHead head) {
        ByteBuf all = taken();
        holding = false;
        if (framing && all.readableBytes() >= MessageScan.PREFIX_BYTES) {
            all.skipBytes(MessageScan.PREFIX_BYTES);
        }
        length(head, all.readableBytes());
        return all;
    }

    /** What the end of a call says goes into its head. */
    private static void status(HttpHead end, HttpHead head) {
        if (head.status() == OK && GrpcStatus.in(end) != 0) {
            head.status(UNAVAILABLE);
        }
        copy(end, head, GrpcStatus.FIELD);
        copy(end, head, GrpcStatus.MESSAGE);
    }

    private static void copy(HttpHead from, HttpHead to, HeaderName field) {
        int line = from.find(field);
        if (line >= 0 && !from.equals(to)) {
            to.remove(field);
            to.add(field, from.bytes(), from.valueStart(line), from.valueEnd(line));
        }
    }

    @Override
    public long heldBytes() {
        return held.readableBytes();
    }

    @Override
    public void ended(long nowNanos) {
        taken().release();
        request = null;
        holding = false;
        gathering = false;
    }
}
