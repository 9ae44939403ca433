package io.weir.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.Http1Writer;
import io.weir.http.codec.HttpHead;
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
    Requests request = Requests.WRK;

    private final Http1HeadReader reader = Http1HeadReader.requests(HeadLimits.DEFAULT);
    private final HttpHead head = new HttpHead();
    private final ByteBuf in = Unpooled.directBuffer();
    private final ByteBuf out = Unpooled.directBuffer();

    @Setup
    public void setUp() {
        in.clear().writeBytes(request.bytes());
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
