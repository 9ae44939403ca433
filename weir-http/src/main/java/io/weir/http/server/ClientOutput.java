package io.weir.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.Http1Output;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.codec.Tunnels;
import io.weir.http.codec.WebSocketKey;
import io.weir.net.tls.Ends;
import io.weir.net.transport.Worker;
import java.nio.charset.StandardCharsets;

/** What a client's HTTP/1.1 connection writes, and what becomes of the connection behind that. On its worker. */
final class ClientOutput {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final Http1Output output = new Http1Output();
    private final HttpServer server;
    private final Worker worker;
    private final Channel channel;
    private boolean closes;
    private boolean finishes;

    ClientOutput(HttpServer server, Worker worker, Channel channel) {
        this.server = server;
        this.worker = worker;
        this.channel = channel;
    }

    void raw(byte[] message) {
        output.raw(channel, message);
    }

    /** The client may send its body. */
    void goOn() {
        raw(CONTINUE);
    }

    void response(HttpHead head) {
        output.response(channel, head);
    }

    /** The answer behind which the tunnel begins that the request asks for. */
    void opening(HttpHead request, HttpHead response) {
        response.framing(Framing.NONE, -1);
        response.remove(HeaderName.CONTENT_LENGTH); // no bytes are content from here on (RFC 9110 section 9.3.6)
        if (!request.methodIs("CONNECT")) {
            Tunnels.connection(response, request.protocol());
            String key = request.value(HeaderName.SEC_WEBSOCKET_KEY);
            if (key != null && Tunnels.webSocket(request) && !response.has(HeaderName.SEC_WEBSOCKET_ACCEPT)) {
                // The host speaks HTTP/2, where nobody shows that (RFC 8441 section 5).
                response.add(HeaderName.SEC_WEBSOCKET_ACCEPT, WebSocketKey.accept(key));
            }
        }
        output.response(channel, response);
    }

    void data(ByteBuf data, boolean last) {
        output.data(channel, data, last);
    }

    void trailers(HttpHead trailers) {
        output.trailers(channel, trailers);
    }

    /** The connection closes when all of it has gone out. */
    void closeBehind() {
        closes = true;
    }

    /** Our direction of a tunnel ends when all of it has gone out. */
    void finishBehind() {
        finishes = true;
    }

    void flush() {
        if (output.waiting()) {
            server.stats().cxTxBytes.add(output.flush(channel));
        }
        if (closes) {
            closes = false;
            finishes = false;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> Linger.close(channel, worker, server.spec()));
        } else if (finishes && channel instanceof DuplexChannel) {
            finishes = false;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> Ends.shutdownOutput(channel));
        }
    }

    /**
     * Closes at once.
     *
     * @param reset
     *            where a mere end would look like a proper one
     */
    void cut(boolean reset) {
        closes = false;
        finishes = false;
        if (output.waiting()) {
            output.flush(channel);
        }
        if (reset) {
            Ends.reset(channel);
        } else {
            channel.close();
        }
    }

    void discard() {
        output.discard();
    }
}
