package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.hpack.HpackEncoder;
import io.weir.http.hpack.Indexing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes heads as header blocks (RFC 9113 section 8): which lines go, which do not, and how each may be compressed. The
 * head stays as it is, as it may have to be sent to another host. One per connection; belongs to its worker.
 */
final class HeadWriter {
    /** What becomes of a line. */
    private enum Treatment {
        /** Any field. */
        PLAIN,
        /** It is another with each message. */
        CHANGING,
        /** A secret; a guess at a part of it must not show in a block's size (RFC 7541 section 7.1). */
        SECRET,
        /** A secret when it is short: a long one is hardly guessed as a whole (RFC 7541 section 7.1.3). */
        COOKIE,
        /** The framing says what is written. */
        LENGTH,
        /** It is about an HTTP/1 connection, or has become a pseudo-header field (RFC 9113 section 8.2.2). */
        LEFT_OUT,
        /** Only to say that trailers are understood (RFC 9113 section 8.2.2). */
        TE
    }

    /** Shorter cookies could be guessed. nghttp2 draws the line there too. */
    private static final int COOKIE_BYTES_MIN = 20;
    /** A longer path is some object's, a shorter one without a query may be a method that is called all the time. */
    private static final int PATH_REMEMBERED_BYTES_MAX = 128;
    private static final int DIGITS_MAX = 20;
    private static final Treatment[] TREATMENTS = new Treatment[HeaderName.idsMax()];

    static {
        Arrays.fill(TREATMENTS, Treatment.PLAIN);
        treat(Treatment.CHANGING, HeaderName.DATE, HeaderName.CONTENT_RANGE, HeaderName.RANGE,
                HeaderName.X_REQUEST_ID, HeaderName.PROXY_AUTHENTICATE);
        treat(Treatment.SECRET, HeaderName.AUTHORIZATION, HeaderName.PROXY_AUTHORIZATION, HeaderName.SET_COOKIE);
        treat(Treatment.COOKIE, HeaderName.COOKIE);
        treat(Treatment.LENGTH, HeaderName.CONTENT_LENGTH);
        treat(Treatment.TE, HeaderName.TE);
        treat(Treatment.LEFT_OUT, HeaderName.HOST, HeaderName.CONNECTION, HeaderName.KEEP_ALIVE,
                HeaderName.PROXY_CONNECTION, HeaderName.UPGRADE, HeaderName.HTTP2_SETTINGS,
                HeaderName.TRANSFER_ENCODING);
    }

    /** Numbers of names for the encoder: behind those of known names. */
    private static final int METHOD_NUMBER = HeaderName.idsMax();
    private static final int SCHEME_NUMBER = METHOD_NUMBER + 1;
    private static final int AUTHORITY_NUMBER = METHOD_NUMBER + 2;
    private static final int PATH_NUMBER = METHOD_NUMBER + 3;
    private static final int PROTOCOL_NUMBER = METHOD_NUMBER + 4;
    private static final int STATUS_NUMBER = METHOD_NUMBER + 5;
    private static final byte[] METHOD = name(":method");
    private static final byte[] SCHEME = name(":scheme");
    private static final byte[] AUTHORITY = name(":authority");
    private static final byte[] PATH = name(":path");
    private static final byte[] PROTOCOL = name(":protocol");
    private static final byte[] STATUS = name(":status");
    private static final byte[] CONTENT_LENGTH = name("content-length");
    private static final byte[] HTTP = name("http");
    private static final byte[] HTTPS = name("https");

    private final HpackEncoder encoder = new HpackEncoder();
    private final byte[] digits = new byte[DIGITS_MAX];

    private static void treat(Treatment how, HeaderName... names) {
        for (var name : names) {
            TREATMENTS[name.id()] = how;
        }
    }

    private static byte[] name(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    void tableMax(int bytes) {
        encoder.tableMax(bytes);
    }

    void request(HttpHead head, String scheme, ByteBuf out) {
        encoder.begin();
        byte[] bytes = head.bytes();
        field(METHOD_NUMBER, METHOD, bytes, head.methodStart(), head.methodEnd(), Indexing.ALLOWED);
        boolean extended = head.protocolEnd() > head.protocolStart();
        boolean target = extended || !head.methodIs("CONNECT");
        if (target) {
            boolean secure = head.hasScheme()
                    ? head.schemeEnd() - head.schemeStart() == HTTPS.length
                    : scheme.equals("https");
            byte[] value = secure ? HTTPS : HTTP;
            field(SCHEME_NUMBER, SCHEME, value, 0, value.length, Indexing.ALLOWED);
        }
        if (head.authorityEnd() > head.authorityStart()) {
            field(AUTHORITY_NUMBER, AUTHORITY, bytes, head.authorityStart(), head.authorityEnd(), Indexing.ALLOWED);
        }
        if (target) {
            boolean stable = head.queryStart() == head.pathEnd()
                    && head.pathEnd() - head.pathStart() <= PATH_REMEMBERED_BYTES_MAX;
            field(PATH_NUMBER, PATH, bytes, head.pathStart(), head.pathEnd(),
                    stable ? Indexing.ALLOWED : Indexing.POINTLESS);
        }
        if (extended) {
            field(PROTOCOL_NUMBER, PROTOCOL, bytes, head.protocolStart(), head.protocolEnd(), Indexing.ALLOWED);
        }
        length(head);
        lines(head, false, true);
        encoder.end(out);
    }

    void response(HttpHead head, ByteBuf out) {
        encoder.begin();
        int status = head.status();
        int from = decimal(status);
        field(STATUS_NUMBER, STATUS, digits, from, DIGITS_MAX, Indexing.ALLOWED);
        length(head);
        // Without a body it tells of what a GET would have brought, or a 200 instead of the 304.
        lines(head, head.framing() == Framing.NONE && status >= 200 && status != 204, false);
        encoder.end(out);
    }

    void trailers(HttpHead trailers, ByteBuf out) {
        encoder.begin();
        lines(trailers, false, false);
        encoder.end(out);
    }

    private void field(int number, byte[] name, byte[] bytes, int from, int to, Indexing indexing) {
        encoder.field(number, name, 0, name.length, bytes, from, to - from, indexing);
    }

    /** The length that the framing says. END_STREAM says 0 as well, so that it is written only where it stood. */
    private void length(HttpHead head) {
        long length = head.contentLength();
        if (head.framing() == Framing.LENGTH && (length > 0 || head.has(HeaderName.CONTENT_LENGTH))) {
            field(HeaderName.CONTENT_LENGTH.id(), CONTENT_LENGTH, digits, decimal(length), DIGITS_MAX,
                    Indexing.POINTLESS);
        }
    }

    /** Writes a number to the end of the digits, and says where it begins. */
    private int decimal(long number) {
        int at = DIGITS_MAX;
        long rest = number;
        do {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        return at;
    }

    private void lines(HttpHead head, boolean lengthToo, boolean request) {
        for (int i = 0; i < head.count(); i++) {
            int id = head.nameId(i);
            if (id < 0) {
                continue;
            }
            switch (TREATMENTS[id]) {
                case PLAIN -> line(head, i, Indexing.ALLOWED);
                case CHANGING -> line(head, i, Indexing.POINTLESS);
                case SECRET -> line(head, i, Indexing.FORBIDDEN);
                case COOKIE -> line(head, i, head.valueEnd(i) - head.valueStart(i) < COOKIE_BYTES_MIN
                        ? Indexing.FORBIDDEN
                        : Indexing.ALLOWED);
                case LENGTH -> {
                    if (lengthToo) {
                        line(head, i, Indexing.POINTLESS);
                    }
                }
                case TE -> {
                    if (request && head.equal(head.valueStart(i), head.valueEnd(i), "trailers")) {
                        line(head, i, Indexing.ALLOWED);
                    }
                }
                case LEFT_OUT -> {
                    // not in HTTP/2
                }
            }
        }
    }

    private void line(HttpHead head, int i, Indexing indexing) {
        byte[] bytes = head.bytes();
        int name = head.nameStart(i);
        int value = head.valueStart(i);
        encoder.field(head.nameId(i), bytes, name, head.nameEnd(i) - name, bytes, value, head.valueEnd(i) - value,
                head.sensitive(i) ? Indexing.FORBIDDEN : indexing);
    }
}
