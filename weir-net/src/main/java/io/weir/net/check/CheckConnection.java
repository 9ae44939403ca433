package io.weir.net.check;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckTarget;
import io.weir.core.model.ClusterSpec;
import io.weir.net.tls.HandshakeFailure;
import io.weir.net.tls.HostTls;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The checks of one host, one at a time, each with its timeout, over one connection after the other. A connection that
 * has rested may have been closed by the host just when the next check goes out, so what breaks before a byte has come
 * back over such a one is asked again over a fresh one. Belongs to one worker.
 */
final class CheckConnection {
    private static final CheckResult CLOSED = Failed.of(Failure.NETWORK, "the check was given up");

    private static final Pattern CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");
    private static final Pattern ADDRESS = Pattern.compile(": \\S*[/:]\\S*$");

    private final Worker worker;
    private final Supplier<ClusterSpec> cluster;
    private final CheckTarget target;
    private final Dialogue dialogue;
    private final Timeout timeout = new Timeout();
    private @Nullable Channel channel;
    private @Nullable Consumer<CheckResult> asked;
    /** The connection has carried a check before, and nothing has come back in this one. */
    private boolean rested;
    private boolean closed;

    /**
     * @param cluster
     *            what the host's cluster is told to be now
     */
    CheckConnection(Worker worker, Supplier<ClusterSpec> cluster, CheckTarget target, Dialogue dialogue) {
        this.worker = worker;
        this.cluster = cluster;
        this.target = target;
        this.dialogue = dialogue;
    }

    /** Begins a check; its one result is told here. */
    void begin(Consumer<CheckResult> result) {
        if (closed || asked != null) {
            result.accept(CLOSED);
            return;
        }
        asked = result;
        worker.timers().arm(timeout, worker.nowNanos() + target.spec().timing().timeoutNanos());
        Channel open = channel;
        if (open != null && open.isActive()) {
            rested = true;
            say(open, false);
        } else {
            connect();
        }
    }

    /** Gives up whatever is under way, without a result. */
    void close() {
        closed = true;
        asked = null;
        worker.timers().cancel(timeout);
        drop();
    }

    private void drop() {
        Channel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private void connect() {
        rested = false;
        ConnectOptions options = ConnectOptions.of(target.spec().timing().timeoutNanos(), ChannelSettings.MESSAGES);
        ChannelFuture connecting = HostTls.check(worker, cluster.get(), target.address(), target.host().endpoint(),
                target.spec().way(), options, dialogue.offer(), new Handler());
        channel = connecting.channel();
        connecting.addListener((ChannelFuture done) -> {
            if (!done.channel().equals(channel) || asked == null) {
                done.channel().close();
            } else if (done.isSuccess()) {
                say(done.channel(), true);
            } else {
                finish(done.cause() instanceof ConnectTimeoutException ? late() : broken(done.cause()));
            }
        });
    }

    private void say(Channel to, boolean fresh) {
        ByteBuf out = worker.allocator().buffer();
        CheckResult result = dialogue.begin(fresh, out);
        send(to, out);
        if (result != null) {
            finish(result);
        }
    }

    private static void send(Channel to, ByteBuf out) {
        if (out.isReadable()) {
            to.writeAndFlush(out);
        } else {
            out.release();
        }
    }

    private void finish(CheckResult result) {
        Consumer<CheckResult> told = asked;
        asked = null;
        worker.timers().cancel(timeout);
        if (!target.spec().reuseConnection() || !dialogue.reusable()) {
            drop();
        }
        if (told != null) {
            told.accept(result);
        }
    }

    private Failed late() {
        return Failed.of(Failure.NETWORK_TIMEOUT,
                "no answer in " + TimeUnit.NANOSECONDS.toMillis(target.spec().timing().timeoutNanos()) + " ms");
    }

    private static Failed broken(Throwable cause) {
        // Netty adds the call that failed and the address, which whoever reads of a host knows
        if (cause instanceof HandshakeFailure) {
            return Failed.of(Failure.NETWORK, String.valueOf(cause.getMessage()));
        }
        String message = CALL.matcher(String.valueOf(cause.getMessage())).replaceFirst("");
        return Failed.of(Failure.NETWORK, ADDRESS.matcher(message).replaceFirst(""));
    }

    /** The host has closed. */
    private void ended(Channel gone, @Nullable Throwable cause) {
        if (!gone.equals(channel)) {
            return;
        }
        channel = null;
        if (asked == null) {
            return; // it rested
        }
        if (rested) {
            connect();
        } else {
            finish(cause == null ? dialogue.closed() : broken(cause));
        }
    }

    private final class Timeout extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            if (asked != null) {
                drop(); // whatever comes late is not an answer to the next check
                finish(late());
            }
        }
    }

    private final class Handler extends ChannelInboundHandlerAdapter {
        private @Nullable Throwable failure;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                if (!context.channel().equals(channel)) {
                    return;
                }
                ByteBuf out = worker.allocator().buffer();
                if (asked == null) {
                    boolean stays = dialogue.rests(in, out);
                    send(context.channel(), out);
                    if (!stays) {
                        drop();
                    }
                    return;
                }
                rested = false;
                CheckResult result = dialogue.hears(in, out);
                send(context.channel(), out);
                if (result != null) {
                    finish(result);
                }
            } finally {
                in.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failure = cause instanceof IOException ? cause : new IOException(cause.toString(), cause);
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended(context.channel(), failure);
        }
    }
}
