package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.SmugglingCases.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the written list, and the list itself. */
class SmugglingTest {
    private static final int SHOWN_MAX = 90;

    static List<Case> requests() {
        return SmugglingCases.requests();
    }

    static List<Case> responses() {
        return SmugglingCases.responses();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsJudgedAsWritten(Case written) {
        assertThat(judged(written, true)).isEqualTo(verdict(written));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("responses")
    void aResponseIsJudgedAsWritten(Case written) {
        assertThat(judged(written, false)).isEqualTo(verdict(written));
    }

    /** To renew the document: {@code -Dweir.smuggling.write=true}. */
    @Test
    void theDocumentListsEveryCaseWithItsSectionAndVerdict() throws IOException {
        var document = Path.of("..", "docs", "smuggling.md");
        if (Boolean.getBoolean("weir.smuggling.write")) {
            Files.createDirectories(document.getParent());
            Files.writeString(document, document());
        }
        assertThat(Files.readString(document)).isEqualTo(document());
    }

    private static String verdict(Case written) {
        return written.passes()
                ? written.complete() ? "pass" : "incomplete"
                : written.status() + " " + written.details();
    }

    private static String judged(Case written, boolean requests) {
        var in = Unpooled.wrappedBuffer(written.bytes());
        var reader = requests
                ? Http1HeadReader.requests(HeadLimits.DEFAULT)
                : Http1HeadReader.responses(HeadLimits.DEFAULT);
        var body = new Http1BodyReader(HeadLimits.DEFAULT);
        var head = new HttpHead();
        while (in.isReadable()) {
            switch (reader.read(in, head)) {
                case REJECTED -> {
                    return refused(reader.reject(), requests);
                }
                case INCOMPLETE -> {
                    return "incomplete";
                }
                case COMPLETE -> body.start(head.framing(), head.contentLength());
            }
            drain(body, in);
            if (body.failed()) {
                return refused(body.reject(), requests);
            }
            if (!body.done()) {
                return "incomplete";
            }
        }
        return "pass";
    }

    private static void drain(Http1BodyReader body, ByteBuf in) {
        for (int run = body.next(in); run > 0; run = body.next(in)) {
            in.skipBytes(run);
            body.taken(run);
        }
    }

    private static String refused(Reject reject, boolean requests) {
        return (requests ? reject.status() : 502) + " " + reject.details();
    }

    private static String document() {
        var text = new StringBuilder(SmugglingCases.introduction());
        table(text, "Requests", "aRequestIsJudgedAsWritten", requests());
        table(text, "Responses", "aResponseIsJudgedAsWritten", responses());
        text.append("## HTTP/2: `TranslationTest.aMessageIsJudgedAsWritten`\n\n");
        text.append("| case | RFC | verdict | fields |\n|---|---|---|---|\n");
        for (var written : FieldCases.all()) {
            String fields = String.join(", ", written.fields()) + (written.endStream() ? "" : ", content");
            text.append("| ").append(written.name()).append(" | ").append(written.rfc()).append(" | ")
                    .append(written.verdict()).append(" | `").append(shortened(fields)).append("` |\n");
        }
        text.append('\n');
        return text.toString();
    }

    private static void table(StringBuilder text, String title, String test, List<Case> cases) {
        text.append("## ").append(title).append(": `SmugglingTest.").append(test).append("`\n\n");
        text.append("| case | RFC | verdict | bytes |\n|---|---|---|---|\n");
        for (Case written : cases) {
            text.append("| ").append(written.name()).append(" | ").append(written.rfc()).append(" | ")
                    .append(verdict(written)).append(" | `").append(shortened(written.text())).append("` |\n");
        }
        text.append('\n');
    }

    /** The beginning, without the lines that most cases share. */
    private static String shortened(String bytes) {
        String own = bytes.replace("Host: a.example\r\n", "").replace("POST / HTTP/1.1\r\n", "POST... ")
                .replace("GET / HTTP/1.1\r\n", "GET... ").replace("HTTP/1.1 200 OK\r\n", "200... ")
                .replace(":method: GET, :scheme: http, :authority: a.example, :path: /, ", "GET... ")
                .replace(":method: POST, :scheme: http, :authority: a.example, :path: /, ", "POST... ");
        String shown = Differential.shown(own.substring(0, Math.min(SHOWN_MAX, own.length())));
        return shown.replace("|", "\\|").replace("`", "'") + (own.length() > SHOWN_MAX ? "..." : "");
    }
}
