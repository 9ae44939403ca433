package io.weir.http.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.http.codec.Http1BodyReader;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.Http1Output;
import io.weir.http.codec.HttpHead;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection to a host, and the stream of the request that it carries at the moment. It goes back to its
 * pool when request and response are both complete, nothing followed them and the host lets it live (RFC 9112 section
 * 9.3); else it is closed.
 *
 * <p>
 * An upgrade that the host takes up, and a CONNECT, make a {@link Tunnel} of it. A raw connection is one from the
 * start: the host hears nothing of HTTP, and its client is answered with 200 as soon as the connection stands.
 */
final class Http1Upstream extends ChannelInboundHandlerAdapter implements HostConnection, UpstreamStream {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Upstream.class);
    /** More interim responses than this to one request are an attack or an error. */
    private static final int INTERIMS_MAX = 32;
    /** So much of an answer is read from a connection that broke, whether its client keeps up or not. */
    private static final int DRAIN_BYTES_MAX = 1 << 20;
    private static final int OK = 200;
    private static final int SWITCHING = 101;

    private final HostPool pool;
    private final UpstreamSettings settings;
    private final boolean raw;
    private final Http1HeadReader heads;
    private final Http1BodyReader bodies;
    private final HttpHead head = new HttpHead();
    private final Http1Output output = new Http1Output();
    private final Asked asked = new Asked();

    private @Nullable Channel channel;
    private @Nullable UpstreamListener listener;
    private @Nullable UpstreamListener handing;
    private @Nullable UpstreamListener endedInThisRead;
    private boolean requestComplete;
    private @Nullable Tunnel tunnel;
    private boolean responseStarted;
    private boolean inBody;
    private boolean untilClose;
    private boolean broken;
    private boolean closedByUs;
    private boolean busyAtClose;
    private int drained;
    private int interims;
    private boolean wanted = true;
    private long requests;
    private long openedNanos;
    private long restingSinceNanos;

    Http1Upstream(HostPool pool, UpstreamSettings settings, boolean raw) {
        this.pool = pool;
        this.settings = settings;
        this.raw = raw;
        this.bodies = new Http1BodyReader(settings.headLimits());
        this.heads = Http1HeadReader.responses(settings.headLimits());
    }

    @Override
    public void open(long nowNanos) {
        openedNanos = nowNanos;
    }

    @Override
    public void begin(UpstreamListener one) {
        listener = one;
        requestComplete = false;
        responseStarted = false;
        inBody = false;
        interims = 0;
        requests++;
        heads.reset();
        head.clear();
        one.upstreamReady(this);
        if (raw && listener != null) {
            head.status(OK);
            head.framing(asked.connect() ? HttpHead.Framing.NONE : HttpHead.Framing.UNTIL_CLOSE, -1);
            opens(one);
            one.upstreamReadEnd();
        }
    }

    @Override
    public boolean alive() {
        return !broken && channel != null && channel().isActive();
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
        closedByUs |= channel().isActive();
        channel().close();
    }

    // ---- the request ----

    @Override
    public void head(HttpHead request, boolean last) {
        requestComplete = last && !request.tunnel();
        var written = asked.note(request, pool.worker().random());
        if (!raw) {
            output.request(channel(), written);
        }
    }

    @Override
    public void data(ByteBuf data, boolean last) {
        output.data(channel(), data, last);
        requestComplete = last;
        var both = tunnel;
        if (last && both != null && both.clientEnded()) {
            listener = null; // the host's half has ended before: nothing more is to be told
        }
    }

    @Override
    public void trailers(HttpHead trailers) {
        if (raw || tunnel != null) {
            data(Unpooled.EMPTY_BUFFER, true); // bytes alone pass a tunnel
        } else {
            output.trailers(channel(), trailers);
            requestComplete = true;
        }
    }

    @Override
    public void flush() {
        pool.stats().upstreamCxTxBytesTotal().add(output.flush(channel()));
        var both = tunnel;
        if (both != null) {
            both.flushed();
        }
    }

    @Override
    public boolean writable() {
        return channel().isWritable();
    }

    @Override
    public void readable(boolean now) {
        if (wanted != now) {
            wanted = now;
            (now
                    ? pool.stats().upstreamFlowControlResumedReadingTotal()
                    : pool.stats().upstreamFlowControlPausedReadingTotal()).increment();
            channel().config().setAutoRead(now || broken);
        }
    }

    @Override
    public void cancel() {
        if (listener == null) {
            return; // the response has ended: the connection is not this request's any more
        }
        listener = null;
        busyAtClose = true;
        pool.stats().upstreamRqTxReset().increment();
        output.discard();
        var both = tunnel;
        if (both != null) {
            both.cut();
        }
        close();
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public @Nullable Channel connection() {
        return channel;
    }

    private Channel channel() {
        return Objects.requireNonNull(channel, "the connection is not registered");
    }

    // ---- the response ----

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        // A failed write says nothing of what can still be read: see exceptionCaught.
        context.channel().config().setAutoClose(false);
        if (raw) {
            context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        try {
            pool.stats().upstreamCxRxBytesTotal().add(in.readableBytes());
            if (broken && !wanted) {
                drained += in.readableBytes();
                if (drained > DRAIN_BYTES_MAX) {
                    reset(UpstreamListener.Reset.CLOSED, "upstream_connection_closed");
                    return;
                }
            }
            while (in.isReadable()) {
                if (listener == null) {
                    // Nobody asked: the host speaks out of turn, or more than it announced.
                    if (!busyAtClose && !lastWord(in)) {
                        pool.stats().upstreamCxProtocolError().increment();
                    }
                    close();
                    return;
                }
                if (inBody) {
                    body(in);
                } else {
                    head(in);
                }
            }
        } catch (RuntimeException bug) {
            failed(bug);
        } finally {
            in.release();
        }
    }

    /** A host that closes an idle connection may say so first, with 408 (RFC 9110 section 15.5.9). */
    private static boolean lastWord(ByteBuf in) {
        int at = in.readerIndex() + "HTTP/1.1 ".length();
        return at + 3 <= in.writerIndex() && in.getByte(at) == '4' && in.getByte(at + 1) == '0'
                && in.getByte(at + 2) == '8';
    }

    /** An error of our own while a response was handed over: its request must hear of it all the same. */
    private void failed(RuntimeException bug) {
        LOG.error("a response from {} could not be passed on; it is cut", pool.host().addressText(), bug);
        if (listener == null) {
            listener = handing;
        }
        handing = null;
        responseStarted = true;
        reset(UpstreamListener.Reset.PROTOCOL, "internal_error");
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        var ended = endedInThisRead;
        if (ended != null) {
            endedInThisRead = null;
            ended.upstreamReadEnd();
        }
        if (listener != null) {
            listener.upstreamReadEnd();
        }
    }

    private void head(ByteBuf in) {
        responseStarted = true;
        switch (heads.read(in, head, asked.head(), asked.connect())) {
            case INCOMPLETE -> {
            }
            case REJECTED -> reset(UpstreamListener.Reset.PROTOCOL, heads.reject().details());
            case COMPLETE -> headComplete(in);
        }
    }

    private void headComplete(ByteBuf in) {
        var one = listener;
        if (one == null) {
            return;
        }
        if (head.status() < 200) {
            if (head.status() == SWITCHING) {
                String wrong = asked.wrong(head);
                if (wrong == null) {
                    opens(one);
                } else {
                    reset(UpstreamListener.Reset.PROTOCOL, wrong);
                }
                return;
            }
            if (++interims > INTERIMS_MAX) {
                reset(UpstreamListener.Reset.PROTOCOL, "too_many_interim_responses");
                return;
            }
            if (head.status() != 100) {
                one.upstreamInterim(head);
            }
            head.clear();
            heads.reset();
            return;
        }
        if (asked.connect() && head.status() / 100 == 2) {
            opens(one);
            return;
        }
        if (head.framing() == HttpHead.Framing.NONE || head.contentLength() == 0) {
            last(one);
            one.upstreamHead(head, true);
            ended(one, in);
            return;
        }
        inBody = true;
        untilClose = head.framing() == HttpHead.Framing.UNTIL_CLOSE;
        bodies.start(head.framing(), head.contentLength());
        one.upstreamHead(head, false);
    }

    /** All bytes that come from here on are the tunnel's, or the content of a raw answer. */
    private void opens(UpstreamListener one) {
        tunnel = new Tunnel(channel(), pool.worker(), requestComplete);
        inBody = true;
        untilClose = true;
        responseStarted = true;
        bodies.start(HttpHead.Framing.UNTIL_CLOSE, -1);
        one.upstreamHead(head, false);
    }

    /** The host has ended its half of a tunnel, or all that it says on a raw connection. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event != ChannelInputShutdownEvent.INSTANCE) {
            return;
        }
        var one = listener;
        var both = tunnel;
        if (one == null || both == null || broken) {
            context.close(); // channelInactive tells who has to know
            return;
        }
        if (both.hostEnded() || !asked.tunnel()) {
            listener = null;
        }
        one.upstreamData(Unpooled.EMPTY_BUFFER, true);
        one.upstreamReadEnd();
        if (asked.tunnel()) {
            both.flushed();
        } else {
            context.close(); // the answer to a POST is complete, and with it the exchange
        }
    }

    private void body(ByteBuf in) {
        var one = listener;
        if (one == null) {
            return;
        }
        ByteBuf data = bodies.read(in);
        if (bodies.failed()) {
            if (data != null) {
                data.release();
            }
            reset(UpstreamListener.Reset.PROTOCOL, bodies.reject().details());
            return;
        }
        if (!bodies.done()) {
            if (data != null) {
                one.upstreamData(data, false);
            }
            return;
        }
        HttpHead trailers = bodies.trailers();
        if (trailers == null) {
            last(one);
            one.upstreamData(data == null ? Unpooled.EMPTY_BUFFER : data, true);
            ended(one, in);
            return;
        }
        if (data != null) {
            one.upstreamData(data, false);
        }
        if (listener != null) { // else the listener has given up on these bytes
            last(one);
            one.upstreamTrailers(trailers);
            ended(one, in);
        }
    }

    /** What follows is the last that the listener hears. */
    private void last(UpstreamListener one) {
        listener = null;
        handing = one;
    }

    /** The response is complete and has been handed over: the connection rests, serves the next in line or closes. */
    private void ended(UpstreamListener one, ByteBuf in) {
        handing = null;
        var before = endedInThisRead;
        endedInThisRead = one;
        if (before != null) {
            before.upstreamReadEnd(); // an earlier response of the same wake-up, of another client perhaps
        }
        if (!channel().isActive()) {
            return;
        }
        readable(true);
        boolean used = settings.requestsPerConnectionMax() != 0 && requests >= settings.requestsPerConnectionMax();
        boolean worn = used || pool.worker().nowNanos() - openedNanos >= settings.connectionDurationMaxNanos();
        if (used) {
            pool.stats().upstreamCxMaxRequests().increment();
        }
        if (worn || broken || !requestComplete || !head.persistent() || in.isReadable()) {
            close();
        } else {
            pool.offer(this);
        }
    }

    private void reset(UpstreamListener.Reset why, String details) {
        var one = listener;
        listener = null;
        busyAtClose |= one != null;
        if (one != null) {
            switch (why) {
                case CLOSED, REMOTE, REFUSED -> pool.stats().upstreamRqRxReset().increment();
                case PROTOCOL -> {
                    pool.stats().upstreamCxProtocolError().increment();
                    pool.stats().upstreamRqTxReset().increment();
                }
            }
        }
        output.discard();
        close();
        if (one != null) {
            one.upstreamReset(why, responseStarted, details);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (listener != null && context.channel().isWritable()) {
            listener.upstreamWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        var one = listener;
        var both = tunnel;
        if (both != null) {
            both.closed();
        }
        if (one != null && inBody && untilClose && !broken && both == null) {
            listener = null;
            pool.closed(this, openedNanos, false, closedByUs);
            one.upstreamData(Unpooled.EMPTY_BUFFER, true);
            one.upstreamReadEnd();
            return;
        }
        pool.closed(this, openedNanos, busyAtClose || one != null, closedByUs);
        reset(UpstreamListener.Reset.CLOSED, "upstream_connection_closed");
    }

    /**
     * A reset by the host, which ends no body properly (RFC 9112 section 8). When it is a write that has failed, an
     * answer may have come before the reset and lie unread in the socket: a host that refuses an upload often answers
     * and closes without reading the rest (section 9.6). It is read to its end, whether the client keeps up or not, as
     * a dead socket wakes the worker without pause until then; channelInactive tells the listener what is missing.
     * After a failed read the transport closes by itself.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken = true;
        if (!(cause instanceof IOException)) {
            LOG.error("the connection to {} failed on an error of Weir's own; it is closed",
                    pool.host().addressText(), cause);
            close();
        } else if (listener == null) {
            context.close();
        } else {
            context.channel().config().setAutoRead(true);
        }
    }
}
