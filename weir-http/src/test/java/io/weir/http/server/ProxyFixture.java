package io.weir.http.server;

import io.weir.core.admit.Carryover;
import io.weir.core.cluster.Aggregates;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.overload.Overload;
import io.weir.core.overload.Relief;
import io.weir.core.stats.Stats;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.proxy.HttpStats;
import io.weir.http.proxy.ProxyContext;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.upstream.Pools;
import io.weir.net.acme.Challenges;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Await;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A proxy on a free port before some origins, with everything that a test may want to look at. */
public final class ProxyFixture implements AutoCloseable {
    /** What the access log was told of one exchange. */
    public record Logged(int status, String details, long flags, String host, int attempts, long received, long sent,
            String filterTimes, String cluster) {
        public boolean has(ResponseFlag flag) {
            return (flags & flag.bit()) != 0;
        }
    }

    public final Stats stats = new Stats();
    public final Challenges challenges = new Challenges();
    public final Cluster cluster;
    public final HttpServer server;
    public final int port;
    private final Clusters clusters = new Clusters();
    private final Aggregates aggregates = new Aggregates(clusters);
    private final Workers workers;
    private final Listener listener;
    private @Nullable Listener narrow;
    private final BlockingQueue<Logged> logged = new LinkedBlockingQueue<>();

    /** Everything goes to these origins, round robin, with every default. */
    public static ProxyFixture before(Origin... origins) {
        return with(spec -> spec, HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))), origins);
    }

    /** Everything goes to these origins by this route. */
    public static ProxyFixture routing(Forward forward, Origin... origins) {
        return with(spec -> spec, HttpManagerSpec.of("test", RouteTable.of(forward)), origins);
    }

    public static ProxyFixture with(UnaryOperator<ClusterSpec> clusterSpec, HttpManagerSpec spec, Origin... origins) {
        var endpoints = new ArrayList<Endpoint>();
        for (var origin : origins) {
            endpoints.add(Endpoint.of(origin.address()));
        }
        return new ProxyFixture(clusterSpec.apply(ClusterSpec.of("origins", endpoints)), spec);
    }

    /** A proxy before this cluster, which the routes call {@code origins}. */
    public static ProxyFixture to(ClusterSpec cluster, HttpManagerSpec spec) {
        return new ProxyFixture(cluster, spec);
    }

    /** Everything goes to this one address. */
    public static ProxyFixture to(InetSocketAddress address, HttpManagerSpec spec) {
        return new ProxyFixture(ClusterSpec.of("origins", List.of(Endpoint.of(address))), spec);
    }

    private ProxyFixture(ClusterSpec clusterSpec, HttpManagerSpec spec) {
        cluster = new Cluster(clusterSpec, stats);
        cluster.endpoints(clusterSpec.endpoints(), System.nanoTime());
        clusters.put(cluster);
        workers = Workers.start(1);
        var context = new ProxyContext(spec, clusters, new HttpStats(stats, spec.statPrefix()), new Recorder(),
                new Carryover(), challenges, 0);
        server = new HttpServer(context, workers);
        listener = listen(HttpServer.SETTINGS);
        port = ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** One more cluster, of one origin. */
    public Cluster add(String name, Origin origin) {
        return add(ClusterSpec.of(name, List.of(Endpoint.of(origin.address()))));
    }

    /** One more cluster; one that stands for others comes behind them. */
    public Cluster add(ClusterSpec spec) {
        var more = new Cluster(spec, stats);
        more.endpoints(spec.endpoints(), System.nanoTime());
        clusters.put(more);
        aggregates.gather();
        return more;
    }

    /** One more port, of whose connections the kernel holds a few bytes and the proxy what it has; once. */
    public int narrow() {
        var door = listen(HttpServer.SETTINGS.withSocketBuffers(0, 4096).withWriteMarks(1 << 20, 1 << 21));
        narrow = door;
        return ((InetSocketAddress) door.localAddress()).getPort();
    }

    private Listener listen(ChannelSettings settings) {
        var options = ListenOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), settings);
        try {
            return Listener.bind(workers, options, server);
        } catch (ListenFailure impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Connections follow the hosts of the cluster, as they do in a Weir. */
    public ProxyFixture following() {
        Pools.follow(cluster, workers);
        return this;
    }

    /** How much is shed. */
    public Overload overload() {
        return workers.overload();
    }

    /** Has the worker give this up, once; returns how many streams were reset. */
    public int relieve(Relief what) throws Exception {
        var worker = workers.all().getFirst();
        return worker.loop().submit(() -> Relieving.of(worker).relieve(what)).get(30, TimeUnit.SECONDS);
    }

    public RawHttp client() throws IOException {
        return RawHttp.connect(port);
    }

    /** How many exchanges have ended that nobody has asked for yet. */
    public int exchanges() {
        return logged.size();
    }

    /** The next exchange that ended. */
    public Logged logged() throws InterruptedException {
        var next = logged.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was logged for thirty seconds");
        }
        return next;
    }

    /** Waits until this holds: for what the proxy does just behind the bytes that a test sees. */
    public static void eventually(BooleanSupplier holds) throws InterruptedException {
        Await.until("what holds in the end", holds::getAsBoolean);
    }

    private final class Recorder implements AccessLog {
        @Override
        public void log(AccessRecord ended) {
            String host = ended.upstreamHost();
            String details = ended.responseCodeDetails();
            String times = ended.filterTimes();
            String cluster = ended.upstreamCluster();
            logged.add(new Logged(ended.responseCode(), details == null ? "" : details, ended.flags(),
                    host == null ? "" : host, ended.upstreamRequestAttemptCount(), ended.bytesReceived(),
                    ended.bytesSent(), times == null ? "" : times, cluster == null ? "" : cluster));
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {
        listener.close();
        if (narrow != null) {
            narrow.close();
        }
        workers.close();
    }
}
