package io.weir.http.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Tiers;
import io.weir.core.stats.Stats;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.RequestNames;
import io.weir.core.tls.ValidationSpec;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.grpc.ProtoMessage;
import io.weir.http.h2.Http2Options;
import io.weir.http.upstream.UpstreamFixture;
import io.weir.net.service.Question;
import io.weir.net.service.ServiceAnswer;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.SecretSource;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Questions to grpc-java's own server and its own health service. */
@Timeout(60)
class GrpcCallerTest {
    private static final UpstreamHttpSpec HTTP2 = UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, Http2Options.DEFAULT);

    private final Workers workers = Workers.start(1);
    private final Clusters clusters = new Clusters();
    private final GrpcCaller caller = new GrpcCaller(clusters);
    private final BlockingQueue<ServiceAnswer> answers = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        workers.close();
    }

    private static InetSocketAddress anywhere() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static ClusterSpec spec(SocketAddress host) {
        return UpstreamFixture.cluster(HTTP2, List.of(Endpoint.of(host)));
    }

    private Cluster cluster(ClusterSpec spec) {
        var cluster = new Cluster(spec, new Stats());
        clusters.put(cluster);
        return cluster;
    }

    private static Question health(String service, long timeoutNanos) {
        return new Question("origins", "/grpc.health.v1.Health/Check", "", List.of(),
                new ProtoMessage().bytes(1, service.getBytes(StandardCharsets.UTF_8)).bytes(), timeoutNanos);
    }

    /** What gives it up. */
    private Runnable begin(Question question) throws Exception {
        Worker worker = workers.all().getFirst();
        return worker.loop().submit(() -> caller.ask(worker, question, answers::add)).get();
    }

    private ServiceAnswer ask(Question question) throws Exception {
        begin(question);
        return Objects.requireNonNull(answers.poll(30, TimeUnit.SECONDS), "no answer");
    }

    private String failed(Question question) throws Exception {
        return ask(question) instanceof ServiceAnswer.Failed(String why) ? why : "a message";
    }

    private static void leavesNothing(Cluster cluster) {
        Await.until("nothing is left", () -> cluster.circuit().requestsActive() == 0
                && cluster.stats().upstreamRqActive().value() == 0);
        cluster.view().hosts().all().forEach(host -> assertThat(host.requestsActive()).isZero());
    }

    @Test
    void aServiceAnswersOneQuestionAfterTheOtherAndWhatItRefusesIsTold() throws Exception {
        var health = new HealthStatusManager();
        Server server = NettyServerBuilder.forAddress(anywhere()).addService(health.getHealthService()).build()
                .start();
        try {
            Cluster cluster = cluster(spec(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort())));
            long minute = TimeUnit.MINUTES.toNanos(1);
            for (ServingStatus status : List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING)) {
                health.setStatus("shop", status);
                assertThat(ask(health("shop", minute))).isInstanceOfSatisfying(ServiceAnswer.Said.class,
                        said -> assertThat(said.message()).containsExactly(8, status.getNumber()));
            }
            assertThat(failed(health("nobody", minute))).isEqualTo("grpc-status 5");
            assertThat(failed(new Question("origins", "/no.Such/Call", "", List.of(), new byte[0], minute)))
                    .isEqualTo("grpc-status 12");
            leavesNothing(cluster);
            assertThat(cluster.stats().upstreamCxTotal().value()).as("one connection for all").isEqualTo(1);
            assertThat(cluster.stats().upstreamRqTotal().value()).isEqualTo(4);
        } finally {
            server.shutdownNow().awaitTermination();
        }
    }

    @Test
    void aServiceProvesTheNameThatIsCalled() throws Exception {
        var health = new HealthStatusManager();
        try (var certificates = Certificates.make()) {
            var issued = certificates.issue("called", "DNS:called.example");
            Server server = NettyServerBuilder.forAddress(anywhere()).addService(health.getHealthService())
                    .useTransportSecurity(issued.chain().toFile(), issued.key().toFile()).build().start();
            try {
                var validation = new ValidationSpec(new DataSource.File(certificates.authority().toString()), false,
                        null, false, List.of(), List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, false, false, null);
                var named = new UpstreamHttpSpec(0, 0, 0, 100, 60 * 1024, Protocol.HTTP2, Http2Options.DEFAULT,
                        new RequestNames(true, true), null);
                ClusterSpec spec = UpstreamFixture.cluster(named,
                        List.of(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                                server.getPort()))));
                var extensions = new HashMap<>(spec.extensions());
                extensions.put(HostSockets.KEY, new HostSockets(
                        ClientTls.of(CommonTls.DEFAULT.withValidation(validation), ""), List.of()));
                cluster(HostTls.opened(spec.withExtensions(extensions), null, new Stats().root(), SecretSource.NONE));
                assertThat(ask(called("called.example"))).isInstanceOf(ServiceAnswer.Said.class);
                assertThat(failed(called("other.example"))).contains("it is not made for other.example");
                assertThat(failed(called(""))).contains("it is not made for origins");
            } finally {
                server.shutdownNow().awaitTermination();
            }
        }
    }

    private static Question called(String authority) {
        Question asked = health("", TimeUnit.MINUTES.toNanos(1));
        return new Question(asked.cluster(), asked.path(), authority, asked.metadata(), asked.message(),
                asked.timeoutNanos());
    }

    @Test
    void aServiceThatSaysNothingIsGivenUpWhenItsTimeIsOver() throws Exception {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Cluster cluster = cluster(spec(silent.getLocalSocketAddress()));
            assertThat(failed(health("", TimeUnit.MILLISECONDS.toNanos(50)))).isEqualTo("no answer in time");
            leavesNothing(cluster);
            assertThat(cluster.stats().upstreamRqTimeout().value()).isEqualTo(1);
        }
    }

    @Test
    void aQuestionThatIsGivenUpHasNoAnswerAndLeavesNothing() throws Exception {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Cluster cluster = cluster(spec(silent.getLocalSocketAddress()));
            Runnable end = begin(health("", TimeUnit.HOURS.toNanos(1)));
            assertThat(cluster.circuit().requestsActive()).isEqualTo(1);
            workers.all().getFirst().loop().submit(() -> {
                end.run();
                end.run(); // once more is no matter
            }).get();
            leavesNothing(cluster);
            assertThat(answers).isEmpty();
        }
    }

    @Test
    void withoutAClusterAHostOrAPlaceThereIsNoAnswer() throws Exception {
        assertThat(failed(health("", 1))).isEqualTo("there is no cluster origins");
        cluster(UpstreamFixture.cluster(HTTP2, List.of()));
        assertThat(failed(health("", 1))).startsWith("no host");
        Cluster full = cluster(spec(anywhere()).withLimits(CircuitLimits.DEFAULT.withRequestsMax(0)));
        assertThat(failed(health("", 1))).isEqualTo("the cluster's limit of requests is reached");
        leavesNothing(full);
    }

    @Test
    void aQuestionThatIsDroppedCountsNoMissingHost() throws Exception {
        var spec = spec(anywhere());
        var drops = Tiers.DEFAULT.withDrops(List.of(new Tiers.Drop("all", Tiers.Drop.WHOLE)));
        Cluster cluster = cluster(spec.withBalancing(spec.balancing().withTiers(drops)));
        assertThat(failed(health("", TimeUnit.MINUTES.toNanos(1)))).isEqualTo("no host: DROPPED");
        leavesNothing(cluster);
        assertThat(cluster.stats().upstreamCxNoneHealthy().value()).isZero();
    }

    @Test
    void aHostThatCannotBeConnectedToIsToldAndCounted() throws Exception {
        SocketAddress dead;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = server.getLocalSocketAddress();
        }
        Cluster cluster = cluster(spec(dead));
        assertThat(failed(health("", TimeUnit.MINUTES.toNanos(1)))).isNotEqualTo("a message");
        leavesNothing(cluster);
        assertThat(cluster.stats().upstreamCxConnectFail().value()).isEqualTo(1);
    }
}
