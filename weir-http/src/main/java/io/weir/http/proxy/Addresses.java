package io.weir.http.proxy;

import io.weir.core.model.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Socket addresses as logs and headers write them: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80}, a path. */
final class Addresses {
    private Addresses() {}

    static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address six
                ? "[" + ip(six) + "]:" + inet.getPort()
                : AddressText.of(address);
    }

    /** Without the zone of link-local addresses, which means nothing on another machine. */
    static String ip(InetAddress address) {
        String text = AddressText.of(address);
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
