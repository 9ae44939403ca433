package io.weir.net.transport;

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
 */
public record ConnectOptions(long timeoutNanos, @Nullable SocketAddress bindAddress, ChannelSettings settings) {
    public ConnectOptions {
        if (timeoutNanos <= 0) {
            throw new IllegalArgumentException("timeoutNanos " + timeoutNanos);
        }
    }

    public static ConnectOptions of(long timeoutNanos, ChannelSettings settings) {
        return new ConnectOptions(timeoutNanos, null, settings);
    }
}
