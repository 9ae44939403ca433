package io.weir.stream.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.TlsSession;
import io.weir.core.tls.TlsFacts;
import io.weir.net.tls.Ends;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.SendProgress;
import io.weir.observe.log.ResponseFlag;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the two connections of a {@link Session}. What it reads it writes to its peer, and it stops reading while the
 * peer has too much left to send: so a session holds at most the peer's high water mark and the reads of one turn.
 */
final class Side extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Side.class);

    private final Session session;
    private final boolean downstream;
    private @Nullable Channel channel;
    private @Nullable Side peer;
    private long bytesRead;
    private int bytesUncounted;
    private boolean paused;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean closed;
    private boolean closedByUs;
    private boolean broken;

    Side(Session session, boolean downstream) {
        this.session = session;
        this.downstream = downstream;
    }

    void channel(Channel owned) {
        channel = owned;
    }

    Channel channel() {
        Channel present = channel;
        if (present == null) {
            throw new IllegalStateException("a side without a channel");
        }
        return present;
    }

    boolean downstream() {
        return downstream;
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Its peer is known now: what is read goes there. */
    void join(Side other) {
        peer = other;
    }

    /** The other end has sent its FIN. */
    boolean inputEnded() {
        return inputEnded;
    }

    /** Whether it is read from, and has not ended. */
    boolean maySpeak() {
        return !paused && !inputEnded;
    }

    /** Our FIN has been sent. */
    boolean outputEnded() {
        return outputEnded;
    }

    boolean closed() {
        return closed;
    }

    boolean closedByUs() {
        return closedByUs;
    }

    /** Ended by an error, most often a reset, instead of a FIN. */
    boolean broken() {
        return broken;
    }

    /** What the log has for one that is {@link #broken}. */
    ResponseFlag breach() {
        return downstream ? ResponseFlag.DR : tlsFailure() == null ? ResponseFlag.UR : ResponseFlag.UC;
    }

    /** Bytes that wait to be sent on this side. Any thread. */
    long bytesPending() {
        Channel present = channel;
        ChannelOutboundBuffer buffer = present == null ? null : present.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    long sinceSentNanos() {
        return closed || channel == null ? Long.MAX_VALUE : SendProgress.sinceSentNanos(channel);
    }

    @Nullable
    SocketAddress localAddress() {
        return channel == null ? null : OriginalDestination.localAddress(channel);
    }

    /** What is known of the connection, where it is secured. */
    @Nullable
    TlsFacts tls() {
        return channel == null ? null : TlsSession.of(channel);
    }

    /** What has broken its TLS; null: nothing has. */
    @Nullable
    String tlsFailure() {
        TlsSession session = channel == null ? null : TlsSession.of(channel);
        return session == null ? null : session.failure();
    }

    @Nullable
    SocketAddress remoteAddress() {
        return channel == null ? null : Greeting.remoteAddress(channel);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        Side to = peer;
        int size = bytes.readableBytes();
        bytesRead += size;
        bytesUncounted += size;
        if (to == null) {
            session.early(bytes);
        } else if (to.closed || to.outputEnded) {
            bytes.release();
        } else {
            Channel out = to.channel();
            out.write(bytes, out.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (bytesUncounted > 0) {
            session.moved(this, bytesUncounted);
            bytesUncounted = 0;
        }
        Side to = peer;
        if (to == null || to.closed || to.outputEnded) {
            return;
        }
        Channel out = to.channel();
        out.flush();
        if (!paused && !out.isWritable()) {
            pause();
        }
    }

    /** This side can take more, or can take no more for now. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Side from = peer;
        if (from != null && from.paused && ctx.channel().isWritable()) {
            from.resume();
        }
    }

    private void pause() {
        paused = true;
        channel().config().setAutoRead(false);
        session.paused(this);
    }

    private void resume() {
        paused = false;
        session.resumed(this);
        if (!inputEnded && !closed && !closedByUs) {
            channel().config().setAutoRead(true);
        }
    }

    /** Both sides stand: reading begins, unless what came early already fills the other side. */
    void start() {
        if (inputEnded || closed) {
            return;
        }
        Side to = peer;
        if (to != null && !to.channel().isWritable()) {
            pause();
        } else {
            channel().config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            Side to = peer;
            if (to != null) {
                to.finishOutput();
            }
        }
    }

    /** Sends FIN once everything before it is sent. */
    void finishOutput() {
        if (closed || outputEnded) {
            return;
        }
        // Netty fails what is still queued when the output is shut down; the empty buffer's turn comes after all else.
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (!sent.isSuccess() || closed) {
                return;
            }
            outputEnded = true;
            Ends.shutdownOutput(channel()).addListener(done -> {
                if (!done.isSuccess()) {
                    closeNow();
                }
            });
            session.outputEnded();
        });
    }

    /** Closes once everything written is sent; takes nothing more from the other end. */
    void closeFlushed() {
        if (closed || closedByUs) {
            return;
        }
        closedByUs = true;
        channel().config().setAutoRead(false);
        if (outputEnded) {
            channel().close();
        } else {
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /**
     * As {@link #closeFlushed}, but ends with a reset: the other side had one, so something of the stream may be lost,
     * and a FIN would say that it is whole (RFC 9293 section 3.6 has FIN mean "I have no more data to send"). What has
     * been read of the other side is still handed to the kernel first.
     */
    void resetFlushed() {
        if (closed || closedByUs) {
            return;
        }
        closedByUs = true;
        channel().config().setAutoRead(false);
        if (outputEnded) {
            resetNow();
        } else {
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> resetNow());
        }
    }

    private void resetNow() {
        Ends.reset(channel());
    }

    void closeNow() {
        if (!closed && channel != null) {
            closedByUs = true;
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!closed) {
            closed = true;
            session.closed(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ClosedChannelException) {
            return; // a write that came after the end
        }
        if (cause instanceof IOException) {
            broken = true;
        } else {
            LOG.warn("a TCP connection is closed by an error", cause);
        }
        ctx.close();
    }
}
