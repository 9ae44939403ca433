package io.weir.http.proxy;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Socket addresses as logs and headers write them: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80}, a path. */
final class Addresses {
    private Addresses() {}

    static String text(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet when inet.getAddress() instanceof Inet6Address six ->
                "[" + ip(six.getHostAddress()) + "]:" + inet.getPort();
            case InetSocketAddress inet when inet.getAddress() != null ->
                inet.getAddress().getHostAddress() + ":" + inet.getPort();
            case UnixDomainSocketAddress unix -> unix.getPath().toString();
            default -> address.toString();
        };
    }

    /** Without the scope that Java appends to link-local addresses. */
    static String ip(String text) {
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }
}
