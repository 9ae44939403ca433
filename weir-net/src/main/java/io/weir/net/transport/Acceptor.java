package io.weir.net.transport;

import io.netty.channel.Channel;

/** Takes what a {@link Listener} accepts. */
@FunctionalInterface
public interface Acceptor {
    /**
     * A connection has come in. Runs on the worker's thread; the channel is registered there and has not yet told its
     * pipeline that it is active: handlers added here see {@code channelActive}, and nothing is read before this
     * returns. An exception closes the connection.
     */
    void accepted(Worker worker, Channel channel);

    /**
     * Accepting failed, most often for want of file descriptors; the listener has paused for a moment and goes on by
     * itself. Runs on the worker's thread.
     */
    default void acceptFailed(Worker worker, Throwable cause) {}
}
