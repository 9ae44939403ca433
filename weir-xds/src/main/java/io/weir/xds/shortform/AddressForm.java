package io.weir.xds.shortform;

import java.net.InetAddress;
import java.util.regex.Pattern;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/** Addresses as people write them: {@code 10.0.0.1:80}, {@code [::1]:80}, {@code :80}, {@code /run/app.sock}. */
final class AddressForm {

    private static final int PORT_MAX = 0xFFFF;
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private AddressForm() {}

    /** The host and port of a text, which are told apart by the last colon; host is empty for {@code :80}. */
    private record HostPort(String host, int port) {
    }

    /** Envoy's {@code address} of a place to listen at; null after a problem. */
    static @Nullable Mapping toListenAt(Part part) {
        return toListenAt(part, false);
    }

    /**
     * The same for connections or for datagrams.
     *
     * @param udp
     *            whether it is for datagrams, which have no pipes
     */
    static @Nullable Mapping toListenAt(Part part, boolean udp) {
        String text = part.text();
        if (text == null) {
            return null;
        }
        if (isPipe(text)) {
            if (udp) {
                part.problem("datagrams come to an IP address", "write an address and a port");
                return null;
            }
            return pipe(part.at(), text);
        }
        HostPort parsed = parse(part, text.matches("\\d+") ? ":" + text : text, 0);
        if (parsed == null) {
            return null;
        }
        String host = switch (parsed.host()) {
            case "", "*" -> "0.0.0.0";
            case "localhost" -> "127.0.0.1";
            default -> parsed.host();
        };
        if (!isLiteral(host)) {
            part.problem("an address to listen at begins with an IP address of this machine",
                    "write 127.0.0.1:" + parsed.port() + " for this machine only, or :" + parsed.port()
                            + " for everybody");
            return null;
        }
        return toListenAt(part.at(), host, parsed.port(), udp);
    }

    /** What stands for an address that cannot be read, so that nobody misses it as well. */
    static Mapping unknown(Position at, boolean udp) {
        return toListenAt(at, "0.0.0.0", 0, udp);
    }

    /** Envoy's {@code address} of something to connect to by its IP address or pipe; null after a problem. */
    static @Nullable Mapping toConnectTo(Part part, String text) {
        if (isPipe(text)) {
            return pipe(part.at(), text);
        }
        HostPort parsed = parse(part, text, 1);
        if (parsed == null) {
            return null;
        }
        String host = parsed.host().equals("localhost") ? "127.0.0.1" : parsed.host();
        if (!isLiteral(host)) {
            part.problem("\"at\" takes IP addresses, and this is a name", "write dns: " + text);
            return null;
        }
        return socket(part.at(), host, parsed.port());
    }

    /** Envoy's {@code address} of a name that is resolved; null after a problem. */
    static @Nullable Mapping toResolve(Part part, String text) {
        if (isPipe(text)) {
            part.problem("\"dns\" takes names, and this is a path", "write at: " + text);
            return null;
        }
        HostPort parsed = parse(part, text, 1);
        if (parsed == null) {
            return null;
        }
        if (parsed.host().isEmpty()) {
            part.problem("the name before the port is missing", "write name:" + parsed.port());
            return null;
        }
        return socket(part.at(), parsed.host(), parsed.port());
    }

    private static boolean isPipe(String text) {
        return text.startsWith("/");
    }

    private static @Nullable HostPort parse(Part part, String text, int portMin) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        int port = colon < 0 ? -1 : number(text.substring(colon + 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            part.problem("an IPv6 address stands in brackets", "write [" + host + "]:" + Math.max(port, 0));
            return null;
        }
        if (port < portMin || port > PORT_MAX) {
            part.problem(colon < 0 ? "the port is missing" : "this does not end in a port",
                    "write host:port, with a port from " + portMin + " to " + PORT_MAX);
            return null;
        }
        return new HostPort(host, port);
    }

    private static int number(String digits) {
        return digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
    }

    private static boolean isLiteral(String host) {
        if (!host.contains(":") && !IPV4.matcher(host).matches()) {
            return false;
        }
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Mapping socket(Position at, String host, int port) {
        return new Tree(at).put("socket_address",
                new Tree(at).put("address", host).put("port_value", Tree.number(at, port))).mapping();
    }

    private static Mapping toListenAt(Position at, String host, int port, boolean udp) {
        return udp
                ? new Tree(at).put("socket_address", new Tree(at).put("protocol", "UDP").put("address", host)
                        .put("port_value", Tree.number(at, port))).mapping()
                : socket(at, host, port);
    }

    private static Mapping pipe(Position at, String path) {
        return new Tree(at).put("pipe", new Tree(at).put("path", path)).mapping();
    }
}
