package io.weir.net.transport;

import io.weir.core.socket.SocketRules;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How to make a connection.
 *
 * @param timeoutNanos
 *            time until the peer must have accepted; rounded up to milliseconds
 * @param bindAddress
 *            local address to connect from, null for the system's choice
 * @param settings
 *            how the connection reads and writes
 * @param rules
 *            what else its socket is set to; with epoll only
 * @param preamble
 *            what is said before all else; null: nothing
 */
public record ConnectOptions(long timeoutNanos, @Nullable SocketAddress bindAddress, ChannelSettings settings,
        SocketRules rules, @Nullable Preamble preamble) {
    public ConnectOptions {
        if (timeoutNanos <= 0) {
            throw new IllegalArgumentException("timeoutNanos " + timeoutNanos);
        }
    }

    public static ConnectOptions of(long timeoutNanos, ChannelSettings settings) {
        return new ConnectOptions(timeoutNanos, null, settings, SocketRules.PLAIN, null);
    }

    /** The same from this address, by a socket that is set up so. */
    public ConnectOptions withSource(@Nullable SocketAddress address, SocketRules setUp) {
        return new ConnectOptions(timeoutNanos, address, settings, setUp, preamble);
    }

    /** The same with this said first. */
    public ConnectOptions withPreamble(@Nullable Preamble first) {
        return new ConnectOptions(timeoutNanos, bindAddress, settings, rules, first);
    }
}
