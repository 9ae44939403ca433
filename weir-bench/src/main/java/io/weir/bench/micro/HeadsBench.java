package io.weir.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.HttpHead;
import io.weir.http.h2.Http2Heads;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One request's head as a header block of HTTP/2, on a connection that has carried some like it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadsBench {
    /** Blocks until what repeats itself stands in the table. */
    private static final int BLOCKS_BEFORE = 4;

    @Param({"BROWSER", "GRPC"})
    Request request = Request.BROWSER;

    private final Http2Heads sender = new Http2Heads(HeadLimits.DEFAULT);
    private final Http2Heads receiver = new Http2Heads(HeadLimits.DEFAULT);
    private final HttpHead sent = new HttpHead();
    private final HttpHead received = new HttpHead();
    private final ByteBuf block = Unpooled.directBuffer();
    private final ByteBuf out = Unpooled.directBuffer();

    /** What is sent. */
    public enum Request {
        /** Its path has a query, and so is another each time. */
        BROWSER("""
                GET /articles/2026/11/weirs-and-locks?from=front&page=2 HTTP/1.1
                Host: shop.example
                user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
                accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
                accept-language: en-GB,en;q=0.7,de;q=0.3
                accept-encoding: gzip, deflate, br, zstd
                referer: https://shop.example/front
                cookie: session=9d7a1c30a1f54b8c8f2c7d3f; theme=dark; seen=1,2,3,5,8,13
                upgrade-insecure-requests: 1
                sec-fetch-dest: document
                sec-fetch-mode: navigate
                sec-fetch-site: same-origin
                sec-fetch-user: ?1
                priority: u=0, i
                te: trailers

                """),
        /** A call of a method that is called all the time. */
        GRPC("""
                POST /grpc.testing.TestService/UnaryCall HTTP/1.1
                Host: shop.example:50051
                content-type: application/grpc
                te: trailers
                user-agent: grpc-java-netty/1.76.0
                grpc-accept-encoding: gzip
                transfer-encoding: chunked

                """);

        private final String text;

        Request(String text) {
            this.text = text.replace("\n", "\r\n");
        }
    }

    @Setup
    public void connect() {
        var in = Unpooled.copiedBuffer(request.text, StandardCharsets.US_ASCII);
        if (Http1HeadReader.requests(HeadLimits.DEFAULT).read(in, sent) != Http1HeadReader.Result.COMPLETE) {
            throw new IllegalStateException("not a request");
        }
        for (int i = 0; i < BLOCKS_BEFORE; i++) {
            block.clear();
            sender.writeRequest(sent, "https", block);
            read();
        }
    }

    private Http2Heads.Verdict read() {
        block.readerIndex(0);
        var verdict = receiver.readRequest(block, request == Request.BROWSER, received);
        if (verdict != Http2Heads.Verdict.COMPLETE) {
            throw new IllegalStateException(receiver.details());
        }
        return verdict;
    }

    @Benchmark
    public int write() {
        out.clear();
        sender.writeRequest(sent, "https", out);
        return out.readableBytes();
    }

    @Benchmark
    public HttpHead readBlock() {
        read();
        return received;
    }

    @TearDown
    public void release() {
        block.release();
        out.release();
    }
}
