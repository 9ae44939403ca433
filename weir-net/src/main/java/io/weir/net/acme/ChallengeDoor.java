package io.weir.net.acme;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.weir.core.stats.Counter;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before a server of TLS: an authority that asks for a proof gets it (RFC 8737 section 3), a client that asks
 * for a name whose certificate is not here yet is told so, and everybody else passes, with every byte. While nothing is
 * asked for and nothing is missing, it looks at nobody. Any worker.
 */
public final class ChallengeDoor implements Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(ChallengeDoor.class);
    private static final int HELLO_BYTES_MAX = 16 * 1024;
    private static final long LINE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** A fatal alert (RFC 5246 section 7.2): internal error, which says that it is not the client's fault. */
    private static final ByteBuf NOT_READY = Unpooled
            .unreleasableBuffer(Unpooled.directBuffer().writeBytes(new byte[]{21, 3, 3, 0, 2, 2, 80})).asReadOnly();

    private final Challenges challenges;
    private final Set<String> awaited;
    private final @Nullable Predicate<String> served;
    private final Acceptor server;
    private final Counter notReady;
    private final Counter late;
    private final long timeoutNanos;
    private final AtomicLong lineNanos = new AtomicLong(System.nanoTime() - LINE_EVERY_NANOS);

    /**
     * @param awaited
     *            names whose certificates are not here yet, in lower case
     * @param served
     *            says whether a certificate of the server's is for a name, in lower case: one that is awaited may have
     *            another meanwhile; null: the server has no certificate at all
     * @param server
     *            who secures connections; asked only where it has a certificate
     * @param notReady
     *            counts clients that are turned away for want of a certificate
     * @param late
     *            counts clients that say nothing in time
     * @param timeoutNanos
     *            how long they may take; 0: for ever
     */
    public ChallengeDoor(Challenges challenges, Set<String> awaited, @Nullable Predicate<String> served,
            Acceptor server,
            Counter notReady, Counter late, long timeoutNanos) {
        this.challenges = challenges;
        this.awaited = Set.copyOf(awaited);
        this.served = served;
        this.server = server;
        this.notReady = notReady;
        this.late = late;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        if (served != null && awaited.isEmpty() && !challenges.overTls()) {
            server.accepted(worker, channel);
            return;
        }
        new Visit(worker).begin(channel);
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        server.acceptFailed(worker, cause);
    }

    /** Whether nothing can be shown to who asks for this name; null: for none. */
    boolean waits(@Nullable String name) {
        return served == null || name != null && awaited.contains(name) && !served.test(name);
    }

    private void refuse(Channel channel, @Nullable String name) {
        notReady.increment();
        long now = System.nanoTime();
        long last = lineNanos.get();
        if (now - last >= LINE_EVERY_NANOS && lineNanos.compareAndSet(last, now)) {
            LOG.warn("TLS with {} failed: the certificate for {} is not here yet. Told at most every {} s;"
                    + " downstream_context_secrets_not_ready counts.", channel.remoteAddress(),
                    name == null ? "this listener" : name, TimeUnit.NANOSECONDS.toSeconds(LINE_EVERY_NANOS));
        }
        channel.writeAndFlush(NOT_READY.duplicate()).addListener(ChannelFutureListener.CLOSE);
    }

    /** One connection whose client is listened to. */
    private final class Visit extends SslClientHelloHandler<FirstWords> {
        private final Worker worker;
        private final Timeout timeout = new Timeout();
        private @Nullable Channel visitor;
        private boolean over;

        Visit(Worker worker) {
            super(HELLO_BYTES_MAX);
            this.worker = worker;
        }

        void begin(Channel channel) {
            visitor = channel;
            channel.pipeline().addLast(this);
            channel.config().setAutoRead(true); // whoever gets it says when it is read from then on
            if (timeoutNanos > 0) {
                worker.timers().arm(timeout, worker.nowNanos() + timeoutNanos);
            }
        }

        @Override
        protected Future<FirstWords> lookup(ChannelHandlerContext context, @Nullable ByteBuf clientHello) {
            return context.executor().newSucceededFuture(
                    clientHello == null ? FirstWords.NONE : FirstWords.read(clientHello));
        }

        @Override
        protected void onLookupComplete(ChannelHandlerContext context, Future<FirstWords> found) {
            if (over) {
                return; // what it said is looked at once more when it goes
            }
            over = true;
            worker.timers().cancel(timeout);
            FirstWords words = found.getNow();
            String name = words.serverName();
            SslContext proof = words.acmeTls() && name != null ? challenges.shown(name) : null;
            Channel channel = context.channel();
            if (proof != null) {
                LOG.info("{} sees the proof for {}", channel.remoteAddress(), name);
                SslHandler shows = proof.newHandler(worker.allocator());
                shows.setHandshakeTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(timeoutNanos));
                channel.pipeline().addLast(new Ends());
                context.pipeline().replace(this, null, shows);
            } else if (waits(name)) {
                refuse(channel, name);
            } else {
                server.accepted(worker, channel);
                if (channel.isOpen()) {
                    context.pipeline().remove(this); // which hands on what has come
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("{} does not speak TLS: {}", context.channel().remoteAddress(), cause.getMessage());
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            over = true;
            worker.timers().cancel(timeout);
            super.channelInactive(context);
        }

        private final class Timeout extends TimerWheel.Timer {
            @Override
            protected void expired(long nowNanos) {
                Channel slow = visitor;
                if (slow != null && !over) {
                    late.increment();
                    slow.close();
                }
            }
        }
    }

    /** Nothing is said after such a handshake (RFC 8737 section 3). */
    private static final class Ends extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent) {
                context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("the authority did not take the proof: {}", cause.getMessage());
            context.close();
        }
    }
}
