package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HttpHead.Framing;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class Http1WriterTest {
    private static String written(Consumer<ByteBuf> writing) {
        var out = Unpooled.buffer();
        writing.accept(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static HttpHead request(String bytes) {
        var head = new HttpHead();
        Http1HeadReader.requests(HeadLimits.DEFAULT).read(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1),
                head);
        return head;
    }

    private static HttpHead response(int status, Framing framing, long length) {
        var head = new HttpHead();
        head.status(status);
        head.framing(framing, length);
        return head;
    }

    @Test
    void aRequestGoesOutAsItCame() {
        String bytes = "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX-A: 1\r\n\r\n";
        assertThat(written(out -> Http1Writer.request(request(bytes), out))).isEqualTo(bytes);
    }

    @Test
    void anOldRequestGoesOutAsANewOne() {
        assertThat(written(out -> Http1Writer.request(request("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), out)))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    @Test
    void anAbsoluteTargetGoesOutAsPathAndHost() {
        assertThat(written(
                out -> Http1Writer.request(request("GET http://a:80?q HTTP/1.1\r\nHost: A\r\nX: y\r\n\r\n"), out)))
                .isEqualTo("GET /?q HTTP/1.1\r\nX: y\r\nhost: a:80\r\n\r\n");
        assertThat(written(
                out -> Http1Writer.request(request("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n"), out)))
                .isEqualTo("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n");
    }

    @Test
    void connectGoesOutWithItsAuthority() {
        assertThat(written(
                out -> Http1Writer.request(request("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), out)))
                .isEqualTo("CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n");
    }

    @Test
    void aLengthWithLeadingZerosIsWrittenAnew() {
        assertThat(written(out -> Http1Writer
                .request(request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\n"), out)))
                .isEqualTo("POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 3\r\n\r\n");
        assertThat(written(out -> Http1Writer
                .request(request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 00\r\n\r\n"), out)))
                .isEqualTo("POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 0\r\n\r\n");
    }

    @Test
    void theFramingIsWhatCountsWhateverTheLinesSay() {
        var head = response(200, Framing.CHUNKED, -1);
        head.add(HeaderName.CONTENT_LENGTH, 17);
        assertThat(written(out -> Http1Writer.response(head, out)))
                .isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        head.framing(Framing.LENGTH, 5);
        head.add(HeaderName.CONTENT_LENGTH, 5);
        head.add(HeaderName.CONTENT_LENGTH, 5);
        assertThat(written(out -> Http1Writer.response(head, out)))
                .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        head.framing(Framing.UNTIL_CLOSE, -1);
        assertThat(written(out -> Http1Writer.response(head, out))).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }

    @Test
    void aLengthStaysWhereItTellsOfABodyThatIsNotSent() {
        var notModified = response(304, Framing.NONE, -1);
        notModified.add(HeaderName.CONTENT_LENGTH, 17);
        assertThat(written(out -> Http1Writer.response(notModified, out)))
                .isEqualTo("HTTP/1.1 304 Not Modified\r\ncontent-length: 17\r\n\r\n");
        var noContent = response(204, Framing.NONE, -1);
        noContent.add(HeaderName.CONTENT_LENGTH, 0);
        assertThat(written(out -> Http1Writer.response(noContent, out)))
                .isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
    }

    @Test
    void aStatusWithoutAStandardReasonHasNone() {
        assertThat(written(out -> Http1Writer.response(299, out))).isEqualTo("HTTP/1.1 299 \r\n\r\n");
        assertThat(written(out -> Http1Writer.response(100, out))).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        assertThat(Http1Writer.reason(503)).isEqualTo("Service Unavailable");
    }

    @Test
    void chunkSizesAreHexadecimal() {
        for (int size : new int[]{1, 9, 10, 15, 16, 255, 256, 4095, 4096, 65536, Integer.MAX_VALUE}) {
            assertThat(written(out -> Http1Writer.chunk(out, size))).isEqualTo(Integer.toHexString(size) + "\r\n");
        }
        assertThatThrownBy(() -> written(out -> Http1Writer.chunk(out, 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLastChunkCarriesTrailers() {
        var trailers = new HttpHead();
        trailers.add(HeaderName.of("x-sum"), "1");
        assertThat(written(out -> Http1Writer.lastChunk(out, trailers))).isEqualTo("0\r\nx-sum: 1\r\n\r\n");
        assertThat(written(out -> Http1Writer.lastChunk(out, null))).isEqualTo("0\r\n\r\n");
    }
}
