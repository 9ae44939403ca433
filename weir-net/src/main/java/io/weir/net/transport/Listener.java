package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import io.weir.net.handover.ListeningSockets;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address that is listened on, by a socket of each worker where the platform has SO_REUSEPORT. Bound and closed by
 * the conductor, never from a worker's thread, because both wait. What was accepted lives on when the listener closes.
 */
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final long SETTLE_MILLIS = 5;

    private final List<Channel> sockets = new ArrayList<>();
    private final Worker first;
    private final ListenOptions options;
    private final @Nullable SocketFile file;
    /** How many connections each worker has of those taken here; null: nobody asks. */
    private final @Nullable AtomicIntegerArray balance;
    private volatile Taker taker;
    private volatile boolean accepting;
    /** Whether it has ever accepted: connections that wait in a queue nobody has taken from are left to others. */
    private boolean begun;
    private boolean transparent;
    private SocketAddress localAddress;
    private ListeningSockets.@Nullable Opened noted;

    /** Who takes connections, and how they come to it. */
    record Taker(Acceptor acceptor, ChannelSettings settings) {
    }

    private Listener(Worker first, int workers, ListenOptions options, Acceptor acceptor) {
        this.first = first;
        this.balance = options.rules().balanced() ? new AtomicIntegerArray(workers) : null;
        this.options = options;
        this.taker = new Taker(acceptor, options.settings());
        this.localAddress = options.address();
        this.transparent = options.rules().transparent();
        this.file = options.address() instanceof UnixDomainSocketAddress unix && !SocketFile.isAbstract(unix.getPath())
                ? new SocketFile(unix)
                : null;
    }

    /**
     * Listens. When this returns, connections are taken.
     *
     * @throws ListenFailure
     *             when that cannot be; nothing stays bound
     */
    public static Listener bind(Workers workers, ListenOptions options, Acceptor acceptor) throws ListenFailure {
        Listener listener = prepare(workers, options, acceptor);
        listener.accepting(true);
        return listener;
    }

    /**
     * Listens, and takes nothing before {@link #accepting} says so: who comes waits in the kernel's queue, where
     * another process that has the same socket may still take it.
     *
     * @throws ListenFailure
     *             when that cannot be; nothing stays bound
     */
    public static Listener prepare(Workers workers, ListenOptions options, Acceptor acceptor) throws ListenFailure {
        return prepare(workers, options, acceptor, List.of());
    }

    /**
     * The same.
     *
     * @param leaving
     *            who is about to stop accepting, so that this one may come where they still are
     */
    public static Listener prepare(Workers workers, ListenOptions options, Acceptor acceptor, List<Listener> leaving)
            throws ListenFailure {
        Listener listener = new Listener(workers.all().getFirst(), workers.all().size(), options, acceptor);
        try {
            listener.bindAll(workers.all(), leaving);
            if (listener.noted == null) {
                listener.noted = HandedSocket.note(options.address(), listener.sockets, false);
            }
        } catch (ListenFailure | RuntimeException e) {
            listener.close();
            throw e;
        }
        return listener;
    }

    private void bindAll(List<Worker> workers, List<Listener> leaving) throws ListenFailure {
        boolean shared = options.reusePort() && workers.size() > 1 && first.transport() == Transport.EPOLL
                && !(options.address() instanceof UnixDomainSocketAddress);
        List<Integer> handed = HandedSocket.take(first.transport(), options);
        if (!handed.isEmpty()) {
            goOnWith(handed, workers, shared);
            return;
        }
        if (file != null) {
            bindFile(file, workers);
            return;
        }
        boolean beside = makeRoom(leaving);
        // The first socket is bound without SO_REUSEPORT, so that a port which somebody else listens on is an error
        // rather than shared without a word; the option is set afterwards, to let our own others in. Beside those that
        // leave it has to have the option from the beginning.
        boolean own = shared && balance == null;
        Channel socket = bindOne(first, own ? List.of(first) : workers, options.address(), beside);
        localAddress = localAddressOf(socket);
        if (shared) {
            socket.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
            for (Worker worker : workers.subList(1, workers.size())) {
                bindOne(worker, own ? List.of(worker) : workers, localAddress, true);
            }
        }
    }

    /**
     * Sockets of the process before: workers take one each, or more where there were more workers, or one takes turns.
     */
    private void goOnWith(List<Integer> handed, List<Worker> workers, boolean shared) throws ListenFailure {
        try {
            for (int i = 0; i < handed.size(); i++) {
                Worker worker = workers.get(i % workers.size());
                ServerChannel socket = HandedSocket.of(handed.get(i), options.address());
                sockets.add(socket);
                socket.config().setAutoRead(false);
                socket.pipeline().addLast(new AcceptHandler(this, worker,
                        balance != null || (handed.size() == 1 && !shared) ? workers : List.of(worker)));
                await(worker.loop().register(socket));
                setUpAgain(socket);
            }
            localAddress = localAddressOf(sockets.getFirst());
            if (shared && handed.size() < workers.size()) {
                sockets.getFirst().config().setOption(UnixChannelOption.SO_REUSEPORT, true);
                for (Worker worker : workers.subList(handed.size(), workers.size())) {
                    bindOne(worker, balance == null ? List.of(worker) : workers, localAddress, true);
                }
            }
            noted = HandedSocket.note(options.address(), sockets, true);
            if (file != null) {
                file.handedOver(options.unixMode());
            }
        } catch (IOException | RuntimeException e) {
            throw new ListenFailure(options.address(), ListenFailure.Reason.of(e), e);
        }
    }

    /** As the configuration has it now; what the system refuses leaves the process before serving. */
    private void setUpAgain(ServerChannel socket) throws IOException {
        if (options.address() instanceof InetSocketAddress) {
            SocketSetup.again(socket, options.rules());
        } else if (file != null) {
            SocketSetup.none(options.rules(), "at a path");
        } else {
            SocketSetup.apply(socket, options.rules().options(), SocketOption.When.LISTENING);
        }
        HandedSocket.backlog(socket, options.backlog());
    }

    private boolean makeRoom(List<Listener> leaving) throws ListenFailure {
        if (first.transport() != Transport.EPOLL || !(options.address() instanceof InetSocketAddress inet)) {
            return false;
        }
        boolean any = false;
        for (Listener each : leaving) {
            if (each.localAddress instanceof InetSocketAddress at && Room.overlap(at, inet)) {
                each.sockets.forEach(socket -> socket.config().setOption(UnixChannelOption.SO_REUSEPORT, true));
                any = true;
            }
        }
        try {
            return Room.besideHanded(inet) || any;
        } catch (IOException e) {
            throw new ListenFailure(options.address(), ListenFailure.Reason.of(e), e);
        }
    }

    private void bindFile(SocketFile free, List<Worker> workers) throws ListenFailure {
        free.clear();
        try {
            SocketSetup.none(options.rules(), "at a path");
            ServerChannel socket = first.transport().listening(free, options.unixMode(), options.backlog());
            sockets.add(socket);
            socket.config().setAutoRead(false);
            socket.pipeline().addLast(new AcceptHandler(this, first, workers));
            await(first.loop().register(socket));
        } catch (IOException | RuntimeException e) {
            throw new ListenFailure(options.address(), ListenFailure.Reason.of(e), e);
        }
    }

    private Channel bindOne(Worker worker, List<Worker> takers, SocketAddress address, boolean reusePort)
            throws ListenFailure {
        Transport transport = worker.transport();
        try {
            if (address instanceof UnixDomainSocketAddress && transport == Transport.NIO) {
                throw new IOException("names without a file need epoll");
            }
            ServerChannel socket = transport.server(address);
            socket.config().setAutoRead(false);
            socket.config().setOption(ChannelOption.SO_BACKLOG, options.backlog());
            if (address instanceof InetSocketAddress inet) {
                socket.config().setOption(ChannelOption.SO_REUSEADDR, true);
                if (transport == Transport.NIO) {
                    SocketSetup.none(options.rules(), "without epoll");
                } else {
                    prepareEpoll(socket, inet, reusePort);
                }
            }
            socket.pipeline().addLast(new AcceptHandler(this, worker, takers));
            await(worker.loop().register(socket));
            sockets.add(socket);
            await(socket.bind(transport.nativeAddress(address)));
            if (transport == Transport.EPOLL) {
                SocketSetup.apply(socket, options.rules().options(), SocketOption.When.LISTENING);
            }
            return socket;
        } catch (IOException | RuntimeException e) {
            throw new ListenFailure(options.address(), ListenFailure.Reason.of(e), e);
        }
    }

    private void prepareEpoll(ServerChannel socket, InetSocketAddress address, boolean reusePort)
            throws IOException {
        if (address.getAddress() instanceof Inet6Address) {
            socket.config().setOption(Transport.IPV6_ONLY, options.ipv4Compatible() ? 0 : 1);
        }
        if (reusePort) {
            socket.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
        }
        SocketSetup.beforeBind(socket, options.rules());
    }

    private static void await(ChannelFuture future) throws IOException {
        future.awaitUninterruptibly();
        Throwable cause = future.cause();
        if (cause != null) {
            throw cause instanceof IOException io ? io : new IOException(cause.getMessage(), cause);
        }
    }

    private SocketAddress localAddressOf(Channel socket) {
        return options.address() instanceof UnixDomainSocketAddress ? options.address() : socket.localAddress();
    }

    /**
     * Gives the file of a UNIX socket these permissions; nothing for other addresses.
     *
     * @param unixMode
     *            nine bits, -1 for those of the process' umask
     * @throws ListenFailure
     *             when the system refuses
     */
    public void permit(int unixMode) throws ListenFailure {
        if (file != null) {
            try {
                file.permit(unixMode);
            } catch (IOException e) {
                throw new ListenFailure(options.address(), ListenFailure.Reason.of(e), e);
            }
        }
    }

    /**
     * Whether connections come in from now on that were going to other addresses (IP_TRANSPARENT).
     *
     * @throws ListenFailure
     *             when the system refuses, which it may with {@code true}
     */
    public void transparent(boolean on) throws ListenFailure {
        try {
            if (options.address() instanceof InetSocketAddress && first.transport() == Transport.EPOLL) {
                for (Channel socket : sockets) {
                    SocketSetup.transparent(socket, on);
                }
            } else if (on) {
                throw new IOException(SocketSetup.REFUSED + "IP_TRANSPARENT here");
            }
            transparent = on;
        } catch (IOException e) {
            throw new ListenFailure(options.address(), ListenFailure.Reason.of(e), e);
        }
    }

    /** Whether such connections come in. */
    public boolean transparent() {
        return transparent;
    }

    /**
     * Takes connections from now on, or leaves them in the kernel's queue, which refuses more when it is full. Does not
     * wait.
     */
    public void accepting(boolean on) {
        if (accepting != on) {
            accepting = on;
            begun |= on;
            // on their loops, where a socket that waits for the next connection stops doing so
            sockets.forEach(socket -> socket.eventLoop().execute(() -> socket.config().setAutoRead(on)));
        }
    }

    /** Whether connections are to be taken at the moment. */
    boolean accepting() {
        return accepting;
    }

    /** The address bound, with the port that was free where 0 was asked for. */
    public SocketAddress localAddress() {
        return localAddress;
    }

    /** How many sockets listen: one per worker, or one. */
    public int socketCount() {
        return sockets.size();
    }

    Taker taker() {
        return taker;
    }

    /** Whether it listens where these options say, so that no other need be bound for them. */
    public boolean standsAt(SocketAddress asked, boolean ipv4Compatible) {
        return options.address().equals(asked) && (options.ipv4Compatible() == ipv4Compatible
                || !(asked instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address));
    }

    /** What its sockets were set to when they were bound. */
    public SocketRules rules() {
        return options.rules();
    }

    @Nullable
    AtomicIntegerArray balance() {
        return balance;
    }

    /** From now on others take what comes in, on the same sockets; how a configuration changes without a gap. */
    public void replaceAcceptor(Acceptor successor, ChannelSettings settings) {
        taker = new Taker(successor, settings);
    }

    /**
     * Takes no more connections; those taken, and those that wait to be, go on. Waits until the address is free. May be
     * called again.
     */
    public void stopAccepting() {
        stopAccepting(List.of(this));
    }

    /** The same of several, which takes no longer than one of them. */
    public static void stopAccepting(Collection<Listener> all) {
        List<AcceptQueue> queues = new ArrayList<>();
        all.forEach(each -> queues.addAll(each.closing()));
        queues.forEach(AcceptQueue::await);
        all.forEach(Listener::closed);
    }

    private List<AcceptQueue> closing() {
        ListeningSockets.Opened listening = noted;
        if (listening != null) {
            ListeningSockets.PROCESS.closing(listening);
        }
        boolean others = listening != null && listening.others();
        if (file != null && !others) {
            try {
                file.remove();
            } catch (IOException e) {
                LOG.warn("the socket {} stays behind: {}", file.path(), e.toString());
            }
        }
        boolean alone = listening != null && listening.alone();
        return sockets.stream().map(socket -> AcceptQueue.close(socket, begun && !others, alone)).toList();
    }

    private void closed() {
        if (!sockets.isEmpty() && first.transport() == Transport.NIO && !first.loop().isShuttingDown()) {
            // The JDK frees a selector's channel with the next select only, which this task's delay brings about.
            first.loop().schedule(() -> {
            }, SETTLE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        }
        sockets.clear();
    }

    @Override
    public void close() {
        stopAccepting();
    }
}
