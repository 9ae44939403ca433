package io.weir.observe.log;

/** Parts of {@code 10.0.0.1:80} and {@code [::1]:80} without making strings. */
final class Addresses {
    private Addresses() {}

    /** Where the colon before the port stands; -1 when there is none, as in the path of a socket. */
    static int colon(String address) {
        int colon = address.lastIndexOf(':');
        return colon > 0 && port(address, colon) >= 0 ? colon : -1;
    }

    /** The port; -1 when there is none. */
    static long port(String address) {
        int colon = address.lastIndexOf(':');
        return colon > 0 ? port(address, colon) : -1;
    }

    private static long port(String address, int colon) {
        int digits = address.length() - colon - 1;
        if (digits < 1 || digits > 5) {
            return -1;
        }
        long port = 0;
        for (int i = colon + 1; i < address.length(); i++) {
            char c = address.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + c - '0';
        }
        return port;
    }
}
