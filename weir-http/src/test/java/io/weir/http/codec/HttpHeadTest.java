package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HttpHeadTest {
    private static HttpHead read(String bytes) {
        var head = new HttpHead();
        var result = Http1HeadReader.requests(HeadLimits.DEFAULT)
                .read(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1), head);
        assertThat(result).isEqualTo(Http1HeadReader.Result.COMPLETE);
        return head;
    }

    private static String lines(HttpHead head) {
        var out = Unpooled.buffer();
        head.writeLines(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void partsAreFoundWhereTheyStand() {
        var head = read("GET /a?b=c?d HTTP/1.1\r\nHost: a.example:8080\r\nX-A:  1 \r\n\r\n");
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.methodIs("GET")).isTrue();
        assertThat(head.methodIs("get")).isFalse();
        assertThat(head.path()).isEqualTo("/a?b=c?d");
        assertThat(head.text(head.queryStart(), head.pathEnd())).isEqualTo("?b=c?d");
        assertThat(head.authority()).isEqualTo("a.example:8080");
        assertThat(head.value(HeaderName.of("x-a"))).isEqualTo("1");
        assertThat(head.value(HeaderName.of("x-b"))).isNull();
        assertThat(head.name(1)).isEqualTo("X-A");
    }

    @Test
    void aPathWithoutAQueryEndsWhereItsQueryWouldStart() {
        var head = read("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(head.queryStart()).isEqualTo(head.pathEnd());
    }

    @Test
    void theFirstQuestionMarkBeginsTheQueryWhereverItStands() {
        for (int before = 0; before < 40; before++) {
            for (String rest : List.of("", "?", "?a=?b", "?\u00bf", ">@", "\u00bf\u00be?")) {
                byte[] bytes = ("/" + "p".repeat(before) + rest + "?????????").getBytes(StandardCharsets.ISO_8859_1);
                int end = 1 + before + rest.length();
                int first = ("/" + "p".repeat(before) + rest).indexOf('?');
                assertThat(Grammar.find('?', bytes, 0, end)).isEqualTo(first < 0 ? end : first);
            }
        }
    }

    @Test
    void allLinesOfANameAreOneListInTheirOrderWithoutThoseThatWereRemoved() {
        var head = read("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1, 2\r\nX-B: b\r\nx-a: 3\r\nX-A:\r\n\r\n");
        assertThat(head.listed(HeaderName.of("x-a"))).isEqualTo("1, 2, 3, ");
        assertThat(head.listed(HeaderName.of("x-b"))).isEqualTo("b");
        assertThat(head.listed(HeaderName.of("x-c"))).isNull();
        head.remove(head.find(HeaderName.of("x-a")));
        assertThat(head.listed(HeaderName.of("x-a"))).isEqualTo("3, ");
    }

    @Test
    void removedLinesAreNeitherFoundNorWritten() {
        var head = read("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nCookie: b\r\nx-a: 2\r\n\r\n");
        assertThat(head.remove(HeaderName.of("x-a"))).isEqualTo(2);
        assertThat(head.remove(HeaderName.COOKIE)).isEqualTo(1);
        assertThat(head.remove(HeaderName.COOKIE)).isZero();
        assertThat(head.has(HeaderName.COOKIE)).isFalse();
        assertThat(head.has(HeaderName.of("x-a"))).isFalse();
        assertThat(head.size()).isEqualTo(1);
        assertThat(head.count()).isEqualTo(4);
        assertThat(lines(head)).isEqualTo("Host: a\r\n");
    }

    @Test
    void aLineRemovedTwiceCountsOnce() {
        var head = read("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n");
        head.remove(1);
        head.remove(1);
        assertThat(head.size()).isEqualTo(1);
    }

    @Test
    void addedLinesStandBehindThoseThatArrived() {
        var head = read("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n");
        head.add(HeaderName.VIA, "weir");
        head.add(HeaderName.X_ENVOY_ATTEMPT_COUNT, 0);
        head.add(HeaderName.X_ENVOY_ATTEMPT_COUNT, Long.MAX_VALUE);
        head.set(HeaderName.of("x-a"), "2");
        assertThat(lines(head).split("\r\n", -1)).containsExactly("Host: a", "via: weir", "x-envoy-attempt-count: 0",
                "x-envoy-attempt-count: 9223372036854775807", "x-a: 2", "");
    }

    @Test
    void noStringCanEndItsLine() {
        var head = new HttpHead();
        head.add(HeaderName.VIA, "a\r\nx: y\0\u007f\tb\u00e9\u010a\u2028");
        assertThat(lines(head)).isEqualTo("via: a??x: y??\tb\u00e9??\r\n");
    }

    @Test
    void anAuthorityReplacesHost() {
        var head = read("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n");
        head.authority("b.example");
        assertThat(head.authority()).isEqualTo("b.example");
        assertThat(lines(head)).isEqualTo("X-A: 1\r\nhost: b.example\r\n");
    }

    @Test
    void aPathCanBeReplacedInWholeOrAtItsStart() {
        var head = read("GET /old/x?q HTTP/1.1\r\nHost: a\r\n\r\n");
        head.replacePathPrefix(4, "/new/er".getBytes(StandardCharsets.US_ASCII));
        assertThat(head.path()).isEqualTo("/new/er/x?q");
        head.path("/z");
        assertThat(head.path()).isEqualTo("/z");
        var out = Unpooled.buffer();
        Http1Writer.request(head, out);
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("GET /z HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    @Test
    void aClearedHeadIsAsNew() {
        var head = read("POST /a HTTP/1.0\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        head.clear();
        assertThat(head.method() + head.path() + head.authority() + lines(head)).isEmpty();
        assertThat(head.count() + head.size() + head.length() + head.status()).isZero();
        assertThat(head.framing()).isEqualTo(HttpHead.Framing.NONE);
        assertThat(head.contentLength()).isEqualTo(-1);
        assertThat(head.minorVersion()).isEqualTo(1);
        assertThat(head.persistent()).isTrue();
        assertThat(head.has(HeaderName.HOST)).isFalse();
    }

    @Test
    void memoryGrownByOneLargeHeadIsGivenBack() {
        var head = new HttpHead();
        head.add(HeaderName.COOKIE, "a".repeat(100_000));
        assertThat(head.bytes().length).isGreaterThan(100_000);
        head.clear();
        assertThat(head.bytes().length).isLessThan(2000);
    }

    @Test
    void anySequenceOfEditsLeavesWhatAListWouldHold() {
        long seed = Long.getLong("weir.seed", 11L);
        var random = new Random(seed);
        var names = List.of(HeaderName.COOKIE, HeaderName.VIA, HeaderName.of("x-a"), HeaderName.of("x-b"),
                HeaderName.HOST);
        var head = new HttpHead();
        for (int round = 0; round < 500; round++) {
            head.clear();
            var model = new ArrayList<String>();
            for (int step = random.nextInt(60); step > 0; step--) {
                var name = names.get(random.nextInt(names.size()));
                var value = "v".repeat(random.nextInt(40));
                switch (random.nextInt(3)) {
                    case 0 -> {
                        head.remove(name);
                        model.removeIf(l -> l.startsWith(name + ":"));
                    }
                    case 1 -> {
                        head.set(name, value);
                        model.removeIf(l -> l.startsWith(name + ":"));
                        model.add(name + ": " + value + "\r\n");
                    }
                    default -> {
                        head.add(name, value);
                        model.add(name + ": " + value + "\r\n");
                    }
                }
            }
            assertThat(lines(head)).as("seed " + seed + ", round " + round).isEqualTo(String.join("", model));
            assertThat(head.size()).isEqualTo(model.size());
        }
    }
}
