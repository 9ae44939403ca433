package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import io.weir.net.handover.ListeningSockets;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One address that takes datagrams, by a socket of each worker where the platform has SO_REUSEPORT: the kernel gives
 * all datagrams of a client to the same one. Bound and closed by the conductor, never from a worker's thread, because
 * both wait.
 */
public final class DatagramListener implements AutoCloseable {
    private static final int READ_DATAGRAMS_MAX = 32;
    /** A worker that takes longer for one turn is not waited for. */
    private static final int TURN_SECONDS_MAX = 5;

    private final List<Channel> sockets = new ArrayList<>();
    private final InetSocketAddress asked;
    private final ListenOptions options;
    private final int datagramBytesMax;
    private final Function<Worker, ChannelHandler> handlers;
    private InetSocketAddress localAddress;
    private ListeningSockets.@Nullable Opened noted;

    private DatagramListener(InetSocketAddress asked, ListenOptions options, int datagramBytesMax,
            Function<Worker, ChannelHandler> handlers) {
        this.asked = asked;
        this.localAddress = asked;
        this.options = options;
        this.datagramBytesMax = datagramBytesMax;
        this.handlers = handlers;
    }

    /**
     * Takes datagrams. Of the options the backlog and the settings of connections mean nothing here.
     *
     * @param datagramBytesMax
     *            longer ones are cut to one byte more, by which they are known
     * @param handlers
     *            makes what each socket's datagrams go to, which sees {@link io.netty.channel.socket.DatagramPacket}s
     *            on the worker given
     * @throws ListenFailure
     *             when that cannot be; nothing stays bound
     */
    public static DatagramListener bind(Workers workers, ListenOptions options, int datagramBytesMax,
            Function<Worker, ChannelHandler> handlers) throws ListenFailure {
        DatagramListener listener = prepare(workers, options, datagramBytesMax, handlers);
        listener.begin();
        return listener;
    }

    /** The same, which takes nothing before {@link #begin}: what comes waits in the kernel's buffers. */
    public static DatagramListener prepare(Workers workers, ListenOptions options, int datagramBytesMax,
            Function<Worker, ChannelHandler> handlers) throws ListenFailure {
        return prepare(workers, options, datagramBytesMax, handlers, List.of());
    }

    /**
     * The same.
     *
     * @param leaving
     *            who is about to be closed, so that this one may come where they still are
     */
    public static DatagramListener prepare(Workers workers, ListenOptions options, int datagramBytesMax,
            Function<Worker, ChannelHandler> handlers, List<DatagramListener> leaving) throws ListenFailure {
        if (!(options.address() instanceof InetSocketAddress asked)) {
            throw new ListenFailure(options.address(), ListenFailure.Reason.OTHER,
                    new IOException("datagrams need an IP address"));
        }
        DatagramListener listener = new DatagramListener(asked, options, datagramBytesMax, handlers);
        try {
            listener.bindAll(workers.all(), leaving);
            return listener;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw new ListenFailure(asked, ListenFailure.Reason.of(e), e);
        }
    }

    private void bindAll(List<Worker> workers, List<DatagramListener> leaving) throws IOException {
        Worker first = workers.getFirst();
        boolean epoll = first.transport() == Transport.EPOLL;
        boolean shared = options.reusePort() && epoll;
        List<Integer> handed = epoll ? ListeningSockets.PROCESS.takeDatagrams(asked) : List.of();
        for (int i = 0; i < handed.size(); i++) {
            Worker worker = workers.get(i % workers.size());
            bound(worker, DatagramSocket.prepare(new EpollDatagramChannel(handed.get(i)), worker, datagramBytesMax,
                    READ_DATAGRAMS_MAX));
        }
        if (handed.isEmpty()) {
            // The first is bound without SO_REUSEPORT, so that a port which somebody else has is an error; the option
            // is set afterwards, to let our own others in.
            bind(first, asked, epoll && makeRoom(leaving));
        }
        localAddress = (InetSocketAddress) sockets.getFirst().localAddress();
        if (shared && sockets.size() < workers.size()) {
            sockets.getFirst().config().setOption(UnixChannelOption.SO_REUSEPORT, true);
            for (Worker worker : workers.subList(sockets.size(), workers.size())) {
                bind(worker, localAddress, true);
            }
        }
        if (epoll) {
            noted = ListeningSockets.PROCESS.openedDatagrams(asked,
                    sockets.stream().map(socket -> ((EpollDatagramChannel) socket).fd().intValue()).toList(),
                    !handed.isEmpty());
        }
    }

    private boolean makeRoom(List<DatagramListener> leaving) {
        List<DatagramListener> here = leaving.stream().filter(each -> Room.overlap(each.localAddress, asked)).toList();
        here.forEach(each -> each.sockets
                .forEach(socket -> socket.config().setOption(UnixChannelOption.SO_REUSEPORT, true)));
        return !here.isEmpty();
    }

    private void bind(Worker worker, InetSocketAddress address, boolean reusePort) throws IOException {
        DatagramChannel socket = DatagramSocket.prepared(worker, address, datagramBytesMax, READ_DATAGRAMS_MAX);
        switch (worker.transport()) {
            case EPOLL -> {
                if (address.getAddress() instanceof Inet6Address) {
                    socket.config().setOption(Transport.IPV6_ONLY, options.ipv4Compatible() ? 0 : 1);
                }
                if (reusePort) {
                    socket.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
                }
                SocketSetup.beforeBind(socket, options.rules());
            }
            case NIO -> SocketSetup.none(options.rules(), "without epoll");
        }
        sockets.add(socket);
        socket.config().setAutoRead(false); // before it has its address too, which who takes its datagrams asks for
        await(worker.loop().register(socket));
        await(socket.bind(address));
        if (worker.transport() == Transport.EPOLL) {
            SocketSetup.apply(socket, options.rules().options(), SocketOption.When.LISTENING);
        }
        socket.pipeline().addLast(handlers.apply(worker));
    }

    private void bound(Worker worker, DatagramChannel socket) throws IOException {
        sockets.add(socket);
        socket.config().setAutoRead(false);
        socket.pipeline().addLast(handlers.apply(worker));
        await(worker.loop().register(socket));
        if (!HandedSocket.fits(((EpollDatagramChannel) socket).fd().intValue(), options)) {
            // two processes would share the address while answers of before are awaited, and one of them reads nothing
            throw new IOException("whether IPv4 comes to an IPv6 address cannot be changed by an upgrade");
        }
        SocketSetup.again(socket, options.rules());
    }

    private static void await(ChannelFuture future) throws IOException {
        future.awaitUninterruptibly();
        Throwable cause = future.cause();
        if (cause != null) {
            throw cause instanceof IOException io ? io : new IOException(cause.getMessage(), cause);
        }
    }

    /** Takes datagrams from now on. */
    public void begin() {
        taking(true);
    }

    /**
     * Takes datagrams, or leaves them in the kernel's buffers, which has no room for more than so many; what is sent by
     * its sockets is sent in any case.
     */
    public void taking(boolean on) {
        sockets.forEach(socket -> socket.config().setAutoRead(on));
    }

    /**
     * Takes datagrams of another length; longer ones are cut to one byte more. When this returns, none is on its way to
     * a handler that was cut by the length before.
     */
    public void resize(int bytesMax) {
        sockets.forEach(socket -> DatagramSocket.resize((DatagramChannel) socket, bytesMax, READ_DATAGRAMS_MAX));
        sockets.forEach(socket -> socket.eventLoop().submit(() -> {
        }).awaitUninterruptibly(TURN_SECONDS_MAX, TimeUnit.SECONDS)); // behind the read that may be under way there
    }

    /**
     * Another process takes what comes by the same sockets: from now on they are here for answers alone, and are not
     * handed over again.
     */
    public void leave() {
        taking(false);
        ListeningSockets.Opened open = noted;
        if (open != null) {
            ListeningSockets.PROCESS.closing(open);
        }
    }

    /** The address bound, with the port that was free where 0 was asked for. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Whether it listens where these options say, so that no other need be bound for them. */
    public boolean standsAt(SocketAddress address, boolean ipv4Compatible) {
        return asked.equals(address)
                && (options.ipv4Compatible() == ipv4Compatible || !(asked.getAddress() instanceof Inet6Address));
    }

    /** What its sockets were set to when they were bound. */
    public SocketRules rules() {
        return options.rules();
    }

    /** How many sockets there are: one per worker, or one. */
    public int socketCount() {
        return sockets.size();
    }

    /** Takes no more datagrams, and sends none: who answered by its sockets sees them close. May be called again. */
    @Override
    public void close() {
        ListeningSockets.Opened open = noted;
        if (open != null) {
            ListeningSockets.PROCESS.closing(open);
        }
        sockets.forEach(socket -> socket.close().awaitUninterruptibly());
        sockets.clear();
    }
}
