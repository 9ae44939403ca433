package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkersTest {
    private static final WorkerSlot<StringBuilder> SLOT = WorkerSlot
            .of(worker -> new StringBuilder("of " + worker.index()));

    @ParameterizedTest
    @EnumSource(Transport.class)
    void everyWorkerHasItsNameItsThreadAndItsOwnSingletons(Transport transport) {
        try (Workers workers = Workers.start(3, transport)) {
            assertThat(workers.all()).hasSize(3);
            for (Worker worker : workers.all()) {
                worker.loop().submit(() -> {
                    assertThat(Worker.current()).isSameAs(worker);
                    assertThat(worker.inside()).isTrue();
                    assertThat(Thread.currentThread().getName()).isEqualTo("weir-worker-" + worker.index());
                    assertThat(worker.slot(SLOT)).hasToString("of " + worker.index()).isSameAs(worker.slot(SLOT));
                    assertThat(worker.httpDate()).hasSize(29);
                }).syncUninterruptibly();
            }
        }
    }

    @Test
    void outsideOfWorkersThereIsNoCurrentOne() {
        assertThatThrownBy(Worker::current).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void timersFireOnTheWorkersThreadAndWithinTicks(Transport transport) throws Exception {
        try (Workers workers = Workers.start(1, transport)) {
            Worker worker = workers.all().getFirst();
            CompletableFuture<Long> lateNanos = new CompletableFuture<>();
            worker.loop().execute(() -> {
                long deadline = worker.nowNanos() + TimeUnit.MILLISECONDS.toNanos(50);
                worker.timers().arm(new TimerWheel.Timer() {
                    @Override
                    protected void expired(long nowNanos) {
                        assertThat(Worker.current()).isSameAs(worker);
                        lateNanos.complete(nowNanos - deadline);
                    }
                }, deadline);
                // armed second, due first: the driver must be told
                worker.timers().arm(new TimerWheel.Timer() {
                    @Override
                    protected void expired(long nowNanos) {}
                }, deadline - TimeUnit.MILLISECONDS.toNanos(30));
            });
            // generous above: the machine may be busy; exactness is tested on simulated time
            assertThat(lateNanos.get(30, TimeUnit.SECONDS)).isBetween(0L, TimeUnit.SECONDS.toNanos(20));
        }
    }

    /** Netty's loops leave open what they have when they are told to end in the middle of a task. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void connectionsAreClosedWithTheirWorkersWhateverThoseAreDoing(Transport transport) throws Exception {
        Workers workers = Workers.start(1, transport);
        Worker worker = workers.all().getFirst();
        CompletableFuture<Channel> come = new CompletableFuture<>();
        Listener listener = Listener.bind(workers, ListenOptions.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ChannelSettings.MESSAGES),
                (_, channel) -> come.complete(channel));
        var to = (InetSocketAddress) listener.localAddress();
        try (Socket client = new Socket(to.getAddress(), to.getPort())) {
            Channel channel = come.get(30, TimeUnit.SECONDS);
            listener.close(); // what is not closed is offered to the next process
            CompletableFuture<Boolean> busy = new CompletableFuture<>();
            worker.loop().execute(() -> {
                busy.complete(true);
                while (!worker.loop().isShuttingDown()) {
                    Thread.onSpinWait();
                }
            });
            busy.get(30, TimeUnit.SECONDS);
            workers.close();
            assertThat(channel.isOpen()).isFalse();
            assertThat(channel.isRegistered()).as("its handlers have left").isFalse();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
