package io.weir.http.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.weir.http.codec.HttpHead;
import io.weir.http.upstream.HostPool;
import io.weir.http.upstream.UpstreamListener;
import io.weir.http.upstream.UpstreamStream;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import io.weir.net.tunnel.TunnelAnswer;
import io.weir.net.tunnel.TunnelRequest;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request whose bodies are two byte streams, as a channel: it is active from the proxy's answer on, its halves end by
 * themselves, and each holds back whoever sends too fast. It has no socket of its own. Belongs to the worker.
 */
final class TunnelChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final Worker worker;
    private final SocketAddress proxy;
    private final boolean post;
    private final TunnelAnswer answer;
    private final long answerNanos;
    private final ChannelConfig config = new Config(this);
    private final ChannelPromise opened = newPromise();
    private final Upstream upstream = new Upstream();
    private final Impatience impatience = new Impatience();
    private HostPool.@Nullable Waiter waiter;
    private @Nullable UpstreamStream stream;
    private boolean active;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean closed;

    /**
     * @param post
     *            whether it is the body of a POST
     * @param answer
     *            hears what the proxy says
     * @param answerNanos
     *            how long a connection to the proxy may take to come, and then the proxy to answer
     */
    TunnelChannel(Worker worker, SocketAddress proxy, boolean post, TunnelAnswer answer, long answerNanos) {
        super(null);
        this.worker = worker;
        this.proxy = proxy;
        this.post = post;
        this.answer = answer;
        this.answerNanos = answerNanos;
        ChannelSettings settings = ChannelSettings.STREAM;
        config.setAllocator(worker.allocator()).setAutoRead(false)
                .setWriteBufferWaterMark(new WriteBufferWaterMark(settings.writeLowBytes(),
                        settings.writeHighBytes()));
    }

    /** Sends the request; the future succeeds with the answer that opens the tunnel. */
    ChannelFuture open(HostPool pool, HttpHead request) {
        upstream.request = request;
        worker.timers().arm(impatience, worker.nowNanos() + answerNanos); // for its place in line
        var place = pool.request(upstream);
        if (place != null && place.waits()) {
            waiter = place; // else the answer to that has come already
        }
        return opened;
    }

    /** Nobody reads what does not come. */
    private final class Config extends DefaultChannelConfig {
        Config(Channel channel) {
            super(channel);
        }

        @Override
        protected void autoReadCleared() {
            readable(false);
        }
    }

    private void readable(boolean wanted) {
        var open = stream;
        if (open != null && active && !inputEnded) {
            open.readable(wanted);
        }
    }

    private final class Impatience extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            failed(new ConnectTimeoutException(stream == null
                    ? "no connection to the proxy came free in time"
                    : "the proxy did not answer in time"));
        }
    }

    private void failed(IOException why) {
        worker.timers().cancel(impatience);
        opened.tryFailure(why);
        close();
    }

    private final class Upstream implements UpstreamListener {
        private @Nullable HttpHead request;

        @Override
        public void upstreamReady(UpstreamStream ready) {
            waiter = null;
            var head = request;
            request = null;
            stream = ready;
            if (closed || head == null) {
                ready.cancel();
                return;
            }
            worker.timers().arm(impatience, worker.nowNanos() + answerNanos); // anew, for the answer
            ready.head(head, false);
            ready.flush();
        }

        @Override
        public void upstreamFailed(Failure why, String details) {
            waiter = null;
            failed(why == Failure.CONNECT_TIMEOUT
                    ? new ConnectTimeoutException("the proxy did not accept in time")
                    : new IOException("no connection to the proxy: " + details));
        }

        @Override
        public void upstreamInterim(HttpHead head) {
            // the answer follows
        }

        @Override
        public void upstreamHead(HttpHead head, boolean last) {
            if (answer.wanted()) {
                answer.head(head.status(), fields(head));
            }
            if (head.status() / 100 != 2 || last) {
                if (last) {
                    stream = null;
                }
                failed(new IOException("the proxy answers " + head.status() + (last ? " and ends" : "")));
                return;
            }
            worker.timers().cancel(impatience);
            active = true;
            readable(config.isAutoRead());
            if (opened.trySuccess()) {
                pipeline().fireChannelActive();
            }
        }

        @Override
        public void upstreamData(ByteBuf data, boolean last) {
            if (closed || !active || !data.isReadable()) {
                data.release();
            } else {
                pipeline().fireChannelRead(data);
            }
            if (last) {
                inputEnds();
            }
        }

        @Override
        public void upstreamTrailers(HttpHead trailers) {
            if (answer.wanted()) {
                answer.trailers(fields(trailers));
            }
            inputEnds();
        }

        private static List<TunnelRequest.Field> fields(HttpHead head) {
            var fields = new ArrayList<TunnelRequest.Field>();
            for (int i = 0; i < head.count(); i++) {
                if (!head.removed(i)) {
                    fields.add(new TunnelRequest.Field(head.name(i).toLowerCase(Locale.ROOT), head.value(i)));
                }
            }
            return fields;
        }

        /** The host's half is over; where that is all of the answer to a POST, so is the request. */
        private void inputEnds() {
            inputEnded = true;
            boolean over = post || outputEnded;
            if (over) {
                stream = null;
            }
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            if (over && !closed) {
                close();
            }
        }

        @Override
        public void upstreamReset(Reset why, boolean started, String details) {
            stream = null;
            var cause = new IOException("the tunnel has broken: " + details);
            if (active) {
                pipeline().fireExceptionCaught(cause);
                close();
            } else {
                failed(cause);
            }
        }

        @Override
        public void upstreamReadEnd() {
            if (active) {
                pipeline().fireChannelReadComplete();
            }
        }

        @Override
        public void upstreamWritable() {
            unsafe().flush();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        var open = stream;
        if (open == null) {
            throw new ClosedChannelException();
        }
        // What the host does not take stays here, and counts as not written: see upstreamWritable. It may say so in the
        // midst of this, when nobody listens, so that there is another look behind each flush.
        while (in.current() != null && open.writable()) {
            for (var next = in.current(); next != null && open.writable(); next = in.current()) {
                var bytes = (ByteBuf) next;
                if (bytes.isReadable()) {
                    open.data(bytes.retainedSlice(), false);
                }
                in.remove();
            }
            open.flush();
        }
    }

    @Override
    protected void doShutdownOutput() {
        var open = stream;
        outputEnded = true;
        if (open != null) {
            open.data(Unpooled.EMPTY_BUFFER, true);
            open.flush();
            if (inputEnded) {
                stream = null;
            }
        }
    }

    @Override
    protected void doClose() {
        closed = true;
        worker.timers().cancel(impatience);
        var place = waiter;
        waiter = null;
        if (place != null) {
            place.cancel();
        }
        var open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        }
        opened.tryFailure(new ClosedChannelException());
    }

    @Override
    protected void doBeginRead() {
        readable(true);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                promise.setFailure(new UnsupportedOperationException("a tunnel is connected by its request"));
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop.equals(worker.loop());
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        var open = stream;
        Channel below = open == null ? null : open.connection();
        return below == null ? null : below.localAddress();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return proxy;
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException("a tunnel has no address of its own");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return active && !closed;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isInputShutdown() {
        return inputEnded || closed;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnded || closed;
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
        return promise;
    }

    /** What comes is not wanted any more, which only an end of the whole says. */
    @Override
    public ChannelFuture shutdownInput() {
        return close();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return close(promise);
    }

    @Override
    public ChannelFuture shutdown() {
        return close();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return close(promise);
    }
}
