package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.testkit.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A FIN while reading is paused, and a FIN while much is left to send: neither may cost data. */
class HalfClosureTest {
    private static final int TOTAL_BYTES = 3 << 20;

    private static final class Taker extends ChannelInboundHandlerAdapter {
        final AtomicReference<Channel> channel = new AtomicReference<>();
        final AtomicLong bytes = new AtomicLong();
        final CompletableFuture<String> end = new CompletableFuture<>();

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel.set(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf read = (ByteBuf) message;
            bytes.addAndGet(read.readableBytes());
            read.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                end.complete("fin");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end.complete("closed");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            end.complete(cause.toString());
        }

        Channel await() throws InterruptedException {
            Await.until("a connection is accepted", () -> channel.get() != null);
            return channel.get();
        }
    }

    private static Listener listen(Workers workers, ChannelSettings settings, Taker taker) throws IOException {
        return Listener.bind(workers, ListenOptions.of(Loopback.at(0), settings),
                (worker, channel) -> channel.pipeline().addLast(taker));
    }

    private static Socket connect(Listener listener) throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aChannelThatWasPausedWhenTheFinCameReadsTheRestAfterwards(Transport transport) throws Exception {
        for (ChannelSettings settings : new ChannelSettings[]{ChannelSettings.STREAM,
                ChannelSettings.MESSAGES.withAutoRead(false)}) {
            Taker taker = new Taker();
            try (Workers workers = Workers.start(1, transport);
                    Listener listener = listen(workers, settings, taker);
                    Socket client = connect(listener)) {
                Thread sender = Thread.startVirtualThread(() -> {
                    try {
                        client.getOutputStream().write(new byte[TOTAL_BYTES]);
                        client.shutdownOutput();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                Channel channel = taker.await();
                for (int i = 0; i < 20 && !taker.end.isDone(); i++) {
                    // pauses and goes on, so that the FIN falls into a pause sooner or later
                    channel.config().setAutoRead(true);
                    Thread.sleep(2);
                    channel.config().setAutoRead(false);
                    Thread.sleep(10);
                }
                channel.config().setAutoRead(true);
                assertThat(taker.end.get(20, TimeUnit.SECONDS)).isEqualTo(settings.halfClosure() ? "fin" : "closed");
                assertThat(taker.bytes).hasValue(TOTAL_BYTES);
                sender.join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aChannelWhosePeerHasSentItsFinStillSendsAllItHas(Transport transport) throws Exception {
        Taker taker = new Taker();
        try (Workers workers = Workers.start(1, transport);
                Listener listener = listen(workers, ChannelSettings.STREAM.withAutoRead(true), taker);
                Socket client = connect(listener)) {
            client.shutdownOutput();
            assertThat(taker.end.get(20, TimeUnit.SECONDS)).isEqualTo("fin");
            Channel channel = taker.await();
            for (int round = 0; round < 3; round++) {
                channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[8 * TOTAL_BYTES]));
                Thread.sleep(20);
                assertThat(client.getInputStream().readNBytes(8 * TOTAL_BYTES)).hasSize(8 * TOTAL_BYTES);
                Thread.sleep(20);
            }
            assertThat(channel.isActive()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    @SuppressWarnings("try") // closing early is what is tested
    void aPausedChannelWhosePeerHasSentItsFinIsClosedWithItsWorkers(Transport transport) throws Exception {
        Taker taker = new Taker();
        try (Workers workers = Workers.start(1, transport);
                Listener listener = listen(workers, ChannelSettings.STREAM, taker);
                Socket client = connect(listener)) {
            client.getOutputStream().write(1);
            client.shutdownOutput();
            taker.await();
            Thread.sleep(50);
            workers.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
