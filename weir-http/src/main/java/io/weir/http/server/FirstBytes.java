package io.weir.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.http.h2.Preface;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * A connection of which nobody knows yet what it speaks: who begins with HTTP/2's preface (RFC 9113 section 3.4) speaks
 * that, any other client HTTP/1. It makes way for the one that it finds, with the bytes that it has seen; so the others
 * never ask, and a connection that says nothing costs little.
 */
final class FirstBytes extends ClientChannel implements ClientConnection {
    private final ConnectionTimer timer;
    private @Nullable ByteBuf begun;

    FirstBytes(HttpServer server, Worker worker, Channel channel, long connectionId, long openedNanos) {
        super(server, worker, channel, connectionId);
        this.timer = new ConnectionTimer(this, server.spec().timeouts(), openedNanos);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        var before = begun;
        if (before != null) {
            begun = null;
            bytes = before.writeBytes(bytes);
            ((ByteBuf) message).release();
        }
        int same = Preface.begun(bytes);
        if (same < bytes.readableBytes() || same == Preface.BYTES) {
            makeWay(context, same == Preface.BYTES, bytes);
            return;
        }
        // Rare enough to be copied: a preface that comes in pieces.
        var room = channel.alloc().directBuffer(Preface.BYTES + bytes.readableBytes());
        begun = room.writeBytes(bytes);
        bytes.release();
        if (before == null) {
            timer.headBegins();
        }
    }

    private void makeWay(ChannelHandlerContext context, boolean http2, ByteBuf bytes) {
        if (server.sheds(worker, channel)) {
            bytes.release();
            return;
        }
        timer.cancel();
        server.speaks(this, channel, http2);
        context.fireChannelRead(bytes);
        context.pipeline().remove(this);
    }

    /** The client has sent all that it will: too little to be HTTP/2. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            var bytes = begun;
            begun = null;
            timer.cancel();
            server.speaks(this, channel, false);
            if (bytes != null) {
                context.fireChannelRead(bytes);
            }
            context.fireUserEventTriggered(event);
            context.pipeline().remove(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        timer.cancel();
        var bytes = begun;
        if (bytes != null) {
            begun = null;
            bytes.release();
        }
        server.closed(this, timer.openedNanos());
    }

    long openedNanos() {
        return timer.openedNanos();
    }

    @Override
    public boolean idle() {
        return begun == null;
    }

    @Override
    public long idleSinceNanos() {
        return timer.idleSinceNanos();
    }

    @Override
    public boolean inHead() {
        return begun != null;
    }

    @Override
    public boolean closing() {
        return false;
    }

    @Override
    public void closeIdle() {
        channel.close();
    }

    @Override
    public void headTimedOut() {
        server.stats().rqHeaderTimeout.increment();
        channel.close();
    }

    @Override
    public void idleTimedOut(boolean old) {
        (old ? server.stats().cxMaxDurationReached : server.stats().cxIdleTimeout).increment();
        channel.close();
    }

    @Override
    public void outlived() {
        channel.close();
    }

    @Override
    public void cut() {
        channel.close();
    }
}
