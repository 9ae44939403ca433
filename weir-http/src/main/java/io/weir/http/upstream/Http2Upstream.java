package io.weir.http.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Session;
import io.weir.http.h2.Http2SessionListener;
import io.weir.http.h2.Http2Stats;
import io.weir.http.h2.Http2Stream;
import io.weir.http.h2.Http2StreamListener;
import io.weir.net.transport.TimerWheel;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection to a host, which carries many requests at a time: as many as the configuration, the host's
 * SETTINGS and the numbers of streams allow. It takes no more of them once the host has announced its end, or the
 * connection has had its number of requests or its time; when the last of them has ended it closes.
 */
final class Http2Upstream extends ChannelInboundHandlerAdapter implements HostConnection, Http2SessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Upstream.class);
    /** Requests' objects that are kept for others: what a busy connection has under way at a time. */
    private static final int FREE_MAX = 64;
    /** Envoy's default for what a stream has still to send. */
    private static final long FLUSH_NANOS = 300_000_000_000L;
    /** A host that has not acknowledged SETTINGS after this will not: it takes a turn of its loop. */
    private static final long SETTINGS_NANOS = 60_000_000_000L;

    private final HostPool pool;
    private final UpstreamSettings settings;
    private final Http2Stats numbers;
    private final ArrayDeque<Http2Request> free = new ArrayDeque<>();

    private @Nullable Channel channel;
    private @Nullable Http2Session session;
    private boolean closedByUs;
    private boolean busyAtClose;
    private long requests;
    private boolean greeted;
    private final Greeting greeting = new Greeting();
    private long openedNanos;
    private long restingSinceNanos;
    /** The pool's marks: among those that rest, among those with requests and room for more. */
    boolean resting;
    boolean shared;

    Http2Upstream(HostPool pool, UpstreamSettings settings) {
        this.pool = pool;
        this.settings = settings;
        this.numbers = new Http2Stats(pool.stats().scope());
    }

    // ---- the pool's side ----

    @Override
    public void open(long nowNanos) {
        openedNanos = nowNanos;
        restingSinceNanos = nowNanos;
        var begun = new Http2Session(Http2Session.Role.CLIENT, pool.worker(), channel(), settings.http2(),
                settings.headLimits(), numbers, this);
        session = begun;
        // A stream whose host has answered and takes no more of its request is not kept for ever.
        begun.flushTimeout(FLUSH_NANOS);
        begun.start();
        begun.settingsTimeout(SETTINGS_NANOS);
        pool.worker().timers().arm(greeting, nowNanos + pool.connectTimeoutNanos());
    }

    @Override
    public boolean alive() {
        var open = channel;
        var one = session;
        return open != null && open.isActive() && one != null && one.open();
    }

    /** Whether the host has sent its first SETTINGS. */
    boolean greeted() {
        return greeted;
    }

    /** How many requests are under way. */
    int streams() {
        var one = session;
        return one == null ? 0 : one.streams();
    }

    /** How many more requests it takes now. */
    int room() {
        var one = session;
        if (one == null || !alive() || worn()) {
            return 0;
        }
        // A host that allows few streams would refuse most of what came before it has said so.
        int most = greeted ? settings.http2().concurrentStreamsMax() : 1;
        return Math.min(one.room(), most - one.streams());
    }

    /** Whether it has had its number of requests, or its time, or its host has failed. */
    private boolean worn() {
        return pool.leaves(this) || (session != null && session.worn())
                || (settings.requestsPerConnectionMax() != 0 && requests >= settings.requestsPerConnectionMax())
                || pool.worker().nowNanos() - openedNanos >= settings.connectionDurationMaxNanos();
    }

    /** Whether it will take a request when one of those under way has ended. */
    boolean lasting() {
        return alive() && !worn();
    }

    @Override
    public void begin(UpstreamListener one) {
        var carrier = session();
        long idle = settings.http2().keepAlive().idleIntervalNanos();
        if (idle > 0 && carrier.streams() == 0 && pool.worker().nowNanos() - restingSinceNanos >= idle) {
            carrier.ask(); // RFC 9113 section 6.7: whoever has long been silent may be gone
        }
        requests++;
        if (requests == settings.requestsPerConnectionMax()) {
            pool.stats().upstreamCxMaxRequests().increment();
        }
        var kept = free.pollLast();
        var request = kept == null ? new Http2Request(this) : kept;
        request.begin(one, carrier.open(request));
        pool.place(this);
        one.upstreamReady(request);
    }

    @Override
    public void restingSince(long nowNanos) {
        restingSinceNanos = nowNanos;
    }

    @Override
    public long restingSince() {
        return restingSinceNanos;
    }

    @Override
    public void close() {
        var one = session;
        var open = channel;
        if (open != null) {
            closedByUs |= open.isActive();
            if (one == null) {
                open.close();
            } else {
                one.end(Http2Error.NO_ERROR, "http2.upstream_closed"); // see over(...)
            }
        }
    }

    /** The host has taken the connection, and said nothing of HTTP/2 (RFC 9113 section 3.4). */
    private final class Greeting extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            var one = session;
            if (one != null && !greeted) {
                pool.unreachable(nowNanos);
                one.end(Http2Error.PROTOCOL_ERROR, "http2.settings_timeout");
            }
        }
    }

    // ---- the requests' side ----

    HostPool pool() {
        return pool;
    }

    Http2Session session() {
        var one = session;
        if (one == null) {
            throw new IllegalStateException("the connection is not open");
        }
        return one;
    }

    @Nullable
    Channel connection() {
        return channel;
    }

    private Channel channel() {
        var open = channel;
        if (open == null) {
            throw new IllegalStateException("the connection is not registered");
        }
        return open;
    }

    /** The request's object is free for another. */
    void giveBack(Http2Request request) {
        if (free.size() < FREE_MAX) {
            free.addLast(request);
        }
    }

    /** A request was given up by the host's or the connection's fault. */
    void lostOne() {
        busyAtClose |= !alive();
    }

    // ---- the session's side ----

    @Override
    public Http2StreamListener opened(Http2Stream stream) {
        throw new IllegalStateException("a server opens no streams");
    }

    @Override
    public void sent(long bytes) {
        pool.stats().upstreamCxTxBytesTotal().add(bytes);
    }

    @Override
    public void streamClosed() {
        pool.settle(this);
    }

    @Override
    public void settingsChanged() {
        if (!greeted) {
            greeted = true;
            pool.worker().timers().cancel(greeting);
            pool.greeted();
        }
        pool.settle(this);
    }

    @Override
    public void goingAway(Http2Error code) {
        pool.stats().upstreamCxCloseNotify().increment();
        pool.settle(this);
    }

    @Override
    public void over(Http2Error code, String details) {
        if (code != Http2Error.NO_ERROR) {
            pool.stats().upstreamCxProtocolError().increment();
            LOG.debug("the connection to {} ends with {}: {}", pool.host().addressText(), code, details);
        }
        closedByUs |= channel().isActive();
        channel().close(); // what could be said has been; a host that takes nothing is not waited for
    }

    // ---- the channel's side ----

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        pool.stats().upstreamCxRxBytesTotal().add(in.readableBytes());
        var one = session;
        if (one == null) {
            in.release();
        } else {
            one.read(in);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        var one = session;
        if (one != null) {
            one.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        var one = session;
        pool.worker().timers().cancel(greeting);
        boolean busy = busyAtClose || streams() > 0;
        if (one != null) {
            one.closed();
        }
        pool.closed(this, openedNanos, busy, closedByUs);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("the connection to {} failed on an error of Weir's own; it is closed",
                    pool.host().addressText(), cause);
        }
        context.close();
    }
}
