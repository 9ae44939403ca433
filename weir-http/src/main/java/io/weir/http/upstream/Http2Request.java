package io.weir.http.upstream;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Reset;
import io.weir.http.h2.Http2Stream;
import io.weir.http.h2.Http2StreamListener;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One request on a stream of an HTTP/2 connection. Serves one after another: it goes back to its connection when its
 * listener has heard everything, the end of the read at hand too.
 */
final class Http2Request implements UpstreamStream, Http2StreamListener {
    /** Weir speaks to hosts without TLS; a head that came by HTTP/2 tells its own. */
    private static final String SCHEME = "http";

    private final Http2Upstream connection;
    private final HttpHead head = new HttpHead();
    private @Nullable HttpHead trailers;
    private @Nullable Http2Stream stream;
    private @Nullable UpstreamListener listener;
    /** Who has heard the last of its response, and still waits for the end of the read. */
    private @Nullable UpstreamListener ended;
    private boolean responseStarted;
    private boolean wanted;

    Http2Request(Http2Upstream connection) {
        this.connection = connection;
    }

    void begin(UpstreamListener one, Http2Stream carrier) {
        listener = one;
        stream = carrier;
        ended = null;
        responseStarted = false;
        wanted = true;
    }

    // ---- the request ----

    @Override
    public void head(HttpHead request, boolean last) {
        var open = stream;
        if (open != null) {
            open.request(request, SCHEME, last);
        }
    }

    @Override
    public void data(ByteBuf data, boolean last) {
        var open = stream;
        if (open == null) {
            data.release();
        } else {
            open.data(data, last);
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
    public @Nullable SocketAddress localAddress() {
        return connection.localAddress();
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
        if (last) {
            last(one);
        }
        one.upstreamHead(message, last);
        if (last) {
            over();
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
