package io.weir.http.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadCopy;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.Tunnels;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Reset;
import io.weir.http.h2.Http2Stream;
import io.weir.http.h2.Http2StreamListener;
import org.jspecify.annotations.Nullable;

/**
 * One request on a stream of an HTTP/2 connection. Serves one after another: it goes back to its connection when its
 * listener has heard everything, the end of the read at hand too.
 */
final class Http2Request implements UpstreamStream, Http2StreamListener {
    /** Weir speaks to hosts without TLS; a head that came by HTTP/2 tells its own. */
    private static final String SCHEME = "http";
    private static final int SWITCHING = 101;

    private final Http2Upstream connection;
    private final HttpHead head = new HttpHead();
    private @Nullable HttpHead trailers;
    private @Nullable Http2Stream stream;
    private @Nullable UpstreamListener listener;
    /** Who has heard the last of its response, and still waits for the end of the read. */
    private @Nullable UpstreamListener ended;
    private boolean responseStarted;
    private boolean wanted;
    /** What an upgrade asks for; empty for all other requests. */
    private String upgrade = "";
    private boolean tunnel;
    private boolean requestEnded;
    private boolean responseEnded;

    Http2Request(Http2Upstream connection) {
        this.connection = connection;
    }

    void begin(UpstreamListener one, Http2Stream carrier) {
        listener = one;
        stream = carrier;
        ended = null;
        responseStarted = false;
        wanted = true;
        upgrade = "";
        tunnel = false;
        requestEnded = false;
        responseEnded = false;
    }

    // ---- the request ----

    @Override
    public void head(HttpHead request, boolean last) {
        var open = stream;
        if (open == null) {
            return;
        }
        upgrade = request.upgrade() ? request.protocol() : "";
        if (upgrade.isEmpty()) {
            open.request(request, SCHEME, last && !request.tunnel());
        } else if (request.methodIs("GET") && connection.session().extendedConnect()) {
            var copy = new HttpHead();
            HeadCopy.request(request, copy);
            Tunnels.toHttp2(copy);
            open.request(copy, SCHEME, false);
        } else {
            // The listener is in the midst of something, and hears of it behind that.
            connection.pool().worker().loop().execute(() -> refused(open));
        }
    }

    /** The host takes no upgrades, or none of this method, which an extended CONNECT has no place for (RFC 8441). */
    private void refused(Http2Stream meant) {
        var one = listener;
        if (stream == meant && one != null && meant.id() == 0) {
            cancel();
            one.upstreamReset(UpstreamListener.Reset.PROTOCOL, false, "http2.extended_connect_not_supported");
        }
    }

    @Override
    public void data(ByteBuf data, boolean last) {
        var open = stream;
        if (open == null) {
            data.release();
            return;
        }
        open.data(data, last);
        requestEnded |= last;
        if (last && responseEnded) {
            listener = null;
            over();
            connection.giveBack(this);
        }
    }

    @Override
    public void trailers(HttpHead fields) {
        var open = stream;
        if (open != null) {
            open.trailers(fields);
        }
    }

    @Override
    public void flush() {
        connection.session().flush();
    }

    @Override
    public boolean writable() {
        var open = stream;
        return open == null || open.writable();
    }

    @Override
    public void readable(boolean now) {
        var open = stream;
        if (open != null && wanted != now) {
            wanted = now;
            var stats = connection.pool().stats();
            (now
                    ? stats.upstreamFlowControlResumedReadingTotal()
                    : stats.upstreamFlowControlPausedReadingTotal()).increment();
            open.readable(now);
        }
    }

    @Override
    public long heldBytes() {
        var open = stream;
        return open == null ? 0 : open.heldBytes();
    }

    @Override
    public void cancel() {
        var open = stream;
        if (open == null || listener == null) {
            return; // the response has ended: the stream is not this request's any more
        }
        listener = null;
        stream = null;
        connection.pool().stats().upstreamRqTxReset().increment();
        open.reset(Http2Error.CANCEL);
        connection.giveBack(this);
    }

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public @Nullable Channel connection() {
        return connection.connection();
    }

    // ---- the response ----

    @Override
    public HttpHead headRoom() {
        return head;
    }

    @Override
    public HttpHead trailersRoom() {
        var room = trailers;
        if (room == null) {
            room = new HttpHead();
            trailers = room;
        }
        return room;
    }

    @Override
    public void streamHead(HttpHead message, boolean last) {
        var one = listener;
        var open = stream;
        responseStarted = true;
        if (one == null) {
            return;
        }
        if (message.status() < 200) {
            if (message.status() != 100) {
                one.upstreamInterim(message);
            }
            return;
        }
        if (message.status() / 100 == 2 && open != null && open.tunnel()) {
            opened(one, message, last);
            return;
        }
        if (last) {
            last(one);
        }
        one.upstreamHead(message, last);
        if (last) {
            over();
        }
    }

    private void opened(UpstreamListener one, HttpHead message, boolean last) {
        var open = stream;
        tunnel = true;
        if (!upgrade.isEmpty()) {
            message.status(SWITCHING);
        }
        one.upstreamHead(message, false);
        if (last && stream == open) {
            streamData(Unpooled.EMPTY_BUFFER, true);
        }
    }

    @Override
    public void streamRefused(HttpHead message, int status, String details) {
        throw new IllegalStateException("only a server refuses heads");
    }

    @Override
    public void streamData(ByteBuf data, boolean last) {
        var one = listener;
        if (one == null) {
            data.release();
            return;
        }
        if (tunnel && !requestEnded) { // the other direction lives on
            responseEnded = last;
            one.upstreamData(data, last);
            return;
        }
        if (last) {
            last(one);
        }
        one.upstreamData(data, last);
        if (last) {
            over();
        }
    }

    @Override
    public void streamTrailers(HttpHead fields) {
        var one = listener;
        if (one != null) {
            last(one);
            one.upstreamTrailers(fields);
            over();
        }
    }

    /** What follows is the last that the listener hears but for the end of the read. */
    private void last(UpstreamListener one) {
        listener = null;
        ended = one;
    }

    /** The response has been handed over: the stream is let go, where the request is incomplete with a reset. */
    private void over() {
        var open = stream;
        stream = null;
        if (open != null) {
            open.detach();
        }
    }

    @Override
    public void streamReset(Http2Reset why, Http2Error code, String details) {
        var one = listener;
        var open = stream;
        listener = null;
        stream = null;
        connection.lostOne();
        if (open != null) {
            open.detach();
        }
        if (one != null) {
            var stats = connection.pool().stats();
            (why == Http2Reset.PROTOCOL ? stats.upstreamRqTxReset() : stats.upstreamRqRxReset()).increment();
            one.upstreamReset(switch (why) {
                case REFUSED -> UpstreamListener.Reset.REFUSED;
                case PEER -> UpstreamListener.Reset.REMOTE;
                case CLOSED, FLUSH_TIMEOUT -> UpstreamListener.Reset.CLOSED;
                case PROTOCOL -> UpstreamListener.Reset.PROTOCOL;
            }, responseStarted, details);
        }
        connection.giveBack(this);
    }

    @Override
    public void streamWritable() {
        var one = listener;
        if (one != null) {
            one.upstreamWritable();
        }
    }

    @Override
    public void streamReadEnd() {
        var before = ended;
        if (before != null) {
            ended = null;
            before.upstreamReadEnd();
            connection.giveBack(this);
            return;
        }
        var one = listener;
        if (one != null) {
            one.upstreamReadEnd();
        }
    }
}
