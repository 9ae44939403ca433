package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.Epoll;
import io.weir.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker is busy while clients connect and the listener closes: they wait in the kernel's queue. */
@Timeout(60)
class AcceptQueueTest {
    private static final int CLIENTS = 20;
    private static final int ROUNDS = 5;
    private static final int COMERS = 3;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void whoWaitsAtAPortThatClosesIsServed() throws Exception {
        served(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    void whoWaitsAtASocketFileThatGoesIsServed() throws Exception {
        served(UnixDomainSocketAddress.of(folder.resolve("listener")));
    }

    private static void served(SocketAddress on) throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the queue is taken with epoll only");
        List<SocketChannel> clients = new ArrayList<>();
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers, ListenOptions.of(on, ChannelSettings.MESSAGES),
                        new Echo())) {
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch free = new CountDownLatch(1);
            workers.all().getFirst().loop().execute(() -> {
                await(busy, free);
            });
            busy.await();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(connected(listener.localAddress()));
            }
            Thread closing = Thread.ofPlatform().start(listener::stopAccepting);
            awaitsTheWorker(closing);
            free.countDown();
            closing.join();
            for (SocketChannel client : clients) {
                assertThat(echoed(client, "late\n")).isEqualTo("late\n");
            }
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whoeverIsServedAlreadyDoesNotWaitUntilTheWholeQueueHasBeenTaken() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the queue is taken with epoll only");
        int many = 8 * AcceptQueue.TURN_CONNECTIONS_MAX;
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger acceptedAtWord = new AtomicInteger();
        Acceptor acceptor = (_, channel) -> {
            accepted.incrementAndGet();
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    acceptedAtWord.set(accepted.get());
                    context.writeAndFlush(message);
                }
            });
        };
        List<SocketChannel> clients = new ArrayList<>();
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers,
                        ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES), acceptor);
                SocketChannel first = connected(listener.localAddress())) {
            assertThat(echoed(first, "early\n")).isEqualTo("early\n");
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch free = new CountDownLatch(1);
            workers.all().getFirst().loop().execute(() -> {
                listener.accepting(false); // what is taken is the queue's closing alone
                await(busy, free);
            });
            busy.await();
            for (int i = 0; i < many; i++) {
                clients.add(connected(listener.localAddress()));
            }
            Thread closing = Thread.ofPlatform().start(listener::stopAccepting);
            awaitsTheWorker(closing);
            first.write(ByteBuffer.wrap("word\n".getBytes(StandardCharsets.US_ASCII)));
            free.countDown();
            closing.join();
            assertThat(accepted).hasValue(1 + many);
            assertThat(heard(first, 5)).isEqualTo("word\n");
            assertThat(acceptedAtWord.get()).isBetween(1, many / 2);
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    /** Clients come one after another; each that is let in is served, up to the moment when nobody is any more. */
    @Test
    void nobodyIsLetInAndResetWhileAListenerCloses() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            nobodyIsReset(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            nobodyIsReset(UnixDomainSocketAddress.of(folder.resolve("listener" + i)));
        }
    }

    private static void nobodyIsReset(SocketAddress on) throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the queue is taken with epoll only");
        try (Workers workers = Workers.start(2);
                Listener listener = Listener.bind(workers, ListenOptions.of(on, ChannelSettings.MESSAGES),
                        new Echo())) {
            SocketAddress where = listener.localAddress();
            CountDownLatch served = new CountDownLatch(COMERS);
            List<FutureTask<Void>> comers = new ArrayList<>();
            for (int i = 0; i < COMERS; i++) {
                FutureTask<Void> comer = new FutureTask<>(() -> come(where, served), null);
                comers.add(comer);
                Thread.ofPlatform().start(comer);
            }
            served.await();
            listener.stopAccepting();
            for (FutureTask<Void> comer : comers) {
                comer.get();
            }
        }
    }

    /** Comes until it is not let in any more. */
    private static void come(SocketAddress where, CountDownLatch served) {
        while (true) {
            SocketChannel client;
            try {
                client = connected(where);
            } catch (IOException closed) {
                return;
            }
            try (client) {
                assertThat(echoed(client, "word\n")).isEqualTo("word\n");
                served.countDown();
            } catch (IOException reset) {
                throw new UncheckedIOException(reset);
            }
        }
    }

    private static SocketChannel connected(SocketAddress to) throws IOException {
        SocketChannel client = SocketChannel.open(to instanceof UnixDomainSocketAddress
                ? StandardProtocolFamily.UNIX
                : StandardProtocolFamily.INET);
        client.connect(to);
        return client;
    }

    /** Keeps a worker busy until it may go on. */
    private static void awaitsTheWorker(Thread closing) {
        Await.until(() -> "who closes waits for the worker, and is not " + closing.getState(),
                () -> closing.getState() == Thread.State.TIMED_WAITING);
    }

    private static void await(CountDownLatch busy, CountDownLatch free) {
        busy.countDown();
        try {
            free.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String echoed(SocketChannel client, String word) throws IOException {
        client.write(ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII)));
        return heard(client, word.length());
    }

    private static String heard(SocketChannel client, int bytes) throws IOException {
        ByteBuffer heard = ByteBuffer.allocate(bytes);
        while (heard.hasRemaining() && client.read(heard) >= 0) {
            // all of it
        }
        return new String(heard.array(), 0, heard.position(), StandardCharsets.US_ASCII);
    }
}
