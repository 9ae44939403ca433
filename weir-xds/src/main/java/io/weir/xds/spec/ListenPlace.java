package io.weir.xds.spec;

import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

/**
 * Where a listener listens, and by what sockets. Immutable.
 *
 * @param addresses
 *            at least one: resolved {@code InetSocketAddress} (port 0 asks the system for one) or
 *            {@code UnixDomainSocketAddress}
 * @param unixModes
 *            permissions of the files of those addresses that are given some; the others have those of the process'
 *            umask
 * @param ipv4Compatible
 *            whether an IPv6 wildcard address takes IPv4 connections too
 * @param bound
 *            whether it listens; if not, it has only what other listeners hand on to it
 * @param reusePort
 *            whether each worker binds its own socket (SO_REUSEPORT)
 * @param backlog
 *            length of the queue of connections that wait to be accepted
 * @param sockets
 *            what its sockets are set to
 * @param ownOptions
 *            by their place in {@code addresses}, what the sockets of those are set to that have options of their own
 *            in the place of those in {@code sockets}
 */
public record ListenPlace(List<SocketAddress> addresses, Map<SocketAddress, Integer> unixModes, boolean ipv4Compatible,
        boolean bound, boolean reusePort, int backlog, SocketRules sockets,
        Map<Integer, List<SocketOption>> ownOptions) {
    public ListenPlace {
        addresses = List.copyOf(addresses);
        unixModes = Map.copyOf(unixModes);
        ownOptions = Map.copyOf(ownOptions);
    }

    /** What the sockets of one of the addresses are set to. */
    SocketRules sockets(int address) {
        List<SocketOption> own = ownOptions.get(address);
        return own == null ? sockets : sockets.withOptions(own);
    }
}
