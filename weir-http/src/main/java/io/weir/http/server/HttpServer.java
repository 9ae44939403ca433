package io.weir.http.server;

import io.netty.channel.Channel;
import io.weir.http.codec.HeadLimits;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.ConnectionMemory;
import io.weir.http.proxy.Exchange;
import io.weir.http.proxy.HttpStats;
import io.weir.http.proxy.ProxyContext;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection manager at work: takes the connections that a listener accepts, counts them, and can be drained.
 * Made by the conductor; connections live on their workers.
 */
public final class HttpServer implements Acceptor {
    /** How its listener's connections read and write: a client may have said all it has to say and still listen. */
    public static final ChannelSettings SETTINGS = ChannelSettings.MESSAGES.withHalfClosure(true);

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final AtomicLong CONNECTION_IDS = new AtomicLong();
    private static final long DRAIN_STEP_NANOS = 100_000_000L;

    private final ProxyContext context;
    private final Workers workers;
    private final HeadLimits limits;
    private final Connections[] connections;
    private volatile boolean draining;

    public HttpServer(ProxyContext context, Workers workers) {
        this.context = context;
        this.workers = workers;
        this.limits = new HeadLimits(context.spec().limits().headBytesMax(), context.spec().limits().headersMax());
        this.connections = workers.all().stream().map(Connections::new).toArray(Connections[]::new);
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        var stats = context.stats();
        stats.cxTotal.increment();
        stats.cxActive.increment();
        stats.cxHttp1Total.increment();
        stats.cxHttp1Active.increment();
        var connection = new Http1Connection(this, worker, channel, CONNECTION_IDS.incrementAndGet());
        connections[worker.index()].open.add(connection);
        channel.pipeline().addLast(connection);
    }

    void closed(Http1Connection connection, long openedNanos) {
        var worker = connection.worker();
        if (!connections[worker.index()].open.remove(connection)) {
            return;
        }
        var stats = context.stats();
        stats.cxActive.decrement();
        stats.cxHttp1Active.decrement();
        stats.cxDestroy.increment();
        stats.cxLengthMs.record((worker.nowNanos() - openedNanos) / 1_000_000);
    }

    void connectionFailed(Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a client's connection failed on an error of Weir's own; it is closed", cause);
        }
    }

    /**
     * From now on every response closes its connection, and connections that rest are closed bit by bit; the
     * connections themselves are told on their workers. Any thread.
     */
    public void drain() {
        draining = true;
        for (var worker : workers.all()) {
            worker.loop().execute(() -> connections[worker.index()].drain());
        }
    }

    /** Closes every connection at once, whatever it is doing. Any thread. */
    public void closeAll() {
        for (var worker : workers.all()) {
            worker.loop().execute(() -> connections[worker.index()].closeAll());
        }
    }

    /** How many connections are open. Any thread. */
    public long connectionsActive() {
        return context.stats().cxActive.value();
    }

    boolean draining() {
        return draining;
    }

    HttpManagerSpec spec() {
        return context.spec();
    }

    HttpStats stats() {
        return context.stats();
    }

    HeadLimits headLimits() {
        return limits;
    }

    Exchange exchange(Http1Connection connection) {
        return new Exchange(context, connection, new ConnectionMemory());
    }

    /** One worker's open connections. */
    private final class Connections extends TimerWheel.Timer {
        private final Set<Http1Connection> open = new HashSet<>();
        private final Worker worker;

        Connections(Worker worker) {
            this.worker = worker;
        }

        /**
         * Closes what has rested for a second. A younger connection may have a request on its way to us, which closing
         * would lose; it is told with its next response, or closed when it has rested long enough.
         */
        void drain() {
            long now = worker.nowNanos();
            for (var connection : open.toArray(new Http1Connection[0])) {
                if (connection.idle() && now - connection.idleSinceNanos() >= 10 * DRAIN_STEP_NANOS) {
                    stats().cxDrainClose.increment();
                    connection.closeIdle();
                }
            }
            if (!open.isEmpty()) {
                worker.timers().arm(this, now + DRAIN_STEP_NANOS);
            }
        }

        void closeAll() {
            for (var connection : open.toArray(new Http1Connection[0])) {
                connection.cut();
            }
        }

        @Override
        protected void expired(long nowNanos) {
            drain();
        }
    }
}
