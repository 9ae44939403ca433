package io.weir.filters.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.weir.filters.grpc.CallFixture;
import io.weir.filters.grpc.StockService;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.RawHttp;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of gRPC-Web, as PROTOCOL-WEB.md of the gRPC project has it, before grpc-java's server. */
@Timeout(60)
class GrpcWebTest {
    private static final String FILTER = CallFixture.filter("envoy.extensions.filters.http.grpc_web.v3.GrpcWeb", "");

    /** A body of gRPC-Web: its messages, and the trailers that end it. */
    private record Answer(List<String> messages, Map<String, String> trailers) {
        static Answer of(byte[] body) {
            List<String> messages = new ArrayList<>();
            Map<String, String> trailers = new TreeMap<>();
            var in = ByteBuffer.wrap(body);
            while (in.hasRemaining()) {
                assertThat(trailers).as("nothing behind the trailers").isEmpty();
                int flags = in.get();
                byte[] message = new byte[in.getInt()];
                in.get(message);
                String text = new String(message, StandardCharsets.UTF_8);
                if ((flags & 0x80) == 0) {
                    messages.add(text);
                } else {
                    assertThat(text).endsWith("\r\n");
                    text.lines().forEach(line -> trailers.put(line.substring(0, line.indexOf(':')),
                            line.substring(line.indexOf(':') + 1)));
                }
            }
            return new Answer(messages, trailers);
        }

        /** Texts of base64 one behind the other, each read by itself. */
        static Answer ofText(String text) {
            var bytes = new ByteArrayOutputStream();
            for (String group = text; !group.isEmpty(); group = group.substring(4)) {
                bytes.writeBytes(Base64.getDecoder().decode(group.substring(0, 4)));
            }
            return of(bytes.toByteArray());
        }
    }

    private static HttpResponse<byte[]> call(CallFixture fixture, String method, String type, byte[] body)
            throws Exception {
        return fixture.send(fixture.request("/shop.Stock/" + method).header("content-type", type)
                .header("accept", type).POST(BodyPublishers.ofByteArray(body)));
    }

    private static String type(HttpResponse<?> answer) {
        return answer.headers().firstValue("content-type").orElse("");
    }

    @Test
    void theAnswersTrailersAreTheLastMessageOfItsBody() throws Exception {
        try (var fixture = CallFixture.with(FILTER, StockService.definition())) {
            for (String type : List.of("application/grpc-web", "application/grpc-web+proto")) {
                var answer = call(fixture, "Echo", type, StockService.framed("hello"));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(type(answer)).isEqualTo("application/grpc-web+proto");
                var said = Answer.of(answer.body());
                assertThat(said.messages).containsExactly("hello");
                assertThat(said.trailers).containsExactly(entry("grpc-status", "0"));
            }
            assertThat(fixture.count("grpc-web.shop.Stock.Echo.success")).isEqualTo(2);
            assertThat(fixture.count("grpc-web.shop.Stock.Echo.total")).isEqualTo(2);
        }
    }

    @Test
    void aBridgeForOtherClientsBehindItTakesNothingFromTheTrailers() throws Exception {
        String bridge = CallFixture.filter("envoy.extensions.filters.http.grpc_http1_bridge.v3.Config", "");
        try (var fixture = CallFixture.with(FILTER + bridge, StockService.definition())) {
            var said = Answer.of(call(fixture, "Echo", "application/grpc-web", StockService.framed("hello")).body());
            assertThat(said.messages).containsExactly("hello");
            assertThat(said.trailers).containsExactly(entry("grpc-status", "0"));
        }
    }

    @Test
    void bodiesMayBeTextBothWays() throws Exception {
        try (var fixture = CallFixture.with(FILTER, StockService.definition())) {
            byte[] text = Base64.getEncoder().encode(StockService.framed("hello"));
            var answer = call(fixture, "Repeat", "application/grpc-web-text", text);
            assertThat(type(answer)).isEqualTo("application/grpc-web-text+proto");
            var said = Answer.ofText(new String(answer.body(), StandardCharsets.US_ASCII));
            assertThat(said.messages).containsExactly("hello", "hello", "hello");
            assertThat(said.trailers).containsExactly(entry("grpc-status", "0"));
        }
    }

    @Test
    void aStatusWithMessageAndTrailersComesThrough() throws Exception {
        try (var fixture = CallFixture.with(FILTER, StockService.definition())) {
            var late = Answer.of(call(fixture, "FailLate", "application/grpc-web", StockService.framed("x")).body());
            assertThat(late.trailers).containsOnly(entry("grpc-status", "10"), entry("grpc-message", "late"),
                    entry("x-note", "late"));
            var early = call(fixture, "Fail", "application/grpc-web", StockService.framed("x"));
            assertThat(early.body()).as("the head is the whole answer").isEmpty();
            assertThat(early.headers().firstValue("grpc-status")).contains("5");
            assertThat(early.headers().firstValue("grpc-message")).contains("no such %C3%A4pple");
            assertThat(type(early)).isEqualTo("application/grpc-web+proto");
            assertThat(fixture.count("grpc-web.shop.Stock.Fail.5")).isEqualTo(1);
            assertThat(fixture.count("grpc-web.shop.Stock.FailLate.failure")).isEqualTo(1);
        }
    }

    @Test
    void aTextThatIsCutAnywhereIsRead() throws Exception {
        try (var fixture = CallFixture.with(FILTER, StockService.definition());
                var client = RawHttp.connect(fixture.proxy.port)) {
            String text = Base64.getEncoder().encodeToString(StockService.framed("hello there"));
            client.send("POST /shop.Stock/Echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc-web-text\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < text.length(); i++) {
                client.send("1\r\n" + text.charAt(i) + "\r\n");
            }
            HttpMessage answer = client.send("0\r\n\r\n").response();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("hello there").contains("grpc-status:0\r\n");
        }
    }

    @Test
    void whatIsNoBase64IsToldInWordsOfGrpc() throws Exception {
        try (var fixture = CallFixture.with(FILTER, StockService.definition())) {
            for (String wrong : List.of("!!!!", "AAA")) {
                var answer = call(fixture, "Echo", "application/grpc-web-text",
                        wrong.getBytes(StandardCharsets.US_ASCII));
                assertThat(answer.headers().firstValue("grpc-status")).as(wrong).contains("13");
                assertThat(answer.headers().firstValue("grpc-message")).as(wrong).hasValueSatisfying(
                        message -> assertThat(message).contains("base64"));
            }
        }
    }

    @Test
    void otherRequestsPassAsTheyAre() throws Exception {
        try (var fixture = CallFixture.with(FILTER, StockService.definition())) {
            var answer = call(fixture, "Echo", "application/grpc-webby", StockService.framed("hello"));
            assertThat(answer.statusCode()).as("what grpc-java says to who speaks no gRPC").isEqualTo(415);
        }
    }
}
