package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HttpHead;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Header blocks come and go without an allocation, once a connection has carried some. */
class HeadsAllocationTest {
    private static final int ROUNDS = 5_000;

    private static void allocatesNothing(Runnable round) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 30; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int j = 0; j < ROUNDS; j++) {
                round.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes in " + ROUNDS + " rounds").isLessThan(ROUNDS);
    }

    @Test
    void requestsComeAndGoWithoutAllocation() {
        var client = new Http2Heads(HeadLimits.DEFAULT);
        var server = new Http2Heads(HeadLimits.DEFAULT);
        var head = new HttpHead();
        assertThat(server.readRequest(Blocks.of(":method: POST", ":scheme: https", ":authority: a.example",
                ":path: /a/b?c=d", "user-agent: some agent", "cookie: a=b", "x-a: 1", "cookie: c=d",
                "content-length: 5"), false, head)).isEqualTo(Http2Heads.Verdict.COMPLETE);
        var wire = Unpooled.directBuffer(4096);
        allocatesNothing(() -> {
            wire.clear();
            client.writeRequest(head, "https", wire);
            server.readRequest(wire, false, head);
        });
        wire.release();
    }

    @Test
    void responsesAndTrailersComeAndGoWithoutAllocation() {
        var client = new Http2Heads(HeadLimits.DEFAULT);
        var server = new Http2Heads(HeadLimits.DEFAULT);
        var head = new HttpHead();
        var trailers = new HttpHead();
        client.readResponse(Blocks.of(":status: 200", "server: a", "date: Mon, 21 Oct 2013 20:13:21 GMT",
                "set-cookie: a=b"), false, false, false, head);
        client.readTrailers(Blocks.of("grpc-status: 0"), trailers);
        var wire = Unpooled.directBuffer(4096);
        allocatesNothing(() -> {
            wire.clear();
            server.writeResponse(head, wire);
            client.readResponse(wire, false, false, false, head);
            wire.clear();
            server.writeTrailers(trailers, wire);
            client.readTrailers(wire, trailers);
        });
        wire.release();
    }
}
