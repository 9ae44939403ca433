package io.weir.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.weir.core.drain.Turns;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.Http1BodyReader;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.codec.Tunnels;
import io.weir.http.proxy.Downstream;
import io.weir.http.proxy.EarlyEnd;
import io.weir.http.proxy.Exchange;
import io.weir.http.proxy.Heads;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * One client's HTTP/1.1 connection. Requests that arrive pipelined are taken one after another: the next head is read
 * when the response before it has been written (RFC 9112 section 9.3.2). Bytes that are not yet wanted stay where they
 * are, one read's worth at most, and the socket is not read meanwhile: so a slow host holds a fast client back.
 *
 * <p>
 * A client that closes its sending direction is answered what it has asked for completely, and then closed; within a
 * request it can only mean that the request is given up. TCP shows no difference between this and a client that has
 * gone: that one is noticed when the answer is written.
 */
final class Http1Connection extends ClientChannel implements ClientConnection, Downstream {
    /** Where in a request the connection stands. */
    private enum State {
        /** Between requests, or within a head. */
        HEAD,
        /** Within a request's body. */
        BODY,
        /** The request is complete, its response is not. */
        ANSWERING,
        /** The connection carries what the tunnel's two ends say to each other, and no HTTP any more. */
        TUNNEL,
        /** The last response has been written or given up: what still arrives is thrown away. */
        CLOSING,
        /** The connection goes on as another one, with HTTP/2. */
        GONE
    }

    private final Http1HeadReader heads;
    private final Http1BodyReader bodies;
    private final ClientOutput output;
    private final ConnectionTimer timer;
    final Unread unread = new Unread();

    private State state = State.HEAD;
    private @Nullable HttpHead head;
    @Nullable
    Exchange exchange;
    private boolean processing;
    private boolean headTimed;
    private boolean bodyWanted;
    private boolean continueOwed;
    private boolean persistent = true;
    private boolean oldClient;
    private boolean inputEnded;
    private boolean tunnelEndTold;
    private long tunnelBeganNanos;
    private long requests;

    Http1Connection(HttpServer server, Worker worker, Channel channel, long connectionId, long openedNanos) {
        super(server, worker, channel, connectionId);
        this.bodies = new Http1BodyReader(server.headLimits());
        this.heads = Http1HeadReader.requests(server.headLimits());
        this.output = new ClientOutput(server, worker, channel);
        this.timer = new ConnectionTimer(this, server.spec().timeouts(), openedNanos);
    }

    // ---- bytes in ----

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        server.stats().cxRxBytes.add(in.readableBytes());
        unread.add(channel, in);
        process();
    }

    /** Takes from the bytes at hand what the state allows, and stops the socket where it allows nothing more. */
    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            boolean going = true;
            while (going) {
                var in = unread.bytes();
                going = in != null && switch (state) {
                    case HEAD -> channel.isWritable() && readHead(in);
                    case BODY, TUNNEL -> bodyWanted && readBody(in);
                    case ANSWERING, GONE -> false;
                    case CLOSING -> {
                        in.skipBytes(in.readableBytes());
                        yield true;
                    }
                };
            }
        } catch (RuntimeException bug) {
            // Perhaps on the stack of another connection, which is not to blame.
            server.failed(channel, bug);
        } finally {
            processing = false;
        }
        if (state == State.GONE) {
            return;
        }
        var one = exchange;
        if (one != null) {
            one.requestReadEnd();
        }
        output.flush();
        boolean drained = unread.none();
        if (drained) {
            unread.release();
        }
        if (drained && inputEnded) {
            reading(false);
            lastByteTaken();
            return;
        }
        reading(drained && switch (state) {
            case BODY, TUNNEL -> bodyWanted;
            case HEAD, ANSWERING, GONE -> channel.isWritable();
            case CLOSING -> true;
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            process();
        }
    }

    /** The client has sent its last byte, and it has been taken. */
    private void lastByteTaken() {
        switch (state) {
            case HEAD -> {
                state = State.CLOSING;
                output.closeBehind();
                timer.closingBegins();
                output.flush();
            }
            case BODY -> {
                if (oldClient) {
                    cut();
                } else {
                    exchange().downstreamClosed();
                    output.flush();
                }
            }
            case TUNNEL -> {
                if (!tunnelEndTold) { // the other direction may live on
                    tunnelEndTold = true;
                    exchange().requestData(Unpooled.EMPTY_BUFFER, true);
                    exchange().requestReadEnd();
                    output.flush();
                }
            }
            case ANSWERING, GONE -> {
                // closes when the answer has been written
            }
            case CLOSING -> {
                if (channel instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
                    channel.close();
                }
            }
        }
    }

    /** Whether nothing can follow the request at hand. */
    private boolean lastRequest() {
        return inputEnded && unread.none();
    }

    private boolean readHead(ByteBuf in) {
        var message = head;
        if (message == null) {
            message = Heads.of(worker).take();
            head = message;
        }
        if (server.aborts(worker)) {
            persistent = false;
            exchange().reject(message, 500, "overload_error");
            return true;
        }
        switch (heads.read(in, message)) {
            case INCOMPLETE -> {
                if (!headTimed && heads.started()) {
                    headTimed = true;
                    timer.headBegins();
                }
            }
            case REJECTED -> {
                server.stats().cxProtocolError.increment();
                persistent = false;
                var reject = heads.reject();
                exchange().reject(message, reject.status(), reject.details());
            }
            case COMPLETE -> headComplete(message);
        }
        return true;
    }

    private void headComplete(HttpHead message) {
        requests++;
        headTimed = false;
        oldClient = message.minorVersion() == 0;
        Tunnels.fromHttp1(message);
        // What comes behind a request for a tunnel may be meant for the tunnel. Where that is refused nobody takes it
        // for a request: the connection closes (RFC 9112 section 9.6).
        persistent = message.persistent() && !message.tunnel() && !timer.durationReached()
                && server.keeps(this, requests);
        continueOwed = message.expectContinue() && !oldClient;
        bodyWanted = false;
        boolean last = message.framing() == Framing.NONE || message.contentLength() == 0;
        if (last && upgraded(message)) {
            return;
        }
        var one = exchange();
        if (last) {
            state = State.ANSWERING;
        } else {
            state = State.BODY;
            bodies.start(message.framing(), message.contentLength());
        }
        heads.reset();
        one.begin(message, last);
    }

    /** Whether the request asks to go on with HTTP/2; then it does, with this request as the first. */
    private boolean upgraded(HttpHead message) {
        byte[] settings = oldClient || tls != null || !server.upgrades() ? null : H2cUpgrade.settings(message);
        if (settings == null) {
            return false;
        }
        state = State.GONE;
        head = null;
        timer.cancel();
        HttpServer.retire(exchange);
        output.raw(H2cUpgrade.SWITCHING);
        output.flush();
        server.upgraded(this, timer.openedNanos(), message, settings, unread.take());
        return true;
    }

    /** Between requests it is changed for another one where other routes or filters hold by now. */
    private Exchange exchange() {
        var one = exchange;
        if (one == null || (state == State.HEAD && !server.serves(one))) {
            one = server.exchange(one, this, memory);
            exchange = one;
        }
        return one;
    }

    private boolean readBody(ByteBuf in) {
        var one = exchange();
        if (state == State.TUNNEL) {
            one.requestData(in.readRetainedSlice(in.readableBytes()), false);
            return true;
        }
        ByteBuf data = bodies.read(in);
        if (bodies.failed()) {
            ReferenceCountUtil.release(data);
            server.stats().cxProtocolError.increment();
            persistent = false;
            state = State.CLOSING;
            one.giveUp(EarlyEnd.broken(bodies.reject()));
            return true;
        }
        boolean last = bodies.done();
        if (last) {
            state = State.ANSWERING;
            var trailers = bodies.trailers();
            if (trailers != null) {
                if (data != null) {
                    one.requestData(data, false);
                }
                one.requestTrailers(trailers);
                return true;
            }
        }
        if (data != null || last) {
            one.requestData(data == null ? Unpooled.EMPTY_BUFFER : data, last);
        }
        return data != null || last;
    }

    // ---- the exchange's side ----

    @Override
    public void readable(boolean wanted) {
        if ((state != State.BODY && state != State.TUNNEL) || bodyWanted == wanted) {
            return;
        }
        bodyWanted = wanted;
        if (wanted && continueOwed) {
            continueOwed = false;
            output.goOn();
            flush();
        }
        process();
    }

    @Override
    public void interim(HttpHead interim) {
        if (!oldClient) {
            interim.framing(Framing.NONE, -1);
            output.response(interim);
        }
    }

    @Override
    public void head(HttpHead response, boolean last) {
        var request = head;
        if (request != null && !last && Tunnels.opens(request, response)) {
            state = State.TUNNEL;
            tunnelBeganNanos = worker.nowNanos();
            output.opening(request, response);
            return;
        }
        if (response.framing() == Framing.UNTIL_CLOSE || response.framing() == Framing.CHUNKED) {
            response.framing(oldClient ? Framing.UNTIL_CLOSE : Framing.CHUNKED, -1);
        }
        // An answer before the request is complete may end before it, and then nobody looks where the next begins.
        // Whether it will, a head cannot know (RFC 9112 section 9.6: say close before closing).
        if (response.framing() == Framing.UNTIL_CLOSE || server.ends(this) || lastRequest() || state == State.BODY) {
            persistent = false;
        }
        if (!persistent || oldClient) {
            response.add(HeaderName.CONNECTION, persistent ? "keep-alive" : "close");
        }
        output.response(response);
    }

    @Override
    public void data(ByteBuf data, boolean last) {
        output.data(data, last);
        if (last && state == State.TUNNEL) {
            output.finishBehind();
        }
    }

    @Override
    public void trailers(HttpHead trailers) {
        output.trailers(trailers);
    }

    @Override
    public void ended() {
        if (state != State.ANSWERING || lastRequest()) {
            persistent = false; // a response before its request was complete: what is still to come has no place
        }
        bodyWanted = false;
        if (persistent) {
            state = State.HEAD;
            giveHeadBack();
            timer.idleBegins();
        } else {
            state = State.CLOSING;
            output.closeBehind();
            timer.closingBegins();
        }
    }

    @Override
    public void flush() {
        output.flush();
        if (!unread.none()) {
            process();
        }
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void cut() {
        // A body of an old client, and a tunnel, may end with the connection: only a reset tells that this end is none.
        boolean reset = oldClient || state == State.TUNNEL;
        state = State.CLOSING;
        persistent = false;
        output.cut(reset);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            var one = exchange;
            if (one != null) {
                one.downstreamWritable();
            }
            process();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.CLOSING;
        timer.cancel();
        var one = exchange;
        try {
            if (one != null) {
                one.downstreamClosed();
            }
        } finally {
            output.discard();
            giveHeadBack();
            unread.release();
            server.closed(this, timer.openedNanos());
        }
    }

    private void giveHeadBack() {
        if (head != null) {
            Heads.of(worker).giveBack(head);
            head = null;
        }
    }

    // ---- the timer's and the server's side ----

    @Override
    public boolean idle() {
        return state == State.HEAD && !heads.started();
    }

    @Override
    public boolean inHead() {
        return state == State.HEAD && heads.started();
    }

    @Override
    public boolean closing() {
        return state == State.CLOSING;
    }

    /** One that has ended is none, though what it has carried may still wait for a slow client. */
    @Override
    public boolean endDue(Turns turns, long nowNanos) {
        boolean due = state == State.TUNNEL
                ? turns.streams().asks(connectionId, tunnelBeganNanos, nowNanos)
                : exchange != null && exchange.due(turns, nowNanos);
        if (due) {
            exchange().giveUp(EarlyEnd.DRAINED);
        }
        return due;
    }

    @Override
    public void closeIdle() {
        state = State.CLOSING;
        channel.close();
    }

    @Override
    public void idleTimedOut(boolean old) {
        (old ? server.stats().cxMaxDurationReached : server.stats().cxIdleTimeout).increment();
        closeIdle();
    }

    /** The head took too long (slow loris): say so and close. */
    @Override
    public void headTimedOut() {
        server.stats().rqHeaderTimeout.increment();
        var message = head;
        if (message != null) {
            persistent = false;
            exchange().reject(message, 408, "request_header_timeout");
            flush();
        }
    }

    @Override
    public long idleSinceNanos() {
        return timer.idleSinceNanos();
    }

    @Override
    public String protocol() {
        return oldClient ? "HTTP/1.0" : "HTTP/1.1";
    }
}
