package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.codec.ReferenceHead.Complete;
import io.weir.http.codec.ReferenceHead.Field;
import io.weir.http.codec.ReferenceHead.Incomplete;
import io.weir.http.codec.ReferenceHead.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Holds the codec against the reference parsers: the same bytes, cut anywhere, have to mean the same messages to both,
 * one after another, down to the last byte; and what the writer makes of a head has to mean the same message again.
 */
final class Differential {
    /** What sends the bytes. */
    enum Side {
        REQUESTS, RESPONSES, RESPONSES_TO_HEAD, RESPONSES_TO_CONNECT
    }

    private final Side side;
    private final HeadLimits limits;

    Differential(Side side, HeadLimits limits) {
        this.side = side;
        this.limits = limits;
    }

    /** Cuts are offsets in rising order; those out of range are ignored. */
    void check(String bytes, int... cuts) {
        var expected = expected(bytes);
        var actual = actual(bytes, cuts);
        if (!actual.isEmpty() && actual.getLast().equals("refused") && expected.getLast().equals("goes on")) {
            // The codec refuses a line of the chunked coding before it is complete; then no end makes it a good one.
            assertThat(expected(bytes + "\r\n\r\n")).as(shown(bytes)).last().isEqualTo("refused");
            expected.removeLast();
            actual.removeLast();
        }
        assertThat(actual).as(() -> side + " " + shown(bytes)).isEqualTo(expected);
    }

    /** The bytes in a form that can be read, and copied into a test. */
    static String shown(String bytes) {
        var shown = new StringBuilder();
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            switch (c) {
                case '\r' -> shown.append("\\r");
                case '\n' -> shown.append("\\n");
                case '\t' -> shown.append("\\t");
                case '\\' -> shown.append("\\\\");
                default -> shown.append(c >= ' ' && c < 0x7f ? String.valueOf(c) : "\\x%02x".formatted((int) c));
            }
        }
        return shown.toString();
    }

    // ---- the reference ----

    private List<String> expected(String bytes) {
        var events = new ArrayList<String>();
        String rest = bytes;
        while (true) {
            var verdict = head(rest, limits);
            switch (verdict) {
                case Incomplete _ -> {
                    boolean idle = rest.isEmpty() || (side == Side.REQUESTS && rest.equals("\r\n"));
                    events.add(idle ? "idle" : "incomplete");
                    return events;
                }
                case Refused refused -> {
                    events.add("refused " + refused.status());
                    return events;
                }
                case Complete head -> {
                    events.add(described(head));
                    rest = rest.substring(head.bytes());
                    var body = ReferenceBody.decode(head.framing(), head.length(), rest, limits);
                    events.add("body " + body.body());
                    events.add("trailers " + body.trailers());
                    if (!body.done()) {
                        events.add(body.refused() ? "refused" : "goes on");
                        return events;
                    }
                    rest = rest.substring(body.bytes());
                }
            }
        }
    }

    private ReferenceHead.Verdict head(String bytes, HeadLimits within) {
        return side == Side.REQUESTS
                ? ReferenceHead.request(bytes, within)
                : ReferenceHead.response(bytes, within, side == Side.RESPONSES_TO_HEAD,
                        side == Side.RESPONSES_TO_CONNECT);
    }

    private static String described(Complete head) {
        return head.method() + " " + head.path() + " at " + head.authority() + " status " + head.status() + " HTTP/1."
                + head.minorVersion() + " " + head.fields() + " " + head.framing() + " " + head.length()
                + (head.persistent() ? " persistent" : "") + (head.expectContinue() ? " expects" : "");
    }

    // ---- the codec ----

    private List<String> actual(String bytes, int[] cuts) {
        var events = new ArrayList<String>();
        var reader = side == Side.REQUESTS ? Http1HeadReader.requests(limits) : Http1HeadReader.responses(limits);
        var body = new Http1BodyReader(limits);
        var head = new HttpHead();
        var text = new StringBuilder();
        boolean inBody = false;
        for (ByteBuf piece : pieces(bytes, cuts)) {
            while (true) {
                if (inBody) {
                    decode(body, piece, text);
                    if (body.failed()) {
                        events.add("body " + text);
                        events.add("trailers []");
                        events.add("refused");
                        return events;
                    }
                    if (!body.done()) {
                        assertThat(piece.readableBytes()).isZero();
                        break;
                    }
                    events.add("body " + text);
                    events.add("trailers " + fields(body.trailers() == null ? new HttpHead() : body.trailers()));
                    text.setLength(0);
                    inBody = false;
                }
                var result = side == Side.REQUESTS
                        ? reader.read(piece, head)
                        : reader.read(piece, head, side == Side.RESPONSES_TO_HEAD, side == Side.RESPONSES_TO_CONNECT);
                if (result == Http1HeadReader.Result.REJECTED) {
                    events.add("refused " + reader.reject().status());
                    return events;
                }
                if (result == Http1HeadReader.Result.INCOMPLETE) {
                    assertThat(piece.readableBytes()).isZero();
                    break;
                }
                events.add(described(head));
                body.start(head.framing(), head.contentLength());
                inBody = true;
                checkWritten(head);
            }
        }
        if (inBody) {
            events.add("body " + text);
            events.add("trailers []");
            events.add("goes on");
        } else {
            events.add(reader.started() ? "incomplete" : "idle");
        }
        return events;
    }

    private static void decode(Http1BodyReader body, ByteBuf piece, StringBuilder text) {
        for (var run = body.read(piece); run != null; run = body.read(piece)) {
            text.append(run.toString(StandardCharsets.ISO_8859_1));
            run.release();
        }
    }

    private static List<ByteBuf> pieces(String bytes, int[] cuts) {
        var pieces = new ArrayList<ByteBuf>();
        int from = 0;
        for (int cut : cuts) {
            if (cut > from && cut < bytes.length()) {
                pieces.add(Unpooled.copiedBuffer(bytes.substring(from, cut), StandardCharsets.ISO_8859_1));
                from = cut;
            }
        }
        pieces.add(Unpooled.copiedBuffer(bytes.substring(from), StandardCharsets.ISO_8859_1));
        return pieces;
    }

    private static String described(HttpHead head) {
        return head.method() + " " + head.path() + " at " + head.authority() + " status " + head.status() + " HTTP/1."
                + head.minorVersion() + " " + fields(head) + " " + head.framing() + " " + head.contentLength()
                + (head.persistent() ? " persistent" : "") + (head.expectContinue() ? " expects" : "");
    }

    static List<Field> fields(HttpHead head) {
        var fields = new ArrayList<Field>();
        for (int i = 0; i < head.count(); i++) {
            if (!head.removed(i)) {
                fields.add(new Field(head.name(i), head.value(i)));
            }
        }
        assertThat(fields).hasSize(head.size());
        return fields;
    }

    // ---- what is written ----

    /** Strips and writes the head, and reads it again with the reference. */
    private void checkWritten(HttpHead head) {
        if (side == Side.REQUESTS && head.authority().isEmpty()) {
            head.authority("a.example");
        }
        var expected = endToEnd(fields(head));
        HopByHop.strip(head);
        var out = Unpooled.buffer();
        if (side == Side.REQUESTS) {
            Http1Writer.request(head, out);
        } else {
            Http1Writer.response(head, out);
        }
        String written = out.toString(StandardCharsets.ISO_8859_1);
        var verdict = head(written, new HeadLimits(1 << 20, 1000));
        assertThat(verdict).as(() -> shown(written)).isInstanceOf(Complete.class);
        var again = (Complete) verdict;
        assertThat(again.bytes()).isEqualTo(written.length());
        assertThat(again.method()).isEqualTo(head.method());
        assertThat(again.path()).isEqualTo(head.path());
        assertThat(again.status()).isEqualTo(head.status());
        assertThat(again.framing()).isEqualTo(head.framing());
        assertThat(again.length()).isEqualTo(head.contentLength());
        assertThat(again.fields().stream().filter(f -> !framing(f)).toList()).as(() -> shown(written))
                .isEqualTo(expected);
        int framings = (int) again.fields().stream().filter(Differential::framing).count();
        boolean body = head.framing() == Framing.LENGTH || head.framing() == Framing.CHUNKED;
        assertThat(framings).as(() -> shown(written)).isBetween(body ? 1 : 0,
                body || (side != Side.REQUESTS && head.framing() == Framing.NONE) ? 1 : 0);
    }

    private static boolean framing(Field field) {
        return field.is("content-length") || field.is("transfer-encoding");
    }

    /** What may pass, by RFC 9110 section 7.6.1: the slow, obvious way. */
    private List<Field> endToEnd(List<Field> fields) {
        var dropped = new ArrayList<>(List.of("connection", "keep-alive", "proxy-connection", "upgrade", "te",
                "http2-settings", "proxy-authenticate", "proxy-authorization"));
        boolean trailers = false;
        for (Field field : fields) {
            if (field.is("connection")) {
                dropped.addAll(ReferenceHead.elements(field.value().toLowerCase(Locale.ROOT)));
            }
            trailers |= side == Side.REQUESTS && field.is("te")
                    && ReferenceHead.elements(field.value().toLowerCase(Locale.ROOT)).contains("trailers");
        }
        var kept = new ArrayList<>(fields.stream()
                .filter(f -> !framing(f) && !dropped.contains(f.name().toLowerCase(Locale.ROOT))).toList());
        if (trailers) {
            kept.add(new Field("te", "trailers"));
            kept.add(new Field("connection", "te"));
        }
        return kept;
    }
}
