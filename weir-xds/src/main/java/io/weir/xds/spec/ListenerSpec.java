package io.weir.xds.spec;

import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

import io.weir.core.model.AccessLogSpec;
import io.weir.core.socket.SocketRules;
import org.jspecify.annotations.Nullable;

/**
 * One listener.
 *
 * @param name
 *            unique in a snapshot
 * @param addresses
 *            where it listens, at least one: resolved {@code InetSocketAddress} (port 0 asks the system for one) or
 *            {@code UnixDomainSocketAddress}
 * @param unixModes
 *            permissions of the files of those addresses that are given some; the others have those of the process'
 *            umask
 * @param ipv4Compatible
 *            whether an IPv6 wildcard address takes IPv4 connections too
 * @param chains
 *            what is done to its connections, each of which a connection fits, or none; there is at least one, or the
 *            other
 * @param bufferBytesMax
 *            soft limit of what is buffered per connection and direction
 * @param reusePort
 *            whether each worker binds its own socket (SO_REUSEPORT)
 * @param backlog
 *            length of the queue of connections that wait to be accepted
 * @param accessLog
 *            written once per connection
 * @param statPrefix
 *            the segment after {@code listener.} in the names of its stats, such as {@code 0.0.0.0_8080}
 * @param redirection
 *            what it makes of connections that were redirected to it
 * @param bound
 *            whether it listens; if not, it has only what other listeners hand on to it
 * @param otherwise
 *            what is done to connections that fit no chain; null: they are closed
 * @param firstLook
 *            what is found out before the chain is chosen
 * @param sockets
 *            what its sockets are set to
 * @param drain
 *            which drains reach it
 */
public record ListenerSpec(String name, List<SocketAddress> addresses, Map<SocketAddress, Integer> unixModes,
        boolean ipv4Compatible, List<FilterChainSpec> chains, int bufferBytesMax, boolean reusePort, int backlog,
        List<AccessLogSpec> accessLog, String statPrefix, Redirection redirection, boolean bound,
        @Nullable FilterChainSpec otherwise, FirstLook firstLook, SocketRules sockets, DrainScope drain) {

    /** Envoy's default of {@code per_connection_buffer_limit_bytes}. */
    public static final int BUFFER_BYTES_DEFAULT = 1024 * 1024;

    /** Default of {@code tcp_backlog_size}; the system cuts it to its own limit (net.core.somaxconn). */
    public static final int BACKLOG_DEFAULT = 4096;

    public ListenerSpec {
        addresses = List.copyOf(addresses);
        unixModes = Map.copyOf(unixModes);
        chains = List.copyOf(chains);
        accessLog = List.copyOf(accessLog);
    }

    /** What takes its datagrams; null for one that takes connections. */
    public @Nullable DatagramSpec datagrams() {
        return chains.size() == 1 && chains.getFirst().filters().getFirst().config() instanceof DatagramSpec datagrams
                ? datagrams
                : null;
    }
}
