package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HttpHead.Framing;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.ParameterizedTest;

class Http1BodyReaderTest {
    private final Http1BodyReader reader = new Http1BodyReader(HeadLimits.DEFAULT);

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aBodyIsPassedAsSlicesOfWhatArrived() {
        reader.start(Framing.LENGTH, 5);
        var in = bytes("helloGET");
        var run = Objects.requireNonNull(reader.read(in));
        assertThat(run.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
        assertThat(in.refCnt()).isEqualTo(2);
        assertThat(reader.read(in)).isNull();
        assertThat(reader.done()).isTrue();
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("GET");
        run.release();
        assertThat(in.refCnt()).isEqualTo(1);
    }

    @Test
    void noBodyAndAnEmptyOneAreDoneAtOnce() {
        reader.start(Framing.NONE, -1);
        assertThat(reader.done()).isTrue();
        reader.start(Framing.LENGTH, 0);
        assertThat(reader.done()).isTrue();
        assertThat(reader.read(bytes("x"))).isNull();
    }

    @Test
    void closingCompletesOnlyABodyUntilClose() {
        reader.start(Framing.UNTIL_CLOSE, -1);
        assertThat(reader.next(bytes("abc"))).isEqualTo(3);
        reader.taken(3);
        assertThat(reader.done()).isFalse();
        reader.closed();
        assertThat(reader.done()).isTrue();
        reader.start(Framing.LENGTH, 5);
        reader.closed();
        assertThat(reader.done()).isFalse();
        reader.start(Framing.CHUNKED, -1);
        reader.closed();
        assertThat(reader.done()).isFalse();
    }

    @Test
    void someOfARunCanBeTakenAndTheRestLater() {
        reader.start(Framing.CHUNKED, -1);
        var in = bytes("5\r\nhello\r\n0\r\n\r\n");
        assertThat(reader.next(in)).isEqualTo(5);
        in.skipBytes(2);
        reader.taken(2);
        assertThat(reader.next(in)).isEqualTo(3);
        in.skipBytes(3);
        reader.taken(3);
        assertThat(reader.next(in)).isZero();
        assertThat(reader.done()).isTrue();
        assertThat(reader.trailers()).isNull();
    }

    @Test
    void moreThanWasFoundCannotBeTaken() {
        reader.start(Framing.LENGTH, 5);
        assertThatThrownBy(() -> reader.taken(6)).isInstanceOf(IllegalArgumentException.class);
        reader.start(Framing.NONE, -1);
        assertThatThrownBy(() -> reader.taken(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void trailersAreThereOnceTheBodyIsDoneAndGoneWithTheNext() {
        reader.start(Framing.CHUNKED, -1);
        assertThat(reader.read(bytes("0\r\nX-Sum: 1\r\n"))).isNull();
        assertThat(reader.trailers()).isNull();
        assertThat(reader.read(bytes("\r\n"))).isNull();
        var trailers = Objects.requireNonNull(reader.trailers());
        assertThat(trailers.value(HeaderName.of("x-sum"))).isEqualTo("1");
        reader.start(Framing.CHUNKED, -1);
        assertThat(reader.read(bytes("0\r\n\r\n"))).isNull();
        assertThat(reader.done()).isTrue();
        assertThat(reader.trailers()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3", "transfer-encoding: chunked", "Host: b", "Date: x", "SERVER: x",
            "Location: /", "Set-Cookie: a=b", "Via: 1.1 x", "X-Request-Id: 1", "Trailer: x", "Connection: close",
            "Content-Type: x", "Authorization: x", "Expires: 0", "Vary: *", "If-None-Match: x", "Age: 1", "Pragma: x",
            "WWW-Authenticate: Basic", "Retry-After: 1", "Max-Forwards: 1", "Warning: x"})
    void aTrailerThatHasNoPlaceThereIsDroppedAndTheOthersStay(String line) {
        reader.start(Framing.CHUNKED, -1);
        assertThat(reader.read(bytes("0\r\nX-Sum: 1\r\n" + line + "\r\nserver-timing: a\r\n\r\n"))).isNull();
        assertThat(reader.done()).isTrue();
        var written = Unpooled.buffer();
        Http1Writer.lastChunk(written, reader.trailers());
        assertThat(written.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo("0\r\nX-Sum: 1\r\nserver-timing: a\r\n\r\n");
        reader.start(Framing.CHUNKED, -1);
        assertThat(reader.read(bytes("0\r\n" + line + "\r\n\r\n"))).isNull();
        assertThat(reader.done()).isTrue();
        assertThat(reader.trailers()).isNull();
    }

    @Test
    void aRefusalIsForgottenWithTheNextBody() {
        reader.start(Framing.CHUNKED, -1);
        assertThat(reader.read(bytes("x"))).isNull();
        assertThat(reader.failed()).isTrue();
        assertThat(reader.reject()).isEqualTo(Reject.CHUNK_SIZE);
        reader.start(Framing.CHUNKED, -1);
        assertThat(reader.failed()).isFalse();
        assertThatThrownBy(reader::reject).isInstanceOf(IllegalStateException.class);
    }
}
