package io.weir.app.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code weir proxy} was told, as a configuration in the short form. */
final class ProxyText {
    private ProxyText() {}

    /**
     * The configuration.
     *
     * @throws IllegalArgumentException
     *             with a message for people when an address cannot be read
     */
    static String of(String from, List<String> targets, String balance, @Nullable String admin) {
        boolean plain = scheme(targets.getFirst()).equals("tcp");
        boolean named = false;
        StringBuilder at = new StringBuilder();
        for (String target : targets) {
            if (scheme(target).equals("tcp") != plain) {
                throw new IllegalArgumentException("--to mixes http:// and tcp:// targets; give one kind");
            }
            String authority = authority(target);
            named |= isName(authority.substring(0, authority.lastIndexOf(':')));
            at.append(at.isEmpty() ? "" : ", ").append('"').append(authority).append('"');
        }
        StringBuilder text = new StringBuilder();
        if (admin != null) {
            text.append("admin: \"").append(listenAddress("--admin", admin)).append("\"\n");
        }
        text.append("listen:\n  - on: \"").append(listenAddress("--from", from)).append("\"\n");
        text.append(plain ? "    protocol: tcp\n    to: targets\n" : "    routes:\n      - { to: targets }\n");
        // a name is resolved again and again, and addresses among names stay what they are
        text.append("services:\n  targets: { ").append(named ? "dns" : "at").append(": [").append(at)
                .append("], balance: ").append(balance).append(" }\n");
        return text.toString();
    }

    private static boolean isName(String host) {
        return !host.startsWith("[") && !host.equals("localhost") && host.chars().anyMatch(Character::isLetter);
    }

    private static String listenAddress(String option, String address) {
        if (address.startsWith("/")) {
            if (address.chars().anyMatch(c -> c == '"' || c == '\\' || c < ' ')) {
                throw new IllegalArgumentException(option + " " + address + ": the path of a socket has no quotes");
            }
            return address;
        }
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        port(option, address, colon < 0 ? address : address.substring(colon + 1), 0);
        checkHost(option, address, host);
        return (host.isEmpty() || host.equals("*") ? "0.0.0.0" : host) + ":"
                + (colon < 0 ? address : address.substring(colon + 1));
    }

    private static String scheme(String target) {
        int end = target.indexOf("://");
        String scheme = end < 0 ? "http" : target.substring(0, end).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("tcp")) {
            throw new IllegalArgumentException(
                    "--to " + target + ": " + scheme + " targets are not served yet; give http:// or tcp://");
        }
        return scheme;
    }

    private static String authority(String target) {
        int start = target.indexOf("://");
        String rest = start < 0 ? target : target.substring(start + 3);
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        int colon = rest.lastIndexOf(':');
        boolean bare = colon < 0 || (rest.startsWith("[") && rest.endsWith("]"));
        if (bare && scheme(target).equals("tcp")) {
            throw new IllegalArgumentException("--to " + target + ": the port is missing; write tcp://HOST:PORT");
        }
        String host = bare ? rest : rest.substring(0, colon);
        if (host.isEmpty()) {
            throw new IllegalArgumentException("--to " + target + ": the host is missing; write http://HOST:PORT");
        }
        checkHost("--to", target, host);
        String port = bare ? "80" : rest.substring(colon + 1);
        port("--to", target, port, 1);
        return host + ":" + port;
    }

    private static void checkHost(String option, String whole, String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String inner = bracketed ? host.substring(1, host.length() - 1) : host;
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && c != '.' && c != '-' && c != '_' && !(bracketed && (c == ':' || c == '%'))
                    && !(inner.equals("*"))) {
                throw new IllegalArgumentException(option + " " + whole + ": '" + c
                        + "' cannot be in a host; write HOST:PORT, IPv6 in brackets, no path");
            }
        }
    }

    private static void port(String option, String whole, String port, int least) {
        try {
            int number = Integer.parseInt(port);
            if (number >= least && number <= 65535) {
                return;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                option + " " + whole + ": the port is not a number up to 65535; write HOST:PORT");
    }
}
