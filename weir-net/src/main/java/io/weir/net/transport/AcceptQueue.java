package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections that the kernel has made for a listening socket, and that nobody has accepted yet. */
final class AcceptQueue {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptQueue.class);
    /** More than this are not there: the kernel's own limit of the queue's length is less by default. */
    private static final int CONNECTIONS_MAX = 65_536;
    /** Length and bytes of an address, as Netty's native code writes them. */
    private static final int ADDRESS_BYTES = 26;

    private AcceptQueue() {}

    /**
     * Closes a listening socket, in its own loop. Waits; not to be called by that loop.
     *
     * @param taking
     *            whether the queue is taken first, as the kernel would reset those connections, although their clients
     *            take them for made; where another process listens by the same socket, it has them
     */
    static void close(Channel socket, boolean taking) {
        try {
            socket.eventLoop().submit(() -> {
                if (taking) {
                    take(socket);
                }
                socket.close();
            }).awaitUninterruptibly();
        } catch (RejectedExecutionException ended) {
            LOG.debug("{} is closed after the end of its worker", socket);
        }
        socket.close().awaitUninterruptibly();
    }

    private static void take(Channel socket) {
        boolean unix = socket instanceof EpollServerDomainSocketChannel;
        if (!socket.isActive() || !(unix || socket instanceof EpollServerSocketChannel)
                || !(((UnixChannel) socket).fd() instanceof Socket listening)) {
            return;
        }
        ChannelPipeline pipeline = socket.pipeline();
        byte[] address = new byte[ADDRESS_BYTES];
        try {
            for (int i = 0; i < CONNECTIONS_MAX; i++) {
                int descriptor = listening.accept(address);
                if (descriptor < 0) {
                    break;
                }
                pipeline.fireChannelRead(
                        unix ? new EpollDomainSocketChannel(descriptor) : new EpollSocketChannel(descriptor));
            }
        } catch (IOException e) {
            LOG.warn("connections that waited at {} are lost: {}", socket.localAddress(), e.toString());
        }
        pipeline.fireChannelReadComplete();
    }
}
