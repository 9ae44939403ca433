package io.weir.http.codec;

/** Host and port, as in a Host field and in a target (RFC 9110 section 7.2, RFC 3986 section 3.2). Stateless. */
final class Authority {
    private static final int PORT_DIGITS_MAX = 5;
    private static final int PORT_MAX = 65535;

    private Authority() {}

    /**
     * Whether {@code bytes[from, to)} is a host that is not empty, a registered name or an address, and perhaps a port.
     * User information makes it invalid (RFC 9110 section 4.2.4), as does an address of a future IP version.
     *
     * @param portNeeded
     *            for CONNECT, which knows no default port (RFC 9110 section 9.3.6)
     */
    static boolean valid(byte[] bytes, int from, int to, boolean portNeeded) {
        int end = hostEnd(bytes, from, to);
        if (end <= from) {
            return false;
        }
        if (bytes[from] == '[' ? !IpLiteral.v6(bytes, from + 1, end - 1) : !name(bytes, from, end)) {
            return false;
        }
        if (end == to) {
            return !portNeeded;
        }
        int port = port(bytes, end + 1, to);
        return portNeeded ? port > 0 : port >= 0 || end + 1 == to;
    }

    /** Whether two valid authorities name the same host, in any case, and port, where none means the scheme's. */
    static boolean same(byte[] bytes, int from, int to, int otherFrom, int otherTo, int defaultPort) {
        int end = hostEnd(bytes, from, to);
        int otherEnd = hostEnd(bytes, otherFrom, otherTo);
        if (end - from != otherEnd - otherFrom) {
            return false;
        }
        for (int i = 0; i < end - from; i++) {
            if (Grammar.lower(bytes[from + i]) != Grammar.lower(bytes[otherFrom + i])) {
                return false;
            }
        }
        int port = end + 1 < to ? port(bytes, end + 1, to) : defaultPort;
        int otherPort = otherEnd + 1 < otherTo ? port(bytes, otherEnd + 1, otherTo) : defaultPort;
        return port == otherPort;
    }

    /** Where the port's colon stands, or {@code to}; -1 when something else follows an address in brackets. */
    private static int hostEnd(byte[] bytes, int from, int to) {
        int i = from;
        if (from < to && bytes[from] == '[') {
            while (i < to && bytes[i] != ']') {
                i++;
            }
            if (i == to || (i + 1 < to && bytes[i + 1] != ':')) {
                return -1;
            }
            return i + 1;
        }
        while (i < to && bytes[i] != ':') {
            i++;
        }
        return i;
    }

    /** The port of at most five digits in {@code [from, to)}, or -1. */
    private static int port(byte[] bytes, int from, int to) {
        if (from >= to || to - from > PORT_DIGITS_MAX) {
            return -1;
        }
        int port = 0;
        for (int i = from; i < to; i++) {
            if (!Grammar.digit(bytes[i])) {
                return -1;
            }
            port = port * 10 + bytes[i] - '0';
        }
        return port > PORT_MAX ? -1 : port;
    }

    /** reg-name, which the grammar of IPv4 addresses is part of (RFC 3986 section 3.2.2). */
    private static boolean name(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '%') {
                if (i + 2 >= to || Grammar.hex(bytes[i + 1]) < 0 || Grammar.hex(bytes[i + 2]) < 0) {
                    return false;
                }
                i += 2;
            } else if (!Grammar.host(bytes[i])) {
                return false;
            }
        }
        return true;
    }
}
