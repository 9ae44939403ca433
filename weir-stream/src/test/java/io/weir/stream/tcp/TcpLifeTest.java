package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.observe.log.AccessRecord;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the access log hears of a connection while it lasts, and how long it may. */
@Timeout(60)
class TcpLifeTest {
    private static final TcpProxySpec SPEC = TcpProxySpec.of("test", "backend");

    @Test
    void theLogHearsOfAConnectionWhenItsHostIsConnectedThenAgainAndAgainAndAtItsEnd() throws Exception {
        var often = SPEC.withLogTimes(new LogTimes(true, TimeUnit.MILLISECONDS.toNanos(30)));
        try (var host = Backend.echo(); var rig = Rig.of(often, host.address())) {
            try (var client = rig.connect()) {
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
                AccessRecord connected = rig.record();
                assertThat(connected.accessLogType()).isEqualTo("TcpUpstreamConnected");
                assertThat(connected.upstreamHost()).isNotNull();
                for (int i = 0; i < 3; i++) {
                    assertThat(rig.record().accessLogType()).isEqualTo("TcpPeriodic");
                }
            }
            AccessRecord last = rig.record();
            while (last.accessLogType().equals("TcpPeriodic")) {
                last = rig.record();
            }
            assertThat(last.accessLogType()).isEqualTo("TcpConnectionEnd");
            assertThat(last.bytesReceived()).isEqualTo(1);
            rig.assertNothingIsLeft();
            assertThat(rig.records).isEmpty();
        }
    }

    @Test
    void jitterMakesALifeLongerAndNeverShorter() throws Exception {
        long life = TimeUnit.MILLISECONDS.toNanos(50);
        try (var host = Backend.echo();
                var rig = Rig.of(SPEC.withConnectionDurationMaxNanos(life).withDurationJitterPercent(100),
                        host.address())) {
            for (int i = 0; i < 5; i++) {
                try (var client = rig.connect()) {
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                    assertThat(rig.record().durationNanos()).isGreaterThanOrEqualTo(life);
                }
            }
            assertThat(rig.stat("tcp.test.max_downstream_connection_duration")).isEqualTo(5);
            var dice = rig.workers.all().getFirst();
            for (int i = 0; i < 1000; i++) {
                assertThat(dice.loop().submit(() -> rig.proxy.lifeNanos(dice)).get()).isBetween(life, 2 * life);
            }
        }
    }
}
