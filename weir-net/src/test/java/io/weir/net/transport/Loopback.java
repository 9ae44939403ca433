package io.weir.net.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses of this machine, written as literals so that nothing is resolved. */
final class Loopback {
    private Loopback() {}

    static InetSocketAddress at(int port) {
        return at("127.0.0.1", port);
    }

    static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }
}
