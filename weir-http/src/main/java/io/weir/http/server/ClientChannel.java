package io.weir.http.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weir.core.tls.TlsFacts;
import io.weir.http.filter.ConnectionMemory;
import io.weir.http.upstream.ClientPools;
import io.weir.http.upstream.Unwritten;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.TlsSession;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.Worker;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What every client's connection has, whichever version of HTTP it speaks. */
abstract class ClientChannel extends ChannelInboundHandlerAdapter {
    final HttpServer server;
    final Worker worker;
    final Channel channel;
    final long connectionId;
    final @Nullable TlsFacts tls;
    final ConnectionMemory memory;
    private final ClientPools pools;

    ClientChannel(HttpServer server, Worker worker, Channel channel, long connectionId) {
        this.server = server;
        this.worker = worker;
        this.channel = channel;
        this.tls = TlsSession.of(channel);
        this.connectionId = connectionId;
        this.memory = new ConnectionMemory(Greeting.left(channel));
        this.pools = new ClientPools(worker, channel);
    }

    /** A reset by the client, or a bug; either way who is served hears of it through channelInactive. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        server.failed(channel, cause);
    }

    /** Whether the socket is read. */
    void reading(boolean on) {
        if (channel.config().isAutoRead() != on) {
            channel.config().setAutoRead(on);
        }
    }

    public HttpServer server() {
        return server;
    }

    public long unwrittenBytes() {
        return Unwritten.bytes(channel);
    }

    public Worker worker() {
        return worker;
    }

    public SocketAddress remoteAddress() {
        return Greeting.remoteAddress(channel);
    }

    public SocketAddress directRemoteAddress() {
        return channel.remoteAddress();
    }

    public @Nullable Greeting greeting() {
        return Greeting.of(channel);
    }

    public SocketAddress localAddress() {
        return OriginalDestination.localAddress(channel);
    }

    /** Where its requests find connections to hosts. */
    public ClientPools pools() {
        return pools;
    }

    /** What is known of the connection where TLS secures it; null: it is plain. */
    public @Nullable TlsFacts tls() {
        return tls;
    }

    public long connectionId() {
        return connectionId;
    }
}
