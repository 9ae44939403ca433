package io.weir.net.transport;

import io.netty.channel.unix.Socket;
import io.weir.net.handover.ListeningSockets;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Room for a socket where others listen that are about to leave, at the same port and by addresses of which one holds
 * the other: by SO_REUSEPORT, which all of them must have (socket(7)). Nobody else's port is shared by it: who listens
 * there and does not leave has not been asked.
 */
final class Room {
    private Room() {}

    /** Whether one of them has packets that are for the other too, where both are bound. */
    static boolean overlap(InetSocketAddress one, InetSocketAddress other) {
        InetAddress first = one.getAddress();
        InetAddress second = other.getAddress();
        return one.getPort() == other.getPort()
                && (first.equals(second) || holds(first, second) || holds(second, first));
    }

    /** An IPv6 wildcard may take IPv4 too; where it does not, nothing is lost. */
    private static boolean holds(InetAddress wide, InetAddress narrow) {
        return wide.isAnyLocalAddress()
                && (wide instanceof Inet6Address || wide.getClass().equals(narrow.getClass()));
    }

    /**
     * Lets a socket that is to take connections at this address come beside those that were handed over and that nobody
     * takes: the process before takes who waits there, and closes them. Whether there are any.
     */
    static boolean besideHanded(InetSocketAddress address) throws IOException {
        boolean any = false;
        for (ListeningSockets.Left left : ListeningSockets.PROCESS.left()) {
            InetSocketAddress at = literal(left.asked());
            if (at != null && overlap(at, address)) {
                share(left.descriptors());
                any = true;
            }
        }
        return any;
    }

    private static void share(List<Integer> descriptors) throws IOException {
        for (int descriptor : descriptors) {
            new Socket(descriptor).setReusePort(true);
        }
    }

    /** Null for what is no IP address with a port, such as a path. */
    private static @Nullable InetSocketAddress literal(String text) {
        int colon = Math.max(text.lastIndexOf(':'), 0);
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        try {
            return new InetSocketAddress(
                    InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host),
                    Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
