package io.weir.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.core.drain.Turns;
import io.weir.core.overload.ShedPoint;
import io.weir.http.codec.HttpHead;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Session;
import io.weir.http.h2.Http2SessionListener;
import io.weir.http.h2.Http2Stream;
import io.weir.http.h2.Http2StreamListener;
import io.weir.http.h2.OpenStreams;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One client's HTTP/2 connection: many requests at a time, each a stream with an exchange of its own. Streams and
 * exchanges serve one request after another, so that a busy connection makes none.
 */
final class Http2Connection extends ClientChannel implements ClientConnection, Http2SessionListener {
    /** Streams, each with its exchange, that a connection keeps for its next requests. */
    private static final int FREE_MAX = 128;

    private final Http2Session session;
    private final ConnectionTimer timer;
    private final ArrayDeque<ClientStream> free = new ArrayDeque<>();
    private final Closer closer = new Closer();
    private final Set<ClientStream> tunnels = new HashSet<>(0);
    private long requests;
    private long headTimedFrame = -1;
    private boolean counted;
    private boolean drained;
    private boolean over;

    Http2Connection(HttpServer server, Worker worker, Channel channel, long connectionId, long openedNanos) {
        super(server, worker, channel, connectionId);
        this.session = new Http2Session(Http2Session.Role.SERVER, worker, channel, server.spec().http2(),
                server.headLimits(), server.stats().http2, this);
        this.timer = new ConnectionTimer(this, server.spec().timeouts(), openedNanos);
        session.flushTimeout(server.spec().timeouts().streamIdleNanos());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        session.start();
        long patience = server.spec().timeouts().requestHeadersNanos();
        if (patience > 0) {
            session.settingsTimeout(2 * patience); // as a head may take all of it
        }
        watchHead();
        if (server.leaves(this)) {
            drain();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        server.stats().cxRxBytes.add(bytes.readableBytes());
        read(bytes);
    }

    /** Bytes that have been counted, and now belong to the connection. */
    void read(ByteBuf bytes) {
        if (!over && server.goesAway(worker)) {
            bytes.release();
            session.end(Http2Error.NO_ERROR, "overload_error");
            return;
        }
        session.read(bytes);
        watchHead();
        if (!over && !session.draining() && worker.overload().sheds(ShedPoint.HTTP2_GO_AWAY, worker.random())) {
            drain();
        }
    }

    /** A head's time runs from its first byte, whatever else comes meanwhile. */
    private void watchHead() {
        if (session.inHead() && headTimedFrame != session.framesBegun()) {
            headTimedFrame = session.framesBegun();
            timer.headBegins();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        session.writabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            // Without its side no stream can be acknowledged or held back: there is no half of a connection here.
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        retireAll();
        timer.cancel();
        worker.timers().cancel(closer);
        try {
            session.closed();
        } finally {
            server.closed(this, timer.openedNanos());
        }
    }

    /**
     * The connection has spoken HTTP/1.1 until now, and asked for this.
     *
     * @param head
     *            of the request, which is complete; now this connection's
     * @param settings
     *            the payload of the client's first SETTINGS
     */
    void upgraded(HttpHead head, byte[] settings) {
        if (session.upgraded(Unpooled.wrappedBuffer(settings))) {
            var one = new ClientStream(this);
            one.begin(session.upgradedStream(one));
            one.upgraded(head);
        }
    }

    // ---- the session's side ----

    @Override
    public Http2StreamListener opened(Http2Stream stream) {
        var kept = free.pollLast();
        while (kept != null && kept.outdated()) {
            kept.retire();
            kept = free.pollLast();
        }
        var one = kept == null ? new ClientStream(this) : kept;
        one.begin(stream);
        return one;
    }

    /** A request's head has come. */
    void requestBegins() {
        requests++;
        if (!session.draining() && (timer.durationReached() || !server.keeps(this, requests))) {
            drain();
        }
    }

    /** The stream's request is over, and nobody refers to it any more. */
    void giveBack(ClientStream stream) {
        if (free.size() < FREE_MAX && !over) {
            free.addLast(stream);
        } else {
            stream.retire();
        }
    }

    /** The stream is a tunnel from now on. */
    void tunnelBegan(ClientStream stream) {
        tunnels.add(stream);
    }

    void tunnelEnded(ClientStream stream) {
        tunnels.remove(stream);
    }

    private void retireAll() {
        over = true;
        for (var stream = free.pollLast(); stream != null; stream = free.pollLast()) {
            stream.retire();
        }
    }

    @Override
    public void sent(long bytes) {
        server.stats().cxTxBytes.add(bytes);
    }

    @Override
    public void streamClosed() {
        if (session.streams() == 0) {
            timer.idleBegins();
        }
    }

    @Override
    public void settingsChanged() {
        // a server opens no streams
    }

    @Override
    public void goingAway(Http2Error code) {
        // the client will close
    }

    @Override
    public void over(Http2Error code, String details) {
        retireAll();
        if (code != Http2Error.NO_ERROR) {
            server.stats().cxProtocolError.increment();
        }
        timer.closingBegins();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> Linger.close(channel, worker, server.spec()));
        if (channel.isActive() && code != Http2Error.NO_ERROR) {
            // Who broke the rules and does not read either is not waited for.
            worker.timers().arm(closer, worker.nowNanos() + 2 * server.spec().timeouts().delayedCloseNanos());
        }
    }

    private final class Closer extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            channel.close();
        }
    }

    // ---- the timer's and the server's side ----

    @Override
    public boolean idle() {
        return !over && session.streams() == 0;
    }

    @Override
    public long idleSinceNanos() {
        return timer.idleSinceNanos();
    }

    @Override
    public boolean inHead() {
        return session.inHead();
    }

    @Override
    public boolean closing() {
        return over;
    }

    @Override
    public void closeIdle() {
        if (over) {
            channel.close();
        } else {
            session.end(Http2Error.NO_ERROR, "http2.idle");
        }
    }

    @Override
    public void headTimedOut() {
        server.stats().rqHeaderTimeout.increment();
        session.end(Http2Error.ENHANCE_YOUR_CALM, "request_header_timeout");
    }

    @Override
    public void idleTimedOut(boolean old) {
        if (!old || !session.draining()) { // who has outlived its time has been counted then
            (old ? server.stats().cxMaxDurationReached : server.stats().cxIdleTimeout).increment();
        }
        closeIdle();
    }

    @Override
    public void outlived() {
        if (!session.draining()) {
            server.stats().cxMaxDurationReached.increment();
            drain();
        }
    }

    @Override
    public void drain() {
        if (!session.draining()) {
            session.drain(server.spec().timeouts().drainNanos());
        }
    }

    /**
     * When a tunnel ends, other streams go on. Answers end with the connection, as they do when the drain is over: by
     * it callers of gRPC know that they may ask elsewhere (UNAVAILABLE), which no code of RST_STREAM tells them of what
     * has begun. So they wait for all that may end by itself.
     */
    @Override
    public boolean endDue(Turns turns, long nowNanos) {
        boolean any = false;
        for (var stream : List.copyOf(tunnels)) {
            if (turns.streams().asks(connectionId, stream.tunnelBeganNanos(), nowNanos)) {
                stream.drained();
                any = true;
            }
        }
        session.flush();
        if (!over && session.every(owner -> owner instanceof ClientStream stream && stream.due(turns, nowNanos))) {
            any = true;
            drained = true;
            session.end(Http2Error.NO_ERROR, "http2.drained");
        }
        boolean first = any && !counted;
        counted |= any;
        return first;
    }

    /** Whether what is under way ends because of a drain. */
    boolean drained() {
        return drained;
    }

    @Override
    public void cut() {
        channel.close();
    }

    Http2Session session() {
        return session;
    }

    /** What each of its streams holds, those too of which only the end of the answer is left. */
    void weigh(Consumer<Burden> scale) {
        OpenStreams.each(session,
                stream -> scale.accept(stream.owner() instanceof ClientStream one ? one : new Rest(stream)));
    }

    /** An answer that is complete, and whose client takes its time. */
    private record Rest(Http2Stream stream) implements Burden {
        @Override
        public long heldBytes() {
            return stream.heldBytes();
        }

        @Override
        public boolean drop() {
            stream.drop(Http2Error.INTERNAL_ERROR);
            return true;
        }
    }
}
