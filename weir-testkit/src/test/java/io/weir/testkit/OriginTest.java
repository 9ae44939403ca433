package io.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OriginTest {
    @Test
    void anOriginAnswersEveryRequestOfAConnection() throws Exception {
        try (Origin origin = Origin.answering("hello"); RawHttp client = RawHttp.connect(origin.port())) {
            client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("hello");
            assertThat(client.response().status()).isEqualTo(200);
            origin.awaitRequests(2);
            assertThat(origin.requests()).extracting(HttpMessage::target).containsExactly("/a", "/b");
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void bodiesAreReadByLengthAndByChunks() throws Exception {
        try (Origin origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.chunk(request.body());
            wire.chunk("");
        }); RawHttp client = RawHttp.connect(origin.port())) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.response().body()).isEqualTo("abc");
            client.sendInPieces(
                    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n",
                    1);
            assertThat(client.response().body()).isEqualTo("de");
            assertThat(origin.requests().get(1).trailers()).containsExactly(new HttpMessage.Field("T", "v"));
        }
    }

    @Test
    void aKilledOriginRefusesAndARevivedOneAnswersAgain() throws Exception {
        try (Origin origin = Origin.answering("back")) {
            try (RawHttp client = RawHttp.connect(origin.port())) {
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                client.response();
                origin.kill();
                assertThat(client.closedByPeer()).isTrue();
            }
            assertThatThrownBy(() -> RawHttp.connect(origin.port())).isInstanceOf(ConnectException.class);
            origin.revive();
            try (RawHttp client = RawHttp.connect(origin.port())) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").response().body()).isEqualTo("back");
            }
        }
    }

    @Test
    void aResettingOriginIsSeenAsClosed() throws Exception {
        try (Origin origin = Origin.resetting(); RawHttp client = RawHttp.connect(origin.port())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").closedByPeer()).isTrue();
        }
    }

    @Test
    void aSilentPeerIsToldFromAClosedOne() throws Exception {
        try (Origin origin = Origin.start((request, wire) -> {
        }); RawHttp client = RawHttp.connect(origin.port())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").silentFor(Duration.ofMillis(20))).isTrue();
            origin.kill();
            assertThat(client.silentFor(Duration.ofMillis(500))).isFalse();
        }
    }
}
