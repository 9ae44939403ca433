package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.h2.Http2Heads.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class Http2HeadsTest {
    private static final String[] GET = {":method: GET", ":scheme: https", ":authority: a.example:8443",
            ":path: /b?c=d"};

    private final Http2Heads heads = new Http2Heads(HeadLimits.DEFAULT);
    private final HttpHead head = new HttpHead();

    private static ByteBuf request(String... more) {
        var fields = new ArrayList<>(List.of(GET));
        fields.addAll(List.of(more));
        return Blocks.of(fields);
    }

    private static HttpHead http1Request(String text) {
        var read = new HttpHead();
        assertThat(Http1HeadReader.requests(HeadLimits.DEFAULT)
                .read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), read))
                .isEqualTo(Http1HeadReader.Result.COMPLETE);
        return read;
    }

    private static HttpHead http1Response(String text, boolean toHead) {
        var read = new HttpHead();
        assertThat(Http1HeadReader.responses(HeadLimits.DEFAULT)
                .read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), read, toHead, false))
                .isEqualTo(Http1HeadReader.Result.COMPLETE);
        return read;
    }

    private static String requestFields(HttpHead written) {
        var out = Unpooled.buffer();
        new Http2Heads(HeadLimits.DEFAULT).writeRequest(written, "http", out);
        return DecodedBlock.text(out);
    }

    private static String responseFields(HttpHead written) {
        var out = Unpooled.buffer();
        new Http2Heads(HeadLimits.DEFAULT).writeResponse(written, out);
        return DecodedBlock.text(out);
    }

    // ---- reading ----

    @Test
    void aRequestsPartsAreFoundWhereTheyStand() {
        assertThat(heads.readRequest(request("accept: */*"), true, head)).isEqualTo(Verdict.COMPLETE);
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.methodIs("GET")).isTrue();
        assertThat(head.scheme()).isEqualTo("https");
        assertThat(head.authority()).isEqualTo("a.example:8443");
        assertThat(head.path()).isEqualTo("/b?c=d");
        assertThat(head.value(HeaderName.HOST)).isEqualTo("a.example:8443");
        assertThat(head.value(HeaderName.of("accept"))).isEqualTo("*/*");
        assertThat(head.size()).isEqualTo(2);
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.minorVersion()).isEqualTo(1);
        assertThat(head.persistent()).isTrue();
    }

    @Test
    void aReadHeadCanBeChangedAsOneOfHttp1() {
        assertThat(heads.readRequest(request("x-a: 1", "x-b: 2"), true, head)).isEqualTo(Verdict.COMPLETE);
        head.remove(HeaderName.of("x-a"));
        head.add(HeaderName.of("x-c"), "3");
        head.authority("b.example");
        head.path("/e");
        var out = Unpooled.buffer();
        head.writeLines(out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo("x-b: 2\r\nx-c: 3\r\nhost: b.example\r\n");
        assertThat(requestFields(head)).isEqualTo(
                ":method: GET|:scheme: https|:authority: b.example|:path: /e|x-b: 2|x-c: 3");
    }

    @Test
    void anExtendedConnectHasItsProtocol() { // RFC 8441 section 4
        heads.extendedConnect(true);
        assertThat(heads.readRequest(Blocks.of(":method: CONNECT", ":protocol: websocket", ":scheme: https",
                ":path: /chat", ":authority: a.example"), false, head)).isEqualTo(Verdict.COMPLETE);
        assertThat(head.protocol()).isEqualTo("websocket");
        assertThat(head.path()).isEqualTo("/chat");
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(requestFields(head)).isEqualTo(":method: CONNECT|:scheme: https|:authority: a.example|:path: /chat"
                + "|:protocol: websocket");
    }

    @Test
    void aSecretStaysOneUntilTheNextHop() { // RFC 7541 section 6.2.3
        var block = request("x-a: 1");
        block.writeBytes(new byte[]{0x10, 3, 'x', '-', 'b', 1, '2'});
        assertThat(heads.readRequest(block, true, head)).isEqualTo(Verdict.COMPLETE);
        assertThat(head.sensitive(head.find(HeaderName.of("x-a")))).isFalse();
        assertThat(head.sensitive(head.find(HeaderName.of("x-b")))).isTrue();
        assertThat(requestFields(head)).endsWith("|x-a: 1|!x-b: 2");
    }

    @Test
    void aSecretCrumbMakesTheWholeCookieOne() {
        for (String between : new String[]{"", "x-a: 1"}) {
            var block = between.isEmpty() ? request("cookie: a=b") : request("cookie: a=b", between);
            block.writeBytes(new byte[]{0x1f, 0x11, 3, 'c', '=', 'd'});
            assertThat(heads.readRequest(block, true, head)).isEqualTo(Verdict.COMPLETE);
            int cookie = head.find(HeaderName.COOKIE);
            assertThat(head.value(cookie)).isEqualTo("a=b; c=d");
            assertThat(head.sensitive(cookie)).isTrue();
        }
    }

    /** A separator with nothing behind it would be white space at the end, which the next hop takes for malformed. */
    @Test
    void anEmptyCrumbAddsNothing() { // RFC 9113 sections 8.2.1 and 8.2.3
        for (String between : new String[]{"", "x-a: 1"}) {
            for (String[] crumbs : new String[][]{{"a=b", ""}, {"", "a=b"}, {"", "a=b", ""}, {"", ""}}) {
                var fields = new ArrayList<String>();
                String whole = "";
                for (String crumb : crumbs) {
                    if (!between.isEmpty() && !fields.isEmpty()) {
                        fields.add(between);
                    }
                    fields.add("cookie: " + crumb);
                    whole += crumb;
                }
                fields.add("x-last: 2");
                assertThat(heads.readRequest(request(fields.toArray(String[]::new)), true, head))
                        .isEqualTo(Verdict.COMPLETE);
                assertThat(head.value(head.find(HeaderName.COOKIE))).isEqualTo(whole);
                assertThat(head.value(head.find(HeaderName.of("x-last")))).isEqualTo("2");
            }
        }
    }

    // ---- limits ----

    @Test
    void aListIsTooLargeByTheCountOfTheSetting() { // RFC 9113 section 6.5.2
        int used = 0;
        for (String field : GET) {
            used += field.length() - 2 + 32;
        }
        var limited = new Http2Heads(new HeadLimits(used + "x-a".length() + 10 + 32, 10));
        assertThat(limited.readRequest(request("x-a: " + "b".repeat(10)), true, head)).isEqualTo(Verdict.COMPLETE);
        assertThat(limited.readRequest(request("x-a: " + "b".repeat(11)), true, head)).isEqualTo(Verdict.TOO_LARGE);
        assertThat(limited.details()).isEqualTo("http2.headers_too_large");
        assertThat(limited.status()).isEqualTo(431);
    }

    @Test
    void fieldsAreCountedAndCrumbsAreNot() {
        var limited = new Http2Heads(new HeadLimits(10_000, 2));
        assertThat(limited.readRequest(request("x-a: 1", "cookie: a", "cookie: b", "cookie: c"), true, head))
                .isEqualTo(Verdict.COMPLETE);
        assertThat(limited.readRequest(request("cookie: a", "x-a: 1", "cookie: b", "cookie: c"), true, head))
                .isEqualTo(Verdict.COMPLETE);
        assertThat(limited.readRequest(request("cookie: a", "x-a: 1", "cookie: b", "x-b: 2"), true, head))
                .isEqualTo(Verdict.TOO_LARGE);
        assertThat(limited.details()).isEqualTo("http2.too_many_headers");
        assertThat(limited.readRequest(request("x-a: 1", "x-b: 2", "x-c: 3"), true, head))
                .isEqualTo(Verdict.TOO_LARGE);
        assertThat(limited.readTrailers(Blocks.of("x-a: 1", "x-b: 2", "x-c: 3"), head)).isEqualTo(Verdict.TOO_LARGE);
        assertThat(limited.readTrailers(Blocks.of("age: 1", "age: 2", "age: 3"), head)).isEqualTo(Verdict.TOO_LARGE);
    }

    @Test
    void aBombOfIndicesIsPassedOverWithoutItsBytes() {
        var limited = new Http2Heads(new HeadLimits(60 * 1024, 100));
        assertThat(limited.readRequest(Blocks.remembered("x-a: " + "b".repeat(3900)), true, head))
                .isEqualTo(Verdict.MALFORMED);
        var bomb = request();
        for (int i = 0; i < 100_000; i++) {
            bomb.writeByte(0xbe);
        }
        assertThat(limited.readRequest(bomb, true, head)).isEqualTo(Verdict.TOO_LARGE);
        assertThat(head.length()).isLessThan(61 * 1024);
    }

    @Test
    void theTableIsRightAfterWhateverWasRefusedOrSkipped() { // RFC 9113 section 4.3
        var limited = new Http2Heads(new HeadLimits(500, 10));
        assertThat(limited.readRequest(Blocks.remembered("BAD: 1", "x-a: after"), true, head))
                .isEqualTo(Verdict.MALFORMED);
        assertThat(limited.readRequest(Blocks.remembered("x-b: " + "b".repeat(600), "x-c: after"), true, head))
                .isEqualTo(Verdict.TOO_LARGE);
        assertThat(limited.skip(Blocks.remembered("x-d: skipped"))).isEqualTo(Verdict.COMPLETE);
        var block = request();
        block.writeByte(0xbe).writeByte(0xbf).writeByte(0xc1);
        assertThat(limited.readRequest(block, true, head)).isEqualTo(Verdict.COMPLETE);
        var out = Unpooled.buffer();
        head.writeLines(out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo("host: a.example:8443\r\nx-d: skipped\r\nx-c: after\r\nx-a: after\r\n");
        var bad = request();
        bad.writeByte(0xc2);
        assertThat(limited.readRequest(bad, true, head)).as("what was wrong once is wrong when it is indexed")
                .isEqualTo(Verdict.MALFORMED);
    }

    @Test
    void whatCannotBeDecodedIsAnErrorOfTheConnection() { // RFC 9113 section 4.3
        assertThat(heads.readRequest(Unpooled.wrappedBuffer(new byte[]{(byte) 0x80}), true, head))
                .isEqualTo(Verdict.COMPRESSION_ERROR);
        assertThat(heads.details()).isEqualTo("hpack.invalid_index");
        assertThat(heads.skip(Blocks.of("x-a: 1"))).isEqualTo(Verdict.COMPRESSION_ERROR);
    }

    // ---- writing ----

    @Test
    void aRequestByHttp1BecomesFields() {
        var request = http1Request("""
                POST /a?b HTTP/1.1\r
                Host: A.example\r
                Content-Length: 5\r
                Connection: keep-alive\r
                Keep-Alive: timeout=5\r
                Proxy-Connection: keep-alive\r
                TE: trailers\r
                Upgrade: h2c\r
                HTTP2-Settings: AAMAAABk\r
                X-Mixed:  Value \r
                Cookie: a=b; c=d\r
                Authorization: Basic bWU6\r
                \r
                """);
        assertThat(requestFields(request)).isEqualTo(":method: POST|:scheme: http|:authority: A.example|:path: /a?b"
                + "|content-length: 5|te: trailers|x-mixed: Value|!cookie: a=b; c=d|!authorization: Basic bWU6");
    }

    @Test
    void aChunkedRequestHasNoLengthAndNoCoding() {
        var request = http1Request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertThat(requestFields(request)).isEqualTo(":method: POST|:scheme: http|:authority: a|:path: /");
    }

    @Test
    void teIsWrittenOnlyForTrailers() {
        var request = http1Request("GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\n\r\n");
        assertThat(requestFields(request)).isEqualTo(":method: GET|:scheme: http|:authority: a|:path: /");
    }

    @Test
    void aRequestToConnectHasOnlyItsAuthority() { // RFC 9113 section 8.5
        var request = http1Request("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n");
        assertThat(requestFields(request)).isEqualTo(":method: CONNECT|:authority: a.example:443");
    }

    @Test
    void writingLeavesTheHeadAsItWas() {
        var request = http1Request("GET / HTTP/1.1\r\nHost: a\r\nConnection: te\r\nTE: trailers\r\n\r\n");
        String first = requestFields(request);
        assertThat(requestFields(request)).isEqualTo(first);
        assertThat(request.has(HeaderName.CONNECTION)).isTrue();
    }

    @Test
    void theFramingAloneDecidesAboutTheLength() {
        var request = http1Request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        request.framing(Framing.LENGTH, 7);
        assertThat(requestFields(request)).endsWith("|content-length: 7");
        request.framing(Framing.CHUNKED, -1);
        assertThat(requestFields(request)).endsWith("|:path: /");
    }

    @Test
    void aResponseByHttp1BecomesFields() {
        var response = http1Response("""
                HTTP/1.1 302 Found\r
                Server: a\r
                Location: /b\r
                Set-Cookie: c=d\r
                Transfer-Encoding: chunked\r
                Connection: close\r
                Date: Mon, 21 Oct 2013 20:13:21 GMT\r
                \r
                """, false);
        assertThat(responseFields(response)).isEqualTo(":status: 302|server: a|location: /b|!set-cookie: c=d"
                + "|date: Mon, 21 Oct 2013 20:13:21 GMT");
    }

    @Test
    void aLengthStaysWhereItTellsOfAnotherAnswer() { // RFC 9110 section 8.6
        assertThat(responseFields(http1Response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true)))
                .isEqualTo(":status: 200|content-length: 5");
        assertThat(responseFields(http1Response("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false)))
                .isEqualTo(":status: 304|content-length: 5");
        assertThat(responseFields(http1Response("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", false)))
                .isEqualTo(":status: 204");
        assertThat(responseFields(http1Response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false)))
                .isEqualTo(":status: 200|content-length: 0");
    }

    @Test
    void aResponseWithoutContentIsNotGivenALengthThatItDidNotHave() {
        assertThat(heads.readResponse(Blocks.of(":status: 200", "grpc-status: 5"), true, false, false, head))
                .isEqualTo(Verdict.COMPLETE);
        assertThat(responseFields(head)).isEqualTo(":status: 200|grpc-status: 5");
    }

    @Test
    void trailersAreFieldsWithoutAnyOfAConnection() {
        var trailers = new HttpHead();
        trailers.add(HeaderName.of("X-Sum"), "1");
        trailers.add(HeaderName.CONNECTION, "close");
        trailers.add(HeaderName.TE, "trailers");
        var out = Unpooled.buffer();
        heads.writeTrailers(trailers, out);
        assertThat(DecodedBlock.text(out)).isEqualTo("x-sum: 1");
    }

    @Test
    void aSchemeThatWasReplacedGoesOut() {
        var request = http1Request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        request.scheme("https");
        assertThat(requestFields(request)).contains(":scheme: https");
        request.scheme("http");
        assertThat(requestFields(request)).contains(":scheme: http|");
    }

    @Test
    void everyRequestOfAConnectionComesOverAlike() {
        var sender = new Http2Heads(HeadLimits.DEFAULT);
        for (int i = 0; i < 1000; i++) {
            var request = http1Request("GET /item/" + i % 7 + (i % 3 == 0 ? "?q" : "") + " HTTP/1.1\r\nHost: a"
                    + i % 5 + "\r\nUser-Agent: some/agent " + i % 11 + "\r\nX-Request-Id: " + i + "\r\n\r\n");
            var out = Unpooled.buffer();
            if (i % 100 == 50) {
                sender.peerTableMax(i * 5 % 4096);
            }
            sender.writeRequest(request, "https", out);
            assertThat(heads.readRequest(out, true, head)).isEqualTo(Verdict.COMPLETE);
            assertThat(head.path()).isEqualTo(request.path());
            assertThat(head.authority()).isEqualTo(request.authority());
            assertThat(head.scheme()).isEqualTo("https");
            assertThat(head.value(HeaderName.USER_AGENT)).isEqualTo(request.value(HeaderName.USER_AGENT));
            assertThat(head.value(HeaderName.X_REQUEST_ID)).isEqualTo(Integer.toString(i));
            assertThat(head.size()).isEqualTo(3);
        }
    }
}
