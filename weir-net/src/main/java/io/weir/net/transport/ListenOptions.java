package io.weir.net.transport;

import io.weir.core.socket.SocketRules;
import java.net.SocketAddress;

/**
 * Where and how to listen.
 *
 * @param address
 *            a resolved {@link java.net.InetSocketAddress} (port 0 takes a free one) or a
 *            {@link java.net.UnixDomainSocketAddress} (a path that starts with {@code @} is in the abstract namespace)
 * @param backlog
 *            connections that the kernel may hold before they are accepted
 * @param reusePort
 *            one socket per worker (SO_REUSEPORT) where the platform has it; otherwise one socket for all
 * @param ipv4Compatible
 *            whether the IPv6 wildcard takes IPv4 connections too (Envoy's ipv4_compat)
 * @param unixMode
 *            permissions of the socket's file, -1 for the process' umask
 * @param settings
 *            how accepted connections read and write
 * @param rules
 *            what else its sockets are set to; with epoll only
 */
public record ListenOptions(SocketAddress address, int backlog, boolean reusePort, boolean ipv4Compatible,
        int unixMode, ChannelSettings settings, SocketRules rules) {
    /** Linux's own upper limit since 5.4 (net.core.somaxconn). */
    public static final int BACKLOG = 4096;

    public ListenOptions {
        if (backlog <= 0) {
            throw new IllegalArgumentException("backlog " + backlog);
        }
    }

    /** One socket per worker, the usual backlog, IPv4 on {@code 0.0.0.0} and IPv6 alone on {@code ::}. */
    public static ListenOptions of(SocketAddress address, ChannelSettings settings) {
        return new ListenOptions(address, BACKLOG, true, false, -1, settings, SocketRules.PLAIN);
    }

    public ListenOptions withBacklog(int connections) {
        return new ListenOptions(address, connections, reusePort, ipv4Compatible, unixMode, settings, rules);
    }

    public ListenOptions withReusePort(boolean on) {
        return new ListenOptions(address, backlog, on, ipv4Compatible, unixMode, settings, rules);
    }

    public ListenOptions withIpv4Compatible(boolean on) {
        return new ListenOptions(address, backlog, reusePort, on, unixMode, settings, rules);
    }

    public ListenOptions withRules(SocketRules other) {
        return new ListenOptions(address, backlog, reusePort, ipv4Compatible, unixMode, settings, other);
    }

    public ListenOptions withUnixMode(int mode) {
        return new ListenOptions(address, backlog, reusePort, ipv4Compatible, mode, settings, rules);
    }
}
