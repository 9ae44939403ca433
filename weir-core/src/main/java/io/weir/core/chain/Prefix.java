package io.weir.core.chain;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * The addresses that begin with the same bits. An IPv4 address stands in the upper half of {@code high}.
 *
 * @param ipv6
 *            whether of IPv6; one of IPv4 has no address in common with it
 * @param high
 *            the first 64 bits, those behind the prefix zero
 * @param low
 *            the other 64
 * @param bits
 *            how many count: up to 32, or 128
 */
public record Prefix(boolean ipv6, long high, long low, int bits) {
    /** The bits of an IPv4 address. */
    public static final int IPV4_BITS = 32;
    /** The bits of an IPv6 address. */
    public static final int IPV6_BITS = 128;

    /**
     * The first bits of an address; what is behind them does not count.
     *
     * @param bits
     *            of a number that is too large, all
     */
    public static Prefix of(InetAddress address, int bits) {
        boolean six = address instanceof Inet6Address;
        byte[] bytes = address.getAddress();
        long high = 0;
        long low = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            high = high << Byte.SIZE | (i < bytes.length ? bytes[i] & 0xff : 0);
            low = low << Byte.SIZE | (six ? bytes[Long.BYTES + i] & 0xff : 0);
        }
        int kept = Math.clamp(bits, 0, six ? IPV6_BITS : IPV4_BITS);
        return new Prefix(six, high & mask(kept), low & mask(kept - Long.SIZE), kept);
    }

    /** Of the first 64 bits so many. */
    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
    }

    /** Whether it is one of these addresses. */
    public boolean contains(InetAddress address) {
        return address instanceof Inet6Address == ipv6 && of(address, bits).equals(this);
    }
}
