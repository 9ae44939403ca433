package io.weir.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.h2.Http2Heads;
import java.util.ArrayList;
import java.util.List;
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

/**
 * One request's head as a header block of HTTP/2, on a connection that has carried some like it; and the same by
 * Netty's codec: from headers that have been made before, whose hashes are known, and with the making of them, as a
 * proxy has each request but once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadsBench {
    /** Blocks until what repeats itself stands in the table. */
    private static final int BLOCKS_BEFORE = 4;
    private static final AsciiString HTTPS = AsciiString.cached("https");

    @Param({"BROWSER", "GRPC"})
    Requests request = Requests.BROWSER;

    private final Http2Heads sender = new Http2Heads(HeadLimits.DEFAULT);
    private final Http2Heads receiver = new Http2Heads(HeadLimits.DEFAULT);
    private HttpHead sent = new HttpHead();
    private final HttpHead received = new HttpHead();
    private final ByteBuf block = Unpooled.directBuffer();
    private final ByteBuf out = Unpooled.directBuffer();
    private final DefaultHttp2HeadersEncoder netty = new DefaultHttp2HeadersEncoder();
    private final List<AsciiString> pseudo = new ArrayList<>();
    private Http2Headers nettyHeaders = new DefaultHttp2Headers();

    @Setup
    public void connect() {
        sent = request.head();
        connectNetty();
        for (int i = 0; i < BLOCKS_BEFORE; i++) {
            block.clear();
            sender.writeRequest(sent, "https", block);
            read();
        }
    }

    private Http2Heads.Verdict read() {
        block.readerIndex(0);
        var verdict = receiver.readRequest(block, request != Requests.GRPC, received);
        if (verdict != Http2Heads.Verdict.COMPLETE) {
            throw new IllegalStateException(receiver.details());
        }
        return verdict;
    }

    private void connectNetty() {
        pseudo.clear();
        for (String name : new String[]{":method", ":scheme", ":authority", ":path"}) {
            pseudo.add(AsciiString.cached(name));
        }
        nettyHeaders = nettyHeaders();
        for (int i = 0; i < BLOCKS_BEFORE; i++) {
            writeByNetty();
        }
    }

    private static AsciiString copy(HttpHead head, int from, int to) {
        return new AsciiString(head.bytes(), from, to - from, true);
    }

    private Http2Headers nettyHeaders() {
        var headers = new DefaultHttp2Headers(false, sent.size() + pseudo.size());
        headers.add(pseudo.get(0), copy(sent, sent.methodStart(), sent.methodEnd()));
        headers.add(pseudo.get(1), HTTPS);
        headers.add(pseudo.get(2), copy(sent, sent.authorityStart(), sent.authorityEnd()));
        headers.add(pseudo.get(3), copy(sent, sent.pathStart(), sent.pathEnd()));
        for (int i = 0; i < sent.count(); i++) {
            if (sent.nameId(i) != HeaderName.HOST.id() && sent.nameId(i) != HeaderName.TRANSFER_ENCODING.id()) {
                headers.add(copy(sent, sent.nameStart(i), sent.nameEnd(i)),
                        copy(sent, sent.valueStart(i), sent.valueEnd(i)));
            }
        }
        return headers;
    }

    private int netty(Http2Headers headers) {
        out.clear();
        try {
            netty.encodeHeaders(1, headers, out);
        } catch (Http2Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        return out.readableBytes();
    }

    @Benchmark
    public int writeByNetty() {
        return netty(nettyHeaders);
    }

    @Benchmark
    public int makeAndWriteByNetty() {
        return netty(nettyHeaders());
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
