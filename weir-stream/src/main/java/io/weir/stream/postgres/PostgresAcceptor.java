package io.weir.stream.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import io.weir.stream.client.HostWish;
import io.weir.stream.client.Refusal;
import io.weir.stream.postgres.PostgresSpec.Clients;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads how sessions of PostgreSQL begin, and gives those that ask for TLS to who secures them. Source: PostgreSQL 17,
 * section 53.2.10, SSL Session Encryption. A session holds the beginning of one message at most. Any worker.
 */
public final class PostgresAcceptor implements Acceptor {
    private static final String REQUIRED = "SSL is required";

    private final PostgresSpec spec;
    private final Acceptor clear;
    private final Acceptor secures;
    private final long timeoutNanos;
    private final Counter late;
    private final Counter terminated;
    private final Counter encrypted;
    private final Counter unencrypted;
    private final Counter unknown;
    private final @Nullable HostAnswer host;

    /**
     * @param clear
     *            serves sessions that are not secured here
     * @param secures
     *            secures those that are; the same where none is
     * @param late
     *            counts clients that say nothing in time
     * @param timeoutNanos
     *            how long they may take; 0: for ever
     */
    public PostgresAcceptor(PostgresSpec spec, Stats stats, Acceptor clear, Acceptor secures, Counter late,
            long timeoutNanos) {
        this.spec = spec;
        this.clear = clear;
        this.secures = secures;
        this.late = late;
        this.timeoutNanos = timeoutNanos;
        var scope = stats.root().child("postgres").tagged("envoy.postgres_prefix", spec.statPrefix());
        this.terminated = scope.counter("sessions_terminated_ssl");
        this.encrypted = scope.counter("sessions_encrypted");
        this.unencrypted = scope.counter("sessions_unencrypted");
        this.unknown = scope.counter("messages_unknown");
        this.host = spec.asksHosts()
                ? new HostAnswer(scope.counter("sessions_upstream_ssl_success"),
                        scope.counter("sessions_upstream_ssl_failed"))
                : null;
    }

    /** One that turns nobody to TLS. */
    public PostgresAcceptor(PostgresSpec spec, Stats stats, Acceptor clear, Counter late, long timeoutNanos) {
        this(spec, stats, clear, clear, late, timeoutNanos);
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        new Beginning(worker, channel).begin();
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        clear.acceptFailed(worker, cause);
    }

    /** What PostgreSQL says to who may not come in as he does: an ErrorResponse (section 53.8 has its fields). */
    private static ByteBuf refusal() {
        byte[] fields = ("SFATAL\0VFATAL\0C28000\0M" + REQUIRED + "\0\0").getBytes(StandardCharsets.US_ASCII);
        return Unpooled.buffer(1 + Integer.BYTES + fields.length).writeByte('E').writeInt(Integer.BYTES + fields.length)
                .writeBytes(fields);
    }

    /** One session of which it is not known what it wants. The worker's. */
    private final class Beginning extends ChannelInboundHandlerAdapter {
        private final Worker worker;
        private final Channel channel;
        private final Late timer = new Late();
        private @Nullable ByteBuf come;
        private boolean readBefore;
        private boolean activated;
        private boolean askedForGss;
        private boolean over;

        Beginning(Worker worker, Channel channel) {
            this.worker = worker;
            this.channel = channel;
        }

        void begin() {
            readBefore = channel.config().isAutoRead();
            channel.config().setAutoRead(true);
            channel.pipeline().addLast(this);
            if (timeoutNanos > 0) {
                worker.timers().arm(timer, worker.nowNanos() + timeoutNanos);
            }
        }

        private final class Late extends TimerWheel.Timer {
            @Override
            protected void expired(long nowNanos) {
                if (!over) {
                    late.increment();
                    close("postgres_not_begun_in_time");
                }
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (over) {
                context.fireChannelRead(message);
                return;
            }
            ByteBuf bytes = (ByteBuf) message;
            ByteBuf all = come == null
                    ? bytes
                    : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), come, bytes);
            come = all;
            if (all.readableBytes() >= FirstWords.BYTES) {
                int at = all.readerIndex();
                look(context, all, all.getInt(at), FirstWords.of(all.getInt(at), all.getInt(at + Integer.BYTES)));
            }
        }

        private void look(ChannelHandlerContext context, ByteBuf all, int length, FirstWords words) {
            switch (words) {
                case TLS -> {
                    if (spec.clients() == Clients.DISABLE && host == null) {
                        encrypted.increment();
                        passOn(context, clear);
                    } else if (all.readableBytes() > FirstWords.BYTES) {
                        close("postgres_bytes_before_tls");
                    } else if (host != null && spec.clients() == Clients.DISABLE) {
                        encrypted.increment();
                        passQuestion(context, host);
                    } else {
                        turn(context);
                    }
                }
                case HELLO -> {
                    if (spec.clients() == Clients.DISABLE) {
                        encrypted.increment();
                        passOn(context, clear);
                    } else {
                        terminated.increment();
                        DirectTls.begins(channel);
                        passSession(context, secures);
                    }
                }
                case GSS -> {
                    if (spec.clients() == Clients.DISABLE && host == null) {
                        passOn(context, clear);
                    } else if (askedForGss || all.readableBytes() > FirstWords.BYTES) {
                        close("postgres_bytes_before_answer");
                    } else {
                        askedForGss = true;
                        release();
                        answer(context, 'N');
                    }
                }
                case STARTUP -> {
                    if (spec.clients() != Clients.REQUIRE) {
                        unencrypted.increment();
                        passSession(context, clear);
                    } else if (all.readableBytes() >= length) {
                        // all of it has been read: with bytes unread the system would reset, and the answer be lost
                        over("postgres_tls_required");
                        context.writeAndFlush(refusal()).addListener(ChannelFutureListener.CLOSE);
                    }
                }
                case CANCEL -> {
                    if (spec.clients() == Clients.REQUIRE) {
                        close("postgres_tls_required");
                    } else {
                        passSession(context, clear);
                    }
                }
                case UNKNOWN -> {
                    unknown.increment();
                    if (spec.clients() == Clients.DISABLE) {
                        passSession(context, clear);
                    } else {
                        close("postgres_unknown_beginning");
                    }
                }
            }
        }

        /**
         * The answer goes first, past who secures what is behind it. What the client had sent before it could know the
         * answer is none of the stream that is secured (CVE-2021-23214): what was read of it has closed the session,
         * and what was not is no handshake.
         */
        private void turn(ChannelHandlerContext context) {
            release();
            terminated.increment();
            answer(context, 'S');
            passSession(context, secures);
        }

        /** What it says inside, or in the clear, is for a host that has been asked first, where hosts are. */
        private void passSession(ChannelHandlerContext context, Acceptor next) {
            if (host != null) {
                HostWish.turning(channel, host);
            }
            passOn(context, next);
        }

        /** The client asks the host itself, so that nobody else does; where it is declined it may not go on. */
        private void passQuestion(ChannelHandlerContext context, HostAnswer asked) {
            channel.pipeline().addLast(asked.new Looking());
            passOn(context, clear);
        }

        private static void answer(ChannelHandlerContext context, char letter) {
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{(byte) letter}));
        }

        /** The next owner sees a channel as if it had just come, with what had been read. */
        private void passOn(ChannelHandlerContext here, Acceptor next) {
            over = true;
            worker.timers().cancel(timer);
            if (!channel.isOpen()) {
                release();
                return;
            }
            channel.config().setAutoRead(readBefore);
            next.accepted(worker, channel);
            if (activated && channel.isOpen()) {
                here.fireChannelActive();
            }
            ByteBuf bytes = come;
            come = null;
            if (bytes != null) {
                here.fireChannelRead(bytes);
                here.fireChannelReadComplete();
            }
            if (!here.isRemoved()) {
                channel.pipeline().remove(this);
            }
        }

        /** What still comes is for nobody. */
        private void over(String details) {
            over = true;
            worker.timers().cancel(timer);
            Refusal.note(channel, details);
            release();
        }

        private void close(String details) {
            over(details);
            channel.close();
        }

        private void release() {
            ByteBuf bytes = come;
            come = null;
            if (bytes != null) {
                bytes.release();
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
        public void channelReadComplete(ChannelHandlerContext context) {
            if (over) {
                context.fireChannelReadComplete();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (over) {
                context.fireUserEventTriggered(event);
            } else if (event instanceof ChannelInputShutdownEvent) {
                close("postgres_ended_before_it_began");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (over) {
                context.fireChannelInactive();
            } else {
                over("postgres_ended_before_it_began");
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
            release();
        }
    }
}
