package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends back what it gets, and remembers which worker took each connection. */
final class Echo implements Acceptor {
    final Queue<Integer> workersSeen = new ConcurrentLinkedQueue<>();
    final AtomicInteger activations = new AtomicInteger();

    @Override
    public void accepted(Worker worker, Channel channel) {
        if (Worker.current() != worker || !channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("accepted on another thread than the worker's");
        }
        workersSeen.add(worker.index());
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                activations.incrementAndGet();
            }

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.writeAndFlush(message);
            }
        });
    }
}
