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
 * @param statPrefix
 *            the segment after {@code listener.} in the names of its stats, such as {@code 0.0.0.0_8080}
 * @param place
 *            where it listens
 * @param firstLook
 *            what is found out before the chain is chosen
 * @param chainSet
 *            what is done to its connections
 * @param bufferBytesMax
 *            soft limit of what is buffered per connection and direction
 * @param accessLog
 *            written once per connection
 * @param redirection
 *            what it makes of connections that were redirected to it
 * @param drain
 *            which drains reach it
 * @param overload
 *            what reaches it while resources are short
 */
public record ListenerSpec(String name, String statPrefix, ListenPlace place, FirstLook firstLook, ChainSet chainSet,
        int bufferBytesMax, List<AccessLogSpec> accessLog, Redirection redirection, DrainScope drain,
        OverloadScope overload) {

    /** Envoy's default of {@code per_connection_buffer_limit_bytes}. */
    public static final int BUFFER_BYTES_DEFAULT = 1024 * 1024;

    /** Default of {@code tcp_backlog_size}; the system cuts it to its own limit (net.core.somaxconn). */
    public static final int BACKLOG_DEFAULT = 4096;

    public ListenerSpec {
        accessLog = List.copyOf(accessLog);
    }

    /** The same with so many connections at a time. */
    public ListenerSpec withConnectionsMax(long max) {
        return new ListenerSpec(name, statPrefix, place, firstLook, chainSet, bufferBytesMax, accessLog, redirection,
                drain, new OverloadScope(overload.limited(), overload.managed(), max));
    }

    /** Where it listens. */
    public List<SocketAddress> addresses() {
        return place.addresses();
    }

    /** Permissions of the files of those addresses that are given some. */
    public Map<SocketAddress, Integer> unixModes() {
        return place.unixModes();
    }

    /** Whether an IPv6 wildcard address takes IPv4 connections too. */
    public boolean ipv4Compatible() {
        return place.ipv4Compatible();
    }

    /** Whether it listens. */
    public boolean bound() {
        return place.bound();
    }

    /** Whether each worker binds its own socket. */
    public boolean reusePort() {
        return place.reusePort();
    }

    /** Length of the queue of connections that wait to be accepted. */
    public int backlog() {
        return place.backlog();
    }

    /** What its sockets are set to, but for the options of those that have their own. */
    public SocketRules sockets() {
        return place.sockets();
    }

    /** What the sockets of one of its addresses are set to. */
    public SocketRules sockets(int address) {
        return place.sockets(address);
    }

    /** What is done to its connections. */
    public List<FilterChainSpec> chains() {
        return chainSet.chains();
    }

    /** What is done to connections that fit no chain; null: they are closed. */
    public @Nullable FilterChainSpec otherwise() {
        return chainSet.otherwise();
    }

    /** What takes its datagrams; null for one that takes connections. */
    public @Nullable DatagramSpec datagrams() {
        return chains().size() == 1
                && chains().getFirst().filters().getFirst().config() instanceof DatagramSpec datagrams
                        ? datagrams
                        : null;
    }
}
