package io.weir.net.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.weir.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both sides in one process, each with sockets of its own. */
@Timeout(60)
class HandoverTest {
    private static final int EPOCH = 3;
    private static final SocketAddress ONE = address(8001);
    private static final SocketAddress TWO = address(8002);

    @TempDir
    private Path folder = Path.of("");
    private final ListeningSockets before = new ListeningSockets();
    private final ListeningSockets after = new ListeningSockets();

    private static SocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private Path path() {
        return folder.resolve("socket");
    }

    private static CompletableFuture<Successor.Outcome> handOver(Successor successor) {
        return CompletableFuture.supplyAsync(() -> successor.handOver(() -> true, EPOCH,
                System.nanoTime() + TimeUnit.SECONDS.toNanos(30)));
    }

    private static Socket listening() throws IOException {
        Wire.newSocket().close();
        Socket socket = Socket.newSocketStream();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.listen(8);
        return socket;
    }

    @Test
    void whatWasTakenListensOnWhenTheOneBeforeHasClosedIt() throws Exception {
        Socket first = listening();
        Socket second = listening();
        InetSocketAddress where = first.localAddress();
        ListeningSockets.Opened one = before.opened(ONE, List.of(first.intValue()), false);
        ListeningSockets.Opened two = before.opened(TWO, List.of(second.intValue()), false);
        try (Successor successor = Successor.await(path(), before);
                java.net.Socket client = new java.net.Socket()) {
            CompletableFuture<Successor.Outcome> outcome = handOver(successor);
            try (Predecessor predecessor = Predecessor.meet(path(), after)) {
                assertThat(predecessor.epoch()).isEqualTo(EPOCH);
                assertThat(predecessor.pid()).isEqualTo(ProcessHandle.current().pid());
                assertThat(after.take(address(8003), _ -> true)).isEmpty();
                int descriptor = after.take(ONE, _ -> true).getFirst();
                assertThat(descriptor).isNotEqualTo(first.intValue());
                ListeningSockets.Opened own = after.opened(ONE, List.of(descriptor), true);
                assertThat(own.others()).isTrue();
                assertThat(List.of(one.alone(), two.alone(), own.alone())).containsOnly(false);
                predecessor.serving();
                assertThat(outcome.get()).isEqualTo(new Successor.Outcome.Serves());
                assertThat(one.others()).isTrue();
                assertThat(two.others()).isFalse();
                assertThat(own.others()).isFalse();
                assertThat(one.alone()).isFalse();
                assertThat(two.alone()).as("nobody has taken it").isTrue();
                assertThat(own.alone()).as("before the other one has closed it").isFalse();
                after.inherited();
                assertThat(own.alone()).isTrue();
                client.connect(where); // waits in the queue that both have
                first.close();
                second.close();
                Socket taken = new Socket(descriptor);
                assertThat(taken.accept(new byte[26])).isPositive();
                taken.close();
            }
        }
    }

    @Test
    void socketsOfOneAddressStayTogetherInTheirOrder() throws Exception {
        Socket first = listening();
        Socket second = listening();
        Socket third = listening();
        before.opened(ONE, List.of(first.intValue(), second.intValue()), false);
        before.opened(ONE, List.of(third.intValue()), false);
        try (Successor successor = Successor.await(path(), before)) {
            CompletableFuture<Successor.Outcome> outcome = handOver(successor);
            try (Predecessor predecessor = Predecessor.meet(path(), after)) {
                assertThat(after.take(ONE, _ -> true)).hasSize(2);
                assertThat(after.take(ONE, _ -> true)).singleElement()
                        .satisfies(each -> assertThat(new Socket(each).localAddress()).isEqualTo(third.localAddress()));
                assertThat(after.take(ONE, _ -> true)).isEmpty();
                predecessor.serving();
                assertThat(outcome.get()).isInstanceOf(Successor.Outcome.Serves.class);
            }
        }
        first.close();
        second.close();
        third.close();
    }

    @Test
    void whyItCannotServeIsHeard() throws Exception {
        try (Successor successor = Successor.await(path(), before)) {
            CompletableFuture<Successor.Outcome> outcome = handOver(successor);
            Predecessor.meet(path(), after).failed("weir.yaml:3: no\nsuch thing");
            assertThat(outcome.get()).isEqualTo(new Successor.Outcome.Failed("weir.yaml:3: no such thing"));
        }
    }

    @Test
    void whoEndsBeforeItServesIsNoticed() throws Exception {
        try (Successor successor = Successor.await(path(), before)) {
            CompletableFuture<Successor.Outcome> outcome = handOver(successor);
            Predecessor.meet(path(), after).close();
            assertThat(outcome.get()).isEqualTo(new Successor.Outcome.Failed("it ended before it served"));
        }
        try (Successor successor = Successor.await(path(), before)) {
            assertThat(successor.handOver(() -> false, EPOCH, Long.MAX_VALUE))
                    .isEqualTo(new Successor.Outcome.Failed("it ended before it served"));
            assertThat(successor.handOver(() -> true, EPOCH, System.nanoTime()))
                    .isEqualTo(new Successor.Outcome.Failed("no answer in time"));
        }
    }

    @Test
    void anotherVersionIsLeftAlone() throws Exception {
        Socket socket = Wire.newSocket();
        try (Successor successor = Successor.await(path(), before); Wire other = new Wire(socket)) {
            socket.connect(new DomainSocketAddress(path().toString()));
            CompletableFuture<Successor.Outcome> outcome = handOver(successor);
            other.send("weir-handover 2", Long.MAX_VALUE);
            assertThat(outcome.get())
                    .isEqualTo(new Successor.Outcome.Failed("it speaks another version: weir-handover 2"));
            assertThat(other.line(System.nanoTime() + TimeUnit.SECONDS.toNanos(10))).isEqualTo(Handover.WORD);
        }
        assertThatThrownBy(() -> Predecessor.meet(path(), after)).isInstanceOf(IOException.class);
    }

    @Test
    @SuppressWarnings("try") // its end is what the other one hears
    void whoLeavesTellsItsNumbersUntilItIsGone() throws Exception {
        List<String> heard = new ArrayList<>();
        try (Successor successor = Successor.await(path(), before)) {
            CompletableFuture<Successor.Outcome> outcome = handOver(successor);
            Predecessor predecessor = Predecessor.meet(path(), after);
            predecessor.serving();
            outcome.get();
            successor.connections(7);
            successor.counted("http.a b.downstream_rq_total", 12);
            successor.close();
            predecessor.follow(new Predecessor.Follower() {
                @Override
                public void connections(long left) {
                    heard.add("left " + left);
                }

                @Override
                public void counted(String name, long more) {
                    heard.add(name + " +" + more);
                }

                @Override
                public void gone() {
                    heard.add("gone");
                }
            });
        }
        assertThat(heard).containsExactly("left 7", "http.a b.downstream_rq_total +12", "gone");
    }

    @Test
    void socketsAreOnesOwnAgainWhenWhoWasGivenThemHasEnded() throws Exception {
        Socket socket = listening();
        ListeningSockets.Opened opened = before.opened(ONE, List.of(socket.intValue()), false);
        assertThat(opened.alone()).isTrue();
        var _ = before.whileOpen(_ -> {
        });
        assertThat(opened.alone()).isFalse();
        before.takenBack();
        assertThat(opened.alone()).isTrue();
        socket.close();
    }

    @Test
    void nobodyClosesASocketWhileItIsHandedOver() throws Exception {
        Socket socket = listening();
        ListeningSockets.Opened opened = before.opened(ONE, List.of(socket.intValue()), false);
        CompletableFuture<Thread> closing = new CompletableFuture<>();
        List<ListeningSockets.Opened> handed = before.whileOpen(each -> {
            Thread closer = Thread.ofPlatform().start(() -> before.closing(opened));
            Await.until(() -> "who closes waits, and is not " + closer.getState(),
                    () -> closer.getState() == Thread.State.BLOCKED);
            closing.complete(closer);
        });
        assertThat(handed).containsExactly(opened);
        closing.get().join();
        assertThat(before.all()).isEmpty();
        socket.close();
    }
}
