package io.weir.app.admin;

import io.weir.core.model.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** Addresses as Envoy writes them. */
public final class Addresses {
    private Addresses() {}

    /** {@code 10.0.0.1:80}, {@code [::1]:80}, or the path of a Unix socket. */
    public static String text(SocketAddress address) {
        return AddressText.of(address);
    }

    static Map<String, Object> json(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            Map<String, Object> socket = new LinkedHashMap<>();
            socket.put("address", host(inet));
            socket.put("port_value", inet.getPort());
            return Map.of("socket_address", socket);
        }
        return Map.of("pipe", Map.of("path", text(address)));
    }

    private static String host(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        return resolved == null ? address.getHostString() : AddressText.of(resolved);
    }
}
