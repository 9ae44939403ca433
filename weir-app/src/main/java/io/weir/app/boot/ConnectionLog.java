package io.weir.app.boot;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.weir.core.model.AddressText;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.TlsServer;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.Worker;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.ResponseFlag;
import io.weir.stream.client.ChannelRecord;
import io.weir.stream.client.Refusal;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One connection as the access log of its listener tells of it: {@code Listener.access_log}, a line at its end,
 * whatever was spoken on it. Stands in the pipeline only where there is such a log. Belongs to the connection's worker.
 */
final class ConnectionLog extends ChannelDuplexHandler implements ChannelRecord {
    private final Worker worker;
    private final long startNanos;
    private final long startEpochMicros;
    private final Channel channel;
    private final @Nullable SocketAddress direct;
    private final @Nullable SocketAddress reached;
    private long flags;
    private long received;
    private long sent;

    private ConnectionLog(Worker worker, Channel channel) {
        this.worker = worker;
        this.startNanos = worker.nowNanos();
        this.startEpochMicros = System.currentTimeMillis() * 1000;
        this.channel = channel;
        // a closed channel no longer knows them
        this.direct = channel.remoteAddress();
        this.reached = channel.localAddress();
    }

    /** Has the line say so, if there is one. */
    static void flag(Channel channel, ResponseFlag flag) {
        ConnectionLog line = channel.pipeline().get(ConnectionLog.class);
        if (line != null) {
            line.flags |= flag.bit();
        }
    }

    /** Follows this connection to its end, if the log is one that anybody reads. */
    static void follow(AccessLog log, Worker worker, Channel channel) {
        if (!log.equals(AccessLog.none())) {
            ConnectionLog line = new ConnectionLog(worker, channel);
            channel.pipeline().addFirst(line);
            channel.closeFuture().addListener(_ -> log.log(line));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        received += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        super.channelRead(context, message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        sent += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        super.write(context, message, promise);
    }

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public long startEpochMicros() {
        return startEpochMicros;
    }

    @Override
    public long durationNanos() {
        return worker.nowNanos() - startNanos;
    }

    @Override
    public long bytesReceived() {
        return received;
    }

    @Override
    public long bytesSent() {
        return sent;
    }

    @Override
    public long flags() {
        return flags | Refusal.flags(channel);
    }

    @Override
    public @Nullable String downstreamRemoteAddress() {
        return text(Greeting.remoteAddress(channel), direct);
    }

    @Override
    public @Nullable String downstreamDirectRemoteAddress() {
        return text(null, direct);
    }

    @Override
    public @Nullable String downstreamLocalAddress() {
        return text(OriginalDestination.localAddress(channel), reached);
    }

    private static @Nullable String text(@Nullable SocketAddress told, @Nullable SocketAddress seen) {
        SocketAddress address = told == null ? seen : told;
        return address == null ? null : AddressText.of(address);
    }

    @Override
    public @Nullable String downstreamTransportFailureReason() {
        return TlsServer.failure(channel);
    }

    /** Unknown: whoever serves the connection numbers it. */
    @Override
    public long connectionId() {
        return -1;
    }
}
