package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.Http1Writer;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.h2.Http2Heads.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What was taken from HTTP/2 is one message of HTTP/1.1 that says the same, and the same again by HTTP/2, whatever
 * stood in the fields. Runs the seeds only, unless {@code JAZZER_FUZZ=1} is set; then one method at a time.
 */
class HeadsFuzzTest {
    private static final HeadLimits LIMITS = new HeadLimits(4096, 10);
    private static final int FIELDS_MAX = 14;
    private static final String[] NAMES = {":method: ", ":scheme: ", ":authority: ", ":path: ", ":status: ",
            ":protocol: ", "host: ", "cookie: ", "content-length: ", "te: ", "expect: ", "transfer-encoding: ", "x: "};
    private static final String[] VALUES = {"GET", "CONNECT", "OPTIONS", "http", "https", "a.example", "a.example:443",
            "/", "*", "200", "103", "304", "0", "5", "trailers", "100-continue"};

    @FuzzTest(maxDuration = "4m")
    void requests(FuzzedDataProvider data) {
        var heads = new Http2Heads(LIMITS);
        boolean end = data.consumeBoolean();
        heads.extendedConnect(data.consumeBoolean());
        var head = new HttpHead();
        if (heads.readRequest(block(data), end, head) != Verdict.COMPLETE) {
            return;
        }
        var copy = Unpooled.buffer();
        new Http2Heads(LIMITS).writeRequest(head, "http", copy);
        var second = new Http2Heads(LIMITS);
        second.extendedConnect(true);
        var again = new HttpHead();
        assertThat(second.readRequest(copy, end, again)).isEqualTo(Verdict.COMPLETE);
        assertThat(said(again)).isEqualTo(said(head));
        if (head.protocol().isEmpty()) {
            var out = Unpooled.buffer();
            Http1Writer.request(head, out);
            var read = new HttpHead();
            assertThat(Http1HeadReader.requests(HeadLimits.DEFAULT).read(out, read))
                    .isEqualTo(Http1HeadReader.Result.COMPLETE);
            assertThat(out.isReadable()).isFalse();
            assertThat(said(read)).isEqualTo(said(head));
            assertThat(fields(read)).isEqualTo(fields(head));
        }
    }

    @FuzzTest(maxDuration = "3m")
    void responses(FuzzedDataProvider data) {
        var heads = new Http2Heads(LIMITS);
        boolean end = data.consumeBoolean();
        boolean toHead = data.consumeBoolean();
        boolean toConnect = data.consumeBoolean();
        var head = new HttpHead();
        if (heads.readResponse(block(data), end, toHead, toConnect, head) != Verdict.COMPLETE) {
            return;
        }
        var copy = Unpooled.buffer();
        new Http2Heads(LIMITS).writeResponse(head, copy);
        var again = new HttpHead();
        assertThat(new Http2Heads(LIMITS).readResponse(copy, end, toHead, toConnect, again))
                .isEqualTo(Verdict.COMPLETE);
        assertThat(said(again)).isEqualTo(said(head));
        var out = Unpooled.buffer();
        Http1Writer.response(head, out);
        var read = new HttpHead();
        assertThat(Http1HeadReader.responses(HeadLimits.DEFAULT).read(out, read, toHead, toConnect))
                .isEqualTo(Http1HeadReader.Result.COMPLETE);
        assertThat(out.isReadable()).isFalse();
        assertThat(said(read)).isEqualTo(said(head));
        assertThat(fields(read)).isEqualTo(fields(head));
    }

    /** Fields made of likely parts and of any bytes; sometimes a block of any bytes. */
    private static ByteBuf block(FuzzedDataProvider data) {
        if (data.consumeInt(0, 7) == 0) {
            return Unpooled.wrappedBuffer(data.consumeRemainingAsBytes());
        }
        var fields = new ArrayList<String>();
        for (int count = data.consumeInt(0, FIELDS_MAX); count > 0; count--) {
            String name = data.consumeInt(0, 5) == 0 ? text(data, 12) + ": " : data.pickValue(NAMES);
            fields.add(name + (data.consumeBoolean() ? data.pickValue(VALUES) : text(data, 40)));
        }
        return Blocks.of(fields);
    }

    private static String text(FuzzedDataProvider data, int bytesMax) {
        return new String(data.consumeBytes(data.consumeInt(0, bytesMax)), StandardCharsets.ISO_8859_1);
    }

    private static String said(HttpHead head) {
        boolean connect = head.methodIs("CONNECT");
        return String.join(" ", head.method(), connect && head.protocol().isEmpty() ? "" : head.path(),
                head.authority(), Integer.toString(head.status()), head.framing().toString(),
                Long.toString(head.framing() == Framing.LENGTH ? head.contentLength() : -1),
                Boolean.toString(head.expectContinue()));
    }

    /** All lines but those that say the framing; host first, which a reader of CONNECT makes anew from the target. */
    private static List<String> fields(HttpHead head) {
        var fields = new ArrayList<String>();
        for (int i = 0; i < head.count(); i++) {
            if (!head.removed(i) && !head.name(i).equals("content-length")
                    && !head.name(i).equals("transfer-encoding")) {
                fields.add(head.name(i).equals("host") ? 0 : fields.size(), head.name(i) + ": " + head.value(i));
            }
        }
        return fields;
    }
}
