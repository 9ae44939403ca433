package io.weir.stream.answer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.core.drain.Turns;
import io.weir.core.drain.Drainable;
import io.weir.net.tls.Ends;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves connections without a host. Any worker. */
public final class Answers implements Acceptor, Drainable {
    /** How its connections read and write. */
    public static final ChannelSettings SETTINGS = ChannelSettings.STREAM;

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    /** How long a client that has its answer may take to end its side: as long as HTTP's delayed close. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AnswerSpec spec;
    /** Since when they are open. */
    private final Map<Channel, Long> open = new ConcurrentHashMap<>();

    public Answers(AnswerSpec spec) {
        this.spec = spec;
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        open.put(channel, worker.nowNanos());
        channel.closeFuture().addListener(_ -> open.remove(channel));
        channel.pipeline().addLast(switch (spec) {
            case AnswerSpec.Echo _ -> new Echo();
            case AnswerSpec.Direct direct -> new Said(worker, direct.bytes());
        });
    }

    /** Closes every connection at once. Any thread; does not wait. */
    public void closeAll() {
        open.keySet().forEach(Channel::close);
    }

    @Override
    public void endStreams(Turns turns, long nowNanos) {
        open.forEach((channel, openedNanos) -> {
            if (turns.streams().asks(channel.hashCode(), openedNanos, nowNanos)) {
                channel.close();
            }
        });
    }

    private abstract static sealed class Answering extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException)) {
                LOG.error("a connection is closed by an error", cause);
            }
            ctx.close();
        }
    }

    /** Sends back what it reads, and reads no more while the client takes nothing. */
    private static final class Echo extends Answering {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(true);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message, ctx.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    /**
     * Says its bytes and ends. What the client still sends is read and thrown away for a moment: to close over unread
     * bytes would be a reset, which can overtake the answer (RFC 9293 section 3.10.4).
     */
    private static final class Said extends Answering {
        private final Worker worker;
        private final byte[] bytes;
        private boolean said;

        Said(Worker worker, byte[] bytes) {
            this.worker = worker;
            this.bytes = bytes;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (said) {
                return;
            }
            said = true;
            Channel channel = ctx.channel();
            channel.config().setAutoRead(true);
            ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener(sent -> {
                if (sent.isSuccess()) {
                    Ends.shutdownOutput(channel);
                    var end = new TimerWheel.Timer() {
                        @Override
                        protected void expired(long nowNanos) {
                            channel.close();
                        }
                    };
                    worker.timers().arm(end, worker.nowNanos() + LINGER_NANOS);
                    channel.closeFuture().addListener(_ -> worker.timers().cancel(end));
                }
            });
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ((ByteBuf) message).release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
