package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.socket.SocketChannel;
import io.weir.core.socket.SocketRules;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes connections. */
public final class Connector {
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private Connector() {}

    /** Whether it was the peer that failed us, and not this machine, out of descriptors or ports. */
    public static boolean hostsFault(@Nullable Throwable cause) {
        return cause instanceof ConnectException || cause instanceof ConnectTimeoutException
                || cause instanceof NoRouteToHostException || cause instanceof UnknownHostException;
    }

    /**
     * Connects from the worker's own thread; the channel stays on its loop. The handler is in the pipeline before
     * anything can happen; it sees {@code channelActive} when the connection stands. The future fails with
     * {@link io.netty.channel.ConnectTimeoutException} when the peer did not answer in time, and with another
     * {@link java.io.IOException} when it refused or cannot be reached; the channel is then closed. Nothing is thrown:
     * where not even a socket could be made, the failed future's channel is a placeholder.
     *
     * @param address
     *            a resolved {@link InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}
     */
    public static ChannelFuture connect(Worker worker, SocketAddress address, ConnectOptions options,
            ChannelHandler handler) {
        if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
            return failed(worker, new UnknownHostException(inet.getHostString()));
        }
        Transport transport = worker.transport();
        Channel channel = null;
        try {
            channel = transport.client(address);
            prepare(channel, transport, worker, options);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.unsafe().closeForcibly();
            }
            return failed(worker, e);
        }
        Preamble preamble = options.preamble();
        if (preamble != null) {
            channel.pipeline().addLast(new PreambleHandler(preamble));
        }
        channel.pipeline().addLast(handler);
        ChannelFuture registered = worker.loop().register(channel);
        if (registered.isDone() && !registered.isSuccess()) {
            return registered;
        }
        SocketAddress local = options.bindAddress();
        SocketAddress remote = transport.nativeAddress(address);
        return local == null ? channel.connect(remote) : channel.connect(remote, transport.nativeAddress(local));
    }

    private static void prepare(Channel channel, Transport transport, Worker worker, ConnectOptions options)
            throws IOException {
        channel.config().setAllocator(worker.allocator());
        transport.apply(channel, options.settings());
        long millis = Math.ceilDiv(options.timeoutNanos(), NANOS_PER_MILLI);
        channel.config().setConnectTimeoutMillis((int) Math.min(Integer.MAX_VALUE, millis));
        if (transport != Transport.EPOLL || !(channel instanceof SocketChannel)) {
            SocketSetup.none(options.rules(), "here");
        } else if (!options.rules().equals(SocketRules.PLAIN)) {
            SocketSetup.beforeBind(channel, options.rules());
        }
        if (transport == Transport.EPOLL && options.bindAddress() instanceof InetSocketAddress from
                && from.getPort() == 0) {
            // The port is then chosen at connect, so that one local address serves more than 64 Ki peers.
            channel.config().setOption(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
    }

    /** What {@link #connect} gives where not even a socket was made. */
    public static ChannelFuture failed(Worker worker, Throwable cause) {
        ChannelPromise promise = new DefaultChannelPromise(new LocalChannel(), worker.loop());
        return promise.setFailure(cause);
    }

    /**
     * Says a connection's preamble when it stands and before anybody hears of that: who does writes at once. Leaves
     * then.
     */
    private static final class PreambleHandler extends ChannelOutboundHandlerAdapter {
        private final Preamble preamble;

        PreambleHandler(Preamble preamble) {
            this.preamble = preamble;
        }

        @Override
        public void connect(ChannelHandlerContext context, SocketAddress remote, SocketAddress local,
                ChannelPromise promise) {
            ChannelPromise connected = context.newPromise();
            connected.addListener((ChannelFuture done) -> {
                if (done.isSuccess()) {
                    context.writeAndFlush(preamble.bytes(done.channel()));
                    context.pipeline().remove(this);
                    promise.trySuccess();
                } else {
                    promise.tryFailure(done.cause());
                }
            });
            context.connect(remote, local, connected);
        }
    }
}
