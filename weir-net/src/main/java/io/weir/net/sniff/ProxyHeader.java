package io.weir.net.sniff;

import io.netty.buffer.ByteBuf;
import io.weir.core.socket.Tlv;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The head that a proxy puts before a connection's bytes, in both of its versions ("The PROXY protocol", haproxy's
 * doc/proxy-protocol.txt, sections 2.1 and 2.2). Immutable.
 *
 * @param version
 *            1 or 2
 * @param bytes
 *            how many bytes it takes
 * @param source
 *            the client; null: the proxy speaks for itself, or does not know
 * @param destination
 *            where the client was going; null as above
 */
record ProxyHeader(int version, int bytes, @Nullable InetSocketAddress source,
        @Nullable InetSocketAddress destination, List<Tlv> values) {
    private static final byte[] FIRST = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SECOND = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    /** Of version 1, with its line end. */
    private static final int LINE_BYTES_MAX = 107;
    private static final int HEAD_BYTES = 16;
    private static final int PORT_MAX = 65_535;

    /** What bytes come to. */
    sealed interface Reading {}

    /** More of them are needed. */
    record More() implements Reading {
    }

    /** They are something else. */
    record Absent() implements Reading {
    }

    /**
     * They begin such a head, and break its rules.
     *
     * @param version
     *            1 or 2
     */
    record Broken(int version, String why) implements Reading {
    }

    /** There it is. */
    record Present(ProxyHeader header) implements Reading {
    }

    ProxyHeader {
        values = List.copyOf(values);
    }

    /** Reads, and takes nothing away. */
    static Reading read(ByteBuf bytes) {
        int first = same(bytes, FIRST);
        int second = same(bytes, SECOND);
        if (first == FIRST.length) {
            return line(bytes);
        }
        if (second == SECOND.length) {
            return binary(bytes);
        }
        return bytes.readableBytes() == Math.max(first, second) ? new More() : new Absent();
    }

    private static int same(ByteBuf bytes, byte[] wanted) {
        int most = Math.min(bytes.readableBytes(), wanted.length);
        int same = 0;
        while (same < most && bytes.getByte(bytes.readerIndex() + same) == wanted[same]) {
            same++;
        }
        return same;
    }

    private static Reading line(ByteBuf bytes) {
        int start = bytes.readerIndex();
        int most = Math.min(bytes.readableBytes(), LINE_BYTES_MAX);
        int end = bytes.indexOf(start, start + most, (byte) '\n');
        if (end < 0) {
            return most == LINE_BYTES_MAX
                    ? new Broken(1, "a line longer than " + LINE_BYTES_MAX + " bytes")
                    : new More();
        }
        String line = bytes.toString(start, end - start, StandardCharsets.ISO_8859_1);
        if (!line.endsWith("\r")) {
            return new Broken(1, "a line that ends without CR");
        }
        String[] words = line.substring(0, line.length() - 1).split(" ", -1);
        int length = end + 1 - start;
        if (words[1].equals("UNKNOWN")) {
            return new Present(new ProxyHeader(1, length, null, null, List.of()));
        }
        boolean six = words[1].equals("TCP6");
        if (words.length != 6 || !(six || words[1].equals("TCP4"))) {
            return new Broken(1, "neither TCP4, TCP6 nor UNKNOWN with two addresses and two ports");
        }
        InetSocketAddress source = address(words[2], words[4], six);
        InetSocketAddress destination = address(words[3], words[5], six);
        return source == null || destination == null
                ? new Broken(1, "an address or a port that is none")
                : new Present(new ProxyHeader(1, length, source, destination, List.of()));
    }

    private static @Nullable InetSocketAddress address(String ip, String port, boolean six) {
        boolean four = ip.chars().filter(each -> each == '.').count() == 3 && ip.indexOf(':') < 0;
        if (six ? ip.indexOf(':') < 0 : !four) {
            return null;
        }
        try {
            int number = port.matches("\\d{1,5}") ? Integer.parseInt(port) : PORT_MAX + 1;
            return number > PORT_MAX ? null : new InetSocketAddress(InetAddress.ofLiteral(ip), number);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Reading binary(ByteBuf bytes) {
        if (bytes.readableBytes() < HEAD_BYTES) {
            return new More();
        }
        int start = bytes.readerIndex();
        int command = bytes.getUnsignedByte(start + SECOND.length);
        if (command != 0x20 && command != 0x21) {
            return new Broken(2, "neither LOCAL nor PROXY of version 2");
        }
        int length = HEAD_BYTES + bytes.getUnsignedShort(start + HEAD_BYTES - 2);
        if (bytes.readableBytes() < length) {
            return new More();
        }
        boolean local = command == 0x20;
        int family = bytes.getUnsignedByte(start + SECOND.length + 1);
        int addresses = switch (family) {
            case 0x11 -> 2 * (4 + 2);
            case 0x21 -> 2 * (16 + 2);
            case 0x31 -> 2 * 108;
            case 0x00 -> 0;
            default -> -1;
        };
        if (addresses < 0) {
            // what is meant for itself may be of any family, and its addresses count for nothing
            return local
                    ? new Present(new ProxyHeader(2, length, null, null, List.of()))
                    : new Broken(2, "a family or a protocol that is not that of a stream");
        }
        if (length < HEAD_BYTES + addresses && !local) {
            return new Broken(2, "shorter than its addresses");
        }
        int values = Math.min(length, HEAD_BYTES + addresses);
        byte[] head = new byte[length];
        bytes.getBytes(start, head);
        List<Tlv> told = values(head, values);
        if (told == null) {
            return new Broken(2, "a value longer than what is left, or a checksum that is not that of the head");
        }
        boolean ip = !local && (family == 0x11 || family == 0x21);
        int ipBytes = family == 0x11 ? 4 : 16;
        return new Present(new ProxyHeader(2, length, ip ? address(head, HEAD_BYTES, ipBytes, 0) : null,
                ip ? address(head, HEAD_BYTES + ipBytes, ipBytes, 2) : null, told));
    }

    /**
     * An address, and its port, which stands behind both addresses.
     *
     * @param portSkip
     *            what of ports stands before it
     */
    private static InetSocketAddress address(byte[] head, int at, int ipBytes, int portSkip) {
        byte[] ip = new byte[ipBytes];
        System.arraycopy(head, at, ip, 0, ipBytes);
        int port = HEAD_BYTES + 2 * ipBytes + portSkip;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip),
                    (head[port] & 0xff) << Byte.SIZE | head[port + 1] & 0xff);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // of an address of another length
        }
    }

    /** What stands behind the addresses; null where it breaks the rules. Section 2.2.3 has the checksum. */
    private static @Nullable List<Tlv> values(byte[] head, int from) {
        var values = new ArrayList<Tlv>();
        int at = from;
        while (at < head.length) {
            int length = at + 3 > head.length ? -1 : (head[at + 1] & 0xff) << Byte.SIZE | head[at + 2] & 0xff;
            if (length < 0 || at + 3 + length > head.length) {
                return null;
            }
            byte[] value = new byte[length];
            System.arraycopy(head, at + 3, value, 0, length);
            if ((head[at] & 0xff) == Tlv.CRC32C && !sumFits(head, at + 3, value)) {
                return null;
            }
            values.add(Tlv.of(head[at] & 0xff, value));
            at += 3 + length;
        }
        return values;
    }

    private static boolean sumFits(byte[] head, int at, byte[] told) {
        if (told.length != Integer.BYTES) {
            return false;
        }
        var sum = new CRC32C();
        sum.update(head, 0, at);
        sum.update(new byte[Integer.BYTES]);
        sum.update(head, at + Integer.BYTES, head.length - at - Integer.BYTES);
        return (int) sum.getValue() == ByteBuffer.wrap(told).getInt();
    }
}
