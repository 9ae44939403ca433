package io.weir.stream.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.ResponseFlag;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
                while (connected.accessLogType().equals("TcpPeriodic")) {
                    connected = rig.record(); // of the time in which a busy machine connects
                }
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

    @Test
    void aClientThatIsStillLosesItsConnectionHoweverMuchItsHostSays() throws Exception {
        var idle = new Idle(TimeUnit.HOURS.toNanos(1), TimeUnit.MILLISECONDS.toNanos(200), 0);
        try (var host = chatterbox(); var rig = Rig.of(SPEC.withIdle(idle), host.address())) {
            try (var client = rig.connect()) {
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
            assertThat(rig.record().flags()).isEqualTo(Rig.flags(ResponseFlag.SI));
            assertThat(rig.stat("tcp.test.idle_timeout")).isEqualTo(1);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aHostThatIsStillLosesItsConnectionHoweverMuchTheClientSays() throws Exception {
        var idle = new Idle(TimeUnit.HOURS.toNanos(1), 0, TimeUnit.MILLISECONDS.toNanos(200));
        try (var host = Backend.of(socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
                var rig = Rig.of(SPEC.withIdle(idle), host.address())) {
            try (var client = rig.connect()) {
                Thread talk = Thread.startVirtualThread(() -> talk(client));
                assertThat(ends(client)).isTrue();
                talk.interrupt();
            }
            assertThat(rig.record().flags() & ResponseFlag.SI.bit()).isNotZero();
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void whoIsHeldBackOrHasSaidItsLastWordIsNotTakenForStill() {
        assertThat(Idle.sideDueNanos(100, 1000, true, 1099)).isEqualTo(1100);
        assertThat(Idle.sideDueNanos(100, 1000, false, 1099)).isEqualTo(1199);
        assertThat(Idle.sideDueNanos(0, 1000, true, 1099)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoMaySpeakAgainHasTheWholeTimeFromThenOn() throws Exception {
        long hour = TimeUnit.HOURS.toNanos(1);
        try (var host = Backend.echo(); var rig = Rig.of(SPEC.withIdle(new Idle(0, hour, hour)), host.address())) {
            var worker = rig.workers.all().getFirst();
            worker.loop().submit(() -> {
                var session = new Session(rig.proxy, worker, new EmbeddedChannel(), 1);
                long nowNanos = worker.nowNanos();
                session.stillness.begin(nowNanos - 2 * hour); // the timer comes when this task is over, not before
                worker.timers().cancel(session.stillness);
                assertThat(session.stillness.dueNanos(nowNanos)).isEqualTo(nowNanos - hour);
                session.resumed(new Side(session, true));
                assertThat(session.stillness.dueNanos(nowNanos)).isGreaterThanOrEqualTo(nowNanos + hour);
            }).get();
        }
    }

    /** Never stops. */
    private static Backend chatterbox() {
        return Backend.of(TcpLifeTest::talk);
    }

    private static void talk(Socket socket) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                socket.getOutputStream().write('x');
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        } catch (IOException e) {
            // which was to come
        }
    }

    /** By FIN, or by a reset, as something is still on its way. */
    private static boolean ends(Socket client) {
        try {
            return client.getInputStream().read() == -1;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void streamsEndOneAfterAnotherAsADrainHasIt() throws Exception {
        var clients = new ArrayList<Socket>();
        try (var host = Backend.echo(); var rig = Rig.of(SPEC, host.address())) {
            for (int i = 0; i < 100; i++) {
                var client = rig.connect();
                clients.add(client);
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
            }
            long begin = System.nanoTime();
            var turns = new Drain(begin, TimeUnit.HOURS.toNanos(1));
            int before = 100;
            for (int quarter = 0; quarter <= 4; quarter++) {
                long now = begin + TimeUnit.MINUTES.toNanos(15L * quarter) - (quarter == 0 ? 1 : 0);
                long left = rig.proxy.sessions.stream()
                        .filter(each -> !turns.asks(each.connectionId, each.startNanos, now)).count();
                rig.proxy.endStreams(Turns.ofStreams(turns), now);
                Rig.await("the due ones end", () -> rig.proxy.activeConnections() == left);
                assertThat(left).isEqualTo(quarter == 0 ? 100 : quarter == 4 ? 0 : left).isLessThanOrEqualTo(before);
                if (quarter == 2) {
                    assertThat(left).isBetween(10L, 90L);
                }
                before = (int) left;
            }
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(rig.record().flags()).isZero();
            rig.assertNothingIsLeft();
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
