package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Makes sockets of datagrams. Those of epoll read many datagrams by one call (recvmmsg(2)) and write as many as wait
 * when they are flushed by another (sendmmsg(2)).
 */
public final class DatagramSocket {
    /** What may wait to be sent before a socket says that it is not writable; who writes all the same has no bound. */
    public static final int UNSENT_BYTES_MAX = 512 * 1024;

    /** Datagrams that are read before others have their turn. */
    private static final int TURN_DATAGRAMS_MAX = 64;
    /** What one read of many datagrams may take of memory, whatever their largest size. */
    private static final int READ_BYTES_MAX = 64 * 1024;

    private DatagramSocket() {}

    /**
     * A socket that only this peer hears and speaks to, so that its refusals (ICMP) come back as exceptions. To be
     * called on the worker's thread; whatever it becomes is known when this returns.
     *
     * @param options
     *            of which where it comes from and how its socket is set up count
     * @param datagramBytesMax
     *            of what comes in; longer ones are cut to one byte more, by which they are known
     * @param readDatagramsMax
     *            how many one read may take, at least 1
     * @param handler
     *            sees {@link io.netty.channel.socket.DatagramPacket}s
     * @throws IOException
     *             when there is no socket to be had, or no way to the peer
     */
    public static Channel connect(Worker worker, InetSocketAddress peer, ConnectOptions options, int datagramBytesMax,
            int readDatagramsMax, ChannelHandler handler) throws IOException {
        DatagramChannel channel = prepared(worker, peer, datagramBytesMax, readDatagramsMax);
        try {
            switch (worker.transport()) {
                case EPOLL -> SocketSetup.beforeBind(channel, options.rules());
                case NIO -> SocketSetup.none(options.rules(), "without epoll");
            }
        } catch (IOException e) {
            channel.unsafe().closeForcibly();
            throw e;
        }
        channel.pipeline().addLast(handler);
        done(worker.loop().register(channel), channel);
        SocketAddress from = options.bindAddress();
        done(from == null ? channel.connect(peer) : channel.connect(peer, from), channel);
        return channel;
    }

    static DatagramChannel prepared(Worker worker, InetSocketAddress address, int datagramBytesMax,
            int readDatagramsMax) throws IOException {
        SocketProtocolFamily family = address.getAddress() instanceof Inet4Address
                ? SocketProtocolFamily.INET
                : SocketProtocolFamily.INET6;
        try {
            return prepare(switch (worker.transport()) {
                case EPOLL -> new EpollDatagramChannel(family);
                case NIO -> new NioDatagramChannel(family);
            }, worker, datagramBytesMax, readDatagramsMax);
        } catch (RuntimeException e) {
            throw new IOException(e.getMessage(), e); // Netty's own wraps what the system said: no descriptor left
        }
    }

    static DatagramChannel prepare(DatagramChannel channel, Worker worker, int datagramBytesMax,
            int readDatagramsMax) {
        channel.config().setAllocator(worker.allocator()).setRecvByteBufAllocator(new Reads());
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(UNSENT_BYTES_MAX / 2, UNSENT_BYTES_MAX));
        resize(channel, datagramBytesMax, readDatagramsMax);
        return channel;
    }

    /** Datagrams of another length are taken from the next read on. Any thread. */
    static void resize(DatagramChannel channel, int datagramBytesMax, int readDatagramsMax) {
        int cutBytes = datagramBytesMax + 1;
        int count = Math.clamp(READ_BYTES_MAX / cutBytes, 1, readDatagramsMax);
        boolean many = channel instanceof EpollDatagramChannel && count > 1;
        Reads reads = channel.config().getRecvByteBufAllocator();
        reads.bytes = many ? cutBytes * count : cutBytes;
        if (channel instanceof EpollDatagramChannel) {
            channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, many ? cutBytes : 0);
        }
    }

    /** How much a read may take, which may change while the socket is open. */
    private static final class Reads extends DefaultMaxMessagesRecvByteBufAllocator {
        private volatile int bytes;

        Reads() {
            super(TURN_DATAGRAMS_MAX);
        }

        @Override
        @SuppressWarnings("deprecation") // Netty's own interface has it
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return bytes;
                }
            };
        }
    }

    /** On the loop's own thread nothing of this waits. */
    private static void done(ChannelFuture future, Channel channel) throws IOException {
        Throwable cause = future.cause();
        if (cause != null || !future.isDone()) {
            channel.close();
            throw cause instanceof IOException io ? io : new IOException("no socket for datagrams", cause);
        }
    }
}
