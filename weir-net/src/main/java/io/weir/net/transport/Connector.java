package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.local.LocalChannel;
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
        Channel channel;
        try {
            channel = transport.client(address);
            prepare(channel, transport, worker, options);
        } catch (RuntimeException e) {
            return failed(worker, e);
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

    private static void prepare(Channel channel, Transport transport, Worker worker, ConnectOptions options) {
        channel.config().setAllocator(worker.allocator());
        transport.apply(channel, options.settings());
        long millis = Math.ceilDiv(options.timeoutNanos(), NANOS_PER_MILLI);
        channel.config().setConnectTimeoutMillis((int) Math.min(Integer.MAX_VALUE, millis));
        if (transport == Transport.EPOLL && options.bindAddress() instanceof InetSocketAddress) {
            // The port is then chosen at connect, so that one local address serves more than 64 Ki peers.
            channel.config().setOption(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
    }

    private static ChannelFuture failed(Worker worker, Throwable cause) {
        ChannelPromise promise = new DefaultChannelPromise(new LocalChannel(), worker.loop());
        return promise.setFailure(cause);
    }
}
