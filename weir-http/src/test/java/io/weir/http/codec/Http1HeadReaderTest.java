package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.Http1HeadReader.Result;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class Http1HeadReaderTest {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n";

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatFollowsTheHeadStaysInTheBuffer() {
        var in = bytes(GET + "body");
        var head = new HttpHead();
        assertThat(Http1HeadReader.requests(HeadLimits.DEFAULT).read(in, head)).isEqualTo(Result.COMPLETE);
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("body");
        assertThat(head.length()).isEqualTo(GET.length());
    }

    @Test
    void pipelinedRequestsAreReadOneAfterAnother() {
        var in = bytes(GET.repeat(50));
        var reader = Http1HeadReader.requests(HeadLimits.DEFAULT);
        var head = new HttpHead();
        for (int i = 0; i < 50; i++) {
            assertThat(reader.read(in, head)).isEqualTo(Result.COMPLETE);
            assertThat(head.path()).isEqualTo("/a");
        }
        assertThat(reader.read(in, head)).isEqualTo(Result.INCOMPLETE);
        assertThat(reader.started()).isFalse();
    }

    @Test
    void aHeadHasStartedWithItsFirstByteAndNotWithAnEmptyLine() {
        var reader = Http1HeadReader.requests(HeadLimits.DEFAULT);
        var head = new HttpHead();
        assertThat(reader.started()).isFalse();
        reader.read(bytes("\r\n"), head);
        assertThat(reader.started()).isFalse();
        reader.read(bytes("G"), head);
        assertThat(reader.started()).isTrue();
        reader.read(bytes(GET.substring(1)), head);
        assertThat(reader.started()).isFalse();
    }

    @Test
    void aRefusalStaysUntilReset() {
        var reader = Http1HeadReader.requests(HeadLimits.DEFAULT);
        var head = new HttpHead();
        assertThatThrownBy(reader::reject).isInstanceOf(IllegalStateException.class);
        assertThat(reader.read(bytes("GET\r\n"), head)).isEqualTo(Result.REJECTED);
        assertThat(reader.reject()).isEqualTo(Reject.REQUEST_LINE);
        assertThat(reader.read(bytes(GET), head)).isEqualTo(Result.REJECTED);
        reader.reset();
        assertThat(reader.read(bytes(GET), head)).isEqualTo(Result.COMPLETE);
    }

    @Test
    void aHalfReadHeadIsForgottenByReset() {
        var reader = Http1HeadReader.requests(HeadLimits.DEFAULT);
        var head = new HttpHead();
        reader.read(bytes("POST /b HTTP/1.1\r\nX"), head);
        reader.reset();
        assertThat(reader.read(bytes(GET), head)).isEqualTo(Result.COMPLETE);
        assertThat(head.method()).isEqualTo("GET");
    }

    @Test
    void aHeadOfExactlyTheLimitPassesAndOneByteMoreDoesNot() {
        var limits = new HeadLimits(GET.length(), 1);
        var head = new HttpHead();
        assertThat(Http1HeadReader.requests(limits).read(bytes(GET), head)).isEqualTo(Result.COMPLETE);
        var reader = Http1HeadReader.requests(new HeadLimits(GET.length() - 1, 1));
        assertThat(reader.read(bytes(GET), head)).isEqualTo(Result.REJECTED);
        assertThat(reader.reject()).isEqualTo(Reject.HEAD_TOO_LARGE);
    }

    @Test
    void aLargeHeadByteByByteTakesTimeByItsLengthAlone() {
        var limits = new HeadLimits(4 << 20, 10);
        var reader = Http1HeadReader.requests(limits);
        var head = new HttpHead();
        var in = bytes("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(3 << 20));
        var one = in.slice();
        long start = System.nanoTime();
        for (int i = 0; i < in.readableBytes(); i++) {
            one.setIndex(i, i + 1);
            assertThat(reader.read(one, head) == Result.INCOMPLETE).isTrue();
        }
        // 3 million steps; looking at all bytes again each time would be 10^12 of them
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void headsAndBodiesAreReadAndWrittenWithoutAllocation() {
        var in = Unpooled.directBuffer();
        in.writeCharSequence("""
                POST /api/orders?id=17 HTTP/1.1\r
                Host: shop.example\r
                User-Agent: wrk/4.1\r
                Accept: */*\r
                Connection: keep-alive\r
                X-Forwarded-For: 10.0.0.1\r
                TE: trailers\r
                Transfer-Encoding: chunked\r
                \r
                5;a=b\r
                hello\r
                0\r
                X-Sum: 1\r
                \r
                """, StandardCharsets.US_ASCII);
        var out = Unpooled.directBuffer(4096);
        var reader = Http1HeadReader.requests(HeadLimits.DEFAULT);
        var body = new Http1BodyReader(HeadLimits.DEFAULT);
        var head = new HttpHead();
        for (int i = 0; i < 20_000; i++) {
            pass(in, out, reader, body, head);
        }
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100_000; i++) {
            pass(in, out, reader, body, head);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).isLessThan(100_000); // less than a byte a message: what the measuring itself takes
    }

    private static void pass(ByteBuf in, ByteBuf out, Http1HeadReader reader, Http1BodyReader body, HttpHead head) {
        in.readerIndex(0);
        out.clear();
        if (reader.read(in, head) != Result.COMPLETE) {
            throw new AssertionError(reader.reject());
        }
        HopByHop.strip(head);
        Http1Writer.request(head, out);
        body.start(head.framing(), head.contentLength());
        for (int run = body.next(in); run > 0; run = body.next(in)) {
            Http1Writer.chunk(out, run);
            out.writeBytes(in, run);
            Http1Writer.chunkEnd(out);
            body.taken(run);
        }
        Http1Writer.lastChunk(out, body.trailers());
        if (!body.done() || in.isReadable()) {
            throw new AssertionError("the body did not end where it should");
        }
    }
}
