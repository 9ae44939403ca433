package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.weir.core.socket.SocketRules;
import io.weir.net.handover.ListeningSockets;
import io.weir.net.handover.Predecessor;
import io.weir.net.handover.Successor;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process hands its sockets over; here to itself, with workers of its own on either side. */
@Timeout(60)
class HandedListenerTest {
    private static final int WORKERS = 2;
    private static final int CLIENTS = 12;
    private static final int TIMEOUT_MILLIS = 10_000;

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void needsEpoll() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "descriptors are handed over with epoll only");
    }

    /** What is done while the sockets are handed over. */
    @FunctionalInterface
    private interface Meanwhile {
        void with(Predecessor predecessor) throws Exception;
    }

    private void handOver(Meanwhile meanwhile) throws Exception {
        Path path = folder.resolve("socket");
        try (Successor successor = Successor.await(path, ListeningSockets.PROCESS)) {
            CompletableFuture<Successor.Outcome> outcome = CompletableFuture.supplyAsync(() -> successor
                    .handOver(() -> true, 0, System.nanoTime() + TimeUnit.SECONDS.toNanos(30)));
            try (Predecessor predecessor = Predecessor.meet(path, ListeningSockets.PROCESS)) {
                meanwhile.with(predecessor);
            }
            outcome.get();
        }
    }

    private static Socket connected(Listener to) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(to.localAddress(), TIMEOUT_MILLIS);
        return socket;
    }

    private static void assertEchoes(Socket client) throws IOException {
        client.getOutputStream().write('e');
        assertThat(client.getInputStream().read()).isEqualTo('e');
    }

    private static void closeAll(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void balancedListenersAreBalancedAfterAHandoverToo() throws Exception {
        ListenOptions options = ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES)
                .withRules(new SocketRules(false, false, -1, 0, true, List.of()));
        Echo echo = new Echo();
        List<Socket> clients = new ArrayList<>();
        try (Workers before = Workers.start(WORKERS);
                Workers after = Workers.start(WORKERS);
                Listener first = Listener.bind(before, options, new Echo())) {
            handOver(predecessor -> {
                try (Listener second = Listener.bind(after, options, echo)) {
                    predecessor.serving();
                    first.stopAccepting();
                    for (int i = 0; i < CLIENTS; i++) {
                        Socket client = connected(second);
                        clients.add(client);
                        assertEchoes(client);
                    }
                    for (int worker = 0; worker < WORKERS; worker++) {
                        assertThat(Collections.frequency(echo.workersSeen, worker)).isEqualTo(CLIENTS / WORKERS);
                    }
                }
            });
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void whoDoesNotComeToServeHasTakenNobody() throws Exception {
        ListenOptions options = ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES);
        Echo old = new Echo();
        Echo failing = new Echo();
        List<Socket> clients = new ArrayList<>();
        try (Workers before = Workers.start(WORKERS);
                Workers after = Workers.start(WORKERS);
                Listener first = Listener.bind(before, options, old)) {
            first.accepting(false); // so that those who come are there for the other one
            handOver(predecessor -> {
                try (Listener second = Listener.prepare(after, options, failing)) {
                    assertThat(second.localAddress()).isEqualTo(first.localAddress());
                    for (int i = 0; i < CLIENTS; i++) {
                        clients.add(connected(second));
                    }
                    for (Worker worker : after.all()) {
                        worker.loop().submit(() -> {
                        }).get(); // whoever wanted to take somebody has had a turn
                    }
                }
                predecessor.failed("for a test");
            });
            assertThat(failing.workersSeen).isEmpty();
            first.accepting(true);
            for (Socket client : clients) {
                assertEchoes(client);
            }
            assertThat(old.workersSeen).hasSize(CLIENTS);
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void whatIsToldToTakeBeginsAndStops() throws Exception {
        Echo echo = new Echo();
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.prepare(workers,
                        ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES), echo);
                Socket early = connected(listener)) {
            early.getOutputStream().write('e');
            assertThat(echo.workersSeen).isEmpty();
            listener.accepting(true);
            assertThat(early.getInputStream().read()).isEqualTo('e');
            listener.accepting(false);
            workers.all().getFirst().loop().submit(() -> {
            }).get();
            try (Socket late = connected(listener)) {
                late.getOutputStream().write('l');
                assertEchoes(early);
                assertThat(echo.workersSeen).hasSize(1);
                listener.accepting(true);
                assertThat(late.getInputStream().read()).isEqualTo('l');
            }
        }
    }
}
