package io.weir.xds.spec;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which connections of a machine, or of a network namespace, go through Weir without their ends' knowledge. Immutable.
 *
 * @param outboundPort
 *            where connections come that were going out
 * @param inboundPort
 *            where connections come that were coming in
 * @param inbound
 *            how they are brought there
 * @param ipv6
 *            whether those of IPv6 are, too
 * @param out
 *            which of those that go out do not; networks are where they go
 * @param in
 *            which of those that come in do not; networks are where they come from
 * @param own
 *            whose connections are Weir's own, and go out as they are
 */
public record Interception(int outboundPort, int inboundPort, Way inbound, boolean ipv6, Exempt out, Exempt in,
        Owners own) {

    /** Of packets of connections that Weir makes from its clients' addresses. */
    public static final int MARK = 15_006;

    /** How connections that come in are brought to Weir. */
    public enum Way {
        /** Their destination is another from then on, which the kernel remembers (NAT). */
        REDIRECT,
        /**
         * They keep both their addresses, and Weir's socket is found for them all the same; Weir comes to the
         * application from the client's address.
         */
        TPROXY
    }

    /** Ports, both ends included. */
    public record Ports(int from, int to) {
        private static final int PORT_MAX = 0xFFFF;
        private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

        /** {@code 80} or {@code 8000-8100}; null: this is neither. */
        public static @Nullable Ports read(String text) {
            Matcher range = RANGE.matcher(text);
            if (!range.matches()) {
                return null;
            }
            int from = Integer.parseInt(range.group(1));
            int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
            return from == 0 || to < from || to > PORT_MAX ? null : new Ports(from, to);
        }

        /** As nft(8) and people write it. */
        @Override
        public String toString() {
            return from == to ? Integer.toString(from) : from + "-" + to;
        }
    }

    /**
     * The addresses that begin with the same bits.
     *
     * @param address
     *            an IP address without a zone
     */
    public record Network(String address, int bits) {
        private static final int IPV4_BITS = 32;
        private static final int IPV6_BITS = 128;
        private static final Pattern TEXT = Pattern
                .compile("(\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)(?:/(\\d{1,3}))?");

        /** {@code 10.0.0.0/8}, {@code fd00::/8}, or an address alone; null: this is none of them. */
        public static @Nullable Network read(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                return null;
            }
            try {
                String address = parts.group(1);
                boolean six = InetAddress.ofLiteral(address) instanceof Inet6Address;
                int all = six ? IPV6_BITS : IPV4_BITS;
                int bits = parts.group(2) == null ? all : Integer.parseInt(parts.group(2));
                // an IPv4 address in the form of IPv6 is one of IPv4, and is to be written as such
                return bits > all || six != address.contains(":") ? null : new Network(address, bits);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        /** Whether of IPv6. */
        public boolean ipv6() {
            return address.indexOf(':') >= 0;
        }

        /** As nft(8) and people write it. */
        @Override
        public String toString() {
            return address + "/" + bits;
        }
    }

    /** Connections that are left alone. */
    public record Exempt(List<Network> networks, List<Ports> ports) {
        /** None. */
        public static final Exempt NONE = new Exempt(List.of(), List.of());

        public Exempt {
            networks = List.copyOf(networks);
            ports = List.copyOf(ports);
        }
    }

    /**
     * Users and groups.
     *
     * @param users
     *            numbers, or names that this machine knows
     * @param groups
     *            the same
     */
    public record Owners(List<String> users, List<String> groups) {
        /** What useradd(8) and groupadd(8) take. */
        private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_-]{0,31}|\\d{1,9}");

        /** Nobody. */
        public static final Owners NOBODY = new Owners(List.of(), List.of());

        public Owners {
            users = List.copyOf(users);
            groups = List.copyOf(groups);
        }

        /** The text, where it is the name or the number of a user or group; null: it is neither. */
        public static @Nullable String read(String text) {
            return NAME.matcher(text).matches() ? text : null;
        }

        /** Whether there are none. */
        public boolean isEmpty() {
            return users.isEmpty() && groups.isEmpty();
        }
    }

    /** The same with other owners. */
    public Interception ownedBy(Owners other) {
        return new Interception(outboundPort, inboundPort, inbound, ipv6, out, in, other);
    }

    /** The same of IPv4 alone. */
    public Interception withoutIpv6() {
        return new Interception(outboundPort, inboundPort, inbound, false, out, in, own);
    }
}
