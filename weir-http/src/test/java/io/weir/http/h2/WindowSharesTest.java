package io.weir.http.h2;

import static io.weir.http.upstream.UpstreamFixture.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.weir.core.model.ClusterSpec;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.ReadManager;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.server.ProxyFixture;
import io.weir.http.upstream.Http2Origin;
import io.weir.http.upstream.UpstreamFixture;
import io.weir.testkit.Await;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that nobody reads, beside others on one connection: in uploads of a client, in downloads from a host. */
@Timeout(60)
final class WindowSharesTest {
    private static final int STREAM_WINDOW = 1 << 20;
    private static final int CONNECTION_WINDOW = 3 << 19;
    private static final int STREAMS_MAX = 4;
    /** So small that all streams fit into a quarter of the connection's window; more than a host takes unread. */
    private static final int LEAST = CONNECTION_WINDOW / 4 / STREAMS_MAX;
    /** More than the connection's window, several times. */
    private static final int LONG = 6 << 20;
    private static final int SETTINGS_WINDOW = 4;

    private static ClusterSpec cluster(Http2Origin origin, Http2Options hosts) {
        return UpstreamFixture.cluster(UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, hosts),
                List.of(origin.endpoint()));
    }

    private static ProxyFixture proxy(Http2Origin origin, Http2Options clients, Http2Options hosts) {
        return ProxyFixture.to(cluster(origin, hosts),
                HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))).withHttp2(Codec.AUTO, clients));
    }

    // ---- uploads ----

    /** Each request has its own connection to the host, so that there none holds back another. */
    private static ProxyFixture uploading(Readers host) {
        return proxy(host.origin, options(STREAMS_MAX, STREAM_WINDOW, CONNECTION_WINDOW),
                options(1, STREAM_WINDOW, CONNECTION_WINDOW));
    }

    /**
     * A host that reads every body but those for {@code /held}, and these too once it is told; it answers at the end.
     */
    private static final class Readers implements Http2Origin.Script, AutoCloseable {
        final Http2Origin origin = Http2Origin.start(this);
        /** On the origin's thread: what was not taken of each held stream; null when all is read. */
        private @Nullable Map<Http2Origin.Stream, Integer> held = new HashMap<>();

        @Override
        public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
            var waiting = held;
            if (waiting != null && headers.path().toString().equals("/held")) {
                waiting.put(stream, 0);
            }
        }

        @Override
        public void data(Http2Origin.Stream stream, ByteBuf data, boolean last) {
            int bytes = data.readableBytes();
            var waiting = held;
            if (waiting != null && waiting.containsKey(stream)) {
                waiting.merge(stream, bytes, Integer::sum);
            } else if (bytes > 0) {
                stream.taken(bytes);
            }
            if (last) {
                stream.head(200, true);
            }
        }

        @Override
        public boolean holds() {
            return true;
        }

        /** Reads everything from now on. */
        void go() {
            origin.connections.getFirst().eventLoop().execute(() -> {
                var waiting = held;
                held = null;
                if (waiting != null) {
                    waiting.forEach(Http2Origin.Stream::taken);
                }
            });
        }

        @Override
        public void close() {
            origin.close();
        }
    }

    /**
     * A client that heeds its windows as RFC 9113 section 6.9 has it, and acknowledges SETTINGS when a test says so.
     */
    private static final class Uploads implements AutoCloseable {
        final RawHttp2 wire;
        /** Every SETTINGS_INITIAL_WINDOW_SIZE that came. */
        final List<Integer> announced = new ArrayList<>();
        private final Map<Integer, Long> windows = new TreeMap<>();
        private final Map<Integer, Long> left = new TreeMap<>();
        private final boolean acknowledges;
        private long connection = 65_535;
        private int initial = 65_535;

        Uploads(int port, boolean acknowledges) throws IOException {
            this.acknowledges = acknowledges;
            wire = RawHttp2.silent(port).send(RawHttp2.PREFACE).settings();
            heard();
        }

        /** Reads what the server has sent until now. */
        void heard() throws IOException {
            wire.frame(RawHttp2.PING, 0, 0, new byte[8]);
            for (var frame = next(); frame.type() != RawHttp2.PING; frame = next()) {
                // each is taken in
            }
        }

        RawHttp2.Frame next() throws IOException {
            var frame = wire.next();
            if (frame == null) {
                throw new EOFException("the connection has been closed");
            }
            if (frame.type() == RawHttp2.WINDOW_UPDATE) {
                assertThat(frame.number(0)).isPositive();
                if (frame.id() == 0) {
                    connection += frame.number(0);
                } else {
                    windows.merge(frame.id(), (long) frame.number(0), Long::sum);
                }
            } else if (frame.type() == RawHttp2.SETTINGS && !frame.has(RawHttp2.ACK)) {
                settings(frame);
            }
            return frame;
        }

        private void settings(RawHttp2.Frame frame) throws IOException {
            for (int at = 0; at < frame.payload().length; at += 6) {
                if (frame.payload()[at + 1] == SETTINGS_WINDOW) {
                    int bytes = frame.number(at + 2);
                    long difference = (long) bytes - initial;
                    windows.replaceAll((_, window) -> window + difference);
                    initial = bytes;
                    announced.add(bytes);
                }
            }
            if (acknowledges) {
                acknowledge();
            }
        }

        void acknowledge() throws IOException {
            wire.frame(RawHttp2.SETTINGS, RawHttp2.ACK, 0, RawHttp2.NOTHING);
        }

        void begin(int id, String path, long total) throws IOException {
            windows.put(id, (long) initial);
            left.put(id, total);
            wire.post(id, path, "content-length: " + total);
        }

        /** Sends of a stream what the windows allow, and no more than this; returns how much. */
        long send(int id, long most) throws IOException {
            long sent = 0;
            while (sent < most) {
                long size = Math.min(Math.min(connection, windows.getOrDefault(id, 0L)),
                        Math.min(Math.min(16_384, most - sent), left.getOrDefault(id, 0L)));
                if (size <= 0) {
                    break;
                }
                boolean last = left.merge(id, -size, Long::sum) == 0;
                wire.frame(RawHttp2.DATA, last ? RawHttp2.END_STREAM : 0, id, new byte[(int) size]);
                connection -= size;
                windows.merge(id, -size, Long::sum);
                sent += size;
            }
            return sent;
        }

        /** Sends all of a stream's body, as fast as the windows allow, and reads the answer. */
        void finish(int id) throws IOException {
            while (left.getOrDefault(id, 0L) > 0) {
                if (send(id, Long.MAX_VALUE) == 0) {
                    next();
                }
            }
            while (!wire.soFar(id).complete) {
                next();
            }
            assertThat(wire.soFar(id).status).isEqualTo(200);
        }

        @Override
        public void close() throws IOException {
            wire.close();
        }
    }

    @Test
    void aStreamThatIsReadGetsTheWindowThatIsLeftAgainAndAgainFromAPeerWithoutAcknowledgements() throws Exception {
        try (var host = new Readers();
                var proxy = uploading(host);
                var client = new Uploads(proxy.port, false)) {
            client.begin(1, "/held", LONG);
            assertThat(client.send(1, LONG)).isEqualTo(STREAM_WINDOW);
            client.begin(3, "/read", LONG);
            client.finish(3);
            assertThat(client.announced).containsExactly(STREAM_WINDOW);
        }
    }

    @Test
    void streamsThatFillTheWholeConnectionBeforeTheyHearOfItDoNotHoldOthersBack() throws Exception {
        try (var host = new Readers();
                var proxy = uploading(host);
                var client = new Uploads(proxy.port, true)) {
            client.begin(1, "/held", LONG);
            client.begin(3, "/held", LONG);
            long sent = client.send(1, LONG) + client.send(3, LONG);
            assertThat(sent).isEqualTo(CONNECTION_WINDOW);
            client.begin(5, "/read", LONG);
            client.finish(5);
            assertThat(client.announced).endsWith(LEAST).isSubsetOf(STREAM_WINDOW, LEAST, client.announced.get(1));
            // These two bring no more, and another one has its share, which leaves some for all that may be open.
            client.heard();
            assertThat(client.send(1, LONG) + client.send(3, LONG)).isZero();
            client.begin(7, "/held", LONG);
            assertThat(client.send(7, LONG)).isEqualTo(LEAST);
            client.begin(9, "/read", LONG);
            client.finish(9);
        }
    }

    @Test
    void windowsGrowAgainWhenOwnersHaveTakenWhatWaited() throws Exception {
        try (var host = new Readers();
                var proxy = uploading(host);
                var client = new Uploads(proxy.port, true)) {
            client.begin(1, "/held", LONG);
            client.begin(3, "/held", LONG);
            client.send(1, LONG);
            client.send(3, LONG);
            while (!client.announced.getLast().equals(LEAST)) {
                client.next();
            }
            host.go();
            client.finish(1);
            client.finish(3);
            client.heard();
            int id = 5;
            // What was lent has to be given back first.
            for (; client.announced.getLast() != STREAM_WINDOW && id < 20; id += 2) {
                client.begin(id, "/read", STREAM_WINDOW);
                client.finish(id);
                client.heard();
            }
            assertThat(client.announced.getLast()).isEqualTo(STREAM_WINDOW);
            client.begin(id, "/read", STREAM_WINDOW);
            assertThat(client.send(id, LONG)).isGreaterThanOrEqualTo(CONNECTION_WINDOW / 2);
            client.finish(id);
        }
    }

    @Test
    void aSmallerWindowHoldsFromItsAcknowledgementOnAndNotBefore() throws Exception { // RFC 9113 section 6.5.3
        try (var host = new Readers();
                var proxy = uploading(host);
                var client = new Uploads(proxy.port, false)) {
            client.acknowledge();
            client.begin(1, "/held", LONG);
            client.send(1, STREAM_WINDOW - 100_000);
            while (client.announced.size() < 2) {
                client.next();
            }
            assertThat(client.announced.getLast()).isBetween(LEAST, CONNECTION_WINDOW / 8);
            assertThat(client.send(1, LONG)).isZero(); // but it might not have heard yet
            client.wire.frame(RawHttp2.DATA, 0, 1, new byte[10_000]);
            client.heard();
            assertThat(client.wire.soFar(1).reset).isNull();
            client.acknowledge();
            client.wire.frame(RawHttp2.DATA, 0, 1, new byte[1]);
            client.heard();
            assertThat(client.wire.soFar(1).reset).isEqualTo(Http2Error.FLOW_CONTROL_ERROR);
            client.begin(3, "/read", LONG);
            client.finish(3);
        }
    }

    @Test
    void aPeerThatKnowsItsWindowsAndThenAcknowledgesNoOthersIsLeft() throws Exception { // RFC 9113 section 6.5.3
        var quick = ReadManager.withRouter("""
                request_headers_timeout: 1s
                route_config: { virtual_hosts: [ { name: all, domains: "*", routes: [ { match: { prefix: / },
                  route: { cluster: origins } } ] } ] }
                """).accepted().withHttp2(Codec.AUTO, options(STREAMS_MAX, STREAM_WINDOW, CONNECTION_WINDOW));
        try (var host = new Readers();
                var proxy = ProxyFixture.to(cluster(host.origin, options(1, STREAM_WINDOW, CONNECTION_WINDOW)), quick);
                var client = new Uploads(proxy.port, false)) {
            client.acknowledge();
            client.begin(1, "/held", LONG);
            client.send(1, STREAM_WINDOW);
            while (client.announced.size() < 2) {
                client.next();
            }
            assertThat(client.wire.await(RawHttp2.GOAWAY, 0).number(4))
                    .isEqualTo(Http2Error.SETTINGS_TIMEOUT.code());
        }
    }

    // ---- downloads ----

    private static Http2Origin sending(int bytes, AtomicLong written) {
        return Http2Origin.start((stream, headers, last) -> {
            stream.head(200, false, "content-length", Integer.toString(bytes));
            for (int at = 0; at < bytes; at += 1 << 16) {
                int size = Math.min(1 << 16, bytes - at);
                stream.context().write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[size]),
                        at + size == bytes).stream(stream.frames())).addListener(_ -> written.addAndGet(size));
            }
            stream.context().flush();
        });
    }

    @Test
    void clientsThatDoNotReadDoNotHoldOthersBackThatShareTheirHostsConnection() throws Exception {
        var written = new AtomicLong();
        try (var origin = sending(LONG, written);
                var proxy = proxy(origin, Http2Options.DEFAULT,
                        options(STREAMS_MAX, STREAM_WINDOW, CONNECTION_WINDOW));
                var deaf = RawHttp2.connect(proxy.port);
                var other = RawHttp2.connect(proxy.port)) {
            assertThat(other.settings(SETTINGS_WINDOW, LONG).windowUpdate(0, 6 * LONG).get(1, "/").answer(1).body
                    .size()).isEqualTo(LONG);
            deaf.settings(SETTINGS_WINDOW, 0).windowUpdate(0, 6 * LONG).get(1, "/").get(3, "/").get(5, "/");
            Await.standstill("what is written", written::get);
            assertThat(written.get()).isLessThan(LONG + 2 * CONNECTION_WINDOW);
            for (int id = 3; id < 9; id += 2) {
                assertThat(other.get(id, "/").answer(id).body.size()).isEqualTo(LONG);
            }
            ProxyFixture.eventually(() -> origin.initialWindows.getLast() < STREAM_WINDOW);
            deaf.settings(SETTINGS_WINDOW, LONG);
            for (int id = 1; id < 7; id += 2) {
                assertThat(deaf.answer(id).body.size()).isEqualTo(LONG);
            }
            assertThat(other.get(9, "/").answer(9).body.size()).isEqualTo(LONG);
            ProxyFixture.eventually(() -> origin.initialWindows.getLast() == STREAM_WINDOW);
            assertThat(origin.connections).hasSize(1);
        }
    }

    @Test
    void anAnswerThatItsClientGivesUpLeavesNothingOfTheConnectionsWindowTaken() throws Exception {
        int length = 600_000;
        int asked = 6;
        try (var origin = sending(length, new AtomicLong());
                var proxy = proxy(origin, Http2Options.DEFAULT,
                        options(STREAMS_MAX, STREAM_WINDOW, CONNECTION_WINDOW));
                var client = RawHttp2.connect(proxy.port)) {
            client.settings(SETTINGS_WINDOW, 0).windowUpdate(0, LONG);
            for (int i = 0; i < asked; i++) {
                int id = 2 * i + 1;
                long whole = (i + 1L) * length;
                client.get(id, "/");
                ProxyFixture.eventually(() -> proxy.cluster.stats().upstreamCxRxBytesTotal().value() > whole);
                client.reset(id, Http2Error.CANCEL).settled();
            }
            int last = 2 * asked + 1;
            assertThat(client.settings(SETTINGS_WINDOW, LONG).get(last, "/").answer(last).body.size())
                    .isEqualTo(length);
            assertThat(origin.connections).hasSize(1);
        }
    }
}
