package io.weir.net.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;

/** An address could not be listened on; the message names it, the reason and the cure. */
public final class ListenFailure extends IOException {
    private final transient SocketAddress address;
    private final Reason reason;

    /** Why, in the kernel's terms. */
    public enum Reason {
        IN_USE("the address is in use", "stop what listens there or choose another port"), //
        NOT_PERMITTED("permission denied",
                "ports below 1024 need CAP_NET_BIND_SERVICE (or sysctl net.ipv4.ip_unprivileged_port_start), "
                        + "and the folder of a socket's file must be writable"), //
        NO_SUCH_ADDRESS("this machine does not have that address",
                "use an address of this machine, or 0.0.0.0 or [::] for all"), //
        NOT_A_SOCKET("there is a file of that name which is not a socket", "move it away or choose another path"), //
        NO_DESCRIPTORS("no file descriptor left", "raise the limit (ulimit -n, systemd's LimitNOFILE)"), //
        OPTION("a socket option cannot be set", "remove it, or see whether this system has it and Weir may set it:"
                + " IP_TRANSPARENT needs CAP_NET_ADMIN"), //
        OTHER("the system refused", "see the cause");

        private final String text;
        private final String cure;

        Reason(String text, String cure) {
            this.text = text;
            this.cure = cure;
        }

        public String text() {
            return text;
        }

        public String cure() {
            return cure;
        }

        static Reason of(Throwable cause) {
            // Neither Netty nor the JDK keeps errno in a form both share; both keep the C library's words.
            String words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (words.contains(SocketSetup.REFUSED)) {
                return OPTION;
            }
            if (words.contains("already in use")) {
                return IN_USE;
            }
            if (words.contains("permission denied") || words.contains("not permitted")) {
                return NOT_PERMITTED;
            }
            if (words.contains("cannot assign") || words.contains("can't assign")) {
                return NO_SUCH_ADDRESS;
            }
            return words.contains("too many open files") ? NO_DESCRIPTORS : OTHER;
        }
    }

    ListenFailure(SocketAddress address, Reason reason, Throwable cause) {
        super("cannot listen on " + text(address) + ": " + reason.text
                + (reason == Reason.OTHER || reason == Reason.OPTION
                        ? " (" + cause.getMessage() + ")"
                        : "; " + reason.cure),
                cause);
        this.address = address;
        this.reason = reason;
    }

    public SocketAddress address() {
        return address;
    }

    public Reason reason() {
        return reason;
    }

    private static String text(SocketAddress address) {
        String raw = address.toString();
        return raw.startsWith("/") && address instanceof InetSocketAddress ? raw.substring(1) : raw;
    }
}
