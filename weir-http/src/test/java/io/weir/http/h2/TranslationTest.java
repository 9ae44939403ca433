package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.weir.http.codec.FieldCases;
import io.weir.http.codec.FieldCases.Case;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.Http1Writer;
import io.weir.http.codec.HttpHead;
import io.weir.http.h2.Http2Heads.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the written list: its verdict, and the HTTP/1.1 that goes on, which HTTP/1.1's reader takes. */
class TranslationTest {
    private final HttpHead head = new HttpHead();

    static List<Case> cases() {
        return FieldCases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aMessageIsJudgedAsWritten(Case written) {
        var heads = new Http2Heads(HeadLimits.DEFAULT);
        heads.extendedConnect(written.kind().equals("extended"));
        var verdict = read(heads, written);
        assertThat(verdict == Verdict.COMPLETE ? "pass" : heads.status() + " " + heads.details())
                .isEqualTo(written.verdict());
        assertThat(verdict).isIn(Verdict.COMPLETE, Verdict.MALFORMED);
        var http1 = written.http1();
        if (http1 != null) {
            assertThat(http1(written)).isEqualTo(http1);
            if (!written.kind().equals("trailers")) {
                isTaken(http1, written);
            }
        }
    }

    private Verdict read(Http2Heads heads, Case written) {
        var block = Blocks.of(written.fields());
        return switch (written.kind()) {
            case "request", "extended" -> heads.readRequest(block, written.endStream(), head);
            case "response" -> heads.readResponse(block, written.endStream(), false, false, head);
            case "response-to-head" -> heads.readResponse(block, written.endStream(), true, false, head);
            case "response-to-connect" -> heads.readResponse(block, written.endStream(), false, true, head);
            case "trailers" -> heads.readTrailers(block, head);
            default -> throw new IllegalArgumentException(written.kind());
        };
    }

    private String http1(Case written) {
        var out = Unpooled.buffer();
        switch (written.kind()) {
            case "request", "extended" -> Http1Writer.request(head, out);
            case "trailers" -> head.writeLines(out);
            default -> Http1Writer.response(head, out);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static void isTaken(String http1, Case written) {
        var in = Unpooled.copiedBuffer(http1, StandardCharsets.ISO_8859_1);
        var again = new HttpHead();
        var result = written.kind().equals("request")
                ? Http1HeadReader.requests(HeadLimits.DEFAULT).read(in, again)
                : Http1HeadReader.responses(HeadLimits.DEFAULT).read(in, again,
                        written.kind().equals("response-to-head"), written.kind().equals("response-to-connect"));
        assertThat(result).isEqualTo(Http1HeadReader.Result.COMPLETE);
        assertThat(in.isReadable()).isFalse();
    }
}
