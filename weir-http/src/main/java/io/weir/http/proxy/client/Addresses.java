package io.weir.http.proxy.client;

import io.weir.core.model.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Socket addresses as logs and headers write them: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80}, a path. */
public final class Addresses {
    private static final int PORT_MAX = 65_535;

    private Addresses() {}

    public static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address six
                ? "[" + ip(six) + "]:" + inet.getPort()
                : AddressText.of(address);
    }

    /** Without the zone of link-local addresses, which means nothing on another machine. */
    public static String ip(InetAddress address) {
        String text = AddressText.of(address);
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    /** The other way round, {@code 10.0.0.1:80} or {@code [2001:db8::1]:80}; null where it is none: no name either. */
    public static @Nullable InetSocketAddress literal(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || bracketed != host.contains(":") || !port.matches("[0-9]{1,5}")
                || Integer.parseInt(port) > PORT_MAX) {
            return null;
        }
        try {
            return new InetSocketAddress(
                    InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host),
                    Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
