package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HttpHead;
import io.weir.http.reply.AnsweredRecord;
import io.weir.http.reply.LocalReplies;
import io.weir.http.route.Heads;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalReplyReaderTest {
    private static final String ROUTES = """
            route_config: { virtual_hosts: { name: all, domains: "*", routes: { match: { prefix: / },
              route: { cluster: a } } } }
            """;

    private static ReadManager read(String yaml) {
        return ReadManager.withRouter(ROUTES + "local_reply_config:\n" + yaml.indent(2));
    }

    private static List<String> rewritten(String yaml, int status, String body, String... flags) {
        LocalReplies replies = read(yaml).accepted().localReplies();
        HttpHead head = Heads.response(status);
        var record = new AnsweredRecord(Heads.to("/p?q", "x-a: \"quoted\""), head, flags);
        byte[] bytes = replies.rewrite(head, body.getBytes(StandardCharsets.UTF_8), record);
        var lines = new ArrayList<>(Heads.lines(head));
        lines.addFirst(String.valueOf(head.status()));
        lines.add(new String(bytes, StandardCharsets.UTF_8));
        return lines;
    }

    @Test
    void withoutAConfigurationAnswersStayAsTheyAre() {
        assertThat(rewritten("{}", 503, "down")).containsExactly("503", "content-type: text/plain", "down");
        assertThat(rewritten("{}", 404, "")).containsExactly("404", "");
    }

    @Test
    void theFirstMapperThatAdmitsAnAnswerIsTheOnlyOne() {
        String yaml = """
                mappers:
                - filter: { status_code_filter: { comparison: { op: GE, value: { default_value: 503, runtime_key: k } } } }
                  status_code: 500
                  body: { inline_string: sorry }
                  headers_to_add: [ { header: { key: x-why, value: "%RESPONSE_FLAGS%" } } ]
                - filter: { and_filter: { filters: [ { response_flag_filter: { flags: [ NR ] } },
                    { status_code_filter: { comparison: { op: EQ, value: { default_value: 404, runtime_key: k } } } } ] } }
                  body_format_override: { text_format_source: { inline_string: "%LOCAL_REPLY_BODY%: %REQ(:path)%\\n" },
                    content_type: text/html }
                """;
        assertThat(rewritten(yaml, 503, "down", "UF")).containsExactly("500", "x-why: UF", "content-type: text/plain",
                "sorry");
        assertThat(rewritten(yaml, 404, "none", "NR")).containsExactly("404", "content-type: text/html",
                "none: /p?q\n");
        assertThat(rewritten(yaml, 404, "none")).containsExactly("404", "content-type: text/plain", "none");
    }

    @Test
    void everyBodyGetsTheFormOfAllWhereItsMapperHasNone() {
        String yaml = """
                mappers:
                - filter: { status_code_filter: { comparison: { op: EQ, value: { default_value: 401, runtime_key: k } } } }
                  status_code: 403
                  body_format_override: { text_format: "%LOCAL_REPLY_BODY%|%RESPONSE_CODE%" }
                body_format: { json_format: { status: "%RESPONSE_CODE%", message: "%LOCAL_REPLY_BODY%",
                  a: "%REQ(x-a)%", host: "%UPSTREAM_HOST%" } }
                """;
        assertThat(rewritten(yaml, 503, "say \"no\"")).containsExactly("503", "content-type: application/json",
                "{\"status\":503,\"message\":\"say \\\"no\\\"\",\"a\":\"\\\"quoted\\\"\",\"host\":null}\n");
        assertThat(rewritten(yaml, 401, "no")).as("the new status is known").containsExactly("403",
                "content-type: text/plain", "no|403");
    }

    @Test
    void valuesStandInATextAsTheyAre() {
        assertThat(rewritten("body_format: { text_format: \"%REQ(x-a)% %REQ(x-none)% %LOCAL_REPLY_BODY%\" }", 503,
                "a\nb")).containsExactly("503", "content-type: text/plain", "\"quoted\" - a\nb");
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() {
        String at = "ERROR local_reply_config";
        assertThat(read("body_format: { text_format: \"%NOPE%\" }").problems()).singleElement().asString()
                .startsWith(at + ".body_format").contains("NOPE");
        assertThat(read("""
                mappers:
                - filter: { header_filter: { header: { name: a } } }
                  headers_to_add: [ { header: { key: host, value: a } } ]
                """).problems()).hasSize(2)
                .anyMatch(problem -> problem.startsWith(at + ".mappers[0].filter.header_filter"))
                .anyMatch(problem -> problem.startsWith(at + ".mappers[0].headers_to_add[0].header.key: host"));
    }
}
