package io.weir.net.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.CheckTarget;
import io.weir.core.health.Prober;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.net.transport.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks over real connections to a server that answers a byte, keeps silent or closes. */
class WireProberTest {
    private static final byte WELL = 'y';
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** Where no answer is late on purpose. */
    private static final long PATIENCE = 20 * SECOND;

    private final Workers workers = Workers.start(1);
    private final AtomicInteger connections = new AtomicInteger();
    private final BlockingQueue<CheckResult> results = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private Thread acceptor = Thread.currentThread();
    private volatile Manner manner = Manner.ANSWERS;

    /** How the server takes a byte. */
    private enum Manner {
        ANSWERS, ANSWERS_AND_CLOSES, CLOSES, KEEPS_SILENT
    }

    WireProberTest() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void serve() {
        acceptor = Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private void serve(Socket socket) {
        try (socket; InputStream in = socket.getInputStream()) {
            while (in.read() >= 0) {
                switch (manner) {
                    case ANSWERS -> socket.getOutputStream().write(WELL);
                    case ANSWERS_AND_CLOSES -> {
                        socket.getOutputStream().write(WELL);
                        return;
                    }
                    case CLOSES -> {
                        return;
                    }
                    case KEEPS_SILENT -> {
                    }
                }
            }
        } catch (IOException e) {
            // the checker has closed: nothing to tell anybody
            connections.addAndGet(0);
        }
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        workers.close();
    }

    /** Sends a byte and wants one back. */
    private record OneByte(boolean reusable) implements Dialect {
        @Override
        public String label() {
            return "TCP";
        }

        @Override
        public Dialogue dialogue(CheckTarget target) {
            return new Dialogue() {
                @Override
                public @Nullable CheckResult begin(boolean fresh, ByteBuf out) {
                    out.writeByte('?');
                    return null;
                }

                @Override
                public @Nullable CheckResult hears(ByteBuf in, ByteBuf out) {
                    return in.readByte() == WELL ? new Passed(false) : Failed.of(Failure.ACTIVE, "no");
                }

                @Override
                public CheckResult closed() {
                    return Failed.of(Failure.NETWORK, "closed");
                }

                @Override
                public boolean reusable() {
                    return reusable;
                }
            };
        }
    }

    private Prober.Probe probe(boolean reusable, long timeoutNanos) {
        Host host = new Host(Endpoint.of(server.getLocalSocketAddress()));
        var spec = CheckSpec.of(new OneByte(reusable), CheckSpec.Timing.every(SECOND, timeoutNanos), 1, 1);
        return new WireProber(workers, Runnable::run, System::nanoTime)
                .probe(new CheckTarget(host, host.address(), "", "c", spec));
    }

    private @Nullable CheckResult check(Prober.Probe probe) throws InterruptedException {
        probe.begin((result, _) -> results.add(result));
        return results.poll(40, TimeUnit.SECONDS);
    }

    @Test
    void oneConnectionServesManyChecksWhereItMay() throws Exception {
        Prober.Probe probe = probe(true, PATIENCE);
        for (int i = 0; i < 5; i++) {
            assertThat(check(probe)).isEqualTo(new Passed(false));
        }
        assertThat(connections).hasValue(1);
        Prober.Probe other = probe(false, PATIENCE);
        for (int i = 0; i < 3; i++) {
            assertThat(check(other)).isEqualTo(new Passed(false));
        }
        assertThat(connections).hasValue(4);
    }

    @Test
    void aConnectionThatTheHostClosedWhileItRestedCostsNoCheck() throws Exception {
        manner = Manner.ANSWERS_AND_CLOSES;
        Prober.Probe probe = probe(true, PATIENCE);
        for (int i = 0; i < 20; i++) {
            assertThat(check(probe)).isEqualTo(new Passed(false));
        }
        manner = Manner.CLOSES;
        assertThat(check(probe)).isEqualTo(Failed.of(Failure.NETWORK, "closed"));
    }

    @Test
    void aHostThatKeepsSilentFailsAfterTheTimeoutAndWhatComesLateIsNoAnswer() throws Exception {
        manner = Manner.KEEPS_SILENT;
        Prober.Probe probe = probe(true, SECOND);
        long began = System.nanoTime();
        assertThat(check(probe)).isEqualTo(Failed.of(Failure.NETWORK_TIMEOUT, "no answer in 1000 ms"));
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(SECOND);
        manner = Manner.ANSWERS;
        assertThat(check(probe)).isEqualTo(new Passed(false));
    }

    @Test
    void aHostThatRefusesFailsWithTheReason() throws Exception {
        Prober.Probe probe = probe(true, PATIENCE);
        server.close();
        acceptor.join(); // which may be taking a connection still
        assertThat(check(probe)).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.failure()).isEqualTo(Failure.NETWORK);
            assertThat(failed.details()).containsIgnoringCase("connection refused").doesNotContain("127.0.0.1");
        });
    }

    @Test
    void anUnresolvedHostFails() throws Exception {
        Host host = new Host(Endpoint.of(InetSocketAddress.createUnresolved("nowhere.example", 1)));
        var spec = CheckSpec.of(new OneByte(true), CheckSpec.Timing.every(SECOND, SECOND), 1, 1);
        assertThat(check(new WireProber(workers, Runnable::run, System::nanoTime)
                .probe(new CheckTarget(host, host.address(), "", "c", spec)))).isInstanceOf(Failed.class);
    }

    @Test
    void whatIsClosedAnswersNoMore() throws Exception {
        manner = Manner.KEEPS_SILENT;
        Prober.Probe probe = probe(true, SECOND / 20);
        probe.begin((result, _) -> results.add(result));
        probe.close();
        assertThat(results.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }
}
