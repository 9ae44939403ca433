package io.weir.filters.csrf;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The CSRF filter at one connection. A browser says in {@code Origin}, or else in {@code Referer}, which page a request
 * comes from, and no page can make it say another.
 */
final class CsrfStep implements FilterStep {
    private static final HeaderName ORIGIN = HeaderName.of("origin");
    private static final Flow.Reply REFUSED = new Flow.Reply(403,
            "Invalid origin".getBytes(StandardCharsets.US_ASCII), "csrf_origin_mismatch", 0);

    private final CsrfSpec spec;
    private final CsrfSpec.Numbers numbers;
    private final FilterExchange exchange;
    /** Host and port of the page that the request at hand comes from: a span of the head's bytes. */
    private int from;
    private int to;

    CsrfStep(CsrfSpec spec, CsrfSpec.Numbers numbers, FilterExchange exchange) {
        this.spec = spec;
        this.numbers = numbers;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        if (!changesSomething(request)) {
            return Flow.NEXT;
        }
        long random = exchange.worker().random().nextLong();
        boolean enabled = spec.enabled().takes(random);
        if (!enabled && !spec.shadow().takes(random)) {
            return Flow.NEXT;
        }
        find(request, request.find(ORIGIN));
        if (from == to) {
            find(request, request.find(HeaderName.REFERER));
        }
        if (from == to) {
            numbers.missingSourceOrigin().increment();
        } else if (sameOrigin(request) || spec.allows(request.bytes(), from, to)) {
            numbers.requestValid().increment();
            return Flow.NEXT;
        }
        numbers.requestInvalid().increment(); // one without an origin counts in both, as in Envoy
        return enabled ? REFUSED : Flow.NEXT;
    }

    private static boolean changesSomething(HttpHead request) {
        return request.methodIs("POST") || request.methodIs("PUT") || request.methodIs("DELETE")
                || request.methodIs("PATCH");
    }

    private boolean sameOrigin(HttpHead request) {
        return Arrays.equals(request.bytes(), from, to, request.bytes(), request.authorityStart(),
                request.authorityEnd());
    }

    /** Host and port of a field's URL (RFC 3986 section 3.2); what is none stands as it is, such as {@code null}. */
    private void find(HttpHead request, int line) {
        from = to = 0;
        if (line < 0) {
            return;
        }
        byte[] bytes = request.bytes();
        int start = request.valueStart(line);
        int end = request.valueEnd(line);
        from = start;
        to = end;
        int i = start;
        while (i < end && Character.isLetterOrDigit(bytes[i] & 0xff)) { // no other sign stands in a web page's scheme
            i++;
        }
        if (i + 2 < end && bytes[i] == ':' && bytes[i + 1] == '/' && bytes[i + 2] == '/') {
            authority(bytes, i + 3, end);
        }
    }

    private void authority(byte[] bytes, int start, int end) {
        from = start;
        int at = start;
        for (; at < end && bytes[at] != '/' && bytes[at] != '?' && bytes[at] != '#'; at++) {
            if (bytes[at] == '@') { // what stands before it is a user's name, whatever it looks like
                from = at + 1;
            }
        }
        to = at;
    }
}
