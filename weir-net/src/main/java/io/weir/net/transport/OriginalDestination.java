package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.AttributeKey;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection was going before a rule of this machine's packet filter (REDIRECT) brought it here. The kernel
 * remembers it with the connections that it tracks and tells it when asked (SO_ORIGINAL_DST: linux/netfilter_ipv4.h,
 * linux/netfilter_ipv6/ip6_tables.h). Or the rule has left the address as it was (TPROXY), or a proxy before us tells
 * it. What is found stays with the channel, as its local address from then on: an address of this class is one that was
 * found so. Immutable.
 */
public final class OriginalDestination extends InetSocketAddress {
    private static final long serialVersionUID = 1L;
    private static final AttributeKey<OriginalDestination> FOUND = AttributeKey.valueOf("weir.originalDestination");

    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;
    /** A struct sockaddr_in: family, port, address, and nothing. */
    private static final ChannelOption<ByteBuffer> OF_IPV4 = new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP,
            SO_ORIGINAL_DST, 16);
    /** A struct sockaddr_in6: family, port, flow, address, scope. */
    private static final ChannelOption<ByteBuffer> OF_IPV6 = new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6,
            SO_ORIGINAL_DST, 28);
    private static final int PORT_AT = 2;
    private static final int IPV4_AT = 4;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_AT = 8;
    private static final int IPV6_BYTES = 16;

    private OriginalDestination(InetAddress address, int port) {
        super(address, port);
    }

    /** Whether the kernel can be asked over connections of these workers; if not, nothing is ever found. */
    public static boolean known(Workers workers) {
        return workers.all().getFirst().transport() == Transport.EPOLL;
    }

    /**
     * Asks the kernel, once, when a connection has come in. One that was going to this very address was not redirected:
     * it has no other destination than Weir, and to send it there would be to send it in a circle.
     *
     * @return the channel's {@link #localAddress} from now on; null where it was not redirected
     */
    public static @Nullable OriginalDestination find(Channel channel) {
        if (!(channel instanceof EpollSocketChannel socket)) {
            return null;
        }
        InetSocketAddress local = socket.localAddress();
        OriginalDestination told = local == null ? null : ask(socket, local.getAddress() instanceof Inet4Address);
        if (told == null || told.equals(local)) {
            return null;
        }
        channel.attr(FOUND).set(told);
        return told;
    }

    /**
     * The same for a connection that a rule (TPROXY) has brought to a transparent socket: it kept the address that it
     * was going to (linux/Documentation/networking/tproxy.rst).
     *
     * @param own
     *            where the socket listens: whoever was going there was going nowhere else
     */
    public static @Nullable OriginalDestination kept(Channel channel, List<SocketAddress> own) {
        if (!(channel.localAddress() instanceof InetSocketAddress local)
                || own.stream().anyMatch(each -> covers(each, local))) {
            return null;
        }
        told(channel, local);
        return channel.attr(FOUND).get();
    }

    private static boolean covers(SocketAddress own, InetSocketAddress local) {
        return own instanceof InetSocketAddress inet && inet.getPort() == local.getPort()
                && (inet.getAddress().isAnyLocalAddress() || inet.getAddress().equals(local.getAddress()));
    }

    /** Somebody before us has told where a connection was going. */
    public static void told(Channel channel, InetSocketAddress to) {
        channel.attr(FOUND).set(new OriginalDestination(to.getAddress(), to.getPort()));
    }

    private static @Nullable OriginalDestination ask(EpollSocketChannel socket, boolean ipv4) {
        ByteBuffer answer;
        try {
            answer = socket.config().getOption(ipv4 ? OF_IPV4 : OF_IPV6);
        } catch (ChannelException e) {
            return null; // ENOENT: no rule of the packet filter has the kernel track the connection
        }
        return answer == null ? null : read(answer, ipv4);
    }

    /** A socket address as the kernel writes it: the port is in the network's order, as the address is. */
    static @Nullable OriginalDestination read(ByteBuffer told, boolean ipv4) {
        byte[] address = new byte[ipv4 ? IPV4_BYTES : IPV6_BYTES];
        int at = ipv4 ? IPV4_AT : IPV6_AT;
        if (told.limit() < at + address.length) {
            return null;
        }
        int port = Byte.toUnsignedInt(told.get(PORT_AT)) << Byte.SIZE | Byte.toUnsignedInt(told.get(PORT_AT + 1));
        told.get(at, address);
        try {
            return new OriginalDestination(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // of an address of another length
        }
    }

    /** Where a connection was going: what was found, else the address at which it came in. */
    public static SocketAddress localAddress(Channel channel) {
        OriginalDestination found = channel.hasAttr(FOUND) ? channel.attr(FOUND).get() : null;
        return found == null ? channel.localAddress() : found;
    }
}
