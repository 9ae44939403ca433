package io.weir.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.drain.Turns;
import io.weir.core.tls.TlsFacts;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.codec.Tunnels;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Reset;
import io.weir.http.h2.Http2Stream;
import io.weir.http.h2.Http2StreamListener;
import io.weir.http.proxy.Downstream;
import io.weir.http.proxy.EarlyEnd;
import io.weir.http.proxy.Exchange;
import io.weir.http.proxy.Heads;
import io.weir.http.upstream.ClientPools;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.Worker;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP/2 connection, and the exchange that serves it. The stream is let go of when the exchange has
 * ended, or when it is reset before one began; then this object waits for the connection's next request.
 */
final class ClientStream implements Downstream, Http2StreamListener, Burden {
    private static final int CONTINUE = 100;
    private static final int SWITCHING = 101;
    private static final int OK = 200;

    private final Http2Connection connection;
    private final Exchange exchange;
    private @Nullable Http2Stream stream;
    private @Nullable HttpHead head;
    private @Nullable HttpHead trailers;
    /** The exchange has the request, and has not ended. */
    private boolean serving;
    private boolean continueOwed;
    /** The request has opened a tunnel. */
    private boolean tunnel;
    private long tunnelBeganNanos;
    /** The client's side of the tunnel had ended before it was opened, with the head. */
    private boolean tunnelEndOwed;

    ClientStream(Http2Connection connection) {
        this.connection = connection;
        this.exchange = connection.server.exchange(null, this, connection.memory);
    }

    void begin(Http2Stream opened) {
        stream = opened;
        serving = false;
        continueOwed = false;
        tunnel = false;
        tunnelEndOwed = false;
    }

    /** The request came by HTTP/1.1. */
    void upgraded(HttpHead request) {
        head = request;
        streamHead(request, true);
        streamReadEnd();
        flush();
    }

    // ---- the client's side ----

    @Override
    public HttpHead headRoom() {
        var room = Heads.of(worker()).take();
        head = room;
        return room;
    }

    @Override
    public HttpHead trailersRoom() {
        var room = Heads.of(worker()).take();
        trailers = room;
        return room;
    }

    @Override
    public void streamHead(HttpHead request, boolean last) {
        connection.requestBegins();
        serving = true;
        continueOwed = request.expectContinue() && !last && !request.tunnel();
        tunnelEndOwed = last && request.tunnel();
        Tunnels.fromHttp2(request);
        exchange.begin(request, last || request.tunnel()); // what follows a request for a tunnel is no part of it
    }

    @Override
    public void streamRefused(HttpHead request, int status, String details) {
        serving = true;
        exchange.reject(request, status, details);
    }

    @Override
    public void streamData(ByteBuf data, boolean last) {
        exchange.requestData(data, last);
    }

    @Override
    public void streamTrailers(HttpHead last) {
        exchange.requestTrailers(last);
    }

    @Override
    public void streamReset(Http2Reset why, Http2Error code, String details) {
        if (!serving) {
            letGo();
        } else if (connection.drained()) {
            exchange.giveUp(EarlyEnd.DRAINED);
        } else {
            exchange.downstreamClosed();
        }
    }

    @Override
    public void streamWritable() {
        exchange.downstreamWritable();
    }

    @Override
    public void streamReadEnd() {
        exchange.requestReadEnd();
    }

    /** Whether other routes or filters hold by now than when it was made. */
    boolean outdated() {
        return !connection.server.serves(exchange);
    }

    /** No request comes any more: what is armed for the exchange goes. */
    void retire() {
        exchange.downstreamClosed();
    }

    /** Since when it is a tunnel, if it is one. */
    long tunnelBeganNanos() {
        return tunnelBeganNanos;
    }

    /** Ends the tunnel that it is, whatever is under way in it. */
    void drained() {
        exchange.giveUp(EarlyEnd.DRAINED);
    }

    /** Whether it is an answer that may have no end, and whose turn to end has come. */
    boolean due(Turns turns, long nowNanos) {
        return !tunnel && exchange.due(turns, nowNanos);
    }

    @Override
    public long heldBytes() {
        var one = stream;
        return exchange.heldBytes() + (one == null ? 0 : one.heldBytes());
    }

    @Override
    public boolean drop() {
        boolean active = exchange.active();
        exchange.giveUp(EarlyEnd.OVERLOADED);
        return active;
    }

    private void letGo() {
        serving = false;
        if (tunnel) {
            tunnel = false;
            connection.tunnelEnded(this);
        }
        var one = stream;
        stream = null;
        if (one != null) {
            one.detach();
        }
        if (head != null) {
            Heads.of(worker()).giveBack(head);
            head = null;
        }
        if (trailers != null) {
            Heads.of(worker()).giveBack(trailers);
            trailers = null;
        }
        connection.giveBack(this);
    }

    // ---- the exchange's side ----

    @Override
    public void readable(boolean wanted) {
        var one = stream;
        if (one == null) {
            return;
        }
        if (wanted && continueOwed) {
            continueOwed = false;
            var interim = Heads.of(worker()).take();
            interim.status(CONTINUE);
            one.response(interim, false);
            Heads.of(worker()).giveBack(interim);
            connection.session().flush();
        }
        if (wanted && tunnelEndOwed) {
            tunnelEndOwed = false;
            exchange.requestData(Unpooled.EMPTY_BUFFER, true);
            exchange.requestReadEnd();
            return;
        }
        one.readable(wanted);
    }

    @Override
    public void interim(HttpHead interim) {
        var one = stream;
        if (one != null) {
            interim.framing(Framing.NONE, -1);
            one.response(interim, false);
        }
    }

    @Override
    public void head(HttpHead response, boolean last) {
        continueOwed = false;
        var request = head;
        if (request != null && !last && Tunnels.opens(request, response)) {
            opening(response);
            return;
        }
        if (response.framing() == Framing.UNTIL_CLOSE) {
            response.framing(Framing.CHUNKED, -1); // of no known length: END_STREAM ends it
        }
        var one = stream;
        if (one != null) {
            one.response(response, last);
        }
    }

    private void opening(HttpHead response) {
        tunnel = true;
        tunnelBeganNanos = worker().nowNanos();
        connection.tunnelBegan(this);
        response.framing(Framing.NONE, -1);
        response.remove(HeaderName.CONTENT_LENGTH);
        response.remove(HeaderName.SEC_WEBSOCKET_ACCEPT); // of HTTP/1.1 alone, as 101 is (RFC 8441 section 5)
        int status = response.status();
        response.status(status == SWITCHING ? OK : status);
        var one = stream;
        if (one != null) {
            one.response(response, false);
        }
        response.status(status); // which logs tell
    }

    @Override
    public void data(ByteBuf data, boolean last) {
        var one = stream;
        if (one == null) {
            data.release();
        } else {
            one.data(data, last);
        }
    }

    @Override
    public void trailers(HttpHead last) {
        var one = stream;
        if (one != null) {
            one.trailers(last);
        }
    }

    @Override
    public void flush() {
        connection.session().flush();
    }

    @Override
    public boolean writable() {
        var one = stream;
        return one == null || one.writable();
    }

    @Override
    public void cut() {
        var one = stream;
        stream = null;
        if (one != null) {
            one.reset(tunnel ? Http2Error.CONNECT_ERROR : Http2Error.INTERNAL_ERROR); // RFC 9113 section 8.5
        }
    }

    @Override
    public void ended() {
        letGo();
    }

    @Override
    public Worker worker() {
        return connection.worker();
    }

    @Override
    public SocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public SocketAddress directRemoteAddress() {
        return connection.directRemoteAddress();
    }

    @Override
    public @Nullable Greeting greeting() {
        return connection.greeting();
    }

    @Override
    public @Nullable TlsFacts tls() {
        return connection.tls();
    }

    @Override
    public ClientPools pools() {
        return connection.pools();
    }

    @Override
    public SocketAddress localAddress() {
        return connection.localAddress();
    }

    @Override
    public long connectionId() {
        return connection.connectionId();
    }

    @Override
    public String protocol() {
        return "HTTP/2";
    }
}
