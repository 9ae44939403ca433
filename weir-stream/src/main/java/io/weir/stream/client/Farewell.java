package io.weir.stream.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.weir.net.transport.Worker;
import java.util.concurrent.TimeUnit;

/** Ends connections that are refused, a while later where who comes again at once is to be slowed down. Any worker. */
public final class Farewell {
    private static final Quiet QUIET = new Quiet();

    private Farewell() {}

    /** The connection is nobody else's any more; 0 closes it at once. */
    public static void after(Worker worker, Channel channel, long delayNanos) {
        if (delayNanos == 0) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(QUIET);
        worker.loop().schedule(() -> channel.close(), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Nobody hears what still comes; a client that resets or ends is gone before its time. */
    @ChannelHandler.Sharable
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            // nothing was read for anybody
        }

        /** The end of the client's half is one. */
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
