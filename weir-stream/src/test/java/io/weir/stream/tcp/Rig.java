package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Stats;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A TCP proxy on two workers with everything around it that it needs. */
final class Rig implements AutoCloseable {

    final Workers workers = Workers.start(2);
    final Stats stats = new Stats();
    final Clusters clusters = new Clusters();
    final BlockingQueue<AccessRecord> records = new LinkedBlockingQueue<>();
    final TcpProxy proxy;
    private final Listener listener;

    Rig(TcpProxySpec spec) {
        proxy = new TcpProxy(spec, clusters, stats, new AccessLog() {
            @Override
            public void log(AccessRecord ended) {
                records.add(ended);
            }

            @Override
            public void close() {}
        }, (_, _, _, _, _, _, _) -> {
            throw new AssertionError("nobody asks for a tunnel here");
        });
        try {
            listener = Listener.bind(workers,
                    ListenOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TcpProxy.SETTINGS),
                    proxy);
        } catch (ListenFailure e) {
            throw new UncheckedIOException(e);
        }
    }

    /** To one cluster, called {@code backend}. */
    static Rig to(SocketAddress... hosts) {
        Rig rig = new Rig(TcpProxySpec.of("test", "backend"));
        rig.cluster("backend", hosts);
        return rig;
    }

    static Rig of(TcpProxySpec spec, SocketAddress... hosts) {
        Rig rig = new Rig(spec);
        rig.cluster("backend", hosts);
        return rig;
    }

    /** Adds a cluster that never ejects, so that a dead host is picked again and again. */
    Cluster cluster(String name, SocketAddress... hosts) {
        return cluster(ClusterSpec.of(name, Arrays.stream(hosts).map(Endpoint::of).toList())
                .withEjection(EjectionSpec.NEVER));
    }

    Cluster limited(String name, CircuitLimits limits, SocketAddress host) {
        return cluster(ClusterSpec.of(name, List.of(Endpoint.of(host))).withLimits(limits));
    }

    Cluster cluster(ClusterSpec spec) {
        Cluster cluster = new Cluster(spec, stats);
        clusters.put(cluster);
        return cluster;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    Socket connect() throws IOException {
        InetSocketAddress address = address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    AccessRecord record() {
        try {
            return Objects.requireNonNull(records.poll(20, TimeUnit.SECONDS), "no record within 20 s");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static long flags(ResponseFlag... flags) {
        return Arrays.stream(flags).mapToLong(ResponseFlag::bit).reduce(0, (a, b) -> a | b);
    }

    long stat(String name) {
        for (Metric metric : stats.sorted()) {
            if (metric.name().equals(name)) {
                return Long.parseLong(metric.toString().substring(metric.toString().lastIndexOf(' ') + 1));
            }
        }
        throw new AssertionError("no metric " + name);
    }

    static void await(String what, BooleanSupplier condition) {
        Await.until(what, condition::getAsBoolean);
    }

    /** After the last connection nothing may be left: no count, no byte. */
    void assertNothingIsLeft() {
        await("all sessions end", () -> proxy.activeConnections() == 0);
        for (Cluster cluster : clusters.all()) {
            assertThat(cluster.circuit().connectionsActive()).as("connections of %s", cluster.name()).isZero();
            assertThat(cluster.stats().upstreamCxActive().value()).isZero();
            assertThat(cluster.stats().upstreamRqActive().value()).isZero();
            cluster.view().hosts().all().forEach(host -> {
                assertThat(host.requestsActive()).as("requests of %s", host).isZero();
                assertThat(host.stats().cxActive().value()).isZero();
            });
        }
        assertThat(stat("tcp.test.upstream_flush_active")).isZero();
        await("all buffers are back", () -> workers.allocator().pinnedDirectMemory() == 0);
    }

    @Override
    public void close() {
        listener.close();
        proxy.closeAll();
        workers.close();
    }
}
