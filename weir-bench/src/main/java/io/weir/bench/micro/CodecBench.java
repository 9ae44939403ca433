package io.weir.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.Http1Writer;
import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Reading one request's head out of a direct buffer, and writing it again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBench {
    @Param({"WRK", "BROWSER"})
    Request request = Request.WRK;

    private final Http1HeadReader reader = Http1HeadReader.requests(HeadLimits.DEFAULT);
    private final HttpHead head = new HttpHead();
    private final ByteBuf in = Unpooled.directBuffer();
    private final ByteBuf out = Unpooled.directBuffer();

    /** What arrives. */
    public enum Request {
        WRK("GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"), //
        BROWSER("""
                GET /articles/2026/11/weirs-and-locks?from=front&page=2 HTTP/1.1
                Host: shop.example
                User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0
                Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
                Accept-Language: en-GB,en;q=0.7,de;q=0.3
                Accept-Encoding: gzip, deflate, br, zstd
                Referer: https://shop.example/front
                Connection: keep-alive
                Cookie: session=9d7a1c30a1f54b8c8f2c7d3f; theme=dark; seen=1,2,3,5,8,13
                Upgrade-Insecure-Requests: 1
                Sec-Fetch-Dest: document
                Sec-Fetch-Mode: navigate
                Sec-Fetch-Site: same-origin
                Sec-Fetch-User: ?1
                Priority: u=0, i

                """.replace("\n", "\r\n"));

        private final String text;

        Request(String text) {
            this.text = text;
        }
    }

    @Setup
    public void setUp() {
        in.clear().writeBytes(request.text.getBytes(StandardCharsets.US_ASCII));
    }

    @TearDown(Level.Trial)
    public void tearDown() {
        in.release();
        out.release();
    }

    @Benchmark
    public HttpHead read() {
        in.readerIndex(0);
        reader.reset();
        head.clear();
        if (reader.read(in, head) != Http1HeadReader.Result.COMPLETE) {
            throw new IllegalStateException("not read");
        }
        return head;
    }

    @Benchmark
    public ByteBuf readAndWrite() {
        read();
        out.clear();
        Http1Writer.request(head, out);
        return out;
    }
}
