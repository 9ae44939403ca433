package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.observe.log.ResponseFlag;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pauses behind hosts that cannot be connected to. */
@Timeout(60)
class TriesTest {
    private static final TcpProxySpec SPEC = TcpProxySpec.of("test", "backend");

    private static InetSocketAddress dead() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }
    }

    @Test
    void aPauseIsShorterThanABoundThatDoublesUpToItsLargest() {
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        var tries = new Tries(100, 10, 75);
        long[] bounds = {10, 20, 40, 75, 75, 75};
        for (int round = 0; round < 1000; round++) {
            for (int failures = 1; failures <= bounds.length; failures++) {
                assertThat(tries.pauseNanos(failures, dice)).as("seed %d", seed).isBetween(0L,
                        bounds[failures - 1] - 1);
            }
        }
    }

    @Test
    void manyFailuresDoNotOverflowTheBound() {
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        for (long first : new long[]{1, 3, Long.MAX_VALUE}) {
            var tries = new Tries(Integer.MAX_VALUE, first, Long.MAX_VALUE);
            for (int failures : new int[]{1, 62, 63, 64, 65, Integer.MAX_VALUE}) {
                assertThat(tries.pauseNanos(failures, dice)).as("seed %d", seed).isNotNegative();
            }
        }
    }

    @Test
    void withoutAFirstPauseThereIsNone() {
        assertThat(Tries.ONCE.times(3).pauseNanos(2, new Random(1))).isZero();
    }

    @Test
    void behindPausesAsManyHostsAreTriedAsWithoutThem() throws Exception {
        var tries = new Tries(3, TimeUnit.MILLISECONDS.toNanos(20), TimeUnit.MILLISECONDS.toNanos(40));
        try (var rig = Rig.of(SPEC.withTries(tries), dead())) {
            try (var client = rig.connect()) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            var record = rig.record();
            assertThat(record.flags()).isEqualTo(Rig.flags(ResponseFlag.UF, ResponseFlag.URX));
            assertThat(record.upstreamRequestAttemptCount()).isEqualTo(3);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aHostThatIsThereAfterAPauseIsJoinedWithWhatTheClientSaid() throws Exception {
        var tries = new Tries(1000, TimeUnit.MILLISECONDS.toNanos(20), TimeUnit.MILLISECONDS.toNanos(20));
        try (var host = Backend.echo(); var rig = Rig.of(SPEC.withTries(tries), dead())) {
            try (var client = rig.connect()) {
                client.getOutputStream().write('x');
                Rig.await("a try fails", () -> rig.stat("cluster.backend.upstream_cx_connect_fail") > 0);
                rig.cluster("backend", host.address());
                assertThat(client.getInputStream().read()).isEqualTo('x');
            }
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void whatEndsInAPauseLeavesNothing() throws Exception {
        var tries = new Tries(1000, TimeUnit.DAYS.toNanos(1), TimeUnit.DAYS.toNanos(1));
        try (var rig = Rig.of(SPEC.withTries(tries), dead())) {
            try (var client = rig.connect()) {
                Rig.await("a try fails", () -> rig.stat("cluster.backend.upstream_cx_connect_fail") > 0);
                rig.proxy.closeAll();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            rig.assertNothingIsLeft();
        }
    }
}
