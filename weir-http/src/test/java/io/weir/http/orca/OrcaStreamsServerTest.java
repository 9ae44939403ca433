package io.weir.http.orca;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.services.MetricRecorder;
import io.grpc.xds.orca.OrcaServiceImpl;
import io.weir.core.cluster.Cluster;
import io.weir.core.memory.ReportedWeight;
import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Stats;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.ValidationSpec;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.SecretSource;
import io.weir.net.transport.Workers;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of load reports from grpc-java's own server and its own ORCA service. */
@Timeout(120)
class OrcaStreamsServerTest {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final ClientSideWeightedRoundRobin POLICY = new ClientSideWeightedRoundRobin(0,
            TimeUnit.MINUTES.toNanos(3), TimeUnit.MILLISECONDS.toNanos(100), 1, List.of(), EVERY_NANOS);

    /** A server that reports what its recorder has. */
    private record Reporting(Server server, MetricRecorder metrics) implements AutoCloseable {
        static Reporting at(int port, double utilization, double qps) throws IOException {
            return by(NettyServerBuilder.forAddress(loopback(port)), utilization, qps);
        }

        static Reporting by(NettyServerBuilder server, double utilization, double qps) throws IOException {
            MetricRecorder metrics = MetricRecorder.newInstance();
            metrics.setApplicationUtilizationMetric(utilization);
            metrics.setQpsMetric(qps);
            return new Reporting(server
                    .addService(OrcaServiceImpl.createService(
                            Executors.newSingleThreadScheduledExecutor(
                                    Thread.ofPlatform().daemon().factory()),
                            metrics, EVERY_NANOS, TimeUnit.NANOSECONDS))
                    .build().start(), metrics);
        }

        int port() {
            return server.getPort();
        }

        @Override
        public void close() {
            server.shutdownNow();
            try {
                server.awaitTermination();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Cluster cluster(Stats stats, int... ports) {
        return new Cluster(ClusterSpec.of("web", endpoints(ports)).withPolicy(POLICY), stats);
    }

    private static List<Endpoint> endpoints(int... ports) {
        return IntStream.of(ports).mapToObj(port -> Endpoint.of(loopback(port))).toList();
    }

    private static double weight(Host host) {
        return host.balanceTracker() instanceof ReportedWeight weight ? weight.weight() : -1;
    }

    /** The weights that hosts have in the end, in the order of their ports. */
    private static void await(Cluster cluster, BooleanSupplier condition) {
        Await.until(() -> "weights " + weights(cluster), () -> {
            cluster.tick(System.nanoTime());
            return condition.getAsBoolean();
        });
    }

    private static List<Double> weights(Cluster cluster) {
        return cluster.view().hosts().all().stream().map(OrcaStreamsServerTest::weight).toList();
    }

    private static long number(Stats stats, String name) {
        return stats.sorted().stream().filter(metric -> metric.name().equals("cluster.web.load_reports." + name))
                .mapToLong(metric -> switch (metric) {
                    case Counter counter -> counter.value();
                    case Gauge gauge -> gauge.value();
                    case Histogram _ -> 0;
                }).sum();
    }

    @Test
    void weightsFollowWhatHostsReportBesideTheirAnswersAndOverARestart() throws Exception {
        Stats stats = new Stats();
        try (Reporting one = Reporting.at(0, 0.5, 100);
                Workers workers = Workers.start(2)) {
            Reporting two = Reporting.at(0, 0.25, 100);
            Cluster cluster = cluster(stats, one.port(), two.port());
            Runnable goodbye = OrcaStreams.follow(cluster, workers);
            await(cluster, () -> weights(cluster).equals(List.of(200.0, 400.0)));
            one.metrics.setApplicationUtilizationMetric(1);
            await(cluster, () -> weights(cluster).equals(List.of(100.0, 400.0)));
            int port = two.port();
            two.close();
            try (Reporting again = Reporting.at(port, 0.5, 300)) {
                assertThat(again.port()).isEqualTo(port);
                await(cluster, () -> weights(cluster).equals(List.of(100.0, 600.0)));
            }
            cluster.endpoints(endpoints(one.port()), System.nanoTime());
            await(cluster, () -> number(stats, "streams_active") == 1);
            goodbye.run();
            await(cluster, () -> number(stats, "streams_active") == 0);
        }
    }

    @Test
    void aHostWithoutTheServiceIsAskedOnceAndKeepsTheWeightOfTheOthersMean() throws Exception {
        Stats stats = new Stats();
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus("", ServingStatus.SERVING);
        Server silent = NettyServerBuilder.forAddress(loopback(0)).addService(health.getHealthService()).build()
                .start();
        try (Reporting one = Reporting.at(0, 0.5, 100); Workers workers = Workers.start(1)) {
            Cluster cluster = cluster(stats, one.port(), silent.getPort());
            Runnable goodbye = OrcaStreams.follow(cluster, workers);
            await(cluster, () -> weights(cluster).equals(List.of(200.0, 0.0))
                    && number(stats, "stream_failed") == 1);
            long received = number(stats, "received");
            await(cluster, () -> number(stats, "received") > received + 30);
            assertThat(number(stats, "stream_failed")).isEqualTo(1);
            assertThat(number(stats, "streams_active")).isEqualTo(1);
            goodbye.run();
        } finally {
            silent.shutdownNow().awaitTermination();
        }
    }

    @Test
    void overTlsHostsReportThatProveTheirNameAndNoOthers() throws Exception {
        Stats stats = new Stats();
        try (Certificates certificates = Certificates.make(); Workers workers = Workers.start(1)) {
            Certificates.Issued web = certificates.issue("web", "DNS:web.example");
            Certificates.Issued other = certificates.issue("other", "DNS:other.example");
            try (Reporting one = Reporting.by(secured(web), 0.5, 100);
                    Reporting two = Reporting.by(secured(other), 0.25, 100)) {
                ClusterSpec spec = ClusterSpec.of("web", endpoints(one.port(), two.port())).withPolicy(POLICY)
                        .withExtensions(Map.of(HostSockets.KEY, new HostSockets(believing(certificates), List.of())));
                Cluster cluster = new Cluster(
                        HostTls.opened(spec, null, new Stats().root(), SecretSource.NONE), stats);
                Runnable goodbye = OrcaStreams.follow(cluster, workers);
                await(cluster, () -> weights(cluster).getFirst() == 200);
                long received = number(stats, "received");
                await(cluster, () -> number(stats, "received") > received + 30);
                assertThat(weights(cluster)).as("whoever is not believed is not heard").containsExactly(200.0, 0.0);
                goodbye.run();
                await(cluster, () -> number(stats, "streams_active") == 0);
            }
        }
    }

    private static NettyServerBuilder secured(Certificates.Issued issued) {
        return NettyServerBuilder.forAddress(loopback(0)).useTransportSecurity(issued.chain().toFile(),
                issued.key().toFile());
    }

    /** Hosts must have a certificate for web.example. */
    private static ClientTls believing(Certificates certificates) {
        var validation = new ValidationSpec(new DataSource.File(certificates.authority().toString()), false, null,
                false, List.of(), List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, false, false, null);
        return ClientTls.of(CommonTls.DEFAULT.withValidation(validation), "web.example").withSanOfSni();
    }

    @Test
    void aClusterThatDoesNotAskForReportsHasNoStreams() throws Exception {
        Stats stats = new Stats();
        try (Reporting one = Reporting.at(0, 0.5, 100); Workers workers = Workers.start(1)) {
            Cluster cluster = cluster(stats, one.port());
            Runnable goodbye = OrcaStreams.follow(cluster, workers);
            await(cluster, () -> weights(cluster).equals(List.of(200.0)));
            cluster.update(cluster.spec().withPolicy(ClientSideWeightedRoundRobin.DEFAULT), System.nanoTime());
            await(cluster, () -> number(stats, "streams_active") == 0);
            cluster.update(cluster.spec().withPolicy(POLICY), System.nanoTime());
            await(cluster, () -> number(stats, "streams_active") == 1 && weights(cluster).equals(List.of(200.0)));
            goodbye.run();
        }
    }
}
