package io.weir.filters.grpcweb;

import io.netty.buffer.ByteBuf;
import io.weir.filters.grpc.CallNumbers;
import io.weir.filters.grpc.Calls;
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
 * Calls of a client of gRPC-Web ("PROTOCOL-WEB.md" of the gRPC project): bodies are those of gRPC, in base64 where the
 * type says text, and the answer's trailers are the last message of its body, whose first byte has its highest bit set.
 */
final class GrpcWebStep implements BodyStep {
    private static final byte[] WEB = ascii("application/grpc-web");
    private static final byte[] WEB_PROTO = ascii("application/grpc-web+proto");
    private static final byte[] TEXT = ascii("application/grpc-web-text");
    private static final byte[] TEXT_PROTO = ascii("application/grpc-web-text+proto");
    private static final int TRAILERS = 0x80;
    private static final Flow.Reply NO_BASE64 = new Flow.Reply(400, ascii("Bad gRPC-web request, invalid base64 data."),
            "grpc_base_64_decode_failed_bad_size", 0);

    private final Calls<CallNumbers>.Finder finder;
    private final FilterExchange exchange;
    private final Base64Text requestText = new Base64Text();
    private final Base64Writer responseText = new Base64Writer();
    private final MessageScan messages = new MessageScan();
    private boolean web;
    private boolean decodes;
    private boolean encodes;
    /** The answer is a call's, and not a page of something else. */
    private boolean answering;
    private @Nullable CallNumbers numbers;

    GrpcWebStep(Calls<CallNumbers>.Finder finder, FilterExchange exchange) {
        this.finder = finder;
        this.exchange = exchange;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public Flow requestHead(HttpHead request) {
        decodes = Grpc.typeIs(request, HeaderName.CONTENT_TYPE, TEXT)
                || Grpc.typeIs(request, HeaderName.CONTENT_TYPE, TEXT_PROTO);
        web = decodes || Grpc.typeIs(request, HeaderName.CONTENT_TYPE, WEB)
                || Grpc.typeIs(request, HeaderName.CONTENT_TYPE, WEB_PROTO);
        answering = false;
        numbers = null;
        if (!web) {
            return Flow.NEXT;
        }
        encodes = Grpc.listHas(request, ACCEPT, TEXT) || Grpc.listHas(request, ACCEPT, TEXT_PROTO);
        numbers = finder.of(request);
        requestText.clear();
        responseText.clear();
        messages.clear();
        Grpc.call(request);
        request.set(Grpc.ACCEPT_ENCODING, "identity,deflate,gzip");
        if (decodes && request.framing() != Framing.NONE) {
            request.remove(HeaderName.CONTENT_LENGTH);
            request.framing(Framing.CHUNKED, -1);
        }
        return Flow.NEXT;
    }

    private static final HeaderName ACCEPT = HeaderName.of("accept");

    @Override
    public Flow requestData(BodyPart part, boolean last) {
        if (!web || !decodes) {
            return Flow.NEXT;
        }
        var bytes = requestText.decoded(part.data().slice(), exchange.worker().allocator());
        if (bytes == null) {
            return NO_BASE64;
        }
        part.put(bytes);
        return last && !requestText.between() ? NO_BASE64 : Flow.NEXT;
    }

    @Override
    public Flow requestTrailers(HttpHead trailers) {
        return web && decodes && !requestText.between() ? NO_BASE64 : Flow.NEXT;
    }

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        if (!web) {
            return Flow.NEXT;
        }
        if (!GrpcWords.is(response)) { // who cannot speak gRPC is passed on as it is, with its status
            return Flow.NEXT;
        }
        answering = true;
        response.set(HeaderName.CONTENT_TYPE,
                encodes ? "application/grpc-web-text+proto" : "application/grpc-web+proto");
        if (last) {
            counted(response);
        } else {
            response.remove(HeaderName.CONTENT_LENGTH);
            response.framing(Framing.CHUNKED, -1);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        if (answering && encodes) {
            ByteBuf data = part.data();
            ByteBuf text = exchange.worker().allocator().buffer(data.readableBytes() / 3 * 4 + 8);
            int at = data.readerIndex();
            while (at < data.writerIndex()) { // a client reads a message when it is whole: nothing of it may wait
                int some = messages.upToEnd(data, at, data.writerIndex());
                responseText.write(data, at, at + some, text);
                at += some;
                if (messages.between()) {
                    responseText.pad(text);
                }
            }
            if (last) {
                responseText.pad(text);
            }
            part.put(text);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        if (!answering) {
            return Flow.NEXT;
        }
        counted(trailers);
        ByteBuf frame = frame(trailers);
        ByteBuf out = frame;
        if (encodes) {
            out = exchange.worker().allocator().buffer(frame.readableBytes() / 3 * 4 + 8);
            responseText.pad(out); // of a message that is not whole
            responseText.write(frame, frame.readerIndex(), frame.writerIndex(), out);
            responseText.pad(out);
            frame.release();
        }
        exchange.responsePassage().send(this, out);
        for (int i = 0; i < trailers.count(); i++) {
            trailers.remove(i);
        }
        return Flow.NEXT;
    }

    private ByteBuf frame(HttpHead trailers) {
        ByteBuf frame = exchange.worker().allocator().buffer();
        frame.writeByte(TRAILERS).writeInt(0);
        byte[] bytes = trailers.bytes();
        for (int i = 0; i < trailers.count(); i++) {
            if (trailers.removed(i)) {
                continue;
            }
            for (int at = trailers.nameStart(i); at < trailers.nameEnd(i); at++) {
                frame.writeByte(bytes[at] >= 'A' && bytes[at] <= 'Z' ? bytes[at] | 0x20 : bytes[at]);
            }
            frame.writeByte(':');
            frame.writeBytes(bytes, trailers.valueStart(i), trailers.valueEnd(i) - trailers.valueStart(i));
            frame.writeByte('\r').writeByte('\n');
        }
        return frame.setInt(1, frame.readableBytes() - MessageScan.PREFIX_BYTES);
    }

    private void counted(HttpHead end) {
        var of = numbers;
        if (of != null && end.has(GrpcStatus.FIELD)) {
            of.ended(GrpcStatus.in(end));
        }
        numbers = null;
    }
}
