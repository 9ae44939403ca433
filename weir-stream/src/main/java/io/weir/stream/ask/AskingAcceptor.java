package io.weir.stream.ask;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.weir.core.admit.TokenBucket;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Stats;
import io.weir.net.service.ServiceAnswer;
import io.weir.net.service.ServiceCaller;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;
import io.weir.stream.client.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on the connections that a service lets pass. The service is asked when a connection comes, not at its first
 * byte: a host that speaks first must not speak to somebody who is refused. Nothing is read meanwhile, so that a
 * connection holds what had been read before at most. How many wait is bounded by the requests that the service's
 * cluster may have under way. Any worker.
 */
public final class AskingAcceptor implements Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(AskingAcceptor.class);
    /** So many lines a second at most: a service that is gone fails every connection. */
    private static final int LINES_MAX = 10;

    private final TokenBucket lines = new TokenBucket(
            new TokenBucket.Rule(LINES_MAX, LINES_MAX, TimeUnit.SECONDS.toNanos(1)), System.nanoTime());
    private final Inquiry inquiry;
    private final ServiceCaller caller;
    private final Acceptor inner;
    private final boolean speaksFirst;
    private final Counter total;
    private final Counter ok;
    private final Counter refused;
    private final Counter error;
    private final Counter failureAllowed;
    private final Counter closed;
    private final @Nullable Counter disabled;
    private final Gauge active;

    /**
     * A gate before {@code inner}.
     *
     * @param speaksFirst
     *            whether that may have something to say to a client that has said nothing and will say nothing more;
     *            else such a client has left
     */
    public AskingAcceptor(AskSpec spec, ServiceCaller caller, Stats stats, Acceptor inner, boolean speaksFirst) {
        this.inquiry = new Inquiry(spec);
        this.caller = caller;
        this.inner = inner;
        this.speaksFirst = speaksFirst;
        var scope = inquiry.scope(stats);
        this.total = scope.counter("total");
        this.ok = scope.counter("ok");
        this.refused = scope.counter(inquiry.refused());
        this.error = scope.counter("error");
        this.failureAllowed = scope.counter("failure_mode_allowed");
        this.closed = scope.counter("cx_closed");
        this.disabled = switch (spec) {
            case AskSpec.Authorize _ -> scope.counter("disabled");
            case AskSpec.Limit _ -> null;
        };
        this.active = scope.gauge("active");
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        if (inquiry.concerns(channel)) {
            new Wait(worker, channel).begin();
        } else {
            if (disabled != null) {
                disabled.increment();
            }
            inner.accepted(worker, channel);
        }
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        inner.acceptFailed(worker, cause);
    }

    /** One connection of which the service is asked. The worker's. */
    private final class Wait extends ChannelDuplexHandler {
        private final Worker worker;
        private final Channel channel;
        /** Reads that came although nobody asked: the rest of a turn, of TLS most often. */
        private final Queue<ByteBuf> come = new ArrayDeque<>(1);
        private final List<Object> events = new ArrayList<>(0);
        private boolean readBefore;
        private boolean activated;
        private boolean over;
        private @Nullable Runnable giveUp;

        Wait(Worker worker, Channel channel) {
            this.worker = worker;
            this.channel = channel;
        }

        void begin() {
            total.increment();
            active.increment();
            readBefore = channel.config().isAutoRead();
            channel.config().setAutoRead(false);
            channel.pipeline().addLast(this);
            Refusal.left(channel); // that it is so, should it end now: logs are written before a handler hears of it
            long epochMicros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
            Runnable end = caller.ask(worker, inquiry.question(channel, epochMicros), this::answered);
            if (!over) {
                giveUp = end;
            }
        }

        private void answered(ServiceAnswer answer) {
            if (over) {
                return;
            }
            over = true;
            giveUp = null;
            active.decrement();
            Refusal.none(channel);
            Inquiry.Verdict verdict = switch (answer) {
                case ServiceAnswer.Said(byte[] message) -> inquiry.verdict(channel, message);
                case ServiceAnswer.Failed(String why) -> {
                    tell(why);
                    yield Inquiry.Verdict.UNREADABLE;
                }
            };
            switch (verdict) {
                case SERVED -> {
                    ok.increment();
                    passOn();
                }
                case REFUSED -> {
                    refused.increment();
                    close(inquiry.refusedDetails());
                }
                case UNREADABLE -> {
                    error.increment();
                    if (inquiry.spec().failureAllows()) {
                        failureAllowed.increment();
                        passOn();
                    } else {
                        close(inquiry.failedDetails());
                    }
                }
            }
        }

        private void tell(String why) {
            if (lines.take(worker.nowNanos())) {
                LOG.warn("{} does not answer for {}: {}", inquiry.spec().service().cluster(),
                        channel.remoteAddress(), why);
            }
        }

        private void close(String details) {
            closed.increment();
            ResponseFlag flag = inquiry.flag();
            if (flag == null) {
                Refusal.note(channel, details);
            } else {
                Refusal.note(channel, details, flag);
            }
            channel.close();
        }

        /** The next owner sees a channel as if it had just come, with what had been read. */
        private void passOn() {
            ChannelHandlerContext here = channel.pipeline().context(this);
            if (here == null || !channel.isOpen()) {
                return;
            }
            channel.config().setAutoRead(readBefore);
            inner.accepted(worker, channel);
            if (activated && channel.isOpen()) {
                here.fireChannelActive();
            }
            boolean any = !come.isEmpty();
            for (ByteBuf bytes = come.poll(); bytes != null; bytes = come.poll()) {
                here.fireChannelRead(bytes);
            }
            if (any) {
                here.fireChannelReadComplete();
            }
            events.forEach(here::fireUserEventTriggered);
            if (!here.isRemoved()) {
                channel.pipeline().remove(this);
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (over) {
                context.fireChannelActive();
            } else {
                activated = true;
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (over) {
                context.fireChannelRead(message);
            } else {
                come.add((ByteBuf) message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (over) {
                context.fireChannelReadComplete();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (over) {
                context.fireUserEventTriggered(event);
            } else if (event instanceof ChannelInputShutdownEvent && come.isEmpty() && !speaksFirst) {
                gone();
                context.close();
            } else {
                events.add(event); // the end of the client's half, at most once
            }
        }

        /** Whoever closes all connections does not wait; this is not the client. */
        @Override
        public void close(ChannelHandlerContext context, ChannelPromise promise) {
            if (!over) {
                Refusal.none(channel);
            }
            context.close(promise);
        }

        /** The client does not wait, or has not. */
        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (over) {
                context.fireChannelInactive();
            } else {
                gone();
            }
        }

        /** Nobody waits for the answer any more. */
        private void gone() {
            over = true;
            active.decrement();
            Runnable end = giveUp;
            giveUp = null;
            if (end != null) {
                end.run();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (over) {
                context.fireExceptionCaught(cause);
            } else {
                context.close();
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            for (ByteBuf bytes = come.poll(); bytes != null; bytes = come.poll()) {
                bytes.release();
            }
        }
    }
}
