package io.weir.net.transport;

import io.weir.core.socket.SocketRules;
import io.weir.net.turn.TlsTurn;
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
 * @param turn
 *            how the host is asked for TLS where connections to it begin in the clear; null: it is not. Heeded by
 *            whoever can secure connections
 */
public record ConnectOptions(long timeoutNanos, @Nullable SocketAddress bindAddress, ChannelSettings settings,
        SocketRules rules, @Nullable Preamble preamble, @Nullable TlsTurn turn) {
    public ConnectOptions {
        if (timeoutNanos <= 0) {
            throw new IllegalArgumentException("timeoutNanos " + timeoutNanos);
        }
    }

    public static ConnectOptions of(long timeoutNanos, ChannelSettings settings) {
        return new ConnectOptions(timeoutNanos, null, settings, SocketRules.PLAIN, null, null);
    }

    /** The same from this address, by a socket that is set up so. */
    public ConnectOptions withSource(@Nullable SocketAddress address, SocketRules setUp) {
        return new ConnectOptions(timeoutNanos, address, settings, setUp, preamble, turn);
    }

    /** The same with this said first. */
    public ConnectOptions withPreamble(@Nullable Preamble first) {
        return new ConnectOptions(timeoutNanos, bindAddress, settings, rules, first, turn);
    }

    /** The same to a host that is asked for TLS in these words. */
    public ConnectOptions withTurn(@Nullable TlsTurn words) {
        return new ConnectOptions(timeoutNanos, bindAddress, settings, rules, preamble, words);
    }
}
