package io.weir.http.upstream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.weir.net.tls.Ends;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;

/**
 * The two halves of a connection to a host that carries a tunnel: each ends by itself, and the connection closes behind
 * the second when what was written has gone out, or nobody has taken it for too long. Belongs to one worker.
 */
final class Tunnel extends TimerWheel.Timer {
    /** How long the host may take for the last bytes, when nobody is left who would miss it. */
    private static final long FLUSH_NANOS = 60_000_000_000L;

    private final Channel channel;
    private final Worker worker;
    private boolean clientEnded;
    private boolean hostEnded;
    /** The host has been told that the client has ended. */
    private boolean told;
    private boolean closing;

    /**
     * @param complete
     *            whether the last of the client's bytes has been written already
     */
    Tunnel(Channel channel, Worker worker, boolean complete) {
        this.channel = channel;
        this.worker = worker;
        this.clientEnded = complete;
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        flushed();
    }

    /** The last of the client's bytes has been written; says whether the host's half has ended too. */
    boolean clientEnded() {
        clientEnded = true;
        return hostEnded;
    }

    /** The last of the host's bytes has come; says whether the client's half has ended too. */
    boolean hostEnded() {
        hostEnded = true;
        return clientEnded;
    }

    /** What was written has been handed to the socket: the end goes behind it. */
    void flushed() {
        if (closing || !clientEnded || !channel.isActive()) {
            return;
        }
        if (hostEnded) {
            closing = true;
            worker.timers().arm(this, worker.nowNanos() + FLUSH_NANOS);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel.close());
        } else if (!told && channel instanceof DuplexChannel) {
            told = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> Ends.shutdownOutput(channel));
        }
    }

    /** The tunnel is given up: the host must not take this end for a proper one. */
    void cut() {
        if (channel.isActive() && !(clientEnded && hostEnded)) {
            Ends.reset(channel);
        }
    }

    /** The channel is closed. */
    void closed() {
        worker.timers().cancel(this);
    }

    @Override
    protected void expired(long nowNanos) {
        channel.close();
    }
}
