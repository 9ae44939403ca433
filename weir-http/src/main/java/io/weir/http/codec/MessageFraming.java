package io.weir.http.codec;

import io.weir.http.codec.HttpHead.Framing;
import org.jspecify.annotations.Nullable;

/**
 * Finds how a body is delimited, whether the connection lives on, and what is expected, once a head's lines are there
 * (RFC 9112 sections 6 and 9.3, RFC 9110 sections 7.6.1, 8.6 and 10.1.1). Stateless.
 */
final class MessageFraming {
    /** Beyond this a Connection field serves nobody but those who look for slow paths. */
    private static final int CONNECTION_OPTIONS_MAX = 32;
    /** Of 2^63-1; more leading zeros than fit are refused too. */
    private static final int LENGTH_DIGITS_MAX = 19;

    private MessageFraming() {}

    static @Nullable Reject request(HttpHead head) {
        var wrong = framing(head, Framing.NONE);
        if (wrong == null && head.framing() != Framing.NONE && head.methodIs("CONNECT")) {
            // RFC 9110 section 9.3.6: it has no content, and who takes some for it would take the tunnel's bytes
            wrong = head.framing() == Framing.LENGTH
                    ? Reject.CONTENT_LENGTH_NOT_ALLOWED
                    : Reject.TRANSFER_ENCODING_NOT_ALLOWED;
        }
        if (wrong == null) {
            wrong = connection(head);
        }
        return wrong != null ? wrong : expectation(head);
    }

    static @Nullable Reject response(HttpHead head, boolean toHead, boolean toConnect) {
        int status = head.status();
        if (toConnect && status / 100 == 2) {
            // RFC 9112 section 6.3: a client must ignore both here, a tunnel begins
            head.remove(HeaderName.CONTENT_LENGTH);
            head.remove(HeaderName.TRANSFER_ENCODING);
        }
        var wrong = framing(head, Framing.UNTIL_CLOSE);
        if (wrong == null) {
            wrong = connection(head);
        }
        if (wrong != null) {
            return wrong;
        }
        if (status < 200 || status == 204) {
            // A recipient that does not know the rule would take what follows for a body.
            if (head.framing() == Framing.CHUNKED) {
                return Reject.TRANSFER_ENCODING_NOT_ALLOWED;
            }
            if (head.contentLength() > 0) {
                return Reject.CONTENT_LENGTH_NOT_ALLOWED;
            }
        }
        if (toHead || status < 200 || status == 204 || status == 304 || (toConnect && status / 100 == 2)) {
            head.framing(Framing.NONE, -1);
        }
        if (head.framing() == Framing.UNTIL_CLOSE) {
            head.persistent(false);
        }
        return null;
    }

    private static @Nullable Reject framing(HttpHead head, Framing without) {
        int coding = head.find(HeaderName.TRANSFER_ENCODING);
        int length = head.find(HeaderName.CONTENT_LENGTH);
        if (coding >= 0) {
            return length >= 0 ? Reject.CONTENT_LENGTH_AND_CHUNKED : coding(head, coding);
        }
        if (length < 0) {
            head.framing(without, -1);
            return null;
        }
        if (head.find(HeaderName.CONTENT_LENGTH, length + 1) >= 0) {
            return Reject.CONTENT_LENGTH_REPEATED;
        }
        long bytes = decimal(head.bytes, head.valueStart(length), head.valueEnd(length));
        if (bytes < 0) {
            return Reject.CONTENT_LENGTH;
        }
        head.framing(Framing.LENGTH, bytes);
        return null;
    }

    private static @Nullable Reject coding(HttpHead head, int line) {
        if (head.minorVersion() == 0) {
            return Reject.TRANSFER_ENCODING_NOT_ALLOWED;
        }
        byte[] bytes = head.bytes;
        int from = head.valueStart(line);
        int to = head.valueEnd(line);
        if (head.find(HeaderName.TRANSFER_ENCODING, line + 1) >= 0) {
            return Reject.TRANSFER_ENCODING;
        }
        if (Grammar.equalsIgnoreCase(bytes, from, to, "chunked")) {
            head.framing(Framing.CHUNKED, -1);
            return null;
        }
        // Not for us; the rest tells a coding that is not known from one that delimits nothing.
        int count = 0;
        int chunked = 0;
        boolean last = false;
        for (int i = TokenList.next(bytes, from, to); i < to; i = TokenList.next(bytes, i, to)) {
            int end = TokenList.end(bytes, i, to);
            if (end < 0) {
                return Reject.TRANSFER_ENCODING;
            }
            last = Grammar.equalsIgnoreCase(bytes, i, end, "chunked");
            chunked += last ? 1 : 0;
            count++;
            i = end;
        }
        return last && chunked == 1 && count > 1
                ? Reject.TRANSFER_CODING_UNSUPPORTED
                : Reject.TRANSFER_ENCODING;
    }

    /** The number of {@code [from, to)}, or -1 when it is none, or more than a long holds. */
    static long decimal(byte[] bytes, int from, int to) {
        if (from == to || to - from > LENGTH_DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!Grammar.digit(bytes[i])) {
                return -1;
            }
            value = value * 10 + (bytes[i] - '0'); // 19 digits overflow at most once, into the sign
        }
        return value < 0 ? -1 : value;
    }

    private static @Nullable Reject connection(HttpHead head) {
        boolean close = false;
        boolean keepAlive = false;
        int options = 0;
        byte[] bytes = head.bytes;
        for (int line = head.find(HeaderName.CONNECTION); line >= 0; line = head.find(HeaderName.CONNECTION,
                line + 1)) {
            int to = head.valueEnd(line);
            for (int i = TokenList.next(bytes, head.valueStart(line), to); i < to; i = TokenList.next(bytes, i, to)) {
                int end = TokenList.end(bytes, i, to);
                if (end < 0 || ++options > CONNECTION_OPTIONS_MAX) {
                    return Reject.CONNECTION;
                }
                if (Grammar.equalsIgnoreCase(bytes, i, end, "close")) {
                    close = true;
                } else if (Grammar.equalsIgnoreCase(bytes, i, end, "keep-alive")) {
                    keepAlive = true;
                } else if (HeaderName.endToEnd(HeaderName.idOf(bytes, i, end))) {
                    return Reject.CONNECTION_NOMINATES;
                }
                i = end;
            }
        }
        head.persistent(!close && (keepAlive || head.minorVersion() == 1));
        return null;
    }

    /** Sets what is expected, or says why not. */
    static @Nullable Reject expectation(HttpHead head) {
        int line = head.find(HeaderName.EXPECT);
        if (line < 0) {
            return null;
        }
        if (head.find(HeaderName.EXPECT, line + 1) >= 0 || !Grammar.equalsIgnoreCase(head.bytes, head.valueStart(line),
                head.valueEnd(line), "100-continue")) {
            return Reject.EXPECTATION;
        }
        if (head.minorVersion() == 0) {
            head.remove(line); // RFC 9110 section 10.1.1: ignored in HTTP/1.0, so the next must not see it either
        } else {
            head.expectContinue(true);
        }
        return null;
    }
}
