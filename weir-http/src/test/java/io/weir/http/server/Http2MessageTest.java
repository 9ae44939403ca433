package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.h2.Http2MessageCases;
import io.weir.http.h2.Rfc9113Cases;
import io.weir.http.h2.RawHttp2;
import io.weir.http.h2.Rfc9113Cases.Case;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed requests over sockets, where an invalid message ends its stream and where it ends the connection. */
@Timeout(120)
final class Http2MessageTest {
    private static Http2Fixture gentle;
    private static Http2Fixture strict;

    @BeforeAll
    static void start() {
        gentle = new Http2Fixture(Http2Fixture.options(true));
        strict = new Http2Fixture(Http2Fixture.SMALL);
    }

    @AfterAll
    static void stop() {
        gentle.close();
        strict.close();
    }

    static List<Case> cases() {
        return Http2MessageCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aMalformedRequestEndsItsStreamAndNoOther(Case one) throws Exception {
        try (var client = gentle.client()) {
            one.sends().to(client);
            assertThat(client.reaction()).isEqualTo(one.reaction());
            assertThat(client.get(3, "/").answer(3).status).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aMalformedRequestEndsTheConnectionByDefault(Case one) throws Exception {
        try (var client = strict.client()) {
            one.sends().to(client);
            assertThat(client.reaction()).isEqualTo("GOAWAY PROTOCOL_ERROR");
        }
    }

    @Test
    void aMalformedHeadThatIsCompleteIsAnsweredWith400WhereStreamsEndAlone() throws Exception {
        try (var client = gentle.client()) {
            client.get(1, "/", "X-a: b");
            assertThat(client.answer(1).status).isEqualTo(400);
        }
    }

    @Test
    void aHeadBeyondTheLimitIsAnsweredWith431AndTheConnectionGoesOn() throws Exception {
        try (var client = strict.client()) {
            byte[] large = RawHttp2.request("GET", "/", "x: " + "y".repeat(70_000));
            for (int at = 0; at < large.length; at += 16_384) {
                int end = Math.min(large.length, at + 16_384);
                client.frame(at == 0 ? RawHttp2.HEADERS : RawHttp2.CONTINUATION,
                        (at == 0 ? RawHttp2.END_STREAM : 0) | (end == large.length ? RawHttp2.END_HEADERS : 0), 1,
                        Rfc9113Cases.part(large, at, end));
            }
            assertThat(client.answer(1).status).isEqualTo(431);
            assertThat(client.get(3, "/").answer(3).status).isEqualTo(200);
        }
    }

    @Test
    void anExpectationThatNobodyKnowsIsAnsweredWith417() throws Exception {
        try (var client = strict.client()) {
            assertThat(client.get(1, "/", "expect: miracles").answer(1).status).isEqualTo(417);
            assertThat(client.get(3, "/").answer(3).status).isEqualTo(200);
        }
    }
}
