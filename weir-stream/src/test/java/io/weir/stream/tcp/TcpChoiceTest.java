package io.weir.stream.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.value.FilterState;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.ResponseFlag;
import io.weir.stream.tcp.TcpProxySpec.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which host a connection gets, what happens when it gets none, and when it ends by the clock. */
class TcpChoiceTest {
    private static final TcpProxySpec SPEC = TcpProxySpec.of("test", "backend");

    private static InetSocketAddress dead() throws IOException {
        try (ServerSocket gone = new ServerSocket()) {
            gone.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return (InetSocketAddress) gone.getLocalSocketAddress();
        }
    }

    private static void assertEchoes(Rig rig) throws IOException {
        try (Socket client = rig.connect()) {
            client.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');
        }
    }

    private static void assertTurnedAway(Rig rig, ResponseFlag... flags) throws IOException {
        try (Socket client = rig.connect()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        AccessRecord record = rig.record();
        assertThat(record.flags()).isEqualTo(Rig.flags(flags));
        assertThat(record.bytesSent()).isZero();
    }

    @Test
    void aDeadHostIsFollowedByAnother() throws Exception {
        try (Backend host = Backend.echo();
                Rig rig = Rig.of(SPEC.withTries(Tries.ONCE.times(2)), dead(), host.address())) {
            for (int i = 0; i < 20; i++) {
                assertEchoes(rig);
            }
            rig.assertNothingIsLeft();
            assertThat(rig.stat("cluster.backend.upstream_cx_connect_fail")).isPositive();
            assertThat(rig.records).hasSize(20).allSatisfy(record -> {
                assertThat(record.flags()).isZero();
                assertThat(record.upstreamHost()).endsWith(":" + host.address().getPort());
                assertThat(record.upstreamLocalAddress()).startsWith("127.0.0.1:");
                assertThat(record.downstreamRemoteAddress()).startsWith("127.0.0.1:");
                assertThat(record.upstreamCluster()).isEqualTo("backend");
            });
            assertThat(rig.records.stream().mapToInt(AccessRecord::upstreamRequestAttemptCount).max())
                    .hasValue(2);
        }
    }

    @Test
    void aDeadHostIsEjectedAfterTheFirstFailure() throws Exception {
        try (Backend host = Backend.echo(); Rig rig = new Rig(SPEC.withTries(Tries.ONCE.times(2)))) {
            rig.cluster(ClusterSpec.of("backend", List.of(Endpoint.of(dead()), Endpoint.of(host.address()))));
            for (int i = 0; i < 6; i++) {
                assertEchoes(rig);
            }
            assertThat(rig.stat("cluster.backend.upstream_cx_connect_fail")).isEqualTo(1);
        }
    }

    @Test
    void withoutALivingHostTheClientIsTurnedAway() throws Exception {
        try (Rig rig = Rig.of(SPEC.withTries(Tries.ONCE.times(3)), dead())) {
            assertTurnedAway(rig, ResponseFlag.UF, ResponseFlag.URX);
            assertThat(rig.stat("cluster.backend.upstream_cx_connect_fail")).isEqualTo(3);
            assertThat(rig.stat("cluster.backend.upstream_cx_total")).isEqualTo(3);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aHostThatDoesNotAnswerIsGivenUpAfterTheConnectTimeout() throws Exception {
        try (ServerSocket full = new ServerSocket(); Rig rig = new Rig(SPEC)) {
            full.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
            try (Socket one = new Socket(address.getAddress(), address.getPort());
                    Socket two = new Socket(address.getAddress(), address.getPort())) {
                assertThat(one.isConnected() && two.isConnected()).isTrue();
                rig.cluster(ClusterSpec.of("backend", List.of(Endpoint.of(address)))
                        .withConnectTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(100)));
                assertTurnedAway(rig, ResponseFlag.UF, ResponseFlag.URX);
                assertThat(rig.stat("cluster.backend.upstream_cx_connect_timeout")).isEqualTo(1);
                rig.assertNothingIsLeft();
            }
        }
    }

    @Test
    void aClientThatLeavesWhileItsHostIsConnectedToLeavesNothing() throws Exception {
        try (ServerSocket full = new ServerSocket(); Rig rig = new Rig(SPEC)) {
            full.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
            try (Socket one = new Socket(address.getAddress(), address.getPort());
                    Socket two = new Socket(address.getAddress(), address.getPort())) {
                assertThat(one.isConnected() && two.isConnected()).isTrue();
                Cluster cluster = rig.cluster(ClusterSpec.of("backend", List.of(Endpoint.of(address)))
                        .withConnectTimeoutNanos(TimeUnit.SECONDS.toNanos(30)));
                Socket client = rig.connect();
                client.getOutputStream().write("unheard".getBytes(US_ASCII));
                Rig.await("the connect is under way", () -> cluster.circuit().connectionsActive() == 1);
                client.setSoLinger(true, 0);
                client.close();
                rig.assertNothingIsLeft();
                assertThat(cluster.stats().upstreamCxConnectFail().value()).isZero();
                assertThat(cluster.view().hosts().all().getFirst().ejected()).isFalse();
            }
        }
    }

    @Test
    void withoutTheClusterThereIsNoRoute() throws Exception {
        try (Rig rig = new Rig(SPEC)) {
            assertTurnedAway(rig, ResponseFlag.NC);
            assertThat(rig.stat("tcp.test.downstream_cx_no_route")).isEqualTo(1);
        }
    }

    @Test
    void aClusterWithoutHostsIsNotHealthy() throws Exception {
        try (Rig rig = Rig.of(SPEC)) {
            assertTurnedAway(rig, ResponseFlag.UH);
            assertThat(rig.stat("cluster.backend.upstream_cx_none_healthy")).isEqualTo(1);
        }
    }

    @Test
    void moreConnectionsThanTheCircuitAllowsAreTurnedAway() throws Exception {
        try (Backend host = Backend.echo(); Rig rig = new Rig(SPEC)) {
            rig.limited("backend", new CircuitLimits(1, 1, 1, 1), host.address());
            try (Socket first = rig.connect()) {
                first.getOutputStream().write('x');
                assertThat(first.getInputStream().read()).isEqualTo('x');
                assertTurnedAway(rig, ResponseFlag.UO);
                assertThat(rig.stat("cluster.backend.upstream_cx_overflow")).isEqualTo(1);
            }
            rig.assertNothingIsLeft();
            assertEchoes(rig);
        }
    }

    @Test
    void weightsShareConnectionsBetweenClusters() throws Exception {
        try (Backend large = Backend.echo();
                Backend small = Backend.echo();
                Rig rig = new Rig(SPEC.withTargets(List.of(new Target("large", 3), new Target("small", 1))))) {
            rig.cluster("large", large.address());
            rig.cluster("small", small.address());
            int connections = 400;
            for (int i = 0; i < connections; i++) {
                assertEchoes(rig);
            }
            // 300 expected, standard deviation 8.7: six of them each way
            assertThat(large.connections.get()).isBetween(248, 352);
            assertThat(small.connections.get()).isEqualTo(connections - large.connections.get());
        }
    }

    @Test
    void anIdleConnectionIsClosedOnBothSides() throws Exception {
        long timeoutMillis = 700;
        try (Backend host = Backend.echo();
                Rig rig = Rig.of(SPEC.withIdle(new Idle(TimeUnit.MILLISECONDS.toNanos(timeoutMillis), 0, 0)),
                        host.address());
                Socket client = rig.connect()) {
            long begin = System.nanoTime();
            for (int i = 0; i < 6; i++) {
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
                Thread.sleep(150);
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(750 + timeoutMillis));
            assertThat(rig.record().flags()).isEqualTo(Rig.flags(ResponseFlag.SI));
            assertThat(rig.stat("tcp.test.idle_timeout")).isEqualTo(1);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aReaderSlowerThanTheIdleTimeoutIsNotIdle() throws Exception {
        int total = 8 << 20;
        try (Backend host = Backend.of(socket -> socket.getOutputStream().write(new byte[total]));
                Rig rig = Rig.of(SPEC.withIdle(new Idle(TimeUnit.MILLISECONDS.toNanos(800), 0, 0)), host.address());
                Socket client = new Socket()) {
            client.setReceiveBufferSize(4096);
            client.connect(rig.address());
            InputStream in = client.getInputStream();
            long received = 0;
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2000);
            while (System.nanoTime() < end) {
                received += in.readNBytes(60_000).length;
                Thread.sleep(20);
            }
            received += in.readAllBytes().length;
            assertThat(received).isEqualTo(total);
        }
    }

    @Test
    void aConnectionEndsWhenItsTimeIsOver() throws Exception {
        try (Backend host = Backend.echo();
                Rig rig = Rig.of(SPEC.withConnectionDurationMaxNanos(TimeUnit.MILLISECONDS.toNanos(200)),
                        host.address());
                Socket client = rig.connect()) {
            client.getOutputStream().write('x');
            assertThat(client.getInputStream().readAllBytes()).containsExactly('x');
            AccessRecord record = rig.record();
            assertThat(record.flags()).isEqualTo(Rig.flags(ResponseFlag.DT));
            assertThat(record.durationNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
            assertThat(rig.stat("tcp.test.max_downstream_connection_duration")).isEqualTo(1);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void connectionsOfOneAddressGoToOneHostWhereItIsHashed() throws Exception {
        TcpProxySpec byAddress = SPEC.withHashKeys(HashKeys.of(new HashKey.SourceIp()));
        try (Backend a = Backend.echo(); Backend b = Backend.echo(); Rig rig = new Rig(byAddress)) {
            rig.cluster(ClusterSpec.of("backend", List.of(Endpoint.of(a.address()), Endpoint.of(b.address())))
                    .withPolicy(BalancePolicy.Maglev.DEFAULT));
            for (int i = 0; i < 10; i++) {
                assertEchoes(rig);
            }
            rig.assertNothingIsLeft();
            assertThat(rig.records.stream().map(AccessRecord::upstreamHost).distinct()).hasSize(1);
        }
    }

    @Test
    void onlyTheAddressOfAConnectionIsHashedAndEachKeyCounts() {
        var client = new InetSocketAddress("192.0.2.7", 4711);
        HashKeys ip = HashKeys.of(new HashKey.SourceIp());
        long hash = XxHash64.of("192.0.2.7");
        assertThat(ConnectionHash.of(HashKeys.NONE, ip, client, null)).isEqualTo(new ConnectionHash(true, hash));
        HashKeys twice = HashKeys.of(List.of(new HashKeys.Rule(new HashKey.Header("x", null), true),
                new HashKeys.Rule(new HashKey.SourceIp(), false), new HashKeys.Rule(new HashKey.SourceIp(), false)));
        assertThat(ConnectionHash.of(twice, HashKeys.NONE, client, null).value())
                .isEqualTo(Long.rotateLeft(hash, 1) ^ hash);
        assertThat(ConnectionHash.of(HashKeys.of(new HashKey.QueryParameter("q")), ip, client, null).found()).isFalse();
        assertThat(ConnectionHash.of(HashKeys.NONE, ip, null, null).found()).isFalse();
    }

    @Test
    void whatFiltersHaveLeftIsHashedWhereItCanBe() {
        var left = new FilterState(null);
        left.put("shop", new FilterState.Value("a", FilterState.Kind.HASHABLE_STRING, false));
        left.put("plain", new FilterState.Value("a", FilterState.Kind.STRING, false));
        HashKeys shop = HashKeys.of(new HashKey.FilterState("shop"));
        assertThat(ConnectionHash.of(HashKeys.NONE, shop, null, left))
                .isEqualTo(new ConnectionHash(true, XxHash64.of("a")));
        assertThat(ConnectionHash.of(HashKeys.NONE, shop, null, null).found()).isFalse();
        HashKeys plain = HashKeys.of(new HashKey.FilterState("plain"));
        assertThat(ConnectionHash.of(HashKeys.NONE, plain, null, left).found()).isFalse();
    }
}
