package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.AccessLogSpec.Comparison;
import io.weir.core.model.AccessLogSpec.Filter;
import io.weir.core.model.AccessLogSpec.Format;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.reply.BodyForm;
import io.weir.http.reply.LocalReplies;
import io.weir.http.reply.LocalReplies.Mapper;
import io.weir.http.route.Direct;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.RouteAction;
import io.weir.http.route.RouteTable;
import io.weir.observe.log.AccessLogFormat;
import io.weir.observe.log.RecordFilter;
import io.weir.testkit.Origin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers of Weir's own in the form that the configuration gives them, over real sockets. */
@Timeout(60)
final class LocalReplyTest {
    private static final String GET = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";

    private static BodyForm form(String text) {
        return switch (AccessLogFormat.compileBody(new Format.Text(text, false))) {
            case AccessLogFormat.Compiled.Ready(AccessLogFormat format) -> new BodyForm(format, "text/html");
            case AccessLogFormat.Compiled.Invalid invalid -> throw new AssertionError(invalid.message());
        };
    }

    private static HttpManagerSpec spec(RouteAction action) {
        var gone = new Mapper(RecordFilter.of(new Filter.Status(Comparison.EQ, 410)), 404,
                "gone".getBytes(StandardCharsets.UTF_8), null, HeaderEdits.NONE);
        return HttpManagerSpec.of("test", RouteTable.of(action)).withLocalReplies(new LocalReplies(List.of(gone),
                form("<p>%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %REQ(:PATH)% %LOCAL_REPLY_BODY%</p>")));
    }

    @Test
    void anAnswerOfWeirsOwnTakesTheFormAndTheStatusOfItsMapper() throws Exception {
        try (var proxy = ProxyFixture.with(cluster -> cluster, spec(new Direct(410, new byte[0])));
                var client = proxy.client()) {
            var answer = client.send(GET).response();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("content-type")).contains("text/html");
            assertThat(answer.body()).isEqualTo("<p>404 direct_response /p gone</p>");
            assertThat(proxy.logged().status()).isEqualTo(404);
        }
    }

    @Test
    void anAnswerOfAHostIsLeftAlone() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\nleft");
                var proxy = ProxyFixture.with(cluster -> cluster, spec(Forward.to("origins")), origin);
                var client = proxy.client()) {
            var answer = client.send(GET).response();
            assertThat(answer.status()).isEqualTo(410);
            assertThat(answer.header("content-type")).isEmpty();
            assertThat(answer.body()).isEqualTo("left");
        }
    }
}
