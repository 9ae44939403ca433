package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that the kernel has made for a listening socket, and that nobody has accepted yet. They are taken
 * some at a time, so that those which the worker has already are served meanwhile.
 */
final class AcceptQueue implements Runnable {
    /** As many at a time as Netty takes of a queue by default. */
    static final int TURN_CONNECTIONS_MAX = 16;

    private static final Logger LOG = LoggerFactory.getLogger(AcceptQueue.class);
    /** More than this are not there: the kernel's own limit of the queue's length is less by default. */
    private static final int CONNECTIONS_MAX = 65_536;
    /** Length and bytes of an address, as Netty's native code writes them. */
    private static final int ADDRESS_BYTES = 26;
    private static final long CLOSE_SECONDS_MAX = 10;
    /** What clients need to have their say in a handshake, if they are not at the other end of the world. */
    private static final long HANDSHAKE_MILLIS = 20;

    private final Channel socket;
    private final boolean unix;
    private final byte[] address = new byte[ADDRESS_BYTES];
    private final CountDownLatch done = new CountDownLatch(1);
    private final boolean alone;
    private int left;
    private boolean shut;

    private AcceptQueue(Channel socket, boolean taking, boolean alone) {
        this.socket = socket;
        this.unix = socket instanceof EpollServerDomainSocketChannel;
        this.left = taking && (unix || socket instanceof EpollServerSocketChannel) ? CONNECTIONS_MAX : 0;
        this.alone = alone;
    }

    /**
     * Begins to close a listening socket, in its own loop.
     *
     * @param taking
     *            whether the queue is taken first, as the kernel would reset those connections, although their clients
     *            take them for made; where another process listens by the same socket, it has them
     * @param alone
     *            whether no other process has the socket, which is to take nobody any more
     */
    static AcceptQueue close(Channel socket, boolean taking, boolean alone) {
        AcceptQueue queue = new AcceptQueue(socket, taking, alone);
        queue.begin();
        return queue;
    }

    private void begin() {
        try {
            socket.eventLoop().execute(this);
        } catch (RejectedExecutionException ended) {
            LOG.debug("{} is closed after the end of its worker", socket);
            done.countDown();
        }
    }

    /** Waits until it is closed; not to be called by its loop. */
    void await() {
        try {
            while (!done.await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS) && !socket.eventLoop().isShuttingDown()) {
                LOG.debug("{} still has connections that wait", socket);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close().awaitUninterruptibly();
    }

    /** One turn. */
    @Override
    public void run() {
        if (takeSome()) {
            // By the clock and not at once: what is executed at once runs before the worker looks at its connections.
            socket.eventLoop().schedule(this, 1, TimeUnit.NANOSECONDS);
        } else if (shut()) {
            socket.eventLoop().schedule(this, HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            socket.close();
            done.countDown();
        }
    }

    /** Has no more connections begin; those whose handshake is under way are still to come. False the second time. */
    private boolean shut() {
        if (!alone || shut || left <= 0 || !socket.isActive()
                || !(((UnixChannel) socket).fd() instanceof Socket listening)) {
            return false;
        }
        shut = true;
        socket.config().setAutoRead(false); // what comes now is taken here alone
        try {
            if (unix) {
                listening.shutdown(true, false);
            } else {
                SynFilter.attach(socket);
            }
            return true;
        } catch (IOException | ChannelException e) {
            LOG.debug("{}: who comes while it closes is reset", socket, e);
            return false;
        }
    }

    /** Whether there may be more. */
    private boolean takeSome() {
        if (left <= 0 || !socket.isActive() || !(((UnixChannel) socket).fd() instanceof Socket listening)) {
            return false;
        }
        boolean more = true;
        try {
            for (int i = 0; i < TURN_CONNECTIONS_MAX && more; i++) {
                int descriptor = listening.accept(address);
                more = descriptor >= 0;
                if (more) {
                    left--;
                    socket.pipeline()
                            .fireChannelRead(unix ? new EpollDomainSocketChannel(descriptor) : heard(descriptor));
                }
            }
        } catch (IOException e) {
            LOG.warn("connections that waited at {} are lost: {}", socket.localAddress(), e.toString());
            more = false;
        }
        socket.pipeline().fireChannelReadComplete();
        return more;
    }

    /** Accepted sockets have the filter of those that they come by, and are to hear all. */
    private Channel heard(int descriptor) {
        Channel accepted = new EpollSocketChannel(descriptor);
        if (shut) {
            SynFilter.detach(accepted);
        }
        return accepted;
    }
}
