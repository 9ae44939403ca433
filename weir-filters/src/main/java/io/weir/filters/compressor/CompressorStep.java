package io.weir.filters.compressor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.filters.compression.Compressing;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The compressor at one connection. What a body's pieces become is flushed with each piece: nobody waits for bytes that
 * are here. All compressors of a chain learn from each other, by the exchange's metadata, which codings there are.
 */
final class CompressorStep implements BodyStep {
    private static final String NAMESPACE = "envoy.filters.http.compressor";
    private static final HeaderName ACCEPT_ENCODING = HeaderName.of("accept-encoding");
    private static final HeaderName CONTENT_ENCODING = HeaderName.of("content-encoding");
    private static final HeaderName CACHE_CONTROL = HeaderName.of("cache-control");
    private static final HeaderName ETAG = HeaderName.of("etag");
    private static final HeaderName VARY = HeaderName.of("vary");
    private static final HeaderName ACCEPT_RANGES = HeaderName.of("accept-ranges");
    private static final HeaderName STATUS = HeaderName.of("x-envoy-compression-status");

    private final CompressorSpec spec;
    private final CompressorSpec.Numbers upNumbers;
    private final CompressorSpec.Numbers downNumbers;
    private final CompressorSpec.Asked asked;
    private final FilterExchange exchange;
    private @Nullable Compressing up;
    private @Nullable Compressing down;
    private @Nullable String accepted;
    private boolean headOnly;

    CompressorStep(CompressorSpec spec, CompressorSpec.Numbers upNumbers, CompressorSpec.Numbers downNumbers,
            CompressorSpec.Asked asked, FilterExchange exchange) {
        this.spec = spec;
        this.upNumbers = upNumbers;
        this.downNumbers = downNumbers;
        this.asked = asked;
        this.exchange = exchange;
    }

    // ---- requests ----

    @Override
    public Flow requestHead(HttpHead request) {
        return requestHead(request, false);
    }

    @Override
    public Flow requestHead(HttpHead request, boolean last) {
        accepted = null;
        headOnly = false;
        if (spec.response().direction().enabled()) {
            accepted = request.listed(ACCEPT_ENCODING);
            headOnly = request.methodIs("HEAD");
            exchange.metadata().put(NAMESPACE, spec.library().encoding(), spec.chooseFirst());
            if (spec.response().removeAcceptEncoding()) {
                request.remove(ACCEPT_ENCODING);
            }
        }
        var rules = spec.request();
        if (!rules.enabled()) {
            return Flow.NEXT;
        }
        boolean takes = !last && request.framing() != Framing.NONE && longEnough(rules, upNumbers, request)
                && rules.admits(request) && !request.has(CONTENT_ENCODING) && !noTransform(request);
        if (takes) {
            up = spec.library().open();
            upNumbers.compressed().increment();
            coded(request);
        } else {
            upNumbers.notCompressed().increment();
        }
        return Flow.NEXT;
    }

    @Override
    public Flow requestData(BodyPart part, boolean last) {
        var coder = up;
        if (coder != null) {
            compress(coder, part, last, upNumbers);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow requestTrailers(HttpHead trailers) {
        var coder = up;
        if (coder != null) {
            exchange.requestPassage().send(this, end(coder, upNumbers));
        }
        return Flow.NEXT;
    }

    // ---- responses ----

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        if (!spec.response().direction().enabled() || response.status() == 101) {
            return Flow.NEXT;
        }
        String refused = refusal(response);
        boolean takes = refused == null && !last && response.framing() != Framing.NONE && chosen(response);
        if (takes) {
            long length = response.contentLength();
            down = spec.library().open();
            downNumbers.compressed().increment();
            coded(response);
            forgetIdentity(response);
            status(response, length < 0 ? "Compressed" : "Compressed;OriginalLength=" + length);
        } else {
            downNumbers.notCompressed().increment();
            if (refused != null && !refused.isEmpty()) {
                status(response, refused);
            }
            if (refused == null && headOnly && own(choice(), response)) { // as its GET would be told
                response.remove(HeaderName.CONTENT_LENGTH);
                forgetIdentity(response);
            }
        }
        if (refused == null) {
            vary(response); // whoever else asks may get it compressed
        }
        return Flow.NEXT;
    }

    /** A strong tag, and ranges, are of bytes that the client does not see. */
    private static void forgetIdentity(HttpHead response) {
        String tag = response.value(ETAG);
        if (tag != null && !tag.regionMatches(true, 0, "W/", 0, 2)) {
            response.remove(ETAG);
        }
        response.remove(ACCEPT_RANGES);
    }

    /** Why a response is not compressed, whoever asks, as the status field says it; null where it may be. */
    private @Nullable String refusal(HttpHead response) {
        var rules = spec.response();
        if (!longEnough(rules.direction(), downNumbers, response)) {
            return "ContentLengthTooSmall";
        }
        if (!rules.direction().admits(response)) {
            return "ContentTypeNotAllowed";
        }
        if (rules.disableOnEtag() && response.has(ETAG)) {
            downNumbers.notCompressedEtag().increment();
            return "EtagNotAllowed";
        }
        if (rules.uncompressible().contains(response.status())) {
            return "StatusCodeNotAllowed";
        }
        if (response.has(CONTENT_ENCODING) || response.has(HeaderName.CONTENT_RANGE) || response.status() == 204
                || response.status() == 304
                || noTransform(response)) {
            return "";
        }
        return null;
    }

    private static boolean noTransform(HttpHead head) {
        String control = head.listed(CACHE_CONTROL);
        return control != null && control.toLowerCase(Locale.ROOT).contains("no-transform");
    }

    private AcceptEncoding choice() {
        return AcceptEncoding.choose(accepted, exchange.metadata().namespace(NAMESPACE));
    }

    private boolean own(AcceptEncoding choice, HttpHead response) {
        return spec.library().encoding().equals(choice.encoding()) && response.status() >= 200;
    }

    private boolean chosen(HttpHead response) {
        var choice = choice();
        boolean own = spec.library().encoding().equals(choice.encoding());
        switch (choice.verdict()) {
            case NONE -> asked.none().increment();
            case IDENTITY -> asked.identity().increment();
            case NAMED -> (own ? asked.used() : asked.overshadowed()).increment();
            case WILDCARD -> asked.wildcard().increment();
            case NOT_VALID -> asked.notValid().increment();
        }
        return own(choice, response);
    }

    private void status(HttpHead response, String text) {
        if (spec.response().statusHeader()) {
            response.add(STATUS, spec.library().encoding() + ";" + text);
        }
    }

    private static void vary(HttpHead response) {
        String known = response.listed(VARY);
        if (known == null) {
            response.add(VARY, "Accept-Encoding");
            return;
        }
        for (String member : known.split(",", -1)) {
            if (member.strip().equalsIgnoreCase("accept-encoding") || member.strip().equals("*")) {
                return;
            }
        }
        response.set(VARY, known + ", Accept-Encoding");
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        var coder = down;
        if (coder != null) {
            compress(coder, part, last, downNumbers);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        var coder = down;
        if (coder != null) {
            exchange.responsePassage().send(this, end(coder, downNumbers));
        }
        return Flow.NEXT;
    }

    @Override
    public void ended(long nowNanos) {
        if (up != null) {
            up.end();
            up = null;
        }
        if (down != null) {
            down.end();
            down = null;
        }
        accepted = null;
    }

    // ---- both ----

    private static boolean longEnough(CompressorSpec.Direction rules, CompressorSpec.Numbers numbers, HttpHead head) {
        boolean so = rules.longEnough(head);
        if (!so) {
            numbers.lengthTooSmall().increment();
        }
        return so;
    }

    private void coded(HttpHead head) {
        head.remove(HeaderName.CONTENT_LENGTH);
        head.framing(Framing.CHUNKED, -1);
        head.set(CONTENT_ENCODING, spec.library().encoding());
    }

    private void compress(Compressing coder, BodyPart part, boolean last, CompressorSpec.Numbers numbers) {
        var in = part.data();
        if (!in.isReadable() && !last) {
            return;
        }
        numbers.uncompressedBytes().add(in.readableBytes());
        var out = exchange.worker().allocator().directBuffer(64 + in.readableBytes() / 2);
        try {
            coder.write(in, out, last);
        } catch (RuntimeException bug) {
            out.release();
            throw bug;
        }
        numbers.compressedBytes().add(out.readableBytes());
        part.put(out);
    }

    private ByteBuf end(Compressing coder, CompressorSpec.Numbers numbers) {
        var out = exchange.worker().allocator().directBuffer(64);
        coder.write(Unpooled.EMPTY_BUFFER, out, true);
        numbers.compressedBytes().add(out.readableBytes());
        return out;
    }
}
