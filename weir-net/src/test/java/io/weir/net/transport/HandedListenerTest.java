package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import io.weir.net.handover.ListeningSockets;
import io.weir.net.handover.Predecessor;
import io.weir.net.handover.Successor;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process hands its sockets over; here to itself, with workers of its own on either side. */
@Timeout(60)
class HandedListenerTest {
    private static final int WORKERS = 2;
    private static final int CLIENTS = 12;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int SOL_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_INFO = 11;
    private static final int TCP_FASTOPEN = 23;
    /** Where TCP_INFO has how many connections may wait, of a socket that listens (linux/tcp.h). */
    private static final int TCPI_SACKED = 28;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PRIORITY = 12;
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

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
        return connected(to.localAddress());
    }

    private static Socket connected(SocketAddress to) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(to, TIMEOUT_MILLIS);
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
    void socketsThatAreClosedByTheProcessBeforeWhileTheyAreHandedOverTakeConnections() throws Exception {
        ListenOptions options = ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES);
        try (Workers before = Workers.start(WORKERS);
                Workers after = Workers.start(WORKERS);
                Listener first = Listener.bind(before, options, new Echo())) {
            handOver(predecessor -> {
                try (Listener second = Listener.bind(after, options, new Echo())) {
                    first.stopAccepting();
                    try (Socket client = connected(second)) {
                        assertEchoes(client);
                    }
                    predecessor.serving();
                }
            });
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

    private static SocketOption option(int level, int name, int number) {
        return new SocketOption("", level, name, new SocketOption.Whole(number), SocketOption.When.PREBIND);
    }

    private static SocketRules rules(int fastOpenQueue, SocketOption... options) {
        return new SocketRules(false, true, fastOpenQueue, 0, false, List.of(options));
    }

    /** What a connection has of its socket, and what that one is set to. */
    private static String settings(Channel child) {
        Channel socket = child.parent();
        ByteBuffer info = Objects.requireNonNull(
                socket.config().getOption(new RawUnixChannelOption("TCP_INFO", SOL_TCP, TCP_INFO, 32)));
        return "idle " + child.config().getOption(EpollChannelOption.TCP_KEEPIDLE) + ", free "
                + socket.config().getOption(EpollChannelOption.IP_FREEBIND) + ", fast open "
                + socket.config().getOption(new IntegerUnixChannelOption("TCP_FASTOPEN", SOL_TCP, TCP_FASTOPEN))
                + ", backlog " + info.order(ByteOrder.nativeOrder()).getInt(TCPI_SACKED);
    }

    @Test
    void socketsThatAreHandedOverAreSetUpAsTheNewConfigurationSays() throws Exception {
        ListenOptions options = ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES).withBacklog(7)
                .withRules(rules(5, option(SOL_TCP, TCP_KEEPIDLE, 66)));
        ListenOptions other = options.withBacklog(9)
                .withRules(new SocketRules(false, false, 11, 0, false, List.of(option(SOL_TCP, TCP_KEEPIDLE, 77))));
        Map<Integer, String> taken = new ConcurrentHashMap<>();
        List<Socket> clients = new ArrayList<>();
        try (Workers before = Workers.start(WORKERS);
                Workers after = Workers.start(WORKERS + 1);
                Listener first = Listener.bind(before, options, new Echo())) {
            handOver(predecessor -> {
                try (Listener second = Listener.bind(after, other, (worker, channel) -> {
                    taken.put(worker.index(), settings(channel));
                    channel.config().setAutoRead(true);
                    channel.writeAndFlush(channel.alloc().buffer().writeByte('e'));
                })) {
                    predecessor.serving();
                    first.stopAccepting();
                    while (taken.size() <= WORKERS) { // where the kernel puts each of them is its own affair
                        Socket client = connected(second);
                        clients.add(client);
                        assertThat(client.getInputStream().read()).isEqualTo('e');
                    }
                    assertThat(taken.values()).containsOnly("idle 77, free false, fast open 11, backlog 9");
                }
            });
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void whatTheSystemDoesNotSetAnyMoreIsRefusedUnlessItIsSoAlready() throws Exception {
        // IPV6_V6ONLY, which the system refuses where there is an address
        ListenOptions options = ListenOptions.of(Loopback.at("::1", 0), ChannelSettings.MESSAGES);
        ListenOptions same = options.withRules(rules(-1, option(SOL_IPV6, IPV6_V6ONLY, 1)));
        ListenOptions other = options.withRules(rules(-1, option(SOL_IPV6, IPV6_V6ONLY, 0)));
        try (Workers before = Workers.start(WORKERS);
                Workers after = Workers.start(WORKERS);
                Listener first = Listener.bind(before, options, new Echo())) {
            handOver(predecessor -> {
                try (Listener second = Listener.prepare(after, same, new Echo())) {
                    assertThat(second.localAddress()).isEqualTo(first.localAddress());
                }
                predecessor.failed("for a test");
            });
            handOver(predecessor -> {
                assertThatThrownBy(() -> Listener.prepare(after, other, new Echo()).close())
                        .isInstanceOfSatisfying(ListenFailure.class,
                                failure -> assertThat(failure.reason()).isEqualTo(ListenFailure.Reason.OPTION))
                        .hasMessageContaining("level 41 name 26");
                predecessor.failed("for a test");
            });
            try (Socket client = connected(first)) {
                assertEchoes(client);
            }
        }
    }

    /** Who waits at the old sockets is served by the old process, who comes afterwards by the new one. */
    private void boundBeside(ListenOptions options, SocketAddress before, ListenOptions other,
            SocketAddress after) throws Exception {
        Echo old = new Echo();
        Echo young = new Echo();
        List<Socket> clients = new ArrayList<>();
        try (Workers olds = Workers.start(WORKERS);
                Workers youngs = Workers.start(WORKERS);
                Listener first = Listener.bind(olds, options, old)) {
            first.accepting(false);
            for (Worker worker : olds.all()) {
                worker.loop().submit(() -> {
                }).get(); // none of them takes any more
            }
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(connected(before));
            }
            handOver(predecessor -> {
                try (Listener second = Listener.bind(youngs, other, young)) {
                    predecessor.serving();
                    first.stopAccepting();
                    for (Socket client : clients) {
                        assertEchoes(client);
                    }
                    assertThat(old.workersSeen).hasSize(CLIENTS);
                    for (int i = 0; i < CLIENTS; i++) {
                        Socket client = connected(after);
                        clients.add(client);
                        assertEchoes(client);
                    }
                    assertThat(young.workersSeen).hasSize(CLIENTS);
                    assertThat(second.socketCount()).isEqualTo(WORKERS);
                }
            });
        } finally {
            closeAll(clients);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAddressThatHoldsAnotherThatWasHandedOverIsBoundBesideIt(boolean reusePort) throws Exception {
        int port = Ports.free();
        ListenOptions one = ListenOptions.of(Loopback.at(port), ChannelSettings.MESSAGES).withReusePort(reusePort);
        ListenOptions all = ListenOptions.of(Loopback.at("0.0.0.0", port), ChannelSettings.MESSAGES);
        boundBeside(one, Loopback.at(port), all, Loopback.at(port));
        boundBeside(all.withReusePort(reusePort), Loopback.at(port), one.withReusePort(true), Loopback.at(port));
    }

    @Test
    void whereIpv4IsToComeTooTheHandedSocketsAreLeft() throws Exception {
        int port = Ports.free();
        ListenOptions six = ListenOptions.of(Loopback.at("::", port), ChannelSettings.MESSAGES);
        boundBeside(six, Loopback.at("::1", port), six.withIpv4Compatible(true), Loopback.at(port));
    }

    @Test
    void socketsOfDatagramsAreSetUpAgainToo() throws Exception {
        ListenOptions options = ListenOptions.of(Loopback.at("::1", 0), ChannelSettings.MESSAGES);
        ListenOptions other = options.withRules(rules(-1, option(SOL_SOCKET, SO_PRIORITY, 3)));
        List<Channel> sockets = new ArrayList<>();
        try (Workers before = Workers.start(1);
                Workers after = Workers.start(1);
                DatagramListener first = DatagramListener.bind(before, options, 100,
                        _ -> new ChannelInboundHandlerAdapter())) {
            handOver(predecessor -> {
                try (DatagramListener second = DatagramListener.prepare(after, other, 100,
                        _ -> new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                sockets.add(channel);
                            }
                        })) {
                    assertThat(second.localAddress()).isEqualTo(first.localAddress());
                    assertThat(sockets).singleElement().satisfies(socket -> {
                        assertThat(socket.config().getOption(EpollChannelOption.IP_FREEBIND)).isTrue();
                        assertThat(socket.config()
                                .getOption(new IntegerUnixChannelOption("SO_PRIORITY", SOL_SOCKET, SO_PRIORITY)))
                                .isEqualTo(3);
                    });
                }
                predecessor.failed("for a test");
            });
            handOver(predecessor -> {
                assertThatThrownBy(() -> DatagramListener
                        .prepare(after, options.withIpv4Compatible(true), 100, _ -> new ChannelInboundHandlerAdapter())
                        .close())
                        .isInstanceOf(ListenFailure.class).hasMessageContaining("cannot be changed by an upgrade");
                predecessor.failed("for a test");
            });
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
