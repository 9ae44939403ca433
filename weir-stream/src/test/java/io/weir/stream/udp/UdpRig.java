package io.weir.stream.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Stats;
import io.weir.net.transport.DatagramListener;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessRecord;
import io.weir.stream.tcp.TcpProxy;
import io.weir.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;

/** A UDP proxy on two workers, with hosts that answer with their letter before what they were told. */
final class UdpRig implements AutoCloseable {
    static final int BYTES_MAX = 1500;

    final Workers workers = Workers.start(2);
    final Stats stats = new Stats();
    final Clusters clusters = new Clusters();
    final BlockingQueue<AccessRecord> records = new LinkedBlockingQueue<>();
    final UdpProxy proxy;
    final DatagramListener listener;

    UdpRig(UdpProxySpec spec) {
        proxy = new UdpProxy(spec, BYTES_MAX, clusters, stats, stats.root().counter("dropped"), log());
        try {
            listener = DatagramListener.bind(workers, ListenOptions.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TcpProxy.SETTINGS), BYTES_MAX,
                    proxy::handler);
        } catch (ListenFailure e) {
            throw new UncheckedIOException(e);
        }
    }

    AccessLog log() {
        return new AccessLog() {
            @Override
            public void log(AccessRecord ended) {
                records.add(ended);
            }

            @Override
            public void close() {}
        };
    }

    Cluster cluster(Echo... hosts) {
        return cluster(spec(hosts));
    }

    static ClusterSpec spec(Echo... hosts) {
        return ClusterSpec.of("backend", Arrays.stream(hosts).map(host -> Endpoint.of(host.address())).toList());
    }

    Cluster cluster(ClusterSpec spec) {
        Cluster cluster = new Cluster(spec, stats);
        clusters.put(cluster);
        return cluster;
    }

    Client client() {
        return new Client(listener.localAddress());
    }

    /** A number; -1 before it is there, as those of a cluster's sessions are with the first of them. */
    long stat(String name) {
        for (Metric metric : stats.sorted()) {
            if (metric.name().equals(name)) {
                return Long.parseLong(metric.toString().substring(metric.toString().lastIndexOf(' ') + 1));
            }
        }
        return -1;
    }

    static void await(String what, BooleanSupplier condition) {
        Await.until(what, condition::getAsBoolean);
    }

    @Override
    public void close() {
        listener.close();
        for (Cluster cluster : clusters.all()) {
            await("places are given back", () -> cluster.circuit().connectionsActive() == 0);
            assertThat(cluster.stats().upstreamCxActive().value()).isZero();
            cluster.view().hosts().all().forEach(host -> assertThat(host.requestsActive()).isZero());
        }
        await("all buffers are back", () -> workers.allocator().pinnedDirectMemory() == 0);
        workers.close();
    }

    /** Who asks. */
    static final class Client implements AutoCloseable {
        private final DatagramSocket socket;

        Client(InetSocketAddress to) {
            try {
                socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                socket.setSoTimeout(20_000);
                socket.connect(to);
            } catch (SocketException e) {
                throw new UncheckedIOException(e);
            }
        }

        void say(String words) {
            say(words.getBytes(StandardCharsets.US_ASCII));
        }

        void say(byte[] bytes) {
            try {
                socket.send(new DatagramPacket(bytes, bytes.length));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String hear() {
            try {
                DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
                socket.receive(answer);
                return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String ask(String words) {
            say(words);
            return hear();
        }

        /** Asks until somebody answers, as clients of datagrams do. */
        String askAgain(String words) {
            try {
                socket.setSoTimeout(100);
                for (int i = 0; i < 200; i++) {
                    try {
                        say(words);
                        return hear();
                    } catch (UncheckedIOException e) {
                        if (!(e.getCause() instanceof SocketTimeoutException)) {
                            throw e;
                        }
                    }
                }
                throw new AssertionError("nobody answers within 20 s");
            } catch (SocketException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** A host. */
    static final class Echo implements AutoCloseable {
        private final DatagramSocket socket;
        private final Thread thread;

        Echo(String letter) {
            try {
                socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            } catch (SocketException e) {
                throw new UncheckedIOException(e);
            }
            thread = Thread.ofPlatform().daemon().start(() -> answer(letter));
        }

        static List<Echo> three() {
            return List.of(new Echo("a"), new Echo("b"), new Echo("c"));
        }

        InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        private void answer(String letter) {
            byte[] space = new byte[2000];
            try {
                while (true) {
                    DatagramPacket asked = new DatagramPacket(space, space.length);
                    socket.receive(asked);
                    byte[] answer = (letter + new String(space, 0, asked.getLength(), StandardCharsets.US_ASCII))
                            .getBytes(StandardCharsets.US_ASCII);
                    socket.send(new DatagramPacket(answer, answer.length, asked.getSocketAddress()));
                }
            } catch (IOException e) {
                socket.close(); // as it was told
            }
        }

        @Override
        public void close() {
            socket.close();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
