package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker is busy while clients connect and the listener closes: they wait in the kernel's queue. */
@Timeout(60)
class AcceptQueueTest {
    private static final int CLIENTS = 20;

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
                busy.countDown();
                try {
                    free.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            busy.await();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(connected(listener.localAddress()));
            }
            Thread closing = Thread.ofPlatform().start(listener::stopAccepting);
            while (closing.getState() != Thread.State.WAITING) { // for the worker
                Thread.onSpinWait();
            }
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

    private static SocketChannel connected(SocketAddress to) throws IOException {
        SocketChannel client = SocketChannel.open(to instanceof UnixDomainSocketAddress
                ? StandardProtocolFamily.UNIX
                : StandardProtocolFamily.INET);
        client.connect(to);
        return client;
    }

    private static String echoed(SocketChannel client, String word) throws IOException {
        client.write(ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer heard = ByteBuffer.allocate(word.length());
        while (heard.hasRemaining() && client.read(heard) >= 0) {
            // all of it
        }
        return new String(heard.array(), 0, heard.position(), StandardCharsets.US_ASCII);
    }
}
