package io.weir.app.admin;

import io.netty.channel.Channel;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin's HTTP/1.1 server, on a TCP address or a UNIX socket. It has an event loop of its own, and makes pages on
 * two more threads, so that nothing asked here waits for or delays traffic. A probe of {@code /ready} is answered on
 * the loop, and waits for no page however long it takes. Opened and closed by the conductor.
 */
public final class AdminServer implements AutoCloseable {
    /** How many connections may be open. One more takes the place of the one that has rested longest. */
    static final int CONNECTIONS_MAX = 128;

    /** How many bytes of answers may wait to be taken, over all clients; a page beyond is answered with 503. */
    static final long HELD_BYTES_MAX = 64L << 20;
    /** An answer up to this is always sent: what probes ask for. */
    static final int SMALL_BYTES_MAX = 64 * 1024;

    /**
     * How long clients are waited for.
     *
     * @param idleNanos
     *            between two requests
     * @param requestNanos
     *            for a request to come whole, its body included
     * @param writeNanos
     *            for a client to take something of its answer
     */
    record Patience(long idleNanos, long requestNanos, long writeNanos) {
        /** A connection rests longer than the minute at which many scrape. */
        static final Patience USUAL = new Patience(TimeUnit.SECONDS.toNanos(75), TimeUnit.SECONDS.toNanos(10),
                TimeUnit.SECONDS.toNanos(30));
    }

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 64;
    private static final int PAGE_THREADS = 2;
    private static final long PAGE_THREAD_IDLE_SECONDS = 30;
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final ChannelSettings SETTINGS = ChannelSettings.MESSAGES.withHalfClosure(true);

    private final Workers loop;
    private final Patience patience;
    private final ThreadPoolExecutor pages;
    private final Endpoints endpoints;
    private final Listener listener;
    /** Of the loop's thread, those that rest first in the order in which they began to. */
    private final Set<AdminConnection> open = new LinkedHashSet<>();
    private volatile AccessLog log;
    private long connectionIds;
    private long heldBytes;

    private AdminServer(Workers loop, ListenOptions options, Patience patience, Administered weir, AccessLog log)
            throws ListenFailure {
        this.loop = loop;
        this.patience = patience;
        this.log = log;
        this.endpoints = new Endpoints(weir);
        this.pages = new ThreadPoolExecutor(PAGE_THREADS, PAGE_THREADS, PAGE_THREAD_IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(CONNECTIONS_MAX),
                Thread.ofPlatform().daemon().name("weir-admin-page-", 0).factory());
        pages.allowCoreThreadTimeOut(true);
        this.listener = Listener.prepare(loop, options, new Connections());
    }

    /**
     * Listens, and answers after {@link #begin}.
     *
     * @param unixMode
     *            permissions of the socket's file, -1 for those of the process' umask
     * @param log
     *            a line for each request; closed with the server
     * @throws ListenFailure
     *             when the address cannot be had; nothing stays open but the log
     */
    public static AdminServer prepare(SocketAddress address, int unixMode, Administered weir, AccessLog log)
            throws ListenFailure {
        return prepare(address, unixMode, Patience.USUAL, weir, log);
    }

    static AdminServer open(SocketAddress address, int unixMode, Administered weir, AccessLog log)
            throws ListenFailure {
        return open(address, unixMode, Patience.USUAL, weir, log);
    }

    static AdminServer open(SocketAddress address, int unixMode, Patience patience, Administered weir, AccessLog log)
            throws ListenFailure {
        AdminServer server = prepare(address, unixMode, patience, weir, log);
        server.begin();
        return server;
    }

    private static AdminServer prepare(SocketAddress address, int unixMode, Patience patience, Administered weir,
            AccessLog log) throws ListenFailure {
        Workers loop = Workers.start(1, "weir-admin-");
        try {
            return new AdminServer(loop, ListenOptions.of(address, SETTINGS).withBacklog(BACKLOG)
                    .withUnixMode(unixMode), patience, weir, log);
        } catch (ListenFailure e) {
            loop.close();
            throw e;
        }
    }

    /** Answers from now on. */
    public void begin() {
        listener.accepting(true);
    }

    /** Where it listens, with the port that was free where 0 was asked for. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** From now on lines go elsewhere; the log before is closed. */
    public void logTo(AccessLog next) {
        AccessLog before = log;
        log = next;
        before.close();
    }

    /**
     * Gives the file of a UNIX socket these permissions.
     *
     * @throws ListenFailure
     *             when the system refuses
     */
    public void permit(int unixMode) throws ListenFailure {
        listener.permit(unixMode);
    }

    /**
     * Has a page made, elsewhere unless it costs next to nothing; what it is comes back on the loop's thread. Asked on
     * that thread.
     */
    void ask(String method, String target, Consumer<Answer> then) {
        if (Endpoints.prompt(target)) {
            then.accept(made(method, target));
            return;
        }
        Worker worker = Worker.current();
        try {
            pages.execute(() -> {
                Answer answer = made(method, target);
                try {
                    worker.loop().execute(() -> then.accept(answer));
                } catch (RejectedExecutionException e) {
                    LOG.debug("{} {} was answered after the end", method, target);
                }
            });
        } catch (RejectedExecutionException e) {
            then.accept(Answer.text(503, "too many pages are asked for at once\n"));
        }
    }

    private Answer made(String method, String target) {
        try {
            return endpoints.answer(method, target);
        } catch (RuntimeException bug) {
            LOG.error("{} {} failed", method, target, bug);
            return Answer.text(500, "this page failed; the log says how\n");
        }
    }

    Patience patience() {
        return patience;
    }

    /**
     * Whether an answer of this size may be held until its client has taken it; {@link #released} gives the room back.
     * One alone may have any size.
     */
    boolean held(int bytes) {
        if (bytes > SMALL_BYTES_MAX && heldBytes > 0 && heldBytes + bytes > HELD_BYTES_MAX) {
            return false;
        }
        heldBytes += bytes;
        return true;
    }

    void released(int bytes) {
        heldBytes -= bytes;
    }

    AccessLog log() {
        return log;
    }

    /** It has nothing to do now: the next to go when there are too many. */
    void rests(AdminConnection connection) {
        open.remove(connection);
        open.add(connection);
    }

    void closed(AdminConnection connection) {
        open.remove(connection);
    }

    /** Takes no more connections and ends those there are. */
    @Override
    public void close() {
        listener.close();
        loop.close();
        pages.shutdownNow();
        log.close();
    }

    private final class Connections implements Acceptor {
        private boolean told;
        private long toldNanos;

        @Override
        public void accepted(Worker worker, Channel channel) {
            if (open.size() >= CONNECTIONS_MAX && !makeRoom()) {
                tellFull(worker.nowNanos());
                channel.close();
                return;
            }
            AdminConnection connection = new AdminConnection(AdminServer.this, worker, channel, ++connectionIds);
            open.add(connection);
            channel.pipeline().addLast(connection);
        }

        /** Once in a while: who floods the admin is not to flood the log too. */
        private void tellFull(long nowNanos) {
            if (!told || nowNanos - toldNanos > TELL_NANOS) {
                told = true;
                toldNanos = nowNanos;
                LOG.warn("the admin has {} connections and none rests: further ones are closed", CONNECTIONS_MAX);
            }
        }

        private boolean makeRoom() {
            for (AdminConnection connection : open) {
                if (connection.resting()) {
                    connection.close();
                    return true;
                }
            }
            return false;
        }
    }
}
