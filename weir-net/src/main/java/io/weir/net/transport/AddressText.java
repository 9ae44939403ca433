package io.weir.net.transport;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Addresses as logs and headers have them. */
public final class AddressText {
    private AddressText() {}

    /**
     * {@code 10.0.0.1:80}, {@code [::1]:80}, {@code name:80} for what is not resolved, or a socket's path; null for
     * null. Makes a string each time: ask when someone wants to read it.
     */
    public static @Nullable String of(@Nullable SocketAddress address) {
        return switch (address) {
            case null -> null;
            case InetSocketAddress inet -> inet.getAddress() instanceof Inet6Address
                    ? '[' + ip(inet) + "]:" + inet.getPort()
                    : ip(inet) + ':' + inet.getPort();
            case DomainSocketAddress unix -> unix.path().replace('\0', '@');
            default -> address.toString();
        };
    }

    private static String ip(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        return ip == null ? address.getHostString() : ip.getHostAddress();
    }
}
