package io.weir.net.sniff;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection while it is looked at. It reads only while somebody asks for more, so that what it holds is bounded by
 * the looks' own bounds and one read. The worker's.
 */
final class Sniffer extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Sniffer.class);

    private final SniffingAcceptor owner;
    private final Worker worker;
    private final Channel channel;
    private final Greeting greeting;
    private final Timer timer = new Timer();
    private int next;
    private @Nullable Look look;
    private @Nullable ByteBuf come;
    private boolean over;

    private final class Timer extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            if (over) {
                return;
            }
            ByteBuf bytes = come;
            if (owner.timedOut(channel, owner.inspectors().get(next - 1).name(),
                    bytes == null ? 0 : bytes.readableBytes())) {
                passOn();
                channel.pipeline().fireChannelReadComplete();
            } else {
                over = true;
                channel.close();
            }
        }
    }

    Sniffer(SniffingAcceptor owner, Worker worker, Channel channel) {
        this.owner = owner;
        this.worker = worker;
        this.channel = channel;
        Greeting found = Greeting.of(channel); // of another listener, which has handed the connection on
        this.greeting = found == null ? Greeting.begin(channel) : found;
    }

    /** Looks at what has come, one look after the other. */
    Look.Answer look() {
        ByteBuf bytes = come == null ? Unpooled.EMPTY_BUFFER : come;
        while (true) {
            Look present = look;
            if (present == null) {
                if (next == owner.inspectors().size()) {
                    return Look.Answer.DONE;
                }
                look = owner.inspectors().get(next).begin(worker, channel, greeting);
                next++;
            } else {
                Look.Answer answer = present.look(bytes);
                if (answer != Look.Answer.DONE) {
                    return answer;
                }
                look = null;
            }
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        owner.waiting().increment();
        if (owner.timeoutNanos() > 0) {
            worker.timers().arm(timer, worker.nowNanos() + owner.timeoutNanos());
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        over = true;
        worker.timers().cancel(timer);
        owner.waiting().decrement();
        ByteBuf bytes = come;
        come = null;
        if (bytes != null) {
            bytes.release();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (over) {
            bytes.release();
            return;
        }
        ByteBuf before = come;
        come = before == null ? bytes : joined(before, bytes);
        switch (look()) {
            case DONE -> passOn();
            case REFUSED -> {
                over = true;
                owner.refuse(channel);
            }
            case MORE -> {
                // asked for at the end of this read
            }
        }
    }

    private static ByteBuf joined(ByteBuf before, ByteBuf bytes) {
        if (before.maxFastWritableBytes() >= bytes.readableBytes()) {
            before.writeBytes(bytes);
            bytes.release();
            return before;
        }
        // by doubling, so that many small pieces are not copied as often as they come
        ByteBuf both = before.alloc().directBuffer(2 * (before.readableBytes() + bytes.readableBytes()));
        both.writeBytes(before).writeBytes(bytes);
        before.release();
        bytes.release();
        return both;
    }

    /** The next owner sees a channel as if it had just come: active, and with every byte that nobody consumed. */
    private void passOn() {
        over = true;
        ChannelHandlerContext here = channel.pipeline().context(this);
        owner.inner().accepted(worker, channel);
        if (!channel.isOpen()) {
            return;
        }
        here.fireChannelActive();
        ByteBuf bytes = come;
        if (bytes != null && bytes.isReadable()) {
            come = null;
            here.fireChannelRead(bytes);
        }
        channel.pipeline().remove(this);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!over) {
            ctx.read();
        }
    }

    /** The client has sent all that it will, and that was not enough. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !over) {
            over = true;
            owner.remoteClosed();
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            over = true;
            owner.remoteClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a connection failed on an error of Weir's own before it was served; it is closed", cause);
        }
        ctx.close();
    }
}
