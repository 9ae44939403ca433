package io.weir.net.introduce;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.weir.core.socket.ProxyHeaderSpec;
import io.weir.core.socket.Tlv;
import io.weir.core.stats.Counter;
import io.weir.net.transport.OnBehalf;
import io.weir.net.transport.Preamble;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The PROXY protocol as it is written, in both of its versions ("The PROXY protocol", haproxy's doc/proxy-protocol.txt,
 * sections 2.1 and 2.2). Where a connection is made for nobody but Weir itself, such as one of a health check, it says
 * so. Where one address is of IPv4 and the other of IPv6, the first is written as one of the second (RFC 4291 section
 * 2.5.5.2). Immutable.
 *
 * @param client
 *            whom the connection is made for; null: nobody
 * @param tooLong
 *            counts the values for which there was no room
 */
public record Introduction(ProxyHeaderSpec spec, @Nullable OnBehalf client, Counter tooLong) implements Preamble {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final String UNKNOWN = "PROXY UNKNOWN\r\n";
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int IPV6_BYTES = 16;
    private static final int PORT_BYTES = 2;

    @Override
    public ByteBuf bytes(Channel channel) {
        ByteBuf out = channel.alloc().buffer();
        switch (spec.version()) {
            case 1 -> line(channel, out);
            default -> binary(out);
        }
        return out;
    }

    /** Says of a connection that it is Weir's own, for whoever has no channel at hand. */
    public static void ofWeir(int version, ByteBuf out) {
        if (version == 1) {
            out.writeCharSequence(UNKNOWN, StandardCharsets.US_ASCII);
        } else {
            head(out, LOCAL, UNSPECIFIED, 0);
        }
    }

    /** By the first version Weir itself goes by the connection's own addresses, as in Envoy. */
    private void line(Channel channel, ByteBuf out) {
        SocketAddress from = client == null ? channel.localAddress() : client.source();
        SocketAddress to = client == null ? channel.remoteAddress() : client.destination();
        if (!(from instanceof InetSocketAddress source) || !(to instanceof InetSocketAddress destination)) {
            out.writeCharSequence(UNKNOWN, StandardCharsets.US_ASCII);
            return;
        }
        boolean four = four(source, destination);
        out.writeCharSequence("PROXY " + (four ? "TCP4 " : "TCP6 ") + text(source, four) + ' '
                + text(destination, four) + ' ' + source.getPort() + ' ' + destination.getPort() + "\r\n",
                StandardCharsets.US_ASCII);
    }

    private void binary(ByteBuf out) {
        if (client == null) {
            ofWeir(2, out);
            return;
        }
        List<Tlv> values = values(client.values());
        int valuesBytes = values.stream().mapToInt(Tlv::sizeBytes).sum();
        if (client.source() instanceof InetSocketAddress source
                && client.destination() instanceof InetSocketAddress destination) {
            boolean four = four(source, destination);
            byte[] from = bytes(source, four);
            byte[] to = bytes(destination, four);
            head(out, PROXY, four ? TCP4 : TCP6, from.length + to.length + 2 * PORT_BYTES + valuesBytes);
            out.writeBytes(from).writeBytes(to).writeShort(source.getPort()).writeShort(destination.getPort());
        } else {
            head(out, PROXY, UNSPECIFIED, valuesBytes);
        }
        for (Tlv value : values) {
            byte[] bytes = value.bytes();
            out.writeByte(value.type()).writeShort(bytes.length).writeBytes(bytes);
        }
    }

    private static void head(ByteBuf out, int command, int family, int length) {
        out.writeBytes(SIGNATURE).writeByte(command).writeByte(family).writeShort(length);
    }

    /** What is added, and of what came with the connection what is of other types and has room. */
    private List<Tlv> values(List<Tlv> came) {
        var values = new ArrayList<>(spec.added());
        int left = ProxyHeaderSpec.VALUES_BYTES_MAX - values.stream().mapToInt(Tlv::sizeBytes).sum();
        for (Tlv value : came) {
            if (!spec.passed().takes(value)
                    || spec.added().stream().anyMatch(added -> added.type() == value.type())) {
                continue;
            }
            if (value.sizeBytes() > left) {
                tooLong.increment();
                continue;
            }
            left -= value.sizeBytes();
            values.add(value);
        }
        return values;
    }

    private static boolean four(InetSocketAddress source, InetSocketAddress destination) {
        return source.getAddress() instanceof Inet4Address && destination.getAddress() instanceof Inet4Address;
    }

    private static byte[] bytes(InetSocketAddress address, boolean four) {
        byte[] ip = address.getAddress().getAddress();
        if (four || ip.length == IPV6_BYTES) {
            return ip;
        }
        byte[] mapped = new byte[IPV6_BYTES];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(ip, 0, mapped, 12, ip.length);
        return mapped;
    }

    private static String text(InetSocketAddress address, boolean four) {
        InetAddress ip = address.getAddress();
        String text = ip.getHostAddress();
        int scope = text.indexOf('%'); // of this machine: nobody else knows its links
        String plain = scope < 0 ? text : text.substring(0, scope);
        return four || !(ip instanceof Inet4Address) ? plain : "::ffff:" + plain;
    }
}
