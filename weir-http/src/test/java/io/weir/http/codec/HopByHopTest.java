package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HopByHopTest {
    private static String stripped(String lines) {
        var head = new HttpHead();
        var in = Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n", StandardCharsets.ISO_8859_1);
        assertThat(Http1HeadReader.requests(HeadLimits.DEFAULT).read(in, head))
                .isEqualTo(Http1HeadReader.Result.COMPLETE);
        HopByHop.strip(head);
        var out = Unpooled.buffer();
        head.writeLines(out);
        return out.toString(StandardCharsets.ISO_8859_1).substring("Host: a\r\n".length());
    }

    @Test
    void fieldsThatConnectionNamesDoNotPass() {
        assertThat(stripped(
                "X-A: 1\r\nConnection: x-a, X-B\r\nx-b: 2\r\nX-C: 3\r\nconnection: X-D\r\nX-d: 4\r\nx-D: 5\r\n"))
                .isEqualTo("X-C: 3\r\n");
    }

    @Test
    void fieldsOfOneHopDoNotPass() {
        var lines = List.of("Keep-Alive: timeout=5", "Proxy-Connection: close", "Upgrade: h2c", "TE: gzip",
                "HTTP2-Settings: x", "Proxy-Authorization: y", "Proxy-Authenticate: z", "X: y", "");
        assertThat(stripped(String.join("\r\n", lines))).isEqualTo("X: y\r\n");
    }

    @Test
    void teStaysWhereTrailersAreWanted() {
        assertThat(stripped("TE: gzip;q=0.5, Trailers\r\n")).isEqualTo("te: trailers\r\nconnection: te\r\n");
        assertThat(stripped("TE: trailersx, x;trailers\r\n")).isEmpty();
    }

    @Test
    void theTrailerFieldPasses() {
        assertThat(stripped("Trailer: X-Sum\r\n")).isEqualTo("Trailer: X-Sum\r\n");
    }

    @Test
    void connectionMayNameItself() {
        assertThat(stripped("Connection: connection, close\r\nClose: x\r\nX: y\r\n")).isEqualTo("X: y\r\n");
    }
}
