package io.weir.filters.transcode;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.netty.buffer.ByteBuf;
import io.weir.filters.grpc.Grpc;
import io.weir.filters.grpc.MessageGather;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import io.weir.http.filter.Passage;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.grpc.words.GrpcWords;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one call, on its way to a client of JSON. One message waits for its status, which becomes that of HTTP;
 * a stream goes on as it comes, with 200 and its status in trailers. Belongs to one worker.
 */
final class Answer {
    private static final HeaderName STATUS_DETAILS = HeaderName.of("grpc-status-details-bin");
    private static final String JSON = "application/json";
    private static final int UNAVAILABLE = 503;
    private static final Flow.Reply TOO_LONG = TranscodeStep.reply(500,
            "The response is too large to be transcoded.", "grpc_transcode_response_too_large");
    private static final Flow.Reply UNREADABLE = TranscodeStep.reply(500, "The response cannot be transcoded.",
            "grpc_transcode_bad_response");

    private final TranscodeSpec spec;
    private final Json json;
    private final Binding binding;
    private final FilterExchange exchange;
    private final TranscodeStep step;
    private final MessageGather messages;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(0);
    /** The body is what a message says it is, and no JSON. */
    private final boolean raw;
    private final boolean streams;
    private boolean answering;
    /** The head waits for what is in its body or behind it. */
    private boolean holding;
    private long seen;
    private boolean readable = true;
    private boolean fits = true;
    private @Nullable String rawType;

    Answer(TranscodeSpec spec, Json json, Binding binding, FilterExchange exchange, TranscodeStep step) {
        this.spec = spec;
        this.json = json;
        this.binding = binding;
        this.exchange = exchange;
        this.step = step;
        this.messages = new MessageGather(spec.responseBytesMax());
        this.raw = HttpBodies.is(binding.method().getOutputType(), binding.responseBody());
        this.streams = binding.method().isServerStreaming();
    }

    private Passage passage() {
        return exchange.responsePassage();
    }

    boolean gathers() {
        return holding;
    }

    Flow head(HttpHead response, boolean last) {
        if (!GrpcWords.is(response)) { // a page of something else: it goes on as it is
            return Flow.NEXT;
        }
        response.remove(HeaderName.CONTENT_LENGTH);
        if (last) {
            byte[] body = status(response, response, TranscodeStep.nothing());
            if (body.length > 0) {
                passage().send(step, TranscodeStep.wrapped(body));
            }
            return Flow.NEXT;
        }
        answering = true;
        response.set(HeaderName.CONTENT_TYPE, type());
        if (streams && !raw) {
            response.framing(Framing.CHUNKED, -1);
            return Flow.NEXT;
        }
        holding = true;
        return Flow.PAUSE;
    }

    private String type() {
        boolean events = streams && spec.printing().streams() == TranscodeSpec.Streams.EVENTS;
        return events ? "text/event-stream" : JSON;
    }

    Flow data(BodyPart piece, boolean last) {
        if (!answering) {
            return Flow.NEXT;
        }
        var taken = messages.read(piece.data().slice(), this::message);
        if (taken != MessageGather.Taken.ALL || !readable) {
            return step.refused(taken == MessageGather.Taken.TOO_LONG || !fits ? TOO_LONG : UNREADABLE);
        }
        piece.drop();
        if (last) { // without trailers: nobody has said how it went
            return cutShort(piece);
        }
        if (!streams) {
            return Flow.NEXT;
        }
        if (holding && seen > 0) {
            begin(passage().head(step));
            passage().resume(step);
        }
        piece.put(TranscodeStep.wrapped(taken()));
        return Flow.NEXT;
    }

    private byte[] taken() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    /** A stream's head that has waited for its first message goes on. */
    private void begin(HttpHead head) {
        holding = false;
        var type = rawType;
        if (type != null && !type.isEmpty()) {
            head.set(HeaderName.CONTENT_TYPE, type);
        }
        head.framing(Framing.CHUNKED, -1);
    }

    private Flow cutShort(BodyPart piece) {
        if (!holding) {
            finish();
            piece.put(TranscodeStep.wrapped(taken()));
            return Flow.NEXT;
        }
        var head = passage().head(step);
        head.status(UNAVAILABLE);
        byte[] body = streams ? taken() : one(head);
        length(head, body);
        holding = false;
        piece.put(TranscodeStep.wrapped(body));
        passage().resume(step);
        return Flow.NEXT;
    }

    Flow end(HttpHead trailers) {
        if (!answering) {
            return Flow.NEXT;
        }
        if (!messages.between()) {
            return step.refused(UNREADABLE);
        }
        if (!holding) {
            finish();
            passage().send(step, TranscodeStep.wrapped(taken()));
            return Flow.NEXT;
        }
        var head = passage().head(step);
        byte[] body = status(trailers, head, one(head));
        for (int i = 0; i < trailers.count(); i++) {
            trailers.remove(i);
        }
        length(head, body);
        holding = false;
        passage().send(step, TranscodeStep.wrapped(body));
        passage().resume(step);
        return Flow.NEXT;
    }

    private byte[] one(HttpHead head) {
        var type = rawType;
        if (type != null && !type.isEmpty()) {
            head.set(HeaderName.CONTENT_TYPE, type);
        }
        return taken();
    }

    private static void length(HttpHead head, byte[] body) {
        head.remove(HeaderName.CONTENT_LENGTH);
        head.add(HeaderName.CONTENT_LENGTH, body.length);
        head.framing(Framing.LENGTH, body.length);
    }

    /** What closes a stream. */
    private void finish() {
        if (!raw && spec.printing().streams() == TranscodeSpec.Streams.ARRAY) {
            ascii(seen == 0 ? "[]" : "]");
        }
    }

    private void ascii(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.write(bytes, 0, bytes.length);
    }

    private boolean message(int flags, byte[] bytes) {
        seen++;
        if ((flags & 1) != 0 || (!streams && seen > 1)) {
            readable = false; // compressed, which was not asked for; or more than the one there can be
            return false;
        }
        try {
            var message = DynamicMessage.parseFrom(binding.method().getOutputType(), bytes);
            byte[] text = raw ? raw(message) : text(message);
            if (streams && !raw) {
                framed(text);
            } else {
                out.write(text, 0, text.length);
            }
            fits = out.size() <= (long) spec.responseBytesMax() * 8; // JSON of a message is longer, within reason
            readable = fits;
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            readable = false; // a time out of range is an IllegalArgumentException of the printer's
        }
        return readable;
    }

    private byte[] text(Message message) throws InvalidProtocolBufferException {
        var field = binding.responseBody();
        return field == null ? json.text(message) : json.text(message, field);
    }

    private byte[] raw(Message message) {
        var field = binding.responseBody();
        var body = field == null ? message : (Message) message.getField(field);
        if (rawType == null) {
            rawType = HttpBodies.type(body);
        }
        return HttpBodies.data(body);
    }

    private void framed(byte[] text) {
        switch (spec.printing().streams()) {
            case ARRAY -> {
                out.write(seen == 1 ? '[' : ',');
                out.write(text, 0, text.length);
            }
            case LINES -> {
                out.write(text, 0, text.length);
                out.write('\n');
            }
            case EVENTS -> {
                ascii("data: ");
                out.write(text, 0, text.length);
                ascii("\n\n");
            }
        }
    }

    /**
     * Makes the call's status one of HTTP, and says what the body is.
     *
     * @param end
     *            which says the call's status: trailers, or the head itself
     */
    @SuppressWarnings("ReferenceEquality") // of a head that is the whole answer
    private byte[] status(HttpHead end, HttpHead head, byte[] body) {
        int status = GrpcStatus.in(end);
        if (status < 0 || status >= GrpcStatus.values().length) {
            head.status(UNAVAILABLE);
            return body;
        }
        head.status(Grpc.httpStatus(status));
        if (spec.statusAsBody() && status != 0 && body.length == 0) {
            byte[] said = StatusBody.of(json, end, status);
            head.remove(GrpcStatus.FIELD);
            head.remove(GrpcStatus.MESSAGE);
            head.remove(STATUS_DETAILS);
            head.set(HeaderName.CONTENT_TYPE, JSON);
            if (end == head) {
                length(head, said);
            }
            return said;
        }
        if (end == head) {
            head.set(HeaderName.CONTENT_TYPE, JSON);
            head.framing(Framing.LENGTH, 0);
            head.add(HeaderName.CONTENT_LENGTH, 0);
        } else {
            head.remove(GrpcStatus.FIELD);
            head.add(GrpcStatus.FIELD, status);
            int line = end.find(GrpcStatus.MESSAGE);
            if (line >= 0) {
                head.remove(GrpcStatus.MESSAGE);
                head.add(GrpcStatus.MESSAGE, end.bytes(), end.valueStart(line), end.valueEnd(line));
            }
        }
        return body;
    }
}
