package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.time.ExponentialBackOff;
import io.weir.observe.log.ResponseFlag;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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

    private static Tries tries(int max, long firstMillis, long longestMillis) {
        return new Tries(max, new ExponentialBackOff(TimeUnit.MILLISECONDS.toNanos(firstMillis),
                TimeUnit.MILLISECONDS.toNanos(longestMillis)));
    }

    @Test
    void behindPausesAsManyHostsAreTriedAsWithoutThem() throws Exception {
        var tries = tries(3, 20, 40);
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
        var tries = tries(1000, 20, 20);
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
        var tries = tries(1000, 86_400_000, 86_400_000);
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
