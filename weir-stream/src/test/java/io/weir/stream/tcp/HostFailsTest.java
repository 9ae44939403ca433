package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.EjectionSpec;
import io.weir.observe.log.ResponseFlag;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of connections, and of connects, to a host whose health fails. */
@Timeout(60)
class HostFailsTest {
    private static final TcpProxySpec SPEC = TcpProxySpec.of("test", "backend");

    private static ClusterSpec spec(boolean closes, List<Endpoint> endpoints) {
        ClusterSpec spec = ClusterSpec.of("backend", endpoints).withEjection(EjectionSpec.NEVER)
                .withConnectTimeoutNanos(TimeUnit.MINUTES.toNanos(10));
        return closes ? spec.withExtensions(Map.of(ClusterSpec.CLOSE_ON_FAILURE, true)) : spec;
    }

    private static Cluster cluster(Rig rig, boolean closes, InetSocketAddress... hosts) {
        Cluster cluster = rig.cluster(spec(closes, endpoints(hosts)));
        HostSessions.follow(cluster, rig.workers);
        return cluster;
    }

    private static List<Endpoint> endpoints(InetSocketAddress... hosts) {
        return List.of(hosts).stream().map(Endpoint::of).toList();
    }

    private static void fail(Cluster cluster) {
        Host host = cluster.view().hosts().all().getFirst();
        host.flag(HealthFlag.FAILED_ACTIVE_HC, true, "a check failed", 1);
        cluster.endpoints(cluster.view().hosts().all().stream().map(Host::endpoint).toList(), 1);
    }

    private static void echoes(Socket client) throws IOException {
        client.getOutputStream().write('x');
        assertThat(client.getInputStream().read()).isEqualTo('x');
    }

    @Test
    void aConnectUnderWayIsGivenUpAndAnotherHostIsAsked() throws Exception {
        try (DeafHost deaf = new DeafHost();
                Backend well = Backend.echo();
                Rig rig = new Rig(SPEC.withTries(Tries.ONCE.times(2)))) {
            Cluster cluster = cluster(rig, true, deaf.address());
            try (Socket client = rig.connect()) {
                client.getOutputStream().write('x');
                Rig.await("it connects", () -> cluster.circuit().connectionsActive() == 1);
                cluster.endpoints(endpoints(deaf.address(), well.address()), 1);
                fail(cluster);
                assertThat(client.getInputStream().read()).isEqualTo('x');
            }
            rig.assertNothingIsLeft();
            assertThat(rig.record().upstreamHost()).endsWith(":" + well.address().getPort());
        }
    }

    @Test
    void aConnectUnderWayThatWasTheLastToBeTriedEndsItsSession() throws Exception {
        try (DeafHost deaf = new DeafHost(); Rig rig = new Rig(SPEC)) {
            Cluster cluster = cluster(rig, true, deaf.address());
            try (Socket client = rig.connect()) {
                Rig.await("it connects", () -> cluster.circuit().connectionsActive() == 1);
                fail(cluster);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            rig.assertNothingIsLeft();
            assertThat(rig.record().flags()).isEqualTo(Rig.flags(ResponseFlag.UF, ResponseFlag.URX));
        }
    }

    @Test
    void aSessionJoinedBeforeTheRuleWasTurnedOnEndsWhenItsHostFailsAfterwards() throws Exception {
        try (Backend host = Backend.echo(); Rig rig = new Rig(SPEC)) {
            Cluster cluster = cluster(rig, false, host.address());
            try (Socket client = rig.connect()) {
                echoes(client);
                cluster.update(spec(true, endpoints(host.address())), 1);
                echoes(client);
                fail(cluster);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void whereTheRuleIsTurnedOffAgainSessionsStayAndAreClosedWhenItIsTurnedOn() throws Exception {
        try (Backend host = Backend.echo(); Rig rig = new Rig(SPEC)) {
            Cluster cluster = cluster(rig, true, host.address());
            try (Socket client = rig.connect()) {
                echoes(client);
                cluster.update(spec(false, endpoints(host.address())), 1);
                fail(cluster);
                echoes(client);
                cluster.update(spec(true, endpoints(host.address())), 1);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            rig.assertNothingIsLeft();
        }
    }

    /** Accepts nobody: its queue is full, so that who connects waits. */
    private static final class DeafHost implements AutoCloseable {
        private static final int FILL_MAX = 16;
        private static final int PATIENCE_MILLIS = 300;

        private final ServerSocket server = new ServerSocket();
        private final List<Socket> queued = new ArrayList<>();

        DeafHost() throws IOException {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            for (int i = 0; i < FILL_MAX; i++) {
                Socket socket = new Socket();
                queued.add(socket);
                try {
                    socket.connect(server.getLocalSocketAddress(), PATIENCE_MILLIS);
                } catch (SocketTimeoutException full) {
                    return;
                }
            }
            throw new AssertionError("the queue of " + server + " does not fill");
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : queued) {
                socket.close();
            }
            server.close();
        }
    }
}
