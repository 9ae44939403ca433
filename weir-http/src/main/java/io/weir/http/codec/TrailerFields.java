package io.weir.http.codec;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which fields have no place behind a body: those that frame, route, authenticate, modify the request, control the
 * response or say how its content is to be read (RFC 9110 section 6.5.1, by the groups of RFC 7230 section 4.1.2). Who
 * merged them into the head would act on what nobody has checked, so they are taken out; the message is none the worse,
 * as a recipient may discard any trailer field (RFC 9112 section 7.1.2). Stateless.
 */
final class TrailerFields {
    /** Of those, the names that Weir does not ask for elsewhere. */
    private static final List<HeaderName> OTHERS = Stream.of("age", "expires", "if-match", "if-modified-since",
            "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma", "retry-after", "vary",
            "warning", "www-authenticate").map(HeaderName::of).toList();

    private TrailerFields() {}

    /** Takes out a line that has no place in a trailer section: any whose name a proxy acts upon, too. */
    static void strip(HttpHead trailers, int line) {
        if (trailers.known(line)) {
            trailers.remove(line);
            return;
        }
        int from = trailers.nameStart(line);
        int to = trailers.nameEnd(line);
        for (int i = 0; i < OTHERS.size(); i++) {
            if (OTHERS.get(i).matches(trailers.bytes, from, to)) {
                trailers.remove(line);
                return;
            }
        }
    }
}
