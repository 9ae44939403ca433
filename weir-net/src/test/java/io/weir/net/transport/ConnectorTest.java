package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.weir.core.model.KeepAlive;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectorTest {
    private static final ConnectOptions OPTIONS = ConnectOptions.of(TimeUnit.SECONDS.toNanos(5),
            ChannelSettings.MESSAGES);

    private static final class Collector extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Byte> first = new CompletableFuture<>();
        final CompletableFuture<Boolean> wasOnWorker = new CompletableFuture<>();

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            wasOnWorker.complete(ctx.channel().eventLoop().equals(Worker.current().loop()));
            ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{7}));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            first.complete(bytes.readByte());
            bytes.release();
        }
    }

    private static ChannelFuture connect(Worker worker, SocketAddress address, ConnectOptions options,
            ChannelInboundHandlerAdapter handler) {
        CompletableFuture<ChannelFuture> started = new CompletableFuture<>();
        worker.loop().execute(() -> started.complete(Connector.connect(worker, address, options, handler)));
        return started.join().awaitUninterruptibly();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aConnectionLivesOnTheWorkersLoop(Transport transport) throws Exception {
        try (Workers workers = Workers.start(2, transport);
                Listener listener = Listener.bind(workers,
                        ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES),
                        new Echo())) {
            Collector collector = new Collector();
            ConnectOptions bound = ConnectOptions.of(OPTIONS.timeoutNanos(),
                    ChannelSettings.MESSAGES.withKeepAlive(new KeepAlive(3, 30, 10)))
                    .withSource(Loopback.at(0), SocketRules.PLAIN);
            Channel channel = connect(workers.all().get(1), listener.localAddress(), bound, collector).channel();
            assertThat(collector.first.get(20, TimeUnit.SECONDS)).isEqualTo((byte) 7);
            assertThat(collector.wasOnWorker.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
            assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            if (transport == Transport.EPOLL) {
                assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(30);
                assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(10);
                assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aUnixSocketIsConnectedTo(Transport transport, @TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("weir.sock"));
        try (Workers workers = Workers.start(1, transport);
                Listener listener = Listener.bind(workers, ListenOptions.of(address, ChannelSettings.MESSAGES),
                        new Echo())) {
            Collector collector = new Collector();
            connect(workers.all().getFirst(), listener.localAddress(), OPTIONS, collector);
            assertThat(collector.first.get(20, TimeUnit.SECONDS)).isEqualTo((byte) 7);
        }
    }

    @Test
    void anAbstractUnixSocketIsListenedOnAndConnectedTo() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the abstract namespace needs epoll");
        UnixDomainSocketAddress address = UnixDomainSocketAddress
                .of("@weir-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers, ListenOptions.of(address, ChannelSettings.MESSAGES),
                        new Echo())) {
            Collector collector = new Collector();
            connect(workers.all().getFirst(), listener.localAddress(), OPTIONS, collector);
            assertThat(collector.first.get(20, TimeUnit.SECONDS)).isEqualTo((byte) 7);
            assertThat(address.getPath()).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aRefusedConnectFailsTheFutureAndClosesTheChannel(Transport transport) throws Exception {
        InetSocketAddress closed;
        try (ServerSocket gone = new ServerSocket(0)) {
            closed = Loopback.at(gone.getLocalPort());
        }
        try (Workers workers = Workers.start(1, transport)) {
            ChannelFuture future = connect(workers.all().getFirst(), closed, OPTIONS, new Collector());
            assertThat(future.cause()).isInstanceOf(IOException.class).isNotInstanceOf(ConnectTimeoutException.class);
            assertThat(future.channel().closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aPeerThatDoesNotAnswerIsATimeout(Transport transport) throws Exception {
        // A full accept queue lets SYNs go unanswered: no network needed.
        try (Workers workers = Workers.start(1, transport); ServerSocket full = new ServerSocket()) {
            full.bind(Loopback.at(0), 1);
            ConnectOptions brief = ConnectOptions.of(TimeUnit.MILLISECONDS.toNanos(200), ChannelSettings.MESSAGES);
            List<ChannelFuture> futures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                futures.add(connect(workers.all().getFirst(), full.getLocalSocketAddress(), brief,
                        new ChannelInboundHandlerAdapter()));
            }
            assertThat(futures.getLast().cause()).isInstanceOf(ConnectTimeoutException.class);
        }
    }

    @Test
    void aNameThatNobodyResolvedFailsTheFuture() {
        try (Workers workers = Workers.start(1)) {
            ChannelFuture future = connect(workers.all().getFirst(),
                    InetSocketAddress.createUnresolved("db.internal", 5432), OPTIONS, new Collector());
            assertThat(future.cause()).isInstanceOf(UnknownHostException.class).hasMessageContaining("db.internal");
        }
    }

    /** What is written as soon as the connection is known to stand, which is before it is active. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void whatAConnectionBeginsWithGoesBeforeAllElse(Transport transport) throws Exception {
        try (Workers workers = Workers.start(1, transport);
                ServerSocket peer = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            peer.setSoTimeout(10_000);
            ConnectOptions options = OPTIONS.withPreamble(channel -> Unpooled.copiedBuffer(
                    "for " + ((InetSocketAddress) channel.remoteAddress()).getPort() + ";", StandardCharsets.US_ASCII));
            Worker worker = workers.all().getFirst();
            worker.loop()
                    .execute(() -> Connector.connect(worker, peer.getLocalSocketAddress(), options, new Collector())
                            .addListener((ChannelFuture done) -> done.channel()
                                    .writeAndFlush(Unpooled.wrappedBuffer(new byte[]{6}))));
            try (Socket taken = peer.accept()) {
                taken.setSoTimeout(10_000);
                String greeting = "for " + peer.getLocalPort() + ";";
                assertThat(new String(taken.getInputStream().readNBytes(greeting.length()), StandardCharsets.US_ASCII))
                        .isEqualTo(greeting);
                assertThat(taken.getInputStream().readNBytes(2)).containsExactly(6, 7);
            }
        }
    }

    @Test
    void aSocketIsSetUpAsItsRulesSayOrTheConnectionFails() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable());
        try (Workers workers = Workers.start(1, Transport.EPOLL);
                Listener listener = Listener.bind(workers,
                        ListenOptions.of(Loopback.at(0), ChannelSettings.MESSAGES), new Echo())) {
            Worker worker = workers.all().getFirst();
            // IPPROTO_TCP, TCP_MAXSEG
            var set = rules(6, 2, 600);
            Channel channel = connect(worker, listener.localAddress(), OPTIONS.withSource(null, set), new Collector())
                    .sync().channel();
            assertThat(channel.config().getOption(new IntegerUnixChannelOption("mss", 6, 2))).isLessThanOrEqualTo(600);
            channel.close().sync();
            ChannelFuture refused = connect(worker, listener.localAddress(),
                    OPTIONS.withSource(null, rules(6, 9999, 1)),
                    new Collector());
            assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(refused.cause()).hasMessageContaining("no socket option level 6 name 9999");
        }
    }

    private static SocketRules rules(int level, int name, int value) {
        return new SocketRules(false, false, -1, 0, false, List.of(new SocketOption("", level, name,
                new SocketOption.Whole(value), SocketOption.When.PREBIND)));
    }
}
