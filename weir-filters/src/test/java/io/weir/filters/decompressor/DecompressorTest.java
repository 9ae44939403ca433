package io.weir.filters.decompressor;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.typed;
import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Endpoint;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compressed bodies pass decompressed, and bombs do not, over real sockets. */
@Timeout(60)
final class DecompressorTest {
    private static final String DECOMPRESSOR = "envoy.extensions.filters.http.decompressor.v3.Decompressor";
    private static final String COMPRESSOR = "envoy.extensions.filters.http.compressor.v3.Compressor";

    private static String library(String side, String kind, String config) {
        return side + "_library: { name: lib, typed_config: "
                + typed("envoy.extensions.compression." + kind + "." + side
                        + ".v3." + kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1), config)
                + " }";
    }

    private static ProxyFixture before(String config, int port) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return ProxyFixture.with(cluster -> cluster.withEndpoints(List.of(Endpoint.of(address))),
                filter(DECOMPRESSOR, config).accepted());
    }

    private static byte[] gzip(byte[] body) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        }
        return out.toByteArray();
    }

    private static String post(int length) {
        return "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static long count(ProxyFixture proxy, String direction, String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("decompressor")
                .child("lib").child("gzip").child(direction).counter(name).value();
    }

    @Test
    void whatOneWeirCompressesAnotherDecompresses() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (String kind : List.of("gzip", "brotli", "zstd")) {
            var text = new StringBuilder();
            for (int i = 0; i < 200_000; i++) {
                text.append("abcdefgh \n".charAt(random.nextInt(10)));
            }
            try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                    var packs = filter(COMPRESSOR, library("compressor", kind, "")).before(origin);
                    var unpacks = before(library("decompressor", kind, ""), packs.port);
                    var client = unpacks.client()) {
                for (int i = 0; i < 3; i++) {
                    String body = text.substring(random.nextInt(100_000));
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                    var answer = client.response();
                    assertThat(answer.body().equals(body)).as(kind + ", seed " + seed).isTrue();
                    assertThat(answer.header("content-encoding")).isEmpty();
                }
                var numbers = packs.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                        .child("compressor").child("lib").child(kind);
                assertThat(numbers.counter("compressed").value()).isEqualTo(3);
            }
        }
    }

    @Test
    void requestsAreDecompressedForTheHostOtherwiseTheyPassAsTheyAre() throws Exception {
        byte[] packed = gzip("hello ".repeat(1000).getBytes(StandardCharsets.US_ASCII));
        try (var origin = Origin.answering("ok");
                var proxy = filter(DECOMPRESSOR, library("decompressor", "gzip", "")).before(origin);
                var client = proxy.client()) {
            client.send(post(packed.length));
            for (byte b : packed) {
                client.send(new byte[]{b});
            }
            assertThat(client.response().status()).isEqualTo(200);
            var request = origin.requests().getLast();
            assertThat(request.body()).isEqualTo("hello ".repeat(1000));
            assertThat(request.header("content-encoding")).isEmpty();
            assertThat(request.header("accept-encoding")).contains("gzip");
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip, br\r\nContent-Length: 2\r\n\r\nab");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(origin.requests().getLast().body()).isEqualTo("ab");
            assertThat(origin.requests().getLast().header("content-encoding")).contains("gzip, br");
            assertThat(count(proxy, "request", "decompressed")).isEqualTo(1);
            assertThat(count(proxy, "request", "not_decompressed")).isEqualTo(1);
            assertThat(count(proxy, "request", "total_uncompressed_bytes")).isEqualTo(6000);
            assertThat(count(proxy, "request", "total_compressed_bytes")).isEqualTo(packed.length);
        }
    }

    @Test
    void aPartOfWhatIsCodedStaysAsItIsAndIsNotAskedFor() throws Exception {
        for (String start : List.of("206 Partial Content\r\n", "200 OK\r\nContent-Range: bytes 0-4/90\r\n")) {
            try (var origin = Origin.sending("HTTP/1.1 " + start + "Content-Encoding: gzip\r\nETag: \"s\"\r\n"
                    + "Content-Length: 5\r\n\r\nabcde");
                    var proxy = filter(DECOMPRESSOR, library("decompressor", "gzip", "")).before(origin);
                    var client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4\r\n\r\n");
                var answer = client.response();
                assertThat(answer.body()).isEqualTo("abcde");
                assertThat(answer.header("content-encoding")).contains("gzip");
                assertThat(answer.header("etag")).contains("\"s\"");
                assertThat(origin.requests().getLast().header("accept-encoding")).isEmpty();
            }
        }
    }

    @Test
    void whatIsSaidOfTheCodedBytesGoesWithTheCoding() throws Exception {
        byte[] packed = gzip("hello".getBytes(StandardCharsets.US_ASCII));
        for (String tag : List.of("\"strong\"", "W/\"weak\"")) {
            try (var origin = Origin.start((_, wire) -> {
                wire.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nAccept-Ranges: bytes\r\nETag: " + tag
                        + "\r\nContent-Length: " + packed.length + "\r\n\r\n");
                wire.send(packed);
            });
                    var proxy = filter(DECOMPRESSOR, library("decompressor", "gzip", "")).before(origin);
                    var client = proxy.client()) {
                var answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response();
                assertThat(answer.body()).isEqualTo("hello");
                assertThat(answer.header("accept-ranges")).isEmpty();
                assertThat(answer.header("etag").orElse("")).isEqualTo(tag.startsWith("W") ? tag : "");
            }
        }
    }

    @Test
    void aBodyOfNoBytesIsWholeInEveryCoding() throws Exception {
        for (String kind : List.of("gzip", "brotli", "zstd")) {
            String coding = kind.equals("brotli") ? "br" : kind;
            try (var origin = Origin.answering("ok");
                    var proxy = filter(DECOMPRESSOR, library("decompressor", kind, "")).before(origin);
                    var client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: " + coding
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
                assertThat(client.response().status()).as(kind).isEqualTo(200);
                assertThat(origin.requests().getLast().body()).isEmpty();
            }
        }
    }

    @Test
    void severalMembersAreOneBody() throws Exception {
        var both = new ByteArrayOutputStream();
        both.write(gzip("one ".getBytes(StandardCharsets.US_ASCII)));
        both.write(gzip("two".getBytes(StandardCharsets.US_ASCII)));
        try (var origin = Origin.answering("ok");
                var proxy = filter(DECOMPRESSOR, library("decompressor", "gzip", "")).before(origin);
                var client = proxy.client()) {
            client.send(post(both.size())).send(both.toByteArray());
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(origin.requests().getLast().body()).isEqualTo("one two");
        }
    }

    @Test
    void aBodyThatIsNotWhatItSaysIsRefused() throws Exception {
        byte[] packed = gzip("hello ".repeat(1000).getBytes(StandardCharsets.US_ASCII));
        byte[] wrong = packed.clone();
        wrong[packed.length - 6] ^= 1;
        byte[] half = Arrays.copyOf(packed, packed.length - 9);
        byte[] none = new byte[20];
        for (byte[] body : List.of(wrong, half, none)) {
            try (var origin = Origin.answering("ok");
                    var proxy = filter(DECOMPRESSOR, library("decompressor", "gzip", "")).before(origin);
                    var client = proxy.client()) {
                client.send(post(body.length)).send(body);
                assertThat(client.response().status()).isEqualTo(400);
                assertThat(proxy.logged().details()).isEqualTo("decompressor_bad_request_body");
                eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
            }
        }
    }

    @Test
    void aBombIsDefusedInBothDirections() throws Exception {
        byte[] bomb = gzip(new byte[50_000_000]);
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length + "\r\n\r\n");
            wire.send(bomb);
        });
                var proxy = filter(DECOMPRESSOR, library("decompressor", "gzip", "max_inflate_ratio: 20"))
                        .before(origin);
                var client = proxy.client();
                var other = proxy.client()) {
            client.send(post(bomb.length)).send(bomb);
            assertThat(client.response().status()).isEqualTo(413);
            assertThat(proxy.logged().details()).isEqualTo("decompressor_request_ratio_exceeded");
            other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(other.untilClose().length()).isLessThan(2_000_000);
            assertThat(proxy.logged().details()).isEqualTo("decompressor_response_ratio_exceeded");
            assertThat(count(proxy, "response", "ratio_exceeded")).isEqualTo(1);
            eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
        }
    }

    @Test
    void aSlowReaderHoldsTheDecompressionBack() throws Exception {
        byte[] packed = gzip("hello ".repeat(5_000_000).getBytes(StandardCharsets.US_ASCII));
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + packed.length + "\r\n\r\n");
            wire.send(packed);
        });
                var proxy = filter(DECOMPRESSOR, library("decompressor", "gzip", "max_inflate_ratio: 1032"))
                        .before(origin);
                var client = RawHttp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port),
                        8192)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            for (int read = 1; read < 30_000_000; read += 1_000_000) { // what is made of it runs ahead only so far
                client.read(read == 1 ? 1 : 1_000_000);
                assertThat(count(proxy, "response", "total_uncompressed_bytes") - read).isLessThan(15_000_000);
            }
            eventually(() -> count(proxy, "response", "total_uncompressed_bytes") == 30_000_000);
        }
    }

    @Test
    void whatComesOfAFewBytesTakesLittleRoom() {
        assertThat(Unpacking.roomBytes(1)).isEqualTo(512);
        assertThat(Unpacking.roomBytes(1_000)).isEqualTo(8_000);
        assertThat(Unpacking.roomBytes(1_000_000)).isEqualTo(32 * 1024);
    }
}
