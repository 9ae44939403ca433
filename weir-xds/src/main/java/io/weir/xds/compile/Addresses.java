package io.weir.xds.compile;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.regex.Pattern;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Pipe;

import org.jspecify.annotations.Nullable;

/** Reads addresses to listen at and addresses to connect to. Never asks a name server. */
final class Addresses {

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    /** What Linux takes for the path of a socket, without its final zero (unix(7)). */
    private static final int PIPE_PATH_BYTES_MAX = 107;

    private Addresses() {}

    /** Where a listener listens: an IP address and port, or a pipe. */
    static @Nullable SocketAddress toListenAt(ReadContext context, Address address) {
        return switch (address.getAddressCase()) {
            case SOCKET_ADDRESS -> {
                var socket = address.getSocketAddress();
                int port = port(context.at("socket_address"), socket);
                InetAddress ip = literal(socket.getAddress());
                if (ip == null) {
                    if (!bracketed(context, socket.getAddress()) && !socket.getAddress().isEmpty()) {
                        context.problem("socket_address.address", socket.getAddress(), "a listener needs an IP address",
                                socket.getAddress().equals("localhost")
                                        ? "write 127.0.0.1"
                                        : "write the IP address of this machine, 127.0.0.1, or 0.0.0.0 for all"
                                                + " of them");
                    }
                    yield null;
                }
                yield port < 0 ? null : new InetSocketAddress(ip, port);
            }
            case PIPE -> pipe(context.at("pipe"), address.getPipe());
            case ENVOY_INTERNAL_ADDRESS -> internal(context);
            case ADDRESS_NOT_SET -> missing(context);
        };
    }

    /** The permissions of a pipe's file, -1 where none are given; 0 is none, as in Envoy. */
    static int mode(Address address) {
        return address.getPipe().getMode() == 0 ? -1 : address.getPipe().getMode();
    }

    /**
     * What a cluster connects to.
     *
     * @param names
     *            whether the cluster resolves names; without, an IP address or a pipe is needed
     */
    static @Nullable SocketAddress toConnectTo(ReadContext context, Address address, boolean names) {
        return switch (address.getAddressCase()) {
            case SOCKET_ADDRESS -> {
                var socket = address.getSocketAddress();
                int port = port(context.at("socket_address"), socket);
                if (port == 0 && socket.getPortSpecifierCase().getNumber() != 0) {
                    context.problem("socket_address.port_value", "0", "port 0 cannot be connected to",
                            "write the port of the endpoint");
                }
                InetAddress ip = literal(socket.getAddress());
                if (bracketed(context, socket.getAddress()) || port <= 0 || socket.getAddress().isEmpty()) {
                    yield null;
                }
                if (ip != null) {
                    yield new InetSocketAddress(ip, port);
                }
                if (!names) {
                    context.problem("socket_address.address", socket.getAddress(),
                            "a STATIC cluster needs IP addresses, and this is none",
                            "write an IP address, or set type: STRICT_DNS to have the name resolved");
                    yield null;
                }
                yield InetSocketAddress.createUnresolved(socket.getAddress(), port);
            }
            case PIPE -> {
                if (names) {
                    context.problem("pipe.path", address.getPipe().getPath(), "a DNS cluster needs names, not pipes",
                            "set type: STATIC");
                    yield null;
                }
                if (address.getPipe().getMode() != 0) {
                    context.warning("pipe.mode", Integer.toString(address.getPipe().getMode()),
                            "a mode is given to sockets that are listened on; this one is connected to", "remove it");
                }
                yield pipe(context.at("pipe"), address.getPipe());
            }
            case ENVOY_INTERNAL_ADDRESS -> internal(context);
            case ADDRESS_NOT_SET -> missing(context);
        };
    }

    /** The IP address that a text stands for, null when it is none: four numbers, or IPv6. */
    static @Nullable InetAddress literal(String text) {
        if (text.startsWith("[") || !text.contains(":") && !IPV4.matcher(text).matches()) {
            return null; // ofLiteral also takes "10.1" and "2130706433"
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Brackets part an address from its port (RFC 3986 section 3.2.2); here the port stands in a field of its own. */
    private static boolean bracketed(ReadContext context, String text) {
        if (!text.startsWith("[")) {
            return false;
        }
        context.problem("socket_address.address", text, "an address stands without brackets here",
                "write " + text.substring(1).replace("]", ""));
        return true;
    }

    private static int port(ReadContext context, io.envoyproxy.envoy.config.core.v3.SocketAddress socket) {
        return switch (socket.getPortSpecifierCase()) {
            case PORT_VALUE ->
                socket.getPortValue() <= 0xFFFF && socket.getPortValue() >= 0 ? socket.getPortValue() : -1;
            case NAMED_PORT -> {
                context.problem("named_port", socket.getNamedPort(), "Weir does not look up ports by name",
                        "write port_value with a number");
                yield -1;
            }
            case PORTSPECIFIER_NOT_SET -> -1; // a rule of the API says that it is required
        };
    }

    private static @Nullable SocketAddress pipe(ReadContext context, Pipe pipe) {
        String path = pipe.getPath();
        if (path.isEmpty()) {
            return null; // a rule of the API says that it is required
        }
        if (path.startsWith("@") && pipe.getMode() != 0) {
            context.problem("mode", Integer.toOctalString(pipe.getMode()), "a name that is not a file has no mode",
                    "remove mode, or write the path of a file");
            return null;
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > PIPE_PATH_BYTES_MAX) {
            context.problem("path", path, "the path of a socket may have " + PIPE_PATH_BYTES_MAX + " bytes",
                    "use a shorter path");
            return null;
        }
        try {
            return UnixDomainSocketAddress.of(path);
        } catch (InvalidPathException e) {
            context.problem("path", path, "this is no path: " + e.getReason(), "write the path of a file");
            return null;
        }
    }

    private static @Nullable SocketAddress internal(ReadContext context) {
        context.problem("envoy_internal_address", "", "Weir does not have internal listeners yet",
                "use socket_address or pipe");
        return null;
    }

    private static @Nullable SocketAddress missing(ReadContext context) {
        context.problem("", "", "an address is missing", "write socket_address: { address: ..., port_value: ... }");
        return null;
    }
}
