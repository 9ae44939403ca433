package io.weir.net.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.weir.core.model.AddressText;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind the library's handler on a secured connection: tells its owner how the handshake went, and from then on
 * who reads the connection of its end in the way in which plain ones tell it. Belongs to the connection's worker.
 */
abstract class Handshake extends ChannelDuplexHandler {
    private boolean over;
    private boolean secured;
    private boolean inputEnded;
    private boolean closing;

    /**
     * The connection is secured; what it brings may be read when this returns.
     *
     * @return false: it is not gone on with all the same, and has been closed
     */
    abstract boolean secured(Channel channel);

    /** It could not be secured, and is to be closed. */
    abstract void failed(Channel channel, Throwable cause);

    /** An end of a connection, for people. */
    static String text(@Nullable SocketAddress end) {
        return end == null ? "somebody" : AddressText.of(end);
    }

    /** A secured connection has broken; who reads it hears of it next. */
    void broken(Channel channel, Throwable cause) {
        // most know no more than their owners
    }

    boolean over() {
        return over;
    }

    /** Whether it is this side that ends the connection: what then becomes of a handshake says nothing of the other. */
    boolean closing() {
        return closing;
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        closing = true;
        context.close(promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case SslHandshakeCompletionEvent done -> completed(context, done);
            case SslCloseCompletionEvent closed -> {
                if (secured && closed.isSuccess()) {
                    inputEnds(context);
                }
            }
            case ChannelInputShutdownEvent _ -> {
                if (secured) {
                    inputEnds(context);
                } else {
                    fails(context.channel(), new ClosedChannelException());
                }
            }
            default -> context.fireUserEventTriggered(event);
        }
    }

    /** Handlers added when the connection is secured see it become active, as those of a plain one do. */
    private void completed(ChannelHandlerContext context, SslHandshakeCompletionEvent done) {
        if (over) {
            return;
        }
        Channel channel = context.channel();
        if (done.isSuccess()) {
            over = true;
            secured = true; // for what happens meanwhile
            secured = secured(channel);
            if (!secured) {
                context.pipeline().addAfter(context.name(), null, new Deaf());
            } else if (channel.isActive()) {
                context.fireChannelActive();
            }
        } else {
            fails(channel, done.cause());
        }
    }

    /** What has come in the same packets as the end of a handshake that is not gone on with is nobody's. */
    private static final class Deaf extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    /** It is not gone on with. */
    final void refuse(Channel channel, Throwable cause) {
        fails(channel, cause);
    }

    private void fails(Channel channel, Throwable cause) {
        if (!over) {
            over = true;
            failed(channel, cause);
        }
    }

    /** The alert and the FIN behind it are one end. Who does not live on without the other direction is closed. */
    private void inputEnds(ChannelHandlerContext context) {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        if (Boolean.TRUE.equals(context.channel().config().getOption(ChannelOption.ALLOW_HALF_CLOSURE))) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable real = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (secured) {
            broken(context.channel(), real);
            context.fireExceptionCaught(real);
        } else {
            fails(context.channel(), real);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (secured) {
            context.fireChannelInactive();
        } else {
            fails(context.channel(), new ClosedChannelException());
        }
    }
}
