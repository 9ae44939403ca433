package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.concurrent.TimeUnit;

/** What only the kernel knows about what was written. */
public final class SendProgress {
    private SendProgress() {}

    /**
     * Time since the kernel last sent data to the other end (TCP_INFO's tcpi_last_data_sent). A slow reader takes data
     * out of the kernel's buffer long after it was written there. {@link Long#MAX_VALUE} where that is not known: of
     * other sockets than TCP, with another transport than epoll, and after the end.
     */
    public static long sinceSentNanos(Channel channel) {
        if (channel instanceof EpollSocketChannel socket && socket.isOpen()) {
            try {
                return TimeUnit.MILLISECONDS.toNanos(socket.tcpInfo().lastDataSent());
            } catch (RuntimeException e) {
                return Long.MAX_VALUE;
            }
        }
        return Long.MAX_VALUE;
    }
}
