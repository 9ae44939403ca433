package io.weir.http.server;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.weir.http.config.HttpManagerSpec;
import io.weir.net.tls.Ends;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;

/**
 * Closes a connection so that its last response arrives: closing a socket with unread bytes makes the kernel send a
 * reset, which can overtake the response. So only our direction is closed first, what still comes is thrown away, and
 * the rest closes when the client has closed or the delayed close timeout is over (RFC 9112 section 9.6).
 */
final class Linger extends TimerWheel.Timer {
    private final Channel channel;

    private Linger(Channel channel) {
        this.channel = channel;
    }

    static void close(Channel channel, Worker worker, HttpManagerSpec spec) {
        if (!channel.isActive()) {
            return;
        }
        if (spec.timeouts().delayedCloseNanos() == 0 || !(channel instanceof DuplexChannel duplex)
                || duplex.isInputShutdown()) {
            channel.close();
            return;
        }
        Ends.shutdownOutput(channel);
        channel.config().setAutoRead(true);
        var linger = new Linger(channel);
        worker.timers().arm(linger, worker.nowNanos() + spec.timeouts().delayedCloseNanos());
        channel.closeFuture().addListener(_ -> worker.timers().cancel(linger));
    }

    @Override
    protected void expired(long nowNanos) {
        channel.close();
    }
}
