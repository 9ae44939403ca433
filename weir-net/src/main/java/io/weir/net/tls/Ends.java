package io.weir.net.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;

/** How connections end, secured or not. On the connection's worker. */
public final class Ends {
    private Ends() {}

    /**
     * Says that nothing more is sent, behind all that has been: by FIN, and where the connection is secured by an alert
     * before it (close_notify, RFC 8446 section 6.1), without which the other side could not tell an end from a cut.
     */
    public static ChannelFuture shutdownOutput(Channel channel) {
        DuplexChannel duplex = (DuplexChannel) channel;
        SslHandler tls = TlsSession.of(channel) == null ? null : channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return duplex.shutdownOutput();
        }
        ChannelPromise done = channel.newPromise();
        tls.closeOutbound().addListener(_ -> duplex.shutdownOutput(done));
        return done;
    }

    /**
     * Breaks the connection: by a reset where there can be one, and without the alert that would say that all has been
     * said.
     */
    public static void reset(Channel channel) {
        if (channel instanceof SocketChannel && channel.isActive()) {
            try {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            } catch (ChannelException e) {
                // closed meanwhile: there is nothing left to break
            }
        }
        ChannelHandlerContext tls = TlsSession.of(channel) == null
                ? null
                : channel.pipeline().context(SslHandler.class);
        if (tls == null) {
            channel.close();
        } else {
            tls.close();
        }
    }
}
