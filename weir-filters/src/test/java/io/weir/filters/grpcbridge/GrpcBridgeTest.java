package io.weir.filters.grpcbridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.grpc.CallFixture;
import io.weir.filters.grpc.StockService;
import io.weir.testkit.RawHttp;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of a client of HTTP/1.1 before grpc-java's server. */
@Timeout(60)
class GrpcBridgeTest {
    private static final String TYPE = "envoy.extensions.filters.http.grpc_http1_bridge.v3.Config";

    private static CallFixture bridging(String fields) {
        return CallFixture.with(CallFixture.filter(TYPE, fields), StockService.definition());
    }

    private static HttpResponse<byte[]> call(CallFixture fixture, String path, String type, BodyPublisher body)
            throws Exception {
        return fixture.send(fixture.request(path).header("content-type", type).POST(body));
    }

    private static HttpResponse<byte[]> grpc(CallFixture fixture, String method, byte[] body) throws Exception {
        return call(fixture, "/shop.Stock/" + method, "application/grpc", BodyPublishers.ofByteArray(body));
    }

    private static BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    @Test
    void theAnswersStatusStandsInItsHeadAndItsLengthToo() throws Exception {
        try (var fixture = bridging("")) {
            byte[] message = StockService.framed("hello");
            var answer = grpc(fixture, "Echo", message);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("grpc-status")).contains("0");
            assertThat(answer.headers().firstValue("content-length")).contains(String.valueOf(message.length));
            assertThat(answer.body()).isEqualTo(message);
        }
    }

    @Test
    void aCallThatFailedIsAnsweredWith503() throws Exception {
        try (var fixture = bridging("")) {
            var late = grpc(fixture, "FailLate", StockService.framed("x"));
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.headers().firstValue("grpc-status")).contains("10");
            assertThat(late.headers().firstValue("grpc-message")).contains("late");
            assertThat(late.body()).isEqualTo(StockService.framed("x"));
            var early = grpc(fixture, "Fail", StockService.framed("x"));
            assertThat(early.statusCode()).isEqualTo(503);
            assertThat(early.headers().firstValue("grpc-status")).contains("5");
            assertThat(early.headers().firstValue("grpc-message")).contains("no such %C3%A4pple");
        }
    }

    @Test
    void bareMessagesGetTheirPrefixAndLoseIt() throws Exception {
        try (var fixture = bridging("upgrade_protobuf_to_grpc: true\n")) {
            byte[] message = {1, 2, 3, 4};
            for (var body : new BodyPublisher[]{BodyPublishers.ofByteArray(message), chunked(message)}) {
                var answer = call(fixture, "/shop.Stock/Echo", "application/x-protobuf", body);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("content-type")).contains("application/x-protobuf");
                assertThat(answer.headers().firstValue("content-length")).contains("4");
                assertThat(answer.body()).isEqualTo(message);
            }
            var empty = call(fixture, "/shop.Stock/Echo", "application/x-protobuf", BodyPublishers.noBody());
            assertThat(empty.statusCode()).isEqualTo(200);
            assertThat(empty.body()).isEmpty();
        }
    }

    @Test
    void aMessageOfManyPiecesIsOneMessage() throws Exception {
        try (var fixture = bridging("upgrade_protobuf_to_grpc: true\n")) {
            byte[] message = new byte[900_000];
            java.util.Arrays.fill(message, (byte) 7);
            for (var body : new BodyPublisher[]{BodyPublishers.ofByteArray(message), chunked(message)}) {
                var answer = call(fixture, "/shop.Stock/Echo", "application/x-protobuf", body);
                assertThat(answer.body()).isEqualTo(message);
            }
        }
    }

    @Test
    void moreThanCanBeHeldIsRefused() throws Exception {
        try (var fixture = bridging("upgrade_protobuf_to_grpc: true\n")) {
            byte[] message = new byte[GrpcBridgeStep.HELD_BYTES_MAX + 1];
            var request = call(fixture, "/shop.Stock/Echo", "application/x-protobuf", chunked(message));
            assertThat(request.statusCode()).isEqualTo(413);
            var answer = grpc(fixture, "Echo", StockService.framed(0, message));
            assertThat(answer.headers().firstValue("grpc-status")).as("an answer of Weir's own").contains("2");
        }
    }

    @Test
    void aQueryIsNotSentWhereItIsIgnored() throws Exception {
        try (var with = bridging("ignore_query_parameters: true\n"); var without = bridging("")) {
            var body = BodyPublishers.ofByteArray(StockService.framed("hello"));
            assertThat(call(with, "/shop.Stock/Echo?a=b", "application/grpc", body).headers().firstValue("grpc-status"))
                    .contains("0");
            assertThat(call(without, "/shop.Stock/Echo?a=b", "application/grpc", body).headers()
                    .firstValue("grpc-status")).contains("12");
        }
    }

    @Test
    void whoeverAsksAgainOnTheSameConnectionIsAnsweredAnew() throws Exception {
        try (var fixture = bridging("upgrade_protobuf_to_grpc: true\n");
                var client = RawHttp.connect(fixture.proxy.port)) {
            for (int i = 0; i < 3; i++) {
                var answer = client.send("POST /shop.Stock/Echo HTTP/1.1\r\nHost: a\r\n"
                        + "Content-Type: application/x-protobuf\r\nContent-Length: 2\r\n\r\nab").response();
                assertThat(answer.body()).isEqualTo("ab");
                var failed = client.send("POST /shop.Stock/Fail HTTP/1.1\r\nHost: a\r\n"
                        + "Content-Type: application/grpc\r\nContent-Length: 7\r\n\r\n\0\0\0\0\2ab").response();
                assertThat(failed.status()).isEqualTo(503);
            }
        }
    }
}
