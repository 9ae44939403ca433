package io.weir.filters.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.grpc.CallFixture;
import io.weir.testkit.RawHttp;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of JSON before a real server of gRPC. */
@Timeout(60)
class TranscodeTest {
    private static final String TYPE = "envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder";

    private static String filter(String fields) {
        return CallFixture.filter(TYPE, "services: [ shop.Items ]\nproto_descriptor_bin: "
                + Base64.getEncoder().encodeToString(ItemsService.set().toByteArray()) + "\n" + fields);
    }

    private static CallFixture transcoding(String fields) {
        return CallFixture.with(filter(fields), ItemsService.definition());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String get(CallFixture fixture, String path) throws Exception {
        return text(fixture.send(fixture.request(path).GET()));
    }

    private static HttpResponse<byte[]> send(CallFixture fixture, String method, String path, String body)
            throws Exception {
        return fixture.send(fixture.request(path).header("content-type", "application/json").method(method,
                BodyPublishers.ofString(body)));
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void pathAndQueryBecomeFields() throws Exception {
        try (var fixture = transcoding("")) {
            var answer = fixture.send(fixture.request("/v1/items/a%20b?item.kind=FRUIT&item.unitCount=7"
                    + "&item.unit_count=8&labels=x&labels=%C3%A4&item.place.inner.shelf=s&item.fresh=true"
                    + "&item.big=18446744073709551615&item.tag=AQI%3D&item.at=2026-01-02T03:04:05Z"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(header(answer, "content-type")).isEqualTo("application/json");
            assertThat(header(answer, "grpc-status")).isEqualTo("0");
            assertThat(header(answer, "content-length")).isEqualTo(String.valueOf(answer.body().length));
            assertThat(text(answer)).isEqualTo("{\"name\":\"a b\",\"unitCount\":7,\"tag\":\"AQI=\","
                    + "\"kind\":\"FRUIT\",\"place\":{\"inner\":{\"shelf\":\"s\"}},\"labels\":[\"x\",\"\u00e4\"],"
                    + "\"big\":\"18446744073709551615\",\"at\":\"2026-01-02T03:04:05Z\",\"fresh\":true}");
            assertThat(get(fixture, "/v1/shelves/1/items/%2f2")).isEqualTo("{\"name\":\"shelves/1/items/%2f2\"}");
            var look = fixture.send(fixture.request("/v1/items/deep").method("LOOK", BodyPublishers.noBody()));
            assertThat(text(look)).isEqualTo("{\"place\":{\"shelf\":\"deep\"}}");
        }
    }

    @Test
    void aBodyIsTheMessageOrAFieldOfIt() throws Exception {
        try (var fixture = transcoding("")) {
            assertThat(text(send(fixture, "POST", "/v1/items", "{\"name\":\"n\",\"unit_count\":3,\"nobody\":1}")))
                    .isEqualTo("{\"name\":\"n\",\"unitCount\":3}");
            assertThat(text(send(fixture, "PUT", "/v1/items/path", "{\"unitCount\":3}")))
                    .isEqualTo("{\"name\":\"path\",\"unitCount\":3}");
            assertThat(text(send(fixture, "PUT", "/v1/items/path", "{\"name\":\"body\"}"))).as("the body's stands")
                    .isEqualTo("{\"name\":\"body\"}");
            assertThat(text(send(fixture, "PATCH", "/v1/items/i?labels=q", "{\"kind\":1}")))
                    .isEqualTo("{\"name\":\"i\",\"kind\":\"FRUIT\",\"labels\":[\"q\"]}");
            assertThat(text(send(fixture, "PUT", "/v1/items/i/labels", "[\"a\",\"b\"]")))
                    .isEqualTo("{\"name\":\"i\",\"labels\":[\"a\",\"b\"]}");
            assertThat(text(send(fixture, "POST", "/v1/items", ""))).isEqualTo("{}");
            assertThat(text(fixture.send(fixture.request("/v1/items").POST(BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream("{\"name\":\"chunks\"}".getBytes(StandardCharsets.US_ASCII)))))))
                    .isEqualTo("{\"name\":\"chunks\"}");
        }
    }

    @Test
    void theAnswersBodyMayBeOneField() throws Exception {
        try (var fixture = transcoding("")) {
            assertThat(get(fixture, "/v1/items/i:labels?labels=a&labels=b")).isEqualTo("[\"a\",\"b\"]");
            assertThat(get(fixture, "/v1/items/i:labels")).isEqualTo("[]");
            assertThat(get(fixture, "/v1/items/i:place?item.place.shelf=s")).isEqualTo("{\"shelf\":\"s\"}");
            assertThat(get(fixture, "/v1/items/i:place")).isEqualTo("{}");
        }
    }

    @Test
    void anAnswerThatJsonHasNoWordForCostsItsCallAndNotTheConnectionToTheServer() throws Exception {
        try (var fixture = transcoding("")) {
            for (int i = 0; i < 2; i++) {
                var answer = fixture.send(fixture.request("/v1/items/timeless"));
                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(text(answer)).startsWith("The response cannot be transcoded.");
                assertThat(fixture.proxy.logged().details()).isEqualTo("grpc_transcode_bad_response");
            }
            assertThat(get(fixture, "/v1/items/i")).isEqualTo("{\"name\":\"i\"}");
            assertThat(fixture.count("upstream_cx_total")).isEqualTo(1);
            assertThat(fixture.count("upstream_cx_destroy")).isZero();
        }
    }

    @Test
    void whatWasSaidStandsThoughItIsTheDefault() throws Exception {
        try (var lax = transcoding("");
                var strict = transcoding(
                        "request_validation_options: { reject_binding_body_field_collisions: true }\n")) {
            assertThat(get(lax, "/v1/counts/0?item.unit_count=8&item.unitCount=9")).as("the path's").isEqualTo("{}");
            assertThat(get(lax, "/v1/counts/7?item.unit_count=8")).isEqualTo("{\"unitCount\":7}");
            assertThat(text(send(lax, "PUT", "/v1/counts/7", "{\"unitCount\":0}"))).as("the body's").isEqualTo("{}");
            assertThat(text(send(lax, "PUT", "/v1/counts/7", "{}"))).isEqualTo("{\"unitCount\":7}");
            assertThat(text(send(lax, "PUT", "/v1/counts/7", ""))).isEqualTo("{\"unitCount\":7}");
            assertThat(strict.send(strict.request("/v1/counts/0?item.unit_count=8")).statusCode()).isEqualTo(400);
            assertThat(send(strict, "PUT", "/v1/counts/7", "{\"unit_count\":0}").statusCode()).isEqualTo(400);
            assertThat(send(strict, "PUT", "/v1/counts/0", "{\"unit_count\":0}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aStreamIsAnArrayOrLinesOrEvents() throws Exception {
        try (var array = transcoding("");
                var lines = transcoding("print_options: { stream_newline_delimited: true }\n");
                var events = transcoding("print_options: { stream_sse_style_delimited: true }\n")) {
            String one = "{\"name\":\"i\",\"unitCount\":1}";
            String two = "{\"name\":\"i\",\"unitCount\":2}";
            String three = "{\"name\":\"i\",\"unitCount\":3}";
            assertThat(get(array, "/v1/items/i:watch")).isEqualTo("[" + one + "," + two + "," + three + "]");
            assertThat(get(array, "/v1/items/nothing:watch")).isIn("[]", "");
            assertThat(get(lines, "/v1/items/i:watch")).isEqualTo(one + "\n" + two + "\n" + three + "\n");
            var answer = events.send(events.request("/v1/items/i:watch"));
            assertThat(text(answer)).isEqualTo("data: " + one + "\n\ndata: " + two + "\n\ndata: " + three + "\n\n");
            assertThat(header(answer, "content-type")).isEqualTo("text/event-stream");
        }
    }

    @Test
    void anArrayIsAStreamOfMessages() throws Exception {
        try (var fixture = transcoding(""); var client = RawHttp.connect(fixture.proxy.port)) {
            assertThat(text(send(fixture, "POST", "/v1/items:import", " [ {\"name\":\"a\"} , {\"name\":\"b]\"},{} ] ")))
                    .isEqualTo("{\"name\":\"a+b]+\",\"unitCount\":3}");
            assertThat(text(send(fixture, "POST", "/v1/items:import", "[]"))).isEqualTo("{}");
            client.send("POST /v1/items:import HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (char c : "[{\"name\":\"a\"},{\"name\":\"b\"}]".toCharArray()) {
                client.send("1\r\n" + c + "\r\n");
            }
            assertThat(client.send("0\r\n\r\n").response().body()).isEqualTo("{\"name\":\"a+b\",\"unitCount\":2}");
            var wrong = send(fixture, "POST", "/v1/items:import", "[{\"name\":\"a\"},{\"name\":5x}]");
            assertThat(wrong.statusCode()).isEqualTo(400);
            assertThat(send(fixture, "POST", "/v1/items:import", "[{\"name\":\"a\"}").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void aFailureIsAStatusOfHttp() throws Exception {
        try (var fixture = transcoding(""); var converting = transcoding("convert_grpc_status: true\n")) {
            int[] http = {499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401};
            for (int code = 1; code <= http.length; code++) {
                var answer = fixture.send(fixture.request("/v1/fail/" + code));
                assertThat(answer.statusCode()).as("code " + code).isEqualTo(http[code - 1]);
                assertThat(header(answer, "grpc-status")).isEqualTo(String.valueOf(code));
                assertThat(text(answer)).isEmpty();
            }
            var told = converting.send(converting.request("/v1/fail/5"));
            assertThat(told.statusCode()).isEqualTo(404);
            assertThat(header(told, "content-type")).isEqualTo("application/json");
            assertThat(header(told, "grpc-status")).isEmpty();
            assertThat(text(told)).isEqualTo("{\"code\":5,\"message\":\"not \u00fcber here\"}");
            assertThat(get(converting, "/v1/fail/detailed")).isEqualTo("{\"code\":3,\"message\":\"in detail\"}");
            var late = converting.send(converting.request("/v1/fail/late"));
            assertThat(late.statusCode()).isEqualTo(400);
            assertThat(text(late)).as("a message came before the end").isEqualTo("{}");
        }
    }

    @Test
    void aBodyThatIsWhatItIsPassesAsItIs() throws Exception {
        try (var fixture = transcoding("")) {
            var answer = fixture.send(fixture.request("/v1/pages/a/b/c"));
            assertThat(header(answer, "content-type")).isEqualTo("text/html");
            assertThat(text(answer)).isEqualTo("<p>a/b/c</p>");
            var sent = fixture.send(fixture.request("/v1/pages/a").header("content-type", "image/x")
                    .POST(BodyPublishers.ofByteArray(new byte[]{1, 2, -3})));
            assertThat(header(sent, "content-type")).isEqualTo("image/x");
            assertThat(sent.body()).containsExactly(1, 2, -3);
        }
    }

    @Test
    void aClientThatWaitsToBeToldIsToldToSendItsBody() throws Exception {
        try (var fixture = transcoding(""); var client = RawHttp.connect(fixture.proxy.port)) {
            for (int i = 0; i < 2; i++) {
                client.send("POST /v1/items HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(100);
                assertThat(client.send("{\"name\":\"n\"}").response().body()).isEqualTo("{\"name\":\"n\"}");
            }
        }
    }

    @Test
    void whoAsksForTheHeadAloneIsNotTranscoded() throws Exception {
        try (var fixture = transcoding(""); var client = RawHttp.connect(fixture.proxy.port)) {
            client.send("HEAD /v1/items/i HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.responseTo("HEAD").status()).isEqualTo(415);
        }
    }

    @Test
    void howAnswersLookCanBeSaid() throws Exception {
        try (var fixture = transcoding("""
                print_options:
                  add_whitespace: true
                  always_print_primitive_fields: true
                  always_print_enums_as_ints: true
                  preserve_proto_field_names: true
                """)) {
            assertThat(get(fixture, "/v1/items/i?item.kind=FRUIT")).contains("\"unit_count\": 0,\n", "\"kind\": 1,\n");
        }
    }

    @Test
    void whatIsWrongWithARequestIsSaidWith400() throws Exception {
        try (var fixture = transcoding("")) {
            for (String body : List.of("{", "{\"unitCount\":\"x\"}", "{\"unitCount\":99999999999}", "[]", "5",
                    "{\"a\":".repeat(3000), "[".repeat(100_000))) {
                var answer = send(fixture, "POST", "/v1/items", body);
                assertThat(answer.statusCode()).as(body.substring(0, Math.min(50, body.length())))
                        .isEqualTo(400);
                assertThat(answer.body()).isNotEmpty();
                assertThat(header(answer, "content-type")).isEqualTo("text/plain");
            }
            assertThat(fixture.send(fixture.request("/v1/items/i?item.unit_count=x")).statusCode()).isEqualTo(400);
            assertThat(fixture.send(fixture.request("/v1/items/i?item.kind=NOBODY")).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void whatFitsNoMethodPassesOrIsRefused() throws Exception {
        try (var lax = transcoding(""); var strict = transcoding("""
                request_validation_options:
                  reject_unknown_method: true
                  reject_unknown_query_parameters: true
                  reject_binding_body_field_collisions: true
                """)) {
            assertThat(lax.send(lax.request("/v1/none")).statusCode()).as("grpc-java's word").isEqualTo(415);
            assertThat(lax.send(lax.request("/v1/items/i?nobody=1")).statusCode()).isEqualTo(415);
            assertThat(strict.send(strict.request("/v1/none")).statusCode()).isEqualTo(404);
            assertThat(strict.send(strict.request("/v1/items/i?nobody=1")).statusCode()).isEqualTo(400);
            assertThat(send(strict, "PUT", "/v1/items/path", "{\"name\":\"body\"}").statusCode()).isEqualTo(400);
            assertThat(send(strict, "PUT", "/v1/items/path", "{\"name\":\"path\"}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void queryParametersMayBeIgnored() throws Exception {
        try (var some = transcoding("ignored_query_parameters: [ key ]\nquery_param_unescape_plus: true\n");
                var all = transcoding("ignore_unknown_query_parameters: true\n")) {
            assertThat(get(some, "/v1/items/i?key=x&labels=a+b")).isEqualTo("{\"name\":\"i\",\"labels\":[\"a b\"]}");
            assertThat(get(all, "/v1/items/i?what=ever&labels=a+b")).isEqualTo("{\"name\":\"i\",\"labels\":[\"a+b\"]}");
        }
    }

    @Test
    void methodsWithoutAnnotationAreReachedByTheirOwnPath() throws Exception {
        try (var fixture = transcoding("auto_mapping: true\n")) {
            assertThat(text(send(fixture, "POST", "/shop.Items/Plain", "{\"name\":\"n\"}")))
                    .isEqualTo("{\"name\":\"n\"}");
        }
    }

    @Test
    void bodiesAreNoLongerThanAllowed() throws Exception {
        try (var fixture = transcoding("max_request_body_size: 100\nmax_response_body_size: 60\n")) {
            String name = "{\"name\":\"" + "n".repeat(80) + "\"}";
            assertThat(send(fixture, "POST", "/v1/items", name).statusCode()).as("the answer").isEqualTo(500);
            assertThat(send(fixture, "POST", "/v1/items", name + " ".repeat(20)).statusCode()).isEqualTo(413);
            assertThat(fixture.send(fixture.request("/v1/items").POST(BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream(new byte[101])))).statusCode()).isEqualTo(413);
            assertThat(send(fixture, "POST", "/v1/items:import", "[" + name + ",{}]").statusCode()).isEqualTo(500);
            assertThat(send(fixture, "POST", "/v1/items:import", "[\"" + "n".repeat(100) + "\"]").statusCode())
                    .isEqualTo(413);
            assertThat(send(fixture, "POST", "/v1/items", "{}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theRouteIsThatOfTheCallUnlessTheRequestsOwnIsKept() throws Exception {
        String anew = """
                routes:
                - { match: { prefix: /shop.Items/ }, route: { cluster: origins } }
                """;
        String kept = """
                routes:
                - { match: { prefix: /v1/ }, route: { cluster: origins } }
                """;
        try (var fixture = CallFixture.routing(filter(""), anew, ItemsService.definition());
                var own = CallFixture.routing(filter("match_incoming_request_route: true\n"), kept,
                        ItemsService.definition());
                var wrong = CallFixture.routing(filter(""), kept, ItemsService.definition())) {
            assertThat(get(fixture, "/v1/items/i")).isEqualTo("{\"name\":\"i\"}");
            assertThat(text(send(fixture, "POST", "/v1/items", "{\"name\":\"n\"}"))).isEqualTo("{\"name\":\"n\"}");
            assertThat(get(own, "/v1/items/i")).isEqualTo("{\"name\":\"i\"}");
            assertThat(wrong.send(wrong.request("/v1/items/i")).statusCode()).as("no route, in gRPC's word")
                    .isEqualTo(501);
        }
    }
}
