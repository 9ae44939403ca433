package io.weir.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.weir.core.drain.Drain;
import io.weir.core.drain.Drainable;
import io.weir.core.drain.Turns;
import io.weir.core.overload.Action;
import io.weir.core.overload.ShedPoint;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.ConnectionMemory;
import io.weir.http.proxy.Downstream;
import io.weir.http.proxy.Exchange;
import io.weir.http.proxy.HttpStats;
import io.weir.http.proxy.ProxyContext;
import io.weir.net.tls.TlsSession;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection manager at work: takes the connections that a listener accepts, counts them, and can be drained.
 * Made by the conductor; connections live on their workers.
 */
public final class HttpServer implements Acceptor, Drainable {
    /** How its listener's connections read and write: a client may have said all it has to say and still listen. */
    public static final ChannelSettings SETTINGS = ChannelSettings.MESSAGES.withHalfClosure(true);

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final AtomicLong CONNECTION_IDS = new AtomicLong();

    /** Changed by the conductor; what connections have taken from it is the same in all that there ever are. */
    private volatile ProxyContext context;
    private final Workers workers;
    private final HeadLimits limits;
    private final Connections[] connections;
    private volatile @Nullable Drain drain;
    private volatile boolean shunned;

    public HttpServer(ProxyContext context, Workers workers) {
        this.context = context;
        this.workers = workers;
        this.limits = new HeadLimits(context.spec().limits().headBytesMax(), context.spec().limits().headersMax());
        this.connections = workers.all().stream().map(worker -> new Connections(this, worker))
                .toArray(Connections[]::new);
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        var stats = context.stats();
        stats.cxTotal.increment();
        stats.cxActive.increment();
        long id = CONNECTION_IDS.incrementAndGet();
        long now = worker.nowNanos();
        boolean known = context.spec().codec() != HttpManagerSpec.Codec.AUTO || TlsSession.of(channel) != null;
        if (known && sheds(worker, channel)) {
            stats.cxActive.decrement();
            stats.cxDestroy.increment();
            return;
        }
        switch (context.spec().codec()) {
            case AUTO -> begin(worker, channel, id, now);
            case HTTP1 -> begin(http1(worker, channel, id, now), channel);
            case HTTP2 -> begin(http2(worker, channel, id, now), channel);
        }
    }

    /** What TLS has agreed on is spoken; else the first bytes tell. */
    private void begin(Worker worker, Channel channel, long id, long now) {
        TlsSession tls = TlsSession.of(channel);
        String agreed = tls == null ? null : tls.applicationProtocol();
        if ("h2".equals(agreed)) {
            begin(http2(worker, channel, id, now), channel);
        } else if ("http/1.1".equals(agreed)) {
            begin(http1(worker, channel, id, now), channel);
        } else {
            begin(new FirstBytes(this, worker, channel, id, now), channel);
        }
    }

    private <C extends ChannelHandler & ClientConnection> void begin(C connection, Channel channel) {
        connections[connection.worker().index()].add(connection);
        channel.pipeline().addLast(connection);
    }

    private Http1Connection http1(Worker worker, Channel channel, long id, long openedNanos) {
        context.stats().cxHttp1Total.increment();
        context.stats().cxHttp1Active.increment();
        return new Http1Connection(this, worker, channel, id, openedNanos);
    }

    private Http2Connection http2(Worker worker, Channel channel, long id, long openedNanos) {
        context.stats().cxHttp2Total.increment();
        context.stats().cxHttp2Active.increment();
        return new Http2Connection(this, worker, channel, id, openedNanos);
    }

    /** A connection's first bytes have told its protocol. */
    void speaks(FirstBytes first, Channel channel, boolean http2) {
        connections[first.worker().index()].remove(first);
        if (http2) {
            begin(http2(first.worker(), channel, first.connectionId(), first.openedNanos()), channel);
        } else {
            begin(http1(first.worker(), channel, first.connectionId(), first.openedNanos()), channel);
        }
    }

    /** Whether a client of HTTP/1.1 may go on with HTTP/2. */
    boolean upgrades() {
        return drain == null && !shunned && context.spec().codec() == HttpManagerSpec.Codec.AUTO;
    }

    /** A client of HTTP/1.1 goes on with HTTP/2. Its request is the new connection's first, as are bytes behind it. */
    void upgraded(Http1Connection from, long openedNanos, HttpHead request, byte[] settings,
            @Nullable ByteBuf behind) {
        connections[from.worker.index()].remove(from);
        context.stats().cxHttp1Active.decrement();
        var next = http2(from.worker, from.channel, from.connectionId, openedNanos);
        begin(next, from.channel);
        next.upgraded(request, settings);
        from.channel.pipeline().remove(from);
        if (behind != null) {
            next.read(behind);
        }
    }

    void closed(ClientConnection connection, long openedNanos) {
        var worker = connection.worker();
        if (!connections[worker.index()].remove(connection)) {
            return;
        }
        var stats = context.stats();
        stats.cxActive.decrement();
        switch (connection) {
            case Http1Connection _ -> stats.cxHttp1Active.decrement();
            case Http2Connection _ -> stats.cxHttp2Active.decrement();
            case FirstBytes _ -> {
                // spoke nothing
            }
        }
        stats.cxDestroy.increment();
        stats.cxLengthMs.record((worker.nowNanos() - openedNanos) / 1_000_000);
    }

    /** A connection can't go on, for its client's sake or for a bug's: it is closed. */
    void failed(Channel channel, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a client's connection failed on an error of Weir's own; it is closed", cause);
        }
        channel.close();
    }

    /** Whether a connection that has had so many requests may have another. */
    boolean keeps(ClientConnection connection, long requests) {
        int most = context.spec().limits().requestsPerConnectionMax();
        return (most == 0 || requests < most) && !ends(connection) && !tires(connection);
    }

    /** Whether a connection is to end as resources are short. */
    private boolean tires(ClientConnection connection) {
        var worker = connection.worker();
        boolean ends = worker.overload().strikes(Action.DISABLE_HTTP_KEEPALIVE, worker.random());
        if (ends) {
            context.stats().cxOverloadDisableKeepalive.increment();
        }
        return ends;
    }

    /** Whether bytes of HTTP/1 are given up before they are looked at. */
    boolean aborts(Worker worker) {
        return shed(worker, ShedPoint.HTTP1_ABORT_DISPATCH);
    }

    /** Whether a connection of HTTP/2 is ended before its bytes are looked at. */
    boolean goesAway(Worker worker) {
        return shed(worker, ShedPoint.HTTP2_GO_AWAY_AND_CLOSE);
    }

    private boolean shed(Worker worker, ShedPoint point) {
        boolean shed = worker.overload().sheds(point, worker.random());
        if (shed) {
            context.stats().rqOverloadClose.increment();
        }
        return shed;
    }

    /** Whether a connection is given up before anything is kept for its protocol; then it is closed. */
    boolean sheds(Worker worker, Channel channel) {
        boolean shed = shed(worker, ShedPoint.HCM_ONDATA_CREATING_CODEC);
        if (shed) {
            channel.close();
        }
        return shed;
    }

    /** Whether a connection is to end with what it has under way. */
    boolean ends(ClientConnection connection) {
        return shunned || leaves(connection);
    }

    /** Whether a drain has begun. */
    boolean drains() {
        return drain != null;
    }

    /** Whether a drain has asked a connection to end. */
    boolean leaves(ClientConnection connection) {
        var going = drain;
        return going != null && going.asks(connection.connectionId(), connection.worker().nowNanos());
    }

    /**
     * Whom the drain asks, ends: a response of HTTP/1 closes its connection, one of HTTP/2 announces its end, and
     * connections that rest are closed; the connections themselves are told on their workers.
     */
    @Override
    public void drain(Drain how) {
        var before = drain;
        drain = before == null ? how : before.sooner(how);
        for (var worker : workers.all()) {
            worker.loop().execute(() -> connections[worker.index()].drain());
        }
    }

    @Override
    public void shunned(boolean on) {
        shunned = on;
    }

    @Override
    public void endStreams(Turns turns, long nowNanos) {
        for (var worker : workers.all()) {
            worker.loop().execute(() -> connections[worker.index()].endDue(turns, nowNanos));
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

    HttpManagerSpec spec() {
        return context.spec();
    }

    HttpStats stats() {
        return context.stats();
    }

    HeadLimits headLimits() {
        return limits;
    }

    /** By what requests are served now. */
    public ProxyContext context() {
        return context;
    }

    /**
     * Requests that begin from now on are served by this, on connections that are open too. Those under way are served
     * to their end by what was there when they began. The conductor's.
     *
     * @param next
     *            made by {@link ProxyContext#next} of the present one
     */
    public void serveBy(ProxyContext next) {
        context = next;
    }

    /** Whether requests that begin now are for this exchange. */
    boolean serves(Exchange exchange) {
        return exchange.context().equals(context);
    }

    /**
     * One exchange at a time for a connection or a stream of it.
     *
     * @param before
     *            has served it until now; null: it is the first
     */
    Exchange exchange(@Nullable Exchange before, Downstream downstream, ConnectionMemory memory) {
        retire(before);
        ProxyContext now = context;
        memory.seenBy(now.chains());
        return new Exchange(now, downstream, memory);
    }

    /** An exchange serves no more requests. Those it has had are answered; what is armed for it goes. */
    static void retire(@Nullable Exchange done) {
        if (done != null) {
            done.downstreamClosed();
        }
    }
}
