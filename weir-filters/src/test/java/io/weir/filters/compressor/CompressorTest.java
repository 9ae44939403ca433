package io.weir.filters.compressor;

import static io.weir.filters.FilteredProxy.entry;
import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static io.weir.filters.FilteredProxy.typed;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is compressed for whom, and that real clients get it back, over real sockets. */
@Timeout(60)
final class CompressorTest {
    static final String COMPRESSOR = "envoy.extensions.filters.http.compressor.v3.Compressor";
    private static final String PER_ROUTE = "envoy.extensions.filters.http.compressor.v3.CompressorPerRoute";
    private static final String ROUTE = "- { match: { prefix: / }, route: { cluster: origins } }";
    private static final String TEXT = "All bodies are compressed alike. ".repeat(200);

    static String library(String kind) {
        return "compressor_library: { name: lib, typed_config: "
                + typed("envoy.extensions.compression." + kind + ".compressor.v3."
                        + kind.substring(0, 1).toUpperCase(Locale.ROOT)
                        + kind.substring(1), "")
                + " }";
    }

    private static Origin plain(String fields) {
        return Origin.start((request, wire) -> wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                + "Content-Length: " + TEXT.length() + "\r\n" + fields + "\r\n" + TEXT));
    }

    private static HttpMessage ask(ProxyFixture proxy, String fields) throws IOException {
        try (var client = proxy.client()) {
            return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").response();
        }
    }

    private static String gunzip(String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static long count(ProxyFixture proxy, String lib, String name) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("compressor")
                .child("lib").child(lib).counter(name).value();
    }

    @Test
    void whoTakesGzipGetsItAndOthersTheBodyAsItIs() throws Exception {
        try (var origin = plain("ETag: \"strong\"\r\n");
                var proxy = filter(COMPRESSOR, library("gzip")).before(origin)) {
            var packed = ask(proxy, "Accept-Encoding: deflate, gzip;q=0.5\r\n");
            assertThat(packed.header("content-encoding")).contains("gzip");
            assertThat(packed.header("content-length")).isEmpty();
            assertThat(packed.header("vary")).contains("Accept-Encoding");
            assertThat(packed.header("etag")).isEmpty();
            assertThat(gunzip(packed.body())).isEqualTo(TEXT);
            assertThat(packed.body().length()).isLessThan(TEXT.length() / 4);
            for (String other : List.of("", "Accept-Encoding: br\r\n", "Accept-Encoding: gzip;q=0\r\n",
                    "Accept-Encoding: gzip;q=0.2, identity\r\n", "Accept-Encoding: gzip;q=bad\r\n")) {
                var plain = ask(proxy, other);
                assertThat(plain.body()).as(other).isEqualTo(TEXT);
                assertThat(plain.header("content-encoding")).isEmpty();
                assertThat(plain.header("etag")).contains("\"strong\"");
                assertThat(plain.header("vary")).contains("Accept-Encoding");
            }
            assertThat(count(proxy, "gzip", "compressed")).isEqualTo(1);
            assertThat(count(proxy, "gzip", "not_compressed")).isEqualTo(5);
            assertThat(count(proxy, "gzip", "no_accept_header")).isEqualTo(1);
            assertThat(count(proxy, "gzip", "header_not_valid")).isEqualTo(1);
            assertThat(count(proxy, "gzip", "header_identity")).isEqualTo(3);
            assertThat(count(proxy, "gzip", "total_uncompressed_bytes")).isEqualTo(TEXT.length());
            assertThat(count(proxy, "gzip", "total_compressed_bytes")).isEqualTo(packed.body().length());
        }
    }

    @Test
    void whatIsNotFitToBeCompressedStaysAsItIs() throws Exception {
        for (String fields : List.of("Content-Type: image/png\r\nContent-Length: 40\r\n",
                "Content-Type: text/html\r\nContent-Length: 29\r\n",
                "Content-Type: text/html\r\nContent-Length: 40\r\nCache-Control: no-transform\r\n",
                "Content-Type: text/html\r\nContent-Length: 40\r\nContent-Encoding: br\r\n",
                "Content-Type: text/html\r\nContent-Length: 40\r\nContent-Range: bytes 0-39/100\r\n",
                "Content-Type: text/html\r\nContent-Length: 40\r\nETag: W/\"a\"\r\n")) {
            int length = fields.contains("29") ? 29 : 40;
            try (var origin = Origin.sending("HTTP/1.1 200 OK\r\n" + fields + "\r\n" + "x".repeat(length));
                    var proxy = filter(COMPRESSOR, library("gzip")
                            + ", response_direction_config: { disable_on_etag_header: true, "
                            + "status_header_enabled: true }")
                            .before(origin)) {
                var answer = ask(proxy, "Accept-Encoding: gzip\r\n");
                assertThat(answer.body()).as(fields).hasSize(length);
                assertThat(answer.header("content-encoding").orElse("")).isNotEqualTo("gzip");
                assertThat(answer.header("vary")).isEmpty();
                assertThat(answer.header("x-envoy-compression-status").orElse("")).isEqualTo(
                        fields.contains("image")
                                ? "gzip;ContentTypeNotAllowed"
                                : fields.contains("29")
                                        ? "gzip;ContentLengthTooSmall"
                                        : fields.contains("ETag") ? "gzip;EtagNotAllowed" : "");
            }
        }
    }

    @Test
    void answersToHeadTellThatTheyVaryAndHaveNoBody() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 400\r\n\r\n");
                var proxy = filter(COMPRESSOR, library("gzip")).before(origin);
                var client = proxy.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
            var answer = client.responseTo("HEAD");
            assertThat(answer.header("vary")).contains("Accept-Encoding");
            assertThat(answer.header("content-encoding")).isEmpty();
        }
    }

    @Test
    void anAnswerToHeadDoesNotTellOfBytesThatGetWouldNotGive() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 400\r\n"
                + "ETag: \"strong\"\r\n\r\n");
                var proxy = filter(COMPRESSOR, library("gzip")).before(origin);
                var client = proxy.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
            var packed = client.responseTo("HEAD");
            assertThat(packed.header("content-length")).isEmpty();
            assertThat(packed.header("etag")).isEmpty();
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            var plain = client.responseTo("HEAD");
            assertThat(plain.header("content-length")).contains("400");
            assertThat(plain.header("etag")).contains("\"strong\"");
        }
    }

    @Test
    void aFieldWhoseNameEndsAlikeIsNotTheOneThatCachesAreToldOf() throws Exception {
        try (var origin = plain("Vary: X-Accept-Encoding\r\n");
                var proxy = filter(COMPRESSOR, library("gzip")).before(origin)) {
            assertThat(ask(proxy, "").header("vary")).contains("X-Accept-Encoding, Accept-Encoding");
        }
        try (var origin = plain("Vary: Cookie, accept-encoding\r\n");
                var proxy = filter(COMPRESSOR, library("gzip")).before(origin)) {
            assertThat(ask(proxy, "").header("vary")).contains("Cookie, accept-encoding");
        }
    }

    @Test
    void aLevelOfTheRoutesThatSpeaksOfResponsesSwitchesThemOn() throws Exception {
        String routes = "- { match: { prefix: /on }, route: { cluster: origins }, "
                + perFilter(PER_ROUTE, "overrides: { response_direction_config: {} }") + " }\n" + ROUTE;
        try (var origin = plain("");
                var proxy = filter(COMPRESSOR, library("gzip")
                        + ", response_direction_config: { common_config: { enabled: { default_value: false } } }", "",
                        routes).before(origin);
                var client = proxy.client()) {
            String fields = " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
            assertThat(client.send("GET /" + fields).response().header("content-encoding")).isEmpty();
            assertThat(client.send("GET /on" + fields).response().header("content-encoding")).contains("gzip");
        }
    }

    @Test
    void ofSeveralCodingsTheClientsFavouriteIsTaken() throws Exception {
        String manager = "stat_prefix: test\nhttp_filters:\n- " + entry("a", COMPRESSOR, library("gzip")) + "\n- "
                + entry("b", COMPRESSOR, library("brotli")) + "\n- "
                + entry("c", COMPRESSOR, library("zstd") + ", choose_first: true") + "\n- "
                + entry("router", "envoy.extensions.filters.http.router.v3.Router", "")
                + "\nroute_config:\n  virtual_hosts:\n  - name: all\n    domains: [\"*\"]\n    routes:\n    " + ROUTE;
        try (var origin = plain(""); var proxy = FilteredProxy.manager(manager).before(origin)) {
            assertThat(ask(proxy, "Accept-Encoding: gzip, br, zstd\r\n").header("content-encoding")).contains("zstd");
            assertThat(ask(proxy, "Accept-Encoding: gzip, br\r\n").header("content-encoding")).contains("gzip");
            assertThat(ask(proxy, "Accept-Encoding: gzip;q=0.9, br\r\n").header("content-encoding")).contains("br");
            assertThat(ask(proxy, "Accept-Encoding: *\r\n").header("content-encoding")).contains("zstd");
            assertThat(ask(proxy, "Accept-Encoding: *;q=0\r\n").header("content-encoding")).isEmpty();
        }
    }

    @Test
    void aLevelOfTheRoutesMaySwitchItOffOrTakeAnotherCoding() throws Exception {
        String routes = "- { match: { prefix: /off }, route: { cluster: origins }, "
                + perFilter(PER_ROUTE, "disabled: true")
                + " }\n- { match: { prefix: /zstd }, route: { cluster: origins }, "
                + perFilter(PER_ROUTE, "overrides: { " + library("zstd")
                        + ", response_direction_config: { remove_accept_encoding_header: true } }")
                + " }\n" + ROUTE;
        try (var origin = plain("");
                var proxy = filter(COMPRESSOR, library("gzip"), "", routes).before(origin);
                var client = proxy.client()) {
            String fields = " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, zstd\r\n\r\n";
            assertThat(client.send("GET /off" + fields).response().body()).isEqualTo(TEXT);
            assertThat(client.send("GET /zstd" + fields).response().header("content-encoding")).contains("zstd");
            assertThat(origin.requests().getLast().header("accept-encoding")).isEmpty();
            assertThat(client.send("GET /" + fields).response().header("content-encoding")).contains("gzip");
            assertThat(origin.requests().getLast().header("accept-encoding")).contains("gzip, zstd");
        }
    }

    @Test
    void requestsAreCompressedForHostsWhereThatIsAskedFor() throws Exception {
        try (var origin = Origin.answering("ok");
                var proxy = filter(COMPRESSOR, library("gzip") + ", request_direction_config: {}").before(origin);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: " + TEXT.length()
                    + "\r\n\r\n" + TEXT);
            assertThat(client.response().status()).isEqualTo(200);
            var request = origin.requests().getFirst();
            assertThat(request.header("content-encoding")).contains("gzip");
            assertThat(gunzip(request.body())).isEqualTo(TEXT);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nCache-Control: no-transform\r\n"
                    + "Content-Length: " + TEXT.length() + "\r\n\r\n" + TEXT);
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(origin.requests().getLast().body()).as("not to be changed").isEqualTo(TEXT);
        }
    }

    @Test
    void trailersComeBehindTheEndOfTheCoding() throws Exception {
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.chunk(TEXT);
            wire.send("0\r\nx-end: 1\r\n\r\n");
        }); var proxy = filter(COMPRESSOR, library("gzip")).before(origin)) {
            var answer = ask(proxy, "Accept-Encoding: gzip\r\n");
            assertThat(gunzip(answer.body())).isEqualTo(TEXT);
            assertThat(answer.trailers().getFirst().name()).isEqualTo("x-end");
        }
    }

    private static void pieces(Random random, String body, OriginWire wire) throws IOException {
        wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < body.length();) {
            int size = Math.min(body.length() - at, 1 + random.nextInt(random.nextBoolean() ? 50 : 50_000));
            wire.chunk(body.substring(at, at + size));
            at += size;
        }
        wire.send("0\r\n\r\n");
    }

    private static String run(byte[] input, String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread.ofVirtual().start(() -> {
            try (var out = process.getOutputStream()) {
                out.write(input);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        var out = new ByteArrayOutputStream();
        process.getInputStream().transferTo(out);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void curlGzipAndZstdUnderstandWhatTheyGet() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int i = 0; i < 300_000; i++) {
            text.append("abcdefgh \n".charAt(random.nextInt(1 + random.nextInt(10))));
        }
        String body = text.toString();
        try (var origin = Origin.start((_, wire) -> pieces(new Random(seed), body, wire));
                var gzip = filter(COMPRESSOR, library("gzip")).before(origin);
                var zstd = filter(COMPRESSOR, library("zstd")).before(origin)) {
            String url = "http://127.0.0.1:";
            assertThat(run(new byte[0], "curl", "-sS", "--compressed", url + gzip.port + "/").equals(body))
                    .as("seed " + seed).isTrue();
            for (var proxy : List.of(gzip, zstd)) {
                String coding = proxy == gzip ? "gzip" : "zstd";
                byte[] packed = run(new byte[0], "curl", "-sS", "-H", "Accept-Encoding: " + coding,
                        url + proxy.port + "/").getBytes(StandardCharsets.ISO_8859_1);
                assertThat(packed.length).isLessThan(body.length() / 2);
                assertThat(run(packed, coding, "-dc").equals(body)).as(coding + ", seed " + seed).isTrue();
            }
        }
    }
}
