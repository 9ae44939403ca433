package io.weir.http.upstream;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Stats;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.h2.Http2Options;
import io.weir.http.proxy.HttpStats;
import io.weir.http.proxy.ProxyContext;
import io.weir.core.admit.Carryover;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.server.HttpServer;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A proxy of one worker on a free port before hosts that are spoken to as a test says. */
final class UpstreamFixture implements AutoCloseable {
    static final String GET = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    static final String POST = "POST /p HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello";
    static final UpstreamHttpSpec HTTP2 = UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, Http2Options.DEFAULT);

    /** What the access log was told of one exchange. */
    record Logged(String details, long flags, int attempts) {
        boolean has(ResponseFlag flag) {
            return (flags & flag.bit()) != 0;
        }
    }

    final Stats stats = new Stats();
    final Cluster cluster;
    final int port;
    private final Workers workers = Workers.start(1);
    private final Listener listener;
    private final BlockingQueue<Logged> logged = new LinkedBlockingQueue<>();

    private UpstreamFixture(UpstreamHttpSpec spec, List<Endpoint> endpoints) {
        cluster = new Cluster(ClusterSpec.of("origins", endpoints)
                .withExtensions(Map.of(UpstreamHttpSpec.TYPE, spec)), stats);
        cluster.endpoints(endpoints, System.nanoTime());
        var clusters = new Clusters();
        clusters.put(cluster);
        var manager = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")));
        var context = new ProxyContext(manager, clusters, new HttpStats(stats, "test"), new Recorder(),
                new Carryover(), 0);
        try {
            listener = Listener.bind(workers, ListenOptions.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), HttpServer.SETTINGS),
                    new HttpServer(context, workers));
        } catch (ListenFailure impossible) {
            throw new AssertionError(impossible);
        }
        port = ((InetSocketAddress) listener.localAddress()).getPort();
    }

    static UpstreamFixture before(Http2Origin... origins) {
        return before(HTTP2, origins);
    }

    static UpstreamFixture before(UpstreamHttpSpec spec, Http2Origin... origins) {
        return new UpstreamFixture(spec, Arrays.stream(origins).map(Http2Origin::endpoint).toList());
    }

    static UpstreamFixture before(UpstreamHttpSpec spec, InetSocketAddress address) {
        return new UpstreamFixture(spec, List.of(Endpoint.of(address)));
    }

    /** HTTP/2 with so many streams a connection, and these windows in bytes. */
    static UpstreamHttpSpec http2(int streamsMax, int streamWindow, int connectionWindow) {
        var base = Http2Options.DEFAULT;
        return UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, new Http2Options(base.hpackTableBytes(), streamsMax,
                streamWindow, connectionWindow, base.outboundFramesMax(), base.outboundControlFramesMax(),
                base.emptyFramesMax(), base.priorityFramesPerStreamMax(), base.windowUpdatesPerDataMax(),
                base.streamErrors(), base.keepAlive()));
    }

    /** Puts bytes on the wire behind the back of the origin's codec. */
    static void raw(Http2Origin.Stream stream, int... bytes) {
        var out = Unpooled.buffer();
        for (int one : bytes) {
            out.writeByte(one);
        }
        stream.context().pipeline().context(Http2FrameCodec.class).writeAndFlush(out);
    }

    RawHttp client() throws IOException {
        return RawHttp.connect(port);
    }

    /** The next exchange that ended. */
    Logged logged() throws InterruptedException {
        var next = logged.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was logged for ten seconds");
        }
        return next;
    }

    /** Waits until this holds, ten seconds at most: for what happens just behind the bytes that a test sees. */
    static void eventually(BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("has not come true for ten seconds");
            }
            Thread.sleep(1);
        }
    }

    private final class Recorder implements AccessLog {
        @Override
        public void log(AccessRecord ended) {
            String details = ended.responseCodeDetails();
            logged.add(new Logged(details == null ? "" : details, ended.flags(), ended.upstreamRequestAttemptCount()));
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {
        listener.close();
        workers.close();
    }
}
