package io.weir.http.upstream;

import static io.weir.http.upstream.UpstreamFixture.GET;
import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.Http2Options.KeepAlive;
import io.weir.http.route.Forward;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.RouteTable;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.Origin;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long hosts of HTTP/2 are waited for, and their connections kept. */
@Timeout(60)
final class Http2UpstreamTimesTest {
    private static final long MILLI = 1_000_000;
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    private static final byte[] ANSWER = {0, 0, 1, 1, 5, 0, 0, 0, 1, (byte) 0x89}; // :status 204 of stream 1
    private static final int HEADERS = 1;
    private static final int PING = 6;

    /** A host of bare frames, which answers the heads of streams, and PINGs if it wants. */
    private static final class Bare implements AutoCloseable {
        final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        final List<Socket> connections = new CopyOnWriteArrayList<>();
        final AtomicInteger pings = new AtomicInteger();
        final AtomicInteger heads = new AtomicInteger();
        private final boolean speaks;
        private final boolean answersPings;

        Bare(boolean speaks, boolean answersPings) throws IOException {
            this.speaks = speaks;
            this.answersPings = answersPings;
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        var socket = server.accept();
                        connections.add(socket);
                        Thread.ofVirtual().start(() -> serve(socket));
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
        }

        private void serve(Socket socket) {
            try {
                if (!speaks) {
                    return;
                }
                socket.getOutputStream().write(SETTINGS);
                var in = new DataInputStream(socket.getInputStream());
                in.readNBytes(24);
                while (true) {
                    int lengthAndType = in.readInt();
                    int flags = in.readUnsignedByte();
                    int id = in.readInt();
                    byte[] payload = in.readNBytes(lengthAndType >>> 8);
                    int type = lengthAndType & 0xff;
                    if (type == PING && flags == 0) {
                        pings.incrementAndGet();
                        if (answersPings) {
                            byte[] ack = {0, 0, 8, PING, 1, 0, 0, 0, 0};
                            socket.getOutputStream().write(ack);
                            socket.getOutputStream().write(payload);
                        }
                    } else if (type == HEADERS && heads.incrementAndGet() > 0 && answersPings) {
                        byte[] answer = ANSWER.clone();
                        answer[8] = (byte) id;
                        socket.getOutputStream().write(answer);
                    }
                }
            } catch (IOException closed) {
                // as it should be
            }
        }

        ProxyFixture proxy(KeepAlive alive, long durationMaxNanos) {
            var base = UpstreamHttpSpec.DEFAULT;
            var defaults = Http2Options.DEFAULT;
            var options = new Http2Options(defaults.hpackTableBytes(), defaults.concurrentStreamsMax(),
                    defaults.streamWindowBytes(), defaults.connectionWindowBytes(), defaults.outboundFramesMax(),
                    defaults.outboundControlFramesMax(), defaults.emptyFramesMax(),
                    defaults.priorityFramesPerStreamMax(), defaults.windowUpdatesPerDataMax(), false, alive);
            var http = new UpstreamHttpSpec(base.idleTimeoutNanos(), durationMaxNanos, 0, base.headersMax(),
                    base.headBytesMax(), Protocol.HTTP2, options);
            var cluster = ClusterSpec.of("origins", List.of(Endpoint.of((InetSocketAddress) server
                    .getLocalSocketAddress()))).withExtensions(Map.of(UpstreamHttpSpec.TYPE, http))
                    .withConnectTimeoutNanos(300 * MILLI);
            return ProxyFixture.to(cluster, HttpManagerSpec.of("test",
                    RouteTable.of(Forward.to("origins").withRetry(RetrySpec.off()))));
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (var socket : connections) {
                socket.close();
            }
        }
    }

    @Test
    void aHostThatTakesConnectionsAndSaysNothingIsNotWaitedForLong() throws Exception { // RFC 9113 section 3.4
        try (var host = new Bare(false, false);
                var proxy = host.proxy(KeepAlive.NONE, 0);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isBetween(502, 503);
            assertThat(proxy.logged().details()).startsWith("upstream_reset_before_response_started");
        }
    }

    @Test
    void aHostThatAnswersNoPingIsGone() throws Exception { // RFC 9113 section 6.7
        try (var host = new Bare(true, false);
                var proxy = host.proxy(new KeepAlive(100 * MILLI, 200 * MILLI, 0, 0), 0);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(503);
            assertThat(host.pings.get()).isPositive();
            eventually(() -> proxy.cluster.stats().upstreamCxActive().value() == 0);
        }
    }

    @Test
    void aHostThatAnswersPingsIsKept() throws Exception {
        try (var host = new Bare(true, true);
                var proxy = host.proxy(new KeepAlive(50 * MILLI, 10_000 * MILLI, 0, 0), 0);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            eventually(() -> host.pings.get() > 3);
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            assertThat(host.connections).hasSize(1);
        }
    }

    @Test
    void aConnectionThatHasLongRestedIsAskedBeforeItsNextRequest() throws Exception {
        try (var host = new Bare(true, true);
                var proxy = host.proxy(new KeepAlive(0, 10_000 * MILLI, 0, 100 * MILLI), 0);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            assertThat(host.pings.get()).isZero();
            Origin.pause(Duration.ofMillis(300));
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            eventually(() -> host.pings.get() == 1);
            assertThat(host.connections).hasSize(1);
        }
    }

    @Test
    void noRequestBeginsOnAConnectionThatIsOldEnough() throws Exception {
        try (var host = new Bare(true, true);
                var proxy = host.proxy(KeepAlive.NONE, 100 * MILLI);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            Origin.pause(Duration.ofMillis(300));
            assertThat(client.send(GET).response().status()).isEqualTo(204);
            assertThat(host.connections).hasSize(2);
            eventually(() -> proxy.cluster.stats().upstreamCxActive().value() == 1);
        }
    }
}
