package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what one listening socket accepts to a worker: its own, or each in turn where there is one socket for all. */
final class AcceptHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptHandler.class);
    private static final long PAUSE_MILLIS = 100;

    private final Listener listener;
    private final Worker own;
    private final List<Worker> workers;
    private int turn;

    /**
     * @param workers
     *            who takes turns; {@code own} alone where each worker has its own socket
     */
    AcceptHandler(Listener listener, Worker own, List<Worker> workers) {
        this.listener = listener;
        this.own = own;
        this.workers = workers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel child = (Channel) message;
        Listener.Taker taker = listener.taker(); // once: how it comes is what who takes it knows
        AtomicIntegerArray balance = listener.balance();
        Worker worker = balance == null ? next() : fewest(balance);
        try {
            child.config().setAllocator(worker.allocator());
            worker.transport().apply(child, taker.settings());
        } catch (RuntimeException e) {
            // The peer has gone already: its socket takes no options.
            LOG.debug("a connection was lost before it could be set up", e);
            child.unsafe().closeForcibly();
            return;
        }
        if (balance != null) {
            counted(balance, worker.index(), child); // not before: one that is given up above never tells its end
        }
        child.pipeline().addLast(new Starter(taker.acceptor(), worker));
        worker.loop().register(child).addListener(done -> {
            if (!done.isSuccess()) {
                child.unsafe().closeForcibly();
            }
        });
    }

    private Worker next() {
        Worker worker = workers.get(turn);
        turn = turn + 1 == workers.size() ? 0 : turn + 1;
        return worker;
    }

    /**
     * The worker that has the fewest connections. Two sockets that take at once may choose the same one, which the next
     * connections make up for.
     */
    private Worker fewest(AtomicIntegerArray balance) {
        int least = own.index();
        for (Worker each : workers) {
            if (balance.get(each.index()) < balance.get(least)) {
                least = each.index();
            }
        }
        return workers.get(least);
    }

    private static void counted(AtomicIntegerArray balance, int worker, Channel child) {
        balance.incrementAndGet(worker);
        child.closeFuture().addListener(_ -> balance.decrementAndGet(worker));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Out of descriptors or memory: the connection stays in the kernel's queue, and asking at once would spin.
        LOG.warn("accepting on {} failed, pausing for {} ms: {}", listener.localAddress(), PAUSE_MILLIS,
                cause.toString());
        listener.taker().acceptor().acceptFailed(own, cause);
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> {
            ctx.channel().config().setAutoRead(listener.accepting()); // nobody may have wanted that meanwhile
        }, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Calls the acceptor once the channel is registered, when handlers may be added and before it becomes active. */
    private static final class Starter extends ChannelInitializer<Channel> {
        private final Acceptor acceptor;
        private final Worker worker;

        Starter(Acceptor acceptor, Worker worker) {
            this.acceptor = acceptor;
            this.worker = worker;
        }

        @Override
        protected void initChannel(Channel channel) {
            acceptor.accepted(worker, channel);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.error("an accepted connection could not be started and is closed", cause);
            ctx.close();
        }
    }
}
