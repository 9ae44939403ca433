package io.weir.net.tls;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The host that a request names, for which a connection is made. Immutable.
 *
 * @param host
 *            in lower case, without port and brackets; an address as certificates have it
 * @param sni
 *            what a host can be asked for (RFC 6066 section 3): no address; empty: nothing
 */
public record RequestName(String host, String sni) {
    private static final int CHARACTERS_MAX = 253;
    /** Labels as RFC 1035 section 2.3.4 bounds them, with the underscore that is met. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
    private static final Pattern V4 = Pattern.compile("[0-9.]+");

    /**
     * The host of an authority.
     *
     * @param authority
     *            a name or an address, IPv6 in brackets or not, and perhaps a port
     */
    public static RequestName of(String authority) {
        String host = bounded(host(authority)).toLowerCase(Locale.ROOT);
        if (host.indexOf(':') >= 0 || V4.matcher(host).matches()) {
            return new RequestName(address(host), "");
        }
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        boolean asks = name.length() <= CHARACTERS_MAX && NAME.matcher(name).matches();
        return new RequestName(name, asks ? name : "");
    }

    /** Connections are kept by what a client has written: no name is longer, and no certificate's ends like this. */
    private static String bounded(String host) {
        return host.length() <= CHARACTERS_MAX + 1 ? host : host.substring(0, CHARACTERS_MAX) + '!';
    }

    private static String host(String authority) {
        int end = authority.indexOf(']');
        if (authority.startsWith("[") && end > 0) {
            return authority.substring(1, end);
        }
        int colon = authority.indexOf(':');
        boolean port = colon >= 0 && colon == authority.lastIndexOf(':');
        return port ? authority.substring(0, colon) : authority;
    }

    private static String address(String text) {
        try {
            return InetAddress.ofLiteral(text).getHostAddress();
        } catch (IllegalArgumentException e) {
            return text; // no certificate is made for it
        }
    }
}
