package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.weir.net.handover.ListeningSockets;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sockets that another process opened, and those that are told to the next one. */
final class HandedSocket {
    private HandedSocket() {}

    /** What this process was handed for an address; empty: nothing that will do, or no transport that can take it. */
    static List<Integer> take(Transport transport, ListenOptions options) {
        return switch (transport) {
            case EPOLL -> ListeningSockets.PROCESS.take(options.address(), each -> fits(each, options));
            case NIO -> List.of();
        };
    }

    /** Whether IPv4 comes too is settled when a socket is bound, and not afterwards. */
    static boolean fits(int descriptor, ListenOptions options) {
        try {
            return !(options.address() instanceof InetSocketAddress inet
                    && inet.getAddress() instanceof Inet6Address)
                    || new Socket(descriptor).getIntOpt(Transport.IPV6_ONLY.level(),
                            Transport.IPV6_ONLY.optname()) == (options.ipv4Compatible() ? 0 : 1);
        } catch (IOException e) {
            return true; // it is told when it is set up
        }
    }

    /** The kernel holds so many connections for a socket that listens already. */
    static void backlog(Channel socket, int connections) throws IOException {
        if (socket instanceof UnixChannel unix && unix.fd() instanceof Socket listening) {
            listening.listen(connections);
        }
    }

    /** A socket that listens already. */
    static ServerChannel of(int descriptor, SocketAddress asked) {
        return asked instanceof UnixDomainSocketAddress
                ? new EpollServerDomainSocketChannel(descriptor, true)
                : new EpollServerSocketChannel(descriptor);
    }

    /**
     * Notes sockets that listen, for the next process; null where there is nothing that could be handed over.
     *
     * @param handed
     *            whether this process was handed them itself
     */
    static ListeningSockets.@Nullable Opened note(SocketAddress asked, List<Channel> sockets, boolean handed) {
        List<Integer> descriptors = new ArrayList<>();
        for (Channel socket : sockets) {
            if (socket instanceof UnixChannel unix) {
                descriptors.add(unix.fd().intValue());
            }
        }
        return descriptors.isEmpty() ? null : ListeningSockets.PROCESS.opened(asked, descriptors, handed);
    }
}
