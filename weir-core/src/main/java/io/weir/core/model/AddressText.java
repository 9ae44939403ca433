package io.weir.core.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as people write them: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80} (RFC 5952), a name, a path. */
public final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    /** The address with its port, or the path of a socket. */
    public static String of(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            InetAddress ip = inet.getAddress();
            String host = ip == null ? inet.getHostString() : of(ip);
            return (ip instanceof Inet6Address ? '[' + host + ']' : host) + ':' + inet.getPort();
        }
        return address.toString();
    }

    /** The address alone, without brackets; the zone of a link-local one is kept. */
    public static String of(InetAddress ip) {
        if (!(ip instanceof Inet6Address six)) {
            return ip.getHostAddress();
        }
        byte[] bytes = six.getAddress();
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        // the first of the longest runs of two zeros or more is left out
        int start = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > longest) {
                start = i;
                longest = run;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == start) {
                out.append("::");
                i += longest - 1;
            } else {
                out.append(out.isEmpty() || out.charAt(out.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        String zone = six.getHostAddress();
        int percent = zone.indexOf('%');
        return percent < 0 ? out.toString() : out.append(zone, percent, zone.length()).toString();
    }
}
