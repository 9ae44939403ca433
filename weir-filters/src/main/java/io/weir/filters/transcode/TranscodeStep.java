package io.weir.filters.transcode;

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
import io.weir.http.grpc.words.GrpcWords;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Calls of clients of JSON, of one connection. A request's head waits until its message is known to be one, so that
 * what is wrong with it is said with 400 and no server hears of it; only a stream of messages goes on as it comes. What
 * comes back is {@link Answer}'s.
 */
final class TranscodeStep implements BodyStep {
    private static final HeaderName ORIGINAL_METHOD = HeaderName.of("x-envoy-original-method");
    private static final byte[] NOTHING = {};
    private static final Flow.Reply UNKNOWN_METHOD = reply(404, "Could not resolve path to a method.",
            "grpc_transcode_unknown_method");
    private static final Flow.Reply TOO_LONG = reply(413, "Request body is too large to be transcoded.",
            "grpc_transcode_request_too_large");

    private final TranscodeSpec spec;
    private final Json json;
    private final FilterExchange exchange;
    private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private Part part = Part.NONE;
    private @Nullable HttpHead request;
    private @Nullable String bodyType;
    private @Nullable RequestMessage message;
    private @Nullable JsonArrayReader elements;
    private @Nullable Answer answer;

    /** What this step does for the request at hand. */
    private enum Part {
        /** It passes. */
        NONE,
        /** Its body is gathered. */
        GATHERS,
        /** Its body is taken to pieces, each a message. */
        STREAMS,
        /** Its message has been sent; a body says nothing. */
        DROPS
    }

    TranscodeStep(TranscodeSpec spec, Json json, FilterExchange exchange) {
        this.spec = spec;
        this.json = json;
        this.exchange = exchange;
    }

    static Flow.Reply reply(int status, String text, String details) {
        return new Flow.Reply(status, text.getBytes(StandardCharsets.UTF_8), details, 0);
    }

    @Override
    public Flow requestHead(HttpHead head) {
        return requestHead(head, head.framing() == Framing.NONE);
    }

    @Override
    public Flow requestHead(HttpHead head, boolean last) {
        forget();
        // who asks with HEAD or CONNECT must be known by it to the end: what follows their answer's head depends on it
        if (GrpcWords.is(head) || head.methodIs("HEAD") || head.methodIs("CONNECT")) {
            return Flow.NEXT;
        }
        int query = head.queryStart() - head.pathStart();
        String path = head.path();
        var match = spec.bindings().find(head.method(), path.substring(0, query));
        if (match == null) {
            return spec.strictness().unknownMethods() ? UNKNOWN_METHOD : Flow.NEXT;
        }
        try {
            var begun = new RequestMessage(spec, json, match);
            if (query < path.length()) {
                begun.query(path.substring(query + 1));
            }
            return begin(head, begun, last);
        } catch (RequestMessage.Unfit unfit) {
            return unfit.passable() ? Flow.NEXT : refusal(unfit);
        }
    }

    private Flow begin(HttpHead head, RequestMessage begun, boolean last) throws RequestMessage.Unfit {
        var binding = begun.binding();
        boolean streams = binding.method().isClientStreaming() && binding.bodyMapped();
        if (last && streams && !begun.saysAnything()) {
            called(head, begun);
            return Flow.NEXT;
        }
        if (last || !binding.bodyMapped()) {
            byte[] bytes = begun.message(null, null);
            called(head, begun);
            if (!last) {
                head.framing(Framing.CHUNKED, -1);
            }
            exchange.requestPassage().send(this, framed(bytes));
            part = Part.DROPS;
            return Flow.NEXT;
        }
        message = begun;
        bodyType = head.value(HeaderName.CONTENT_TYPE);
        if (streams) {
            called(head, begun);
            head.framing(Framing.CHUNKED, -1);
            elements = new JsonArrayReader(spec.requestBytesMax());
            part = Part.STREAMS;
            return Flow.NEXT;
        }
        if (head.contentLength() > spec.requestBytesMax()) {
            return TOO_LONG;
        }
        request = head;
        part = Part.GATHERS;
        return Flow.PAUSE;
    }

    /** Makes the request a call. */
    private void called(HttpHead head, RequestMessage begun) {
        request = head;
        head.set(ORIGINAL_METHOD, head.method());
        head.set(HeaderName.X_ENVOY_ORIGINAL_PATH, head.path());
        head.path(begun.binding().path());
        int method = head.count();
        head.add(ORIGINAL_METHOD, "POST"); // a place in the head's bytes for the word
        head.method(head.valueStart(method), head.valueEnd(method));
        head.remove(method);
        head.remove(HeaderName.CONTENT_LENGTH);
        head.remove(HeaderName.CONTENT_ENCODING);
        head.remove(Grpc.ACCEPT_ENCODING);
        Grpc.call(head);
        answer = new Answer(spec, json, begun.binding(), exchange, this);
        if (spec.routesAnew()) {
            exchange.reroute();
        }
    }

    private ByteBuf framed(byte[] bytes) {
        return exchange.worker().allocator().buffer(MessageScan.PREFIX_BYTES + bytes.length).writeByte(0)
                .writeInt(bytes.length).writeBytes(bytes);
    }

    private static Flow refusal(RequestMessage.Unfit unfit) {
        return reply(400, String.valueOf(unfit.getMessage()), "grpc_transcode_bad_request");
    }

    /** An answer in words that this client knows: by now the request says gRPC. */
    Flow refused(Flow.Reply reply) {
        var head = request;
        if (head != null) {
            head.set(HeaderName.CONTENT_TYPE, "application/json");
        }
        part = Part.DROPS;
        answer = null;
        return reply;
    }

    @Override
    public boolean gathersRequest() {
        return part == Part.GATHERS;
    }

    @Override
    public boolean gathersResponse() {
        var its = answer;
        return its != null && its.gathers();
    }

    @Override
    public Flow requestData(BodyPart piece, boolean last) {
        try {
            return switch (part) {
                case NONE -> Flow.NEXT;
                case DROPS -> dropped(piece);
                case GATHERS -> gathered(piece, last);
                case STREAMS -> streamed(piece, last);
            };
        } catch (RequestMessage.Unfit unfit) {
            return refused(reply(400, String.valueOf(unfit.getMessage()), "grpc_transcode_bad_request"));
        }
    }

    @Override
    public Flow requestTrailers(HttpHead trailers) {
        try {
            if (part == Part.GATHERS) {
                exchange.requestPassage().send(this, whole());
                exchange.requestPassage().resume(this);
            } else if (part == Part.STREAMS) {
                ByteBuf rest = exchange.worker().allocator().buffer();
                var refused = take(endOf(), rest);
                if (refused != null) {
                    rest.release();
                    return refused;
                }
                exchange.requestPassage().send(this, rest);
            }
            return Flow.NEXT;
        } catch (RequestMessage.Unfit unfit) {
            return refused(reply(400, String.valueOf(unfit.getMessage()), "grpc_transcode_bad_request"));
        }
    }

    private static Flow dropped(BodyPart piece) {
        piece.drop();
        return Flow.NEXT;
    }

    private Flow gathered(BodyPart piece, boolean last) throws RequestMessage.Unfit {
        ByteBuf data = piece.data();
        if (body.size() + data.readableBytes() > spec.requestBytesMax()) {
            return refused(TOO_LONG);
        }
        bytes(data);
        piece.drop();
        if (last) {
            piece.put(whole());
            exchange.requestPassage().resume(this);
        }
        return Flow.NEXT;
    }

    private void bytes(ByteBuf data) {
        byte[] some = new byte[data.readableBytes()];
        data.getBytes(data.readerIndex(), some);
        body.write(some, 0, some.length);
    }

    private ByteBuf whole() throws RequestMessage.Unfit {
        var begun = message;
        var head = request;
        if (begun == null || head == null) {
            throw new IllegalStateException("nothing was gathered");
        }
        byte[] bytes = begun.message(body.toByteArray(), bodyType);
        called(head, begun);
        head.framing(Framing.LENGTH, MessageScan.PREFIX_BYTES + (long) bytes.length);
        head.add(HeaderName.CONTENT_LENGTH, head.contentLength());
        part = Part.DROPS;
        return framed(bytes);
    }

    private Flow streamed(BodyPart piece, boolean last) throws RequestMessage.Unfit {
        var reader = elements;
        if (reader == null) {
            return Flow.NEXT;
        }
        ByteBuf out = exchange.worker().allocator().buffer();
        try {
            ByteBuf data = piece.data();
            for (int i = data.readerIndex(); i < data.writerIndex(); i++) {
                var refused = take(reader.read(data.getByte(i)), out);
                if (refused != null) {
                    return refused;
                }
            }
            var refused = last ? take(endOf(), out) : null;
            if (refused != null) {
                return refused;
            }
            piece.put(out.retain());
            return Flow.NEXT;
        } finally {
            out.release();
        }
    }

    private JsonArrayReader.Taken endOf() {
        var reader = elements;
        return reader == null ? JsonArrayReader.Taken.NOTHING : reader.end();
    }

    private @Nullable Flow take(JsonArrayReader.Taken taken, ByteBuf out) throws RequestMessage.Unfit {
        var reader = elements;
        var begun = message;
        if (reader == null || begun == null) {
            return null;
        }
        return switch (taken) {
            case NOTHING -> null;
            case TOO_LONG -> refused(TOO_LONG);
            case BROKEN -> refused(reply(400, "The body is no JSON array.", "grpc_transcode_bad_request"));
            case ELEMENT -> {
                byte[] bytes = begun.message(reader.take(), bodyType);
                out.writeByte(0).writeInt(bytes.length).writeBytes(bytes);
                yield null;
            }
        };
    }

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        var its = answer;
        return its == null ? Flow.NEXT : its.head(response, last);
    }

    @Override
    public Flow responseData(BodyPart piece, boolean last) {
        var its = answer;
        return its == null ? Flow.NEXT : its.data(piece, last);
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        var its = answer;
        return its == null ? Flow.NEXT : its.end(trailers);
    }

    private void forget() {
        part = Part.NONE;
        if (body.size() > 0) {
            body = new ByteArrayOutputStream(0); // a connection that waits holds no room
        }
        request = null;
        bodyType = null;
        message = null;
        elements = null;
        answer = null;
    }

    @Override
    public long heldBytes() {
        return body.size();
    }

    @Override
    public void ended(long nowNanos) {
        forget();
    }

    /** Bytes of one's own. */
    static ByteBuf wrapped(byte[] bytes) {
        return bytes.length == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes);
    }

    static byte[] nothing() {
        return NOTHING;
    }
}
