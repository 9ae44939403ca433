package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.weir.http.h2.RawHttp2;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.HttpManagerSpec.Timeouts;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Await;
import io.weir.testkit.Origin;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Windows of HTTP/2 in both directions, and what they hold back. */
@Timeout(60)
final class Http2FlowTest {
    private static final int WINDOW = 65_535;
    private static final int LARGE = 8 << 20;
    private static final int SETTINGS_WINDOW = 4;

    private static Origin sending(int bytes, AtomicLong sent) {
        byte[] block = new byte[1 << 16];
        return Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
            for (int left = bytes; left > 0; left -= block.length) {
                wire.send(left < block.length ? new byte[left] : block);
                sent.addAndGet(block.length);
            }
        });
    }

    @Test
    void noMoreIsSentThanTheWindowsAllowAndTheRestWhenTheyGrow() throws Exception {
        try (var origin = sending(LARGE, new AtomicLong());
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.get(1, "/");
            while (client.soFar(1).body.size() < WINDOW) {
                client.next();
            }
            client.settled();
            assertThat(client.soFar(1).body.size()).isEqualTo(WINDOW);
            client.windowUpdate(0, LARGE).windowUpdate(1, 1).settled();
            while (client.soFar(1).body.size() < WINDOW + 1) {
                client.next();
            }
            client.windowUpdate(1, LARGE);
            assertThat(client.answer(1).body.size()).isEqualTo(LARGE);
        }
    }

    @Test
    void anInitialWindowThatShrinksMayMakeAStreamsNegative() throws Exception {
        try (var origin = sending(LARGE, new AtomicLong());
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.windowUpdate(0, LARGE).get(1, "/");
            while (client.soFar(1).body.size() < WINDOW) {
                client.next();
            }
            client.settings(SETTINGS_WINDOW, 0).windowUpdate(1, WINDOW).settled();
            assertThat(client.soFar(1).body.size()).isEqualTo(WINDOW); // the window is 0 again, not above it
            client.settings(SETTINGS_WINDOW, LARGE);
            assertThat(client.answer(1).body.size()).isEqualTo(LARGE);
        }
    }

    @Test
    void streamsShareTheConnectionsWindow() throws Exception {
        try (var origin = sending(LARGE, new AtomicLong());
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.settings(SETTINGS_WINDOW, LARGE).get(1, "/").get(3, "/");
            while (client.soFar(1).body.size() + client.soFar(3).body.size() < WINDOW) {
                client.next();
            }
            proxyHasBoth(client);
            int first = client.soFar(1).body.size();
            int second = client.soFar(3).body.size();
            int more = 32 * 16_384;
            client.windowUpdate(0, more);
            while (client.soFar(1).body.size() + client.soFar(3).body.size() < WINDOW + more) {
                client.next();
            }
            assertThat(client.soFar(1).body.size() - first).isGreaterThan(more / 4);
            assertThat(client.soFar(3).body.size() - second).isGreaterThan(more / 4);
        }
    }

    /** Reads on until both streams have their head, so that both have something to send. */
    private static void proxyHasBoth(RawHttp2 client) throws IOException {
        while (client.soFar(1).status == 0 || client.soFar(3).status == 0) {
            client.next();
        }
        client.settled();
    }

    @Test
    void aClientWithoutAWindowHoldsTheHostBack() throws Exception {
        var sent = new AtomicLong();
        try (var origin = sending(64 << 20, sent);
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.settings(SETTINGS_WINDOW, 0);
            for (int id = 1; id < 40; id += 2) {
                client.get(id, "/");
            }
            Await.standstill("what is sent", sent::get);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()).isLessThan(48 << 20);
            client.settled();
            assertThat(client.soFar(1).body.size()).isZero();
        }
    }

    @Test
    void aHostThatDoesNotReadHoldsTheClientBackAtItsWindow() throws Exception {
        var go = new CountDownLatch(1);
        int total = 24 << 20;
        var options = new Http2Options(4096, 10, 1 << 20, 2 << 20, 10_000, 1_000, 1, 100, 10, false,
                Http2Options.KeepAlive.NONE);
        var spec = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))).withHttp2(Codec.AUTO, options);
        try (var origin = Origin.streaming((request, wire) -> {
            FlowTest.held(go);
            FlowTest.skip(wire.in(), total);
            wire.reply(200, "all");
        }); var proxy = ProxyFixture.with(c -> c, spec, origin); var client = RawHttp2.connect(proxy.port)) {
            client.post(1, "/", "content-length: " + total);
            var upload = new Upload(client, total, 1 << 20);
            upload.untilNothingIsGivenBack();
            // Windows are SETTINGS' and the updates': what was not taken has not been given back.
            assertThat(upload.sent).isLessThan(total);
            go.countDown();
            upload.toTheEnd();
            assertThat(client.answer(1).text()).isEqualTo("all");
        }
    }

    /**
     * A body of stream 1, sent as the windows allow. What they still allow is kept from one call to the next: a client
     * that forgot it would wait for updates that the server has no reason to send.
     */
    private static final class Upload {
        private final RawHttp2 client;
        private final int total;
        private long connection = WINDOW;
        private long stream;
        private long sent;

        Upload(RawHttp2 client, int total, int streamWindowBytes) {
            this.client = client;
            this.total = total;
            this.stream = streamWindowBytes;
        }

        void untilNothingIsGivenBack() throws IOException {
            while (send()) {
                var frame = client.nextWithin(1_000);
                if (frame == null) {
                    return;
                }
                seen(frame);
            }
        }

        void toTheEnd() throws IOException {
            while (send()) {
                seen(client.next());
            }
        }

        /** Sends what is allowed; returns whether there is more. */
        private boolean send() throws IOException {
            for (long allowed = allowed(); allowed > 0; allowed = allowed()) {
                int size = (int) Math.min(16_384, allowed);
                boolean last = sent + size == total;
                client.frame(RawHttp2.DATA, last ? RawHttp2.END_STREAM : 0, 1, new byte[size]);
                sent += size;
                connection -= size;
                stream -= size;
            }
            return sent < total;
        }

        private long allowed() {
            return Math.min(total - sent, Math.min(connection, stream));
        }

        private void seen(RawHttp2.@Nullable Frame frame) {
            if (frame == null) {
                throw new AssertionError("the connection has been closed after " + sent + " bytes");
            }
            if (frame.type() == RawHttp2.WINDOW_UPDATE) {
                connection += frame.id() == 0 ? frame.number(0) : 0;
                stream += frame.id() == 1 ? frame.number(0) : 0;
            }
        }
    }

    @Test
    void aResponseThatNobodyTakesIsResetInTheEnd() throws Exception {
        var times = Timeouts.DEFAULT;
        var impatient = new Timeouts(times.idleNanos(), 1_000_000_000L, 0, times.requestHeadersNanos(), 0, 0,
                times.drainNanos(), times.delayedCloseNanos());
        try (var origin = Origin.answering("x".repeat(1_000));
                var proxy = ProxyFixture.with(c -> c, FlowTest.spec(Forward.to("origins"), impatient), origin);
                var client = RawHttp2.connect(proxy.port)) {
            client.settings(SETTINGS_WINDOW, 10).get(1, "/");
            var answer = client.answer(1);
            assertThat(answer.body.size()).isEqualTo(10);
            assertThat(answer.reset).isEqualTo(Http2Error.CANCEL);
            assertThat(client.settings(SETTINGS_WINDOW, WINDOW).get(3, "/").answer(3).body.size()).isEqualTo(1_000);
        }
    }

    @Test
    void aLargeBodyArrivesWholeInBothDirections() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                var proxy = ProxyFixture.before(origin);
                var client = RawHttp2.connect(proxy.port)) {
            var text = new StringBuilder();
            for (int i = 0; text.length() < LARGE; i++) {
                text.append(i).append(' ');
            }
            client.settings(SETTINGS_WINDOW, Integer.MAX_VALUE).windowUpdate(0, 1 << 30).post(1, "/");
            Thread.ofVirtual().start(() -> send(client, text.toString()));
            assertThat(client.answer(1).text()).isEqualTo(text.toString());
        }
    }

    /** The windows of the default options are larger than the text. */
    private static void send(RawHttp2 client, String text) {
        try {
            for (int at = 0; at < text.length(); at += 10_000) {
                int end = Math.min(text.length(), at + 10_000);
                client.data(1, text.substring(at, end), end == text.length());
            }
        } catch (IOException closed) {
            throw new IllegalStateException(closed);
        }
    }
}
