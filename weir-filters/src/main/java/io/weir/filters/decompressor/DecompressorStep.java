package io.weir.filters.decompressor;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import java.util.Locale;

/** The decompressor at one connection. */
final class DecompressorStep implements BodyStep {
    private static final HeaderName ACCEPT_ENCODING = HeaderName.of("accept-encoding");
    private static final HeaderName CONTENT_ENCODING = HeaderName.of("content-encoding");
    private static final HeaderName CACHE_CONTROL = HeaderName.of("cache-control");
    private static final HeaderName RANGE = HeaderName.of("range");
    private static final HeaderName ETAG = HeaderName.of("etag");
    private static final HeaderName ACCEPT_RANGES = HeaderName.of("accept-ranges");
    private static final int PARTIAL_CONTENT = 206;

    private final DecompressorSpec spec;
    private final Unpacking up;
    private final Unpacking down;

    DecompressorStep(DecompressorSpec spec, DecompressorSpec.Numbers up, DecompressorSpec.Numbers down,
            FilterExchange exchange) {
        this.spec = spec;
        this.up = new Unpacking(this, spec, up, exchange, false);
        this.down = new Unpacking(this, spec, down, exchange, true);
    }

    @Override
    public Flow requestHead(HttpHead request) {
        return requestHead(request, false);
    }

    @Override
    public Flow requestHead(HttpHead request, boolean last) {
        if (spec.advertise() && spec.response().enabled() && !request.has(RANGE)) { // a part cannot be unpacked
            advertise(request);
        }
        begin(up, spec.request(), request, last);
        return Flow.NEXT;
    }

    private void advertise(HttpHead request) {
        String encoding = spec.library().encoding();
        String known = request.listed(ACCEPT_ENCODING);
        if (known == null || known.isBlank()) {
            request.set(ACCEPT_ENCODING, encoding);
            return;
        }
        for (String part : known.split(",", -1)) {
            int semicolon = part.indexOf(';');
            if ((semicolon < 0 ? part : part.substring(0, semicolon)).strip().equalsIgnoreCase(encoding)) {
                return;
            }
        }
        request.set(ACCEPT_ENCODING, known + "," + encoding);
    }

    /** Whether this body is unpacked. */
    private boolean begin(Unpacking side, DecompressorSpec.Direction rules, HttpHead head, boolean last) {
        if (!rules.enabled()) {
            return false;
        }
        String codings = head.listed(CONTENT_ENCODING);
        boolean takes = codings != null && !last && head.framing() != Framing.NONE && whole(head)
                && allowed(rules, head);
        if (takes && codings != null && outermost(codings)) {
            String rest = codings.substring(0, Math.max(0, codings.lastIndexOf(','))).strip();
            head.remove(CONTENT_ENCODING);
            if (!rest.isEmpty()) {
                head.add(CONTENT_ENCODING, rest);
            }
            head.remove(HeaderName.CONTENT_LENGTH);
            head.framing(Framing.CHUNKED, -1);
            side.begin();
            return true;
        }
        side.numbers().notDecompressed().increment();
        return false;
    }

    /** A part of what is coded is no coding of a part (RFC 9110 section 14.2). */
    private static boolean whole(HttpHead head) {
        return head.status() != PARTIAL_CONTENT && !head.has(HeaderName.CONTENT_RANGE);
    }

    /** What is said of the coded bytes does not hold for those that come of them. */
    private static void forgetCoded(HttpHead response) {
        String tag = response.value(ETAG);
        if (tag != null && !tag.regionMatches(true, 0, "W/", 0, 2)) {
            response.remove(ETAG);
        }
        response.remove(ACCEPT_RANGES);
    }

    private static boolean allowed(DecompressorSpec.Direction rules, HttpHead head) {
        String control = rules.ignoreNoTransform() ? null : head.listed(CACHE_CONTROL);
        return control == null || !control.toLowerCase(Locale.ROOT).contains("no-transform");
    }

    /** Codings stand in the order in which they were applied (RFC 9110 section 8.4): the last comes off first. */
    private boolean outermost(String codings) {
        String coding = codings.substring(codings.lastIndexOf(',') + 1).strip();
        return coding.equalsIgnoreCase(spec.library().encoding())
                || (coding.equalsIgnoreCase("x-gzip") && spec.library().encoding().equals("gzip"));
    }

    @Override
    public Flow requestData(BodyPart part, boolean last) {
        return up.data(part, last);
    }

    @Override
    public Flow requestTrailers(HttpHead trailers) {
        return up.trailers();
    }

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        if (begin(down, spec.response(), response, last)) {
            forgetCoded(response);
        }
        return Flow.NEXT;
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        return down.data(part, last);
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        return down.trailers();
    }

    @Override
    public void requestWritable() {
        up.goOn();
    }

    @Override
    public void responseWritable() {
        down.goOn();
    }

    @Override
    public long heldBytes() {
        return up.heldBytes() + down.heldBytes();
    }

    @Override
    public void ended(long nowNanos) {
        up.clear();
        down.clear();
    }
}
