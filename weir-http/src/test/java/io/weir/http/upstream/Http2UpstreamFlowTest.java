package io.weir.http.upstream;

import static io.weir.http.upstream.UpstreamFixture.GET;
import static io.weir.http.upstream.UpstreamFixture.before;
import static io.weir.http.server.ProxyFixture.eventually;
import static io.weir.http.upstream.UpstreamFixture.http2;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Much data, and who does not take it, between a client of HTTP/1.1 and a host that speaks HTTP/2. */
@Timeout(60)
final class Http2UpstreamFlowTest {
    @Test
    void aHostThatDoesNotReadHoldsItsClientBack() throws Exception {
        var came = new AtomicLong();
        try (var origin = Http2Origin.start(new Http2Origin.Script() {
            @Override
            public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {}

            @Override
            public void data(Http2Origin.Stream stream, ByteBuf data, boolean last) {
                came.addAndGet(data.readableBytes());
            }

            @Override
            public boolean holds() {
                return true;
            }
        }); var proxy = before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
            var sent = new AtomicLong();
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    for (byte[] some = new byte[100_000]; sent.get() < 100_000_000; sent.addAndGet(some.length)) {
                        client.send(some);
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            eventually(() -> came.get() == 65_535); // the window that a peer has at first
            client.patience(Duration.ofMillis(300));
            assertThat(client.silentFor(Duration.ofMillis(300))).isTrue();
            assertThat(sent.get()).isLessThan(20_000_000); // sockets' buffers, and what Weir holds
            assertThat(came.get()).isEqualTo(65_535);
            client.reset();
            sender.join();
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsItsHostBack() throws Exception {
        var written = new AtomicLong();
        var spec = http2(100, 65_535, 65_535);
        int total = 40 << 20;
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            stream.head(200, false, "content-length", Integer.toString(total));
            for (int i = 0; i < total; i += 1 << 16) {
                boolean end = i + (1 << 16) == total;
                stream.context().write(new DefaultHttp2DataFrame(
                        Unpooled.wrappedBuffer(new byte[1 << 16]), end).stream(stream.frames()))
                        .addListener(_ -> written.addAndGet(1 << 16));
            }
            stream.context().flush();
        });
                var proxy = before(spec, origin);
                var client = RawHttp.connect(
                        Ports.loopback(proxy.port), 1 << 16)) {
            client.send(GET);
            eventually(() -> proxy.cluster.stats().upstreamFlowControlPausedReadingTotal().value() > 0);
            assertThat(written.get()).isLessThan(total / 2);
            assertThat(client.response().bodyBytes()).hasSize(total);
            assertThat(written.get()).isEqualTo(total);
        }
    }

    @Test
    void aHundredMebibytesPassInBothDirections() throws Exception {
        int total = 100 << 20;
        byte[] block = new byte[1 << 16];
        new SplittableRandom(7).nextBytes(block);
        var received = new AtomicLong();
        var wrong = new AtomicInteger();
        try (var origin = Http2Origin.start(new Http2Origin.Script() {
            @Override
            public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
                stream.head(200, false);
            }

            @Override
            public void data(Http2Origin.Stream stream, ByteBuf data, boolean last) {
                for (int i = 0; i < data.readableBytes(); i += 997) {
                    if (data.getByte(data.readerIndex() + i) != block[(int) ((received.get() + i) & 0xffff)]) {
                        wrong.incrementAndGet();
                    }
                }
                received.addAndGet(data.readableBytes());
                stream.data(data.retainedDuplicate(), last);
            }
        }); var proxy = before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + total + "\r\n\r\n");
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < total; i += block.length) {
                        client.send(block);
                    }
                } catch (IOException e) {
                    wrong.incrementAndGet();
                }
            });
            byte[] body = client.patience(Duration.ofSeconds(20)).response().bodyBytes();
            sender.join();
            assertThat(body).hasSize(total);
            for (int i = 0; i < total; i += block.length) {
                assertThat(Arrays.equals(body, i, i + block.length, block, 0, block.length)).isTrue();
            }
            assertThat(wrong).hasValue(0);
            assertThat(received).hasValue(total);
        }
    }
}
