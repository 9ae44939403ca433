package io.weir.http.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.CheckTarget;
import io.weir.core.health.Prober;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.stats.Stats;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.TlsParameters;
import io.weir.core.tls.ValidationSpec;
import io.weir.http.check.HttpCheck.Field;
import io.weir.http.check.HttpCheck.Present;
import io.weir.net.check.WireProber;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.SecretSource;
import io.weir.net.tls.TlsFailure;
import io.weir.net.transport.Workers;
import io.weir.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks by gRPC against grpc-java's own server and its own health service. */
@Timeout(60)
class GrpcCheckServerTest {
    private static final Metadata.Key<String> KEY = Metadata.Key.of("x-key", Metadata.ASCII_STRING_MARSHALLER);

    /** One call as the server saw it. */
    private record Seen(@Nullable String authority, @Nullable String key, @Nullable String userAgent) {
    }

    /** Writes down how it was called. */
    private static final class Witness implements ServerInterceptor {
        private static final Metadata.Key<String> USER_AGENT = Metadata.Key.of("user-agent",
                Metadata.ASCII_STRING_MARSHALLER);
        private final Queue<Seen> calls = new ConcurrentLinkedQueue<>();

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                ServerCallHandler<Q, A> next) {
            calls.add(new Seen(call.getAuthority(), headers.get(KEY), headers.get(USER_AGENT)));
            return Contexts.interceptCall(Context.current(), call, headers, next);
        }
    }

    private final HealthStatusManager health = new HealthStatusManager();
    private final Witness witness = new Witness();

    private static InetSocketAddress anywhere() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private Server serving() throws IOException {
        return NettyServerBuilder.forAddress(anywhere())
                .addService(ServerInterceptors.intercept(health.getHealthService(), witness)).build().start();
    }

    private static Prober.Probe probe(Workers workers, int port, GrpcCheck check) {
        Host host = new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        long second = TimeUnit.SECONDS.toNanos(1);
        var spec = CheckSpec.of(check, CheckSpec.Timing.every(10 * second, 10 * second), 1, 1);
        return new WireProber(workers, Runnable::run, System::nanoTime)
                .probe(new CheckTarget(host, host.address(), "", "orders", spec));
    }

    private static @Nullable CheckResult check(Prober.Probe probe) throws InterruptedException {
        BlockingQueue<CheckResult> results = new LinkedBlockingQueue<>();
        probe.begin((result, _) -> results.add(result));
        return results.poll(30, TimeUnit.SECONDS);
    }

    private static GrpcCheck of(String service) {
        return new GrpcCheck(service, "", List.of());
    }

    @Test
    void aServersHealthIsWhatItsHealthServiceSaysOfEachService() throws Exception {
        health.setStatus("shop.Orders", ServingStatus.SERVING);
        health.setStatus("shop.Carts", ServingStatus.NOT_SERVING);
        Server server = serving();
        try (Workers workers = Workers.start(1)) {
            Prober.Probe whole = probe(workers, server.getPort(), of(""));
            Prober.Probe orders = probe(workers, server.getPort(), of("shop.Orders"));
            for (int i = 0; i < 300; i++) {
                assertThat(check(whole)).as("check %d", i).isEqualTo(new Passed(false));
                assertThat(check(orders)).as("check %d", i).isEqualTo(new Passed(false));
            }
            assertThat(check(probe(workers, server.getPort(), of("shop.Carts"))))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "NOT_SERVING"));
            assertThat(check(probe(workers, server.getPort(), of("shop.Nothing"))))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "grpc-status 5: NOT_FOUND"));
            health.setStatus("shop.Orders", ServingStatus.NOT_SERVING);
            assertThat(check(orders)).as("over the same connection")
                    .isEqualTo(Failed.of(Failure.ACTIVE, "NOT_SERVING"));
            health.setStatus("shop.Orders", ServingStatus.SERVING);
            assertThat(check(orders)).isEqualTo(new Passed(false));
            health.enterTerminalState();
            assertThat(check(whole)).isEqualTo(Failed.of(Failure.ACTIVE, "NOT_SERVING"));
        } finally {
            server.shutdownNow().awaitTermination();
        }
    }

    @Test
    void theServerSeesTheAuthorityAndTheMetadataThatAreConfigured() throws Exception {
        Server server = serving();
        try (Workers workers = Workers.start(1)) {
            assertThat(check(probe(workers, server.getPort(), of("")))).isEqualTo(new Passed(false));
            assertThat(check(probe(workers, server.getPort(), new GrpcCheck("", "orders.example",
                    List.of(new Field("X-Key", "of the test", Present.BESIDE)))))).isEqualTo(new Passed(false));
            assertThat(witness.calls).containsExactly(new Seen("orders", null, "Weir/HC"),
                    new Seen("orders.example", "of the test", "Weir/HC"));
        } finally {
            server.shutdownNow().awaitTermination();
        }
    }

    @Test
    void aServerWithoutAHealthServiceSaysSo() throws Exception {
        Server server = NettyServerBuilder.forAddress(anywhere()).build().start();
        try (Workers workers = Workers.start(1)) {
            Prober.Probe probe = probe(workers, server.getPort(), of(""));
            for (int i = 0; i < 3; i++) {
                assertThat(check(probe)).isEqualTo(Failed.of(Failure.ACTIVE, "grpc-status 12: UNIMPLEMENTED"));
            }
        } finally {
            server.shutdownNow().awaitTermination();
        }
    }

    @Test
    void aServerThatEndsItsConnectionsIsCheckedOverNewOnesAndOneThatIsGoneFails() throws Exception {
        Server server = NettyServerBuilder.forAddress(anywhere()).addService(health.getHealthService())
                .maxConnectionAge(200, TimeUnit.MILLISECONDS).maxConnectionAgeGrace(1, TimeUnit.SECONDS).build()
                .start();
        try (Workers workers = Workers.start(1)) {
            Prober.Probe probe = probe(workers, server.getPort(), of(""));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            do {
                assertThat(check(probe)).isEqualTo(new Passed(false));
            } while (System.nanoTime() < until);
            server.shutdownNow().awaitTermination();
            assertThat(check(probe)).isInstanceOfSatisfying(Failed.class,
                    failed -> assertThat(failed.failure()).isEqualTo(Failure.NETWORK));
        }
    }

    @Test
    void overTlsAServerIsAskedThatProvesItsNameAndNoOther() throws Exception {
        health.setStatus("", ServingStatus.SERVING);
        try (Certificates certificates = Certificates.make(); Workers workers = Workers.start(1)) {
            Certificates.Issued issued = certificates.issue("orders", "DNS:orders.example");
            Server server = NettyServerBuilder.forAddress(anywhere())
                    .useTransportSecurity(issued.chain().toFile(), issued.key().toFile())
                    .addService(ServerInterceptors.intercept(health.getHealthService(), witness)).build().start();
            try {
                assertThat(check(secured(workers, server.getPort(), certificates, "orders.example")))
                        .isInstanceOf(Passed.class);
                assertThat(witness.calls).hasSize(1);
                assertThat(check(secured(workers, server.getPort(), certificates, "other.example")))
                        .isInstanceOfSatisfying(Failed.class,
                                failed -> assertThat(failed.failure()).isEqualTo(Failure.NETWORK));
                assertThat(witness.calls).hasSize(1);
            } finally {
                server.shutdownNow();
            }
        }
    }

    /** Checks over TLS whose server must have a certificate for this name. */
    private static Prober.Probe secured(Workers workers, int port, Certificates certificates, String name)
            throws TlsFailure {
        var believed = new ValidationSpec(new DataSource.File(certificates.authority().toString()), false, null, false,
                List.of(), List.of(), List.of(), ValidationSpec.DEPTH_DEFAULT, false, false, null);
        var common = new CommonTls(TlsParameters.DEFAULT, List.of(), List.of(), believed, null, NamedSecrets.NONE);
        var sockets = new HostSockets(new ClientTls(common, name, false, true, 1), List.of());
        ClusterSpec cluster = HostTls.opened(
                ClusterSpec.of("orders", List.of()).withExtensions(Map.of(HostSockets.KEY, sockets)), null,
                new Stats().root(), SecretSource.NONE);
        Host host = new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        long patience = TimeUnit.SECONDS.toNanos(20);
        var spec = CheckSpec.of(of(""), CheckSpec.Timing.every(patience, patience), 1, 1);
        return new WireProber(workers, Runnable::run, System::nanoTime)
                .probe(new CheckTarget(host, host.address(), "", "orders", spec), () -> cluster);
    }
}
